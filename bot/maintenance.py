"""The database from the command line: open it, migrate it, purge it, export anonymous statistics."""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from bot.config import Settings
from bot.storage import migrations, retention, stats
from bot.storage.engine import Database

_log = structlog.get_logger()


def _key(settings: Settings) -> str | None:
    return settings.kenri_secret_key.get_secret_value() if settings.kenri_secret_key else None


async def open_database(settings: Settings) -> Database:
    """The database of the settings, migrated; what a person should know of it goes to the log."""
    database = await Database.open(settings.database_url, _key(settings))
    for note in database.notes:
        _log.warning("database", note=note)
    return database


def upgrade_database(settings: Settings) -> str:
    """Migrate to the newest schema; a line that says what was done."""
    return asyncio.run(migrations.upgrade(settings.database_url))


def purge_database(settings: Settings, now: datetime) -> dict[str, int]:
    """Apply retention now; rows deleted per table."""

    async def purge() -> dict[str, int]:
        database = await open_database(settings)
        try:
            async with database.begin() as tx:
                return await retention.purge(tx, now, settings.retention_days)
        finally:
            await database.close()

    return asyncio.run(purge())


def export_rows(settings: Settings) -> list[tuple[Any, ...]]:
    """Anonymous statistics, the header first."""

    async def rows() -> list[tuple[Any, ...]]:
        database = await open_database(settings)
        try:
            async with database.begin() as tx:
                return list(await stats.rows(tx))
        finally:
            await database.close()

    return asyncio.run(rows())
