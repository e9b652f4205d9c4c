"""Connections: URLs, drivers, what every SQLite connection runs with, and transactions that always roll back."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import StorageError

_BUSY_MS = 5000
_PRAGMAS = {"foreign_keys": 1, "busy_timeout": _BUSY_MS, "synchronous": 2, "secure_delete": 1}
"""What every SQLite connection runs with; synchronous 2 is FULL: a commit that was reported survives a power cut."""
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


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
    if path is None:
        engine = create_async_engine(url, hide_parameters=True, poolclass=StaticPool)
    elif path.parent.is_dir():
        engine = create_async_engine(url, hide_parameters=True)
    else:
        raise StorageError(f"the folder of the database does not exist: {path.parent}")
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_immediate
    cursor = connection.cursor()
    try:
        for name, value in _PRAGMAS.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        cursor.execute("PRAGMA journal_mode = WAL")
    finally:
        cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: a read that later wants to write could not get it without an error."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction on an engine; what the database refuses becomes a StorageError without any value in it."""
    try:
        async with engine.begin() as conn:
            yield conn
    except DBAPIError as error:
        raise StorageError(_refusal(error.orig, engine)) from error
    except sqlite3.Error as error:
        raise StorageError(_refusal(error, engine)) from error


async def reach(engine: AsyncEngine) -> None:
    """Try a connection; StorageError in one line where the server does not answer."""
    try:
        async with engine.connect():
            return
    except (DBAPIError, sqlite3.Error) as error:
        raise StorageError(_refusal(getattr(error, "orig", error), engine)) from error
    except (OSError, TimeoutError) as error:
        raise StorageError(f"the database at {engine.url.host} does not answer ({type(error).__name__})") from error


def _refusal(error: BaseException | None, engine: AsyncEngine) -> str:
    """One line for the operator. PostgreSQL may quote values in its messages, so only the kind is told."""
    if engine.dialect.name == "sqlite":
        return f"the database {engine.url.database} refused: {error}"
    return f"the database refused: {type(error).__name__}"


async def check_pragmas(conn: AsyncConnection, *, in_memory: bool) -> None:
    """StorageError where SQLite does not run as it must for nothing to be lost."""
    for name, wanted in _PRAGMAS.items():
        if (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar() != wanted:
            raise StorageError(f"SQLite on this machine does not take {name} = {wanted}")
    mode = (await conn.exec_driver_sql("PRAGMA journal_mode")).scalar()
    if mode != "wal" and not in_memory:
        raise StorageError(f"SQLite cannot use a write-ahead log in this folder (it is {mode}): use a local disk")
