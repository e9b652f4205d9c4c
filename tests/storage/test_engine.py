"""Opening, checking and transactions."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import SchemaTooNew, StorageError
from bot.storage import kv, people
from bot.storage.connect import parse
from bot.storage.engine import Database, Tx
from bot.storage.tables import people as people_table
from tests.storage.conftest import CHAT, NOW, SECRET, person


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///kenri.db", "sqlite+aiosqlite"),
        ("sqlite+pysqlite:///kenri.db", "sqlite+aiosqlite"),
        ("postgres://u:p@h/d", "postgresql+asyncpg"),
        ("postgresql://u:p@h/d", "postgresql+asyncpg"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql+asyncpg"),
    ],
)
def test_urls_get_the_async_driver(url: str, driver: str) -> None:
    assert parse(url).drivername == driver


def test_sslmode_of_hosting_providers_is_understood() -> None:
    assert dict(parse("postgres://u:p@h/d?sslmode=require").query) == {"ssl": "require"}


@pytest.mark.parametrize("url", ["mysql://u:hidden@h/d", "nonsense hidden", "sqlite:////no/such/folder/kenri.db"])
async def test_a_url_that_cannot_be_used_is_one_clear_line_without_the_password(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        await Database.open(url, SECRET)
    assert "hidden" not in str(caught.value) and "\n" not in str(caught.value)


async def test_a_server_that_does_not_answer_is_one_clear_line() -> None:
    with pytest.raises(StorageError, match="does not answer"):
        await Database.open("postgresql://u:hidden@127.0.0.1:1/d", SECRET)


async def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "kenri.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StorageError, match="not a database"):
        await Database.open(f"sqlite:///{tmp_path / 'kenri.db'}", SECRET)


async def test_a_newer_schema_is_refused(url: str, database: Database) -> None:
    async with database.begin() as tx:
        await tx.conn.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(SchemaTooNew, match="9999, made by a newer Kenri"):
            await Database.open(url, SECRET)
    finally:
        async with database.begin() as tx:
            await tx.conn.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))


async def test_without_migration_an_empty_database_names_the_command(url: str) -> None:
    with pytest.raises(StorageError, match="kenri db upgrade"):
        await Database.open(url, SECRET, migrate=False)


async def test_a_database_in_memory_works() -> None:
    database = await Database.open("sqlite://", None)
    async with database.begin() as tx:
        made = await person(tx)
    async with database.begin() as tx:
        assert await people.get(tx, made.id) == made
    await database.close()


async def _count(database: Database) -> int:
    async with database.begin() as tx:
        return int((await tx.conn.execute(sa.select(sa.func.count()).select_from(people_table))).scalar_one())


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, asyncio.CancelledError])
async def test_any_exception_rolls_back(database: Database, error: type[BaseException]) -> None:
    with pytest.raises(error):
        async with database.begin() as tx:
            await person(tx)
            raise error
    assert await _count(database) == 0


async def test_a_cancelled_task_rolls_back_and_leaves_no_lock(database: Database) -> None:
    inside = asyncio.Event()

    async def slow() -> None:
        async with database.begin() as tx:
            await person(tx)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2):
        assert await _count(database) == 0


async def test_a_transaction_inside_another_is_an_error_and_no_deadlock(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'kenri.db'}", SECRET)
    async with asyncio.timeout(2):
        with pytest.raises(StorageError, match="pass its Tx on"):
            async with database.begin(), database.begin():
                raise AssertionError("must not get here")
    await database.close()


async def test_errors_of_the_database_show_no_value(database: Database) -> None:
    async def clash(tx: Tx) -> None:
        values = {"chat_hash": "planted", "chat": b"planted", "created": NOW, "last_seen": NOW}
        await tx.conn.execute(sa.insert(people_table).values([values, values]))

    with pytest.raises(StorageError) as caught:
        async with database.begin() as tx:
            await clash(tx)
    assert "planted" not in f"{caught.value} {caught.value.__cause__}"


async def test_a_datetime_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        async with database.begin() as tx:
            await people.find_or_create(tx, CHAT, None, NOW.replace(tzinfo=None))


async def test_two_open_databases_see_each_others_writes(url: str, database: Database) -> None:
    other = await Database.open(url, SECRET)
    async with database.begin() as tx:
        await kv.put(tx, "offset", "1")
        await kv.put(tx, "offset", "2")
    async with other.begin() as tx:
        assert await kv.get(tx, "offset") == "2"
        assert await kv.get(tx, "none") is None
    await other.close()
