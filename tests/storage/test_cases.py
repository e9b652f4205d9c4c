"""Cases: one per person, one winner, events, the queue and what is found by card and topic."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.entries import Level
from bot.errors import CaseConflict
from bot.storage import cases, members, people
from bot.storage.cases import Case
from bot.storage.engine import Database
from tests.storage.conftest import CHAT, DESK, NOW, SECRET, new_case, opened_case, person

ANNA, BEN = 5001, 5002
LATER = NOW + timedelta(minutes=10)


async def test_a_new_case_holds_exactly_what_was_agreed(database: Database) -> None:
    async with database.begin() as tx:
        who = await person(tx)
        case, created = await cases.open_case(tx, who.id, new_case(danger=("violence", "passport")), NOW)
        assert created
        assert (case.person_id, case.chat_id, case.state) == (who.id, CHAT, "waiting")
        assert (case.shared, case.danger, case.level) == (
            "My boss does not pay me",
            ("violence", "passport"),
            Level.SERIOUS,
        )
        assert (case.alias, case.desk_chat, case.raised_count) == (None, None, 0)
        assert await cases.get(tx, case.number) == await cases.open_case_of(tx, who.id) == case
        assert await cases.get(tx, case.number + 1) is None


async def test_a_second_case_joins_the_open_one_and_takes_the_graver_level(database: Database) -> None:
    async with database.begin() as tx:
        first = await opened_case(tx)
        assert first.person_id is not None
        graver = new_case(level=Level.EMERGENCY, danger=("violence",), shared="Help", lang="my")
        joined, created = await cases.open_case(tx, first.person_id, graver, LATER)
        assert (created, joined.number, joined.level) == (False, first.number, Level.EMERGENCY)
        assert (joined.danger, joined.shared, joined.changed) == (("passport", "violence"), first.shared, LATER)
        lighter = new_case(level=Level.NORMAL, danger=())
        assert (await cases.open_case(tx, first.person_id, lighter, LATER))[0].level == Level.EMERGENCY


async def test_numbers_are_never_used_again(database: Database) -> None:
    async with database.begin() as tx:
        first = await opened_case(tx)
        await cases.close(tx, first.number, None, NOW)
        second = await opened_case(tx)
        assert second.number > first.number and second.person_id == first.person_id


async def test_two_openings_at_once_give_one_case(url: str, database: Database) -> None:
    other = await Database.open(url, SECRET)
    async with database.begin() as tx:
        who = await person(tx)

    async def opening(where: Database) -> bool:
        async with where.begin() as tx:
            return (await cases.open_case(tx, who.id, new_case(), NOW))[1]

    made = await asyncio.gather(*(opening(where) for where in (database, other) * 5))
    assert made.count(True) == 1
    await other.close()


async def test_of_two_claims_at_once_exactly_one_wins_and_the_other_learns_who(url: str, database: Database) -> None:
    other = await Database.open(url, SECRET)  # a second process, as far as the database can tell

    async def claim(where: Database, number: int, member: int) -> Case | CaseConflict:
        try:
            async with where.begin() as tx:
                return await cases.claim(tx, number, member, NOW)
        except CaseConflict as conflict:
            return conflict

    for chat in range(50):
        async with database.begin() as tx:
            number = (await opened_case(tx, chat + 1)).number
        sides = [(database, ANNA), (other, BEN)] if chat % 2 else [(other, BEN), (database, ANNA)]
        results = await asyncio.gather(*(claim(where, number, member) for where, member in sides))
        winners = [result for result in results if isinstance(result, Case)]
        losers = [result for result in results if isinstance(result, CaseConflict)]
        assert len(winners) == len(losers) == 1
        assert str(losers[0]) == f"case {number} is claimed by {winners[0].alias}"
    await other.close()


async def test_aliases_are_stable_and_lead_back_to_the_member(database: Database) -> None:
    async with database.begin() as tx:
        first, second = await cases.alias_of(tx, ANNA), await cases.alias_of(tx, BEN)
    async with database.begin() as tx:
        assert (first, second) == (await cases.alias_of(tx, ANNA), await cases.alias_of(tx, BEN))
        assert first != second and first[0] == "V" and first[1:].isdigit()
        assert await members.user_of(tx, int(first[1:])) == ANNA
        assert await members.user_of(tx, 10**6) is None


async def test_a_life_of_a_case_is_told_by_its_events(database: Database) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number
        await cases.raise_again(tx, number, NOW)
        alias = (await cases.claim(tx, number, ANNA, NOW)).alias
        assert (await cases.answered(tx, number, ANNA, NOW)).answered_at == NOW
        assert (await cases.trainee_wrote(tx, number, LATER)).last_word == LATER
        assert (await cases.asked(tx, number, ANNA, LATER)).answered_at == NOW
        await cases.close(tx, number, None, LATER)
        await cases.reopen(tx, number, ANNA, LATER)
        told = [(event.role, event.alias, event.action, event.state) for event in await cases.history(tx, number)]
    assert told == [
        ("trainee", None, "open", "waiting"),
        ("kenri", None, "raise", "waiting"),
        ("volunteer", alias, "claim", "claimed"),
        ("volunteer", alias, "answer", "answered"),
        ("trainee", None, "write", "claimed"),
        ("volunteer", alias, "ask", "waiting-on-trainee"),
        ("trainee", None, "close", "closed"),
        ("volunteer", alias, "reopen", "waiting"),
    ]


async def test_a_released_or_reopened_case_belongs_to_nobody(database: Database) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number
        await cases.claim(tx, number, ANNA, NOW)
        released = await cases.release(tx, number, ANNA, LATER)
        assert (released.alias, released.claimed_at, released.state) == (None, None, "waiting")
        await cases.claim(tx, number, BEN, LATER)
        closed = await cases.close(tx, number, BEN, LATER)
        assert closed.alias is not None and closed.closed_at == LATER
        reopened = await cases.reopen(tx, number, ANNA, LATER)
        assert (reopened.alias, reopened.closed_at) == (None, None)


async def test_a_case_is_not_reopened_beside_another_nor_after_it_was_taken_back(database: Database) -> None:
    async with database.begin() as tx:
        first = await opened_case(tx)
        await cases.close(tx, first.number, ANNA, NOW)
        second = await opened_case(tx)
        with pytest.raises(CaseConflict, match=f"the trainee has case {second.number} open"):
            await cases.reopen(tx, first.number, ANNA, NOW)
        await cases.withdraw(tx, second.number, None, NOW)
        with pytest.raises(CaseConflict, match=f"case {second.number} is withdrawn"):
            await cases.reopen(tx, second.number, ANNA, NOW)
        await people.forget(tx, first.person_id or 0, NOW)
        with pytest.raises(CaseConflict, match="nobody is behind it any more"):
            await cases.reopen(tx, first.number, ANNA, NOW)


async def test_a_case_that_does_not_exist_is_a_conflict(database: Database) -> None:
    async with database.begin() as tx:
        with pytest.raises(CaseConflict, match="there is no case 404"):
            await cases.claim(tx, 404, ANNA, NOW)


async def test_the_queue_has_the_gravest_first_and_no_ended_case(database: Database) -> None:
    async with database.begin() as tx:
        made = []
        for chat, level in enumerate((Level.NORMAL, Level.EMERGENCY, Level.URGENT, Level.EMERGENCY), 1):
            who = await person(tx, chat)
            case, _ = await cases.open_case(tx, who.id, new_case(level=level), NOW + timedelta(minutes=chat))
            made.append(case.number)
        await cases.claim(tx, made[2], ANNA, NOW)
        assert [case.number for case in await cases.queue(tx)] == [made[1], made[3], made[2], made[0]]
        await cases.close(tx, made[3], ANNA, NOW)
        assert [case.number for case in await cases.queue(tx)] == [made[1], made[2], made[0]]


async def test_a_case_is_raised_when_nobody_takes_it_and_again_after_the_same_time(database: Database) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number

        async def due(minutes: int) -> list[int]:
            return [case.number for case in await cases.due_to_raise(tx, NOW + timedelta(minutes=minutes), 15)]

        assert (await due(14), await due(15)) == ([], [number])
        raised = await cases.raise_again(tx, number, NOW + timedelta(minutes=15))
        assert (raised.raised_count, raised.raised_at) == (1, NOW + timedelta(minutes=15))
        assert (await due(29), await due(30)) == ([], [number])
        await cases.claim(tx, number, ANNA, NOW)
        assert await due(300) == []
        await cases.release(tx, number, ANNA, NOW + timedelta(minutes=300))
        assert (await due(314), await due(315)) == ([], [number])


async def test_a_case_is_found_by_its_card_and_its_topic(database: Database) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number
        await cases.place(tx, number, DESK, 7, None)
        await cases.place(tx, number, DESK, None, 88)
        case = await cases.at_message(tx, DESK, 88)
        assert case is not None
        assert (case.number, case.desk_chat, case.thread_id, case.card_id) == (number, DESK, 7, 88)
        assert await cases.at_thread(tx, DESK, 7) == case
        assert await cases.at_thread(tx, DESK, 8) is None
        assert await cases.at_thread(tx, CHAT, 7) is None
        assert await cases.at_message(tx, CHAT, 88) is None


async def test_a_case_handed_over_waits_at_the_other_desk_without_a_card(database: Database) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number
        await cases.place(tx, number, DESK, 7, 88)
        await cases.claim(tx, number, ANNA, NOW)
        case = await cases.hand_over(tx, number, ANNA, "north", LATER)
        assert (case.desk, case.state, case.alias) == ("north", "waiting", None)
        assert (case.desk_chat, case.thread_id, case.card_id) == (None, None, None)
        await cases.place(tx, number, DESK - 1, None, 99)
        moved = await cases.get(tx, number)
        assert moved is not None and (moved.desk_chat, moved.thread_id, moved.card_id) == (DESK - 1, None, 99)
