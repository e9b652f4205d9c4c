"""What time deletes and what it must not, and statistics without identity."""

from datetime import date, timedelta

import sqlalchemy as sa

from bot.storage import cases, inbox, messages, outbox, people, relay, retention, seen, stats
from bot.storage.engine import Database, Tx
from bot.storage.tables import metadata
from tests.storage.conftest import CHAT, DESK, NOW, opened_case, person

DAY = timedelta(days=1)


async def _left(tx: Tx, table: str) -> int:
    query = sa.select(sa.func.count()).select_from(metadata.tables[table])
    return int((await tx.conn.execute(query)).scalar_one())


async def test_people_go_when_they_were_not_seen_for_the_period(database: Database) -> None:
    async with database.begin() as tx:
        who = await person(tx)
        await people.remember(tx, who.id, {"last": "x"})
        recent = await people.find_or_create(tx, CHAT + 1, None, NOW + DAY)
        assert (await retention.purge(tx, NOW + 90 * DAY, 90))["people"] == 0
        counts = await retention.purge(tx, NOW + 90 * DAY + timedelta(seconds=1), 90)
        assert (counts["people"], counts["dialogue"]) == (1, 1)
        assert await people.get(tx, recent.id) is not None


async def test_nothing_of_an_open_case_goes_however_old(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        await relay.record(tx, case.number, "in", "x", "text", NOW, 5)
        await outbox.enqueue(tx, DESK, "sendMessage", {}, NOW, case_number=case.number)
        await retention.purge(tx, NOW + 4000 * DAY, 1)
        assert await cases.get(tx, case.number) == case
        assert [await _left(tx, name) for name in ("people", "case_messages", "outbox")] == [1, 1, 1]


async def test_a_closed_case_stays_for_two_weeks_after_the_last_word(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        await cases.trainee_wrote(tx, case.number, NOW + DAY)
        await cases.close(tx, case.number, None, NOW + 2 * DAY)
        counts = await retention.purge(tx, NOW + 15 * DAY, 1)
        assert (counts["people"], counts.get("cases", 0)) == (0, 0)
        counts = await retention.purge(tx, NOW + 15 * DAY + timedelta(seconds=1), 1)
        assert (counts["people"], counts["cases"]) == (1, 1)
        kept = await cases.get(tx, case.number)
        assert kept is not None and (kept.state, kept.shared, kept.person_id) == ("closed", "", None)


async def test_words_of_an_old_case_go_though_the_person_still_writes(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        await relay.record(tx, case.number, "in", "x", "text", NOW, 5)
        await cases.close(tx, case.number, None, NOW)
        await people.find_or_create(tx, CHAT, None, NOW + 99 * DAY)
        counts = await retention.purge(tx, NOW + 100 * DAY, 90)
        assert (counts["people"], counts["cases"], counts["case_messages"]) == (0, 1, 1)


async def test_traces_of_delivery_go_early(database: Database) -> None:
    async with database.begin() as tx:
        who = await person(tx)
        await messages.note(tx, who.id, 1, NOW, from_bot=True)
        await seen.first_time(tx, 1, 1, NOW)
        await inbox.store(tx, 1, 1, {}, NOW)
        await inbox.done(tx, (await inbox.take(tx, NOW, 1))[0].id)
        sent = await outbox.enqueue(tx, CHAT, "sendMessage", {}, NOW)
        await outbox.enqueue(tx, CHAT, "sendMessage", {}, NOW)
        await outbox.sent(tx, sent or 0, 1, NOW)
        counts = await retention.purge(tx, NOW + 15 * DAY, 90)
        assert {name: counts[name] for name in ("messages", "seen_updates", "inbox", "outbox")} == {
            "messages": 1,
            "seen_updates": 1,
            "inbox": 1,
            "outbox": 1,
        }
        assert await _left(tx, "outbox") == 1


async def test_counters_add_up_and_come_out_with_a_header(database: Database) -> None:
    day = date(2026, 11, 22)
    async with database.begin() as tx:
        for _ in range(3):
            await stats.count(tx, day, "answer", "vi", "wages/unpaid", "normal")
        await stats.count(tx, day, "none", "my", None, "normal")
        await stats.vote(tx, day, "vi", "wages/unpaid", True)
        await stats.vote(tx, day, "vi", "wages/unpaid", True)
        await stats.vote(tx, day, "vi", "wages/unpaid", False)
        assert await stats.rows(tx) == [
            ("day", "what", "lang", "entry", "level", "count"),
            ("2026-11-22", "answer", "vi", "wages/unpaid", "normal", 3),
            ("2026-11-22", "none", "my", "", "normal", 1),
            ("2026-11-22", "vote down", "vi", "wages/unpaid", "", 1),
            ("2026-11-22", "vote up", "vi", "wages/unpaid", "", 2),
        ]
