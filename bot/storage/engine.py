"""`Database` owns the engine: it opens, checks and migrates a database and gives out transactions."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageError
from bot.storage import crypto, migrations
from bot.storage.connect import check_pragmas, file_of, make_engine, parse, reach, transaction
from bot.storage.crypto import Box, Keys
from bot.storage.tables import kv

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
        engine = make_engine(target)
        try:
            await reach(engine)
            keys, notes = _keys(target, secret_key)
            box = await _opened(engine, keys, migrate=migrate)
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


def _keys(url: URL, secret_key: str | None) -> tuple[Keys, tuple[str, ...]]:
    if secret_key is not None and secret_key.strip():
        return Keys.parse(secret_key), ()
    if url.get_backend_name() != "sqlite":
        raise StorageError("KENRI_SECRET_KEY is missing: a PostgreSQL database needs one")
    path = file_of(url)
    if path is None:
        return Keys([secrets.token_urlsafe(32)]), ()
    try:
        key, notes = crypto.key_beside(path)
    except OSError as error:
        raise StorageError(f"no key can be made or read beside the database: {error.strerror}") from error
    return Keys.parse(key), notes


async def _opened(engine: AsyncEngine, keys: Keys, *, migrate: bool) -> Box:
    async with transaction(engine) as conn:
        if engine.dialect.name == "sqlite":
            await check_pragmas(conn, in_memory=file_of(engine.url) is None)
        await conn.run_sync(migrations.prepare, migrate=migrate)
        return Box(keys, await _lookup_key(Tx(conn, Box(keys, b""))))


async def _lookup_key(tx: Tx) -> bytes:
    keys = tx.box.keys
    fresh = tx.insert(kv).values(key=LOOKUP, value=crypto.new_lookup(keys))
    await tx.conn.execute(fresh.on_conflict_do_nothing())
    stored = (await tx.conn.execute(sa.select(kv.c.value).where(kv.c.key == LOOKUP))).scalar_one()
    return crypto.unwrap(keys, stored)
