"""Schema revisions by Alembic, without an ini file: `upgrade`, `downgrade`, `current`."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import SchemaTooNew, StorageError
from bot.storage.connect import make_engine, parse, reach, transaction

_ADVISORY_LOCK = 0x6B656E7269  # "kenri": several processes that start at once migrate one after another


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _known() -> tuple[str, ...]:
    """Every revision of this version of Kenri, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def newest() -> str:
    """The newest revision that this version of Kenri knows."""
    return _known()[0]


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of a database; None for an empty one, SchemaTooNew for one that is not known here."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in _known():
        raise SchemaTooNew(
            f"the database is at revision {found}, made by a newer Kenri (this one knows up to {newest()}): "
            "install the newer version"
        )
    return found


def prepare(connection: sa.Connection, *, migrate: bool) -> str | None:
    """Check the revision within a transaction and migrate if asked; what it was before."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    before = revision_of(connection)
    if before == newest():
        return before
    if not migrate:
        raise StorageError(f"the database is at revision {before or 'none'}: run `kenri db upgrade`")
    command.upgrade(_config(connection), "head")
    return before


def _down(connection: sa.Connection, revision: str) -> None:
    revision_of(connection)
    command.downgrade(_config(connection), revision)


async def upgrade(url: str) -> str:
    """Bring a database to the newest revision; a line that says what was done."""
    engine = make_engine(parse(url))
    try:
        await reach(engine)
        async with transaction(engine) as conn:
            before = await conn.run_sync(prepare, migrate=True)
    finally:
        await engine.dispose()
    if before == newest():
        return f"database: at revision {before} already"
    return f"database: upgraded from {before or 'empty'} to {newest()}"


async def downgrade(url: str, revision: str) -> None:
    """Bring a database back to an older revision (`base` removes every table)."""
    engine = make_engine(parse(url))
    try:
        await reach(engine)
        async with transaction(engine) as conn:
            await conn.run_sync(_down, revision)
    finally:
        await engine.dispose()


async def current(url: str) -> str | None:
    """The revision of a database; None for an empty one."""
    engine = make_engine(parse(url))
    try:
        await reach(engine)
        async with transaction(engine) as conn:
            return await conn.run_sync(revision_of)
    finally:
        await engine.dispose()
