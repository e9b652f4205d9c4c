"""Schema revisions, forward and back on a filled database."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.storage import inbox, messages, migrations, outbox, people, relay, seen, stats
from bot.storage.connect import make_engine, parse, transaction
from bot.storage.engine import Database
from bot.storage.tables import metadata
from tests.storage.conftest import CHAT, DESK, NOW, SECRET, opened_case


async def _fill(url: str) -> None:
    database = await Database.open(url, SECRET)
    async with database.begin() as tx:
        case = await opened_case(tx)
        assert case.person_id is not None
        relay_id = await relay.record(tx, case.number, "in", "words", "text", NOW, 5, 9)
        await outbox.enqueue(tx, DESK, "sendMessage", {}, NOW, relay_id=relay_id, case_number=case.number)
        await people.remember(tx, case.person_id, {"last": 1})
        await messages.note(tx, case.person_id, 5, NOW, from_bot=False)
        await inbox.store(tx, 1, 2, {}, NOW, chat_id=CHAT)
        await seen.first_time(tx, 1, 2, NOW)
        await stats.count(tx, NOW.date(), "answer", "vi", None, "normal")
        await stats.vote(tx, NOW.date(), "vi", "wages/unpaid", True)
    await database.close()


async def _drift(url: str) -> list[Any]:
    def compare(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    engine = make_engine(parse(url))
    async with transaction(engine) as conn:
        found = await conn.run_sync(compare)
    await engine.dispose()
    return found


async def test_up_down_and_up_again_on_a_filled_database(url: str) -> None:
    assert await migrations.current(url) is None
    assert await migrations.upgrade(url) == "database: upgraded from empty to 0001"
    assert await migrations.upgrade(url) == "database: at revision 0001 already"
    await _fill(url)
    await migrations.downgrade(url, "base")
    assert await migrations.current(url) is None
    assert await migrations.upgrade(url) == "database: upgraded from empty to 0001"
    await _fill(url)


async def test_the_migrated_schema_is_the_one_in_the_code(url: str) -> None:
    await migrations.upgrade(url)
    assert await _drift(url) == []
