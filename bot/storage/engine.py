"""`Database` owns the engine: it opens, checks and migrates a database and gives out transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import StorageError
from bot.storage import crypto
from bot.storage.crypto import Box, Keys
from bot.storage.tables import kv

_BUSY_MS = 5000
_PRAGMAS = {"foreign_keys": 1, "busy_timeout": _BUSY_MS, "synchronous": 2, "secure_delete": 1}
"""What every SQLite connection runs with; synchronous 2 is FULL: a commit that was reported survives a power cut."""
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
LOOKUP = "lookup key"


@dataclass(frozen=True, slots=True)
class Tx:
    """One open transaction, and the box that seals what it stores."""

    conn: AsyncConnection
    box: Box

    def insert(self, table: sa.Table) -> sqlite.Insert:
        """An INSERT that knows ON CONFLICT in the dialect of this database."""
        if self.conn.dialect.name == "postgresql":
            return cast("sqlite.Insert", postgresql.insert(table))
        return sqlite.insert(table)


class Database:
    """An open database. Times are passed in; nothing here reads the clock."""

    def __init__(self, engine: AsyncEngine, box: Box, notes: tuple[str, ...]) -> None:
        self._engine = engine
        self.box = box
        self.notes = notes
        self._one_writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._writing: asyncio.Task[Any] | None = None

    @classmethod
    async def open(cls, url: str, secret_key: str | None, *, migrate: bool = True) -> "Database":
        """Open and check a database, and bring it to the newest schema; StorageError says what is wrong."""
        target = parse(url)
        keys, notes = _keys(target, secret_key)
        engine = make_engine(target)
        try:
            with_error = _opened(engine, keys, migrate)
            box = await with_error
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine, box, notes)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """One transaction: committed at the end, rolled back on any exception, cancellation included."""
        if self._one_writer is None:
            async with transaction(self._engine) as conn:
                yield Tx(conn, self.box)
            return
        if self._writing is not None and self._writing is asyncio.current_task():
            raise StorageError("a transaction is open in this task already: pass its Tx on")
        async with self._one_writer:  # SQLite has one writer: waiting here is fair, its busy handler is not
            self._writing = asyncio.current_task()
            try:
                async with transaction(self._engine) as conn:
                    yield Tx(conn, self.box)
            finally:
                self._writing = None

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction on an engine; what the database refuses becomes a StorageError without any value in it."""
    try:
        async with engine.begin() as conn:
            yield conn
    except DBAPIError as error:
        raise StorageError(_refusal(error, engine)) from error
    except OSError as error:
        if engine.dialect.name == "sqlite":
            raise
        raise StorageError(f"the database server does not answer ({type(error).__name__})") from error


def _refusal(error: DBAPIError, engine: AsyncEngine) -> str:
    """One line for the operator. PostgreSQL may quote values in its messages, so only the kind is told."""
    if engine.dialect.name == "sqlite":
        return f"the database {engine.url.database} refused: {error.orig}"
    return f"the database refused: {type(error.orig).__name__}"


def parse(url: str) -> URL:
    """A database URL with the async driver; `sslmode` of hosting providers becomes asyncpg's `ssl`."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError("DATABASE_URL cannot be read (sqlite:///kenri.db or postgresql://...)") from None
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise StorageError("DATABASE_URL must begin with sqlite:// or postgresql://")
    if driver.startswith("postgresql") and "sslmode" in parsed.query:
        ssl = parsed.query["sslmode"]
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": ssl})
    return parsed.set(drivername=driver)


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory and for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def make_engine(url: URL) -> AsyncEngine:
    """An engine whose errors never show parameters; SQLite with its pragmas and BEGIN IMMEDIATE."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
    path = file_of(url)
    if path is not None and not path.parent.is_dir():
        raise StorageError(f"the folder of the database does not exist: {path.parent}")
    engine = create_async_engine(url, hide_parameters=True, **({} if path else {"poolclass": StaticPool}))
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_immediate
    cursor = connection.cursor()
    for name, value in _PRAGMAS.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: a read that later wants to write could not get it without an error."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _keys(url: URL, secret_key: str | None) -> tuple[Keys, tuple[str, ...]]:
    if secret_key is not None and secret_key.strip():
        return Keys.parse(secret_key), ()
    if url.get_backend_name() != "sqlite":
        raise StorageError("KENRI_SECRET_KEY is missing: a PostgreSQL database needs one")
    path = file_of(url)
    if path is None:
        return Keys([crypto.secrets.token_urlsafe(32)]), ()
    if not path.parent.is_dir():
        raise StorageError(f"the folder of the database does not exist: {path.parent}")
    try:
        key, notes = crypto.key_beside(path)
    except OSError as error:
        raise StorageError(f"no key can be made beside the database: {error.strerror}") from error
    return Keys.parse(key), notes


async def _opened(engine: AsyncEngine, keys: Keys, migrate: bool) -> Box:
    from bot.storage import migrations  # noqa: PLC0415 - migrations open databases by themselves too

    async with transaction(engine) as conn:
        if engine.dialect.name == "sqlite":
            await _check_pragmas(conn, in_memory=file_of(engine.url) is None)
        await conn.run_sync(migrations.prepare, migrate=migrate)
        return Box(keys, await _lookup_key(Tx(conn, Box(keys, b""))))


async def _check_pragmas(conn: AsyncConnection, *, in_memory: bool) -> None:
    for name, wanted in _PRAGMAS.items():
        if (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar() != wanted:
            raise StorageError(f"SQLite on this machine does not take {name} = {wanted}")
    mode = (await conn.exec_driver_sql("PRAGMA journal_mode")).scalar()
    if mode != "wal" and not in_memory:
        raise StorageError(f"SQLite cannot use a write-ahead log in this folder (it is {mode}): use a local disk")


async def _lookup_key(tx: Tx) -> bytes:
    keys = tx.box.keys
    fresh = tx.insert(kv).values(key=LOOKUP, value=crypto.new_lookup(keys))
    await tx.conn.execute(fresh.on_conflict_do_nothing())
    stored = (await tx.conn.execute(sa.select(kv.c.value).where(kv.c.key == LOOKUP))).scalar_one()
    return crypto.unwrap(keys, stored)
