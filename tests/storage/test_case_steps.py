"""The state machine of cases, alone and as the database runs it."""

import asyncio
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.cases import ENDED, OPEN, STATES, STEPS, WAITING, sources, step
from bot.errors import CaseConflict
from bot.storage import cases
from bot.storage.engine import Database
from tests.storage.conftest import NOW, SECRET, opened_case

MEMBER = 4242


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        ("waiting", "claim", "claimed"),
        ("claimed", "release", "waiting"),
        ("claimed", "answer", "answered"),
        ("answered", "ask", "waiting-on-trainee"),
        ("waiting-on-trainee", "answer", "answered"),
        ("waiting-on-trainee", "write", "claimed"),
        ("answered", "write", "claimed"),
        ("waiting", "write", "waiting"),
        ("waiting", "raise", "waiting"),
        ("answered", "hand over", "waiting"),
        ("answered", "close", "closed"),
        ("waiting", "withdraw", "withdrawn"),
        ("closed", "reopen", "waiting"),
    ],
)
def test_a_step_leads_to_its_state(state: str, action: str, after: str) -> None:
    assert step(state, action) == after


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("claimed", "claim"),
        ("waiting", "answer"),
        ("waiting", "release"),
        ("claimed", "raise"),
        ("closed", "claim"),
        ("closed", "write"),
        ("withdrawn", "reopen"),
        ("withdrawn", "close"),
        ("waiting", "dance"),
    ],
)
def test_an_impossible_step_is_refused(state: str, action: str) -> None:
    with pytest.raises(ValueError, match="is not possible for a case that is"):
        step(state, action)


def test_every_step_stays_among_the_states_and_every_open_case_can_end() -> None:
    for action, table in STEPS.items():
        assert set(table) | set(table.values()) <= set(STATES)
        assert sources(action) == tuple(table)
    assert all(step(state, "close") in ENDED and step(state, "withdraw") in ENDED for state in OPEN)


async def _take(database: Database, number: int, action: str) -> None:
    member_steps = {
        "claim": cases.claim,
        "release": cases.release,
        "answer": cases.answered,
        "ask": cases.asked,
        "close": cases.close,
        "withdraw": cases.withdraw,
        "reopen": cases.reopen,
    }
    async with database.begin() as tx:
        if action == "write":
            await cases.trainee_wrote(tx, number, NOW)
        elif action == "raise":
            await cases.raise_again(tx, number, NOW)
        elif action == "hand over":
            await cases.hand_over(tx, number, MEMBER, "north", NOW)
        else:
            await member_steps[action](tx, number, MEMBER, NOW)


async def _walk(url: str, actions: list[str]) -> None:
    database = await Database.open(url, SECRET)
    try:
        async with database.begin() as tx:
            number = (await opened_case(tx)).number
        expected, taken = WAITING, ["open"]
        for action in actions:
            try:
                expected = step(expected, action)
                taken.append(action)
                await _take(database, number, action)
            except ValueError:
                with pytest.raises(CaseConflict, match=f"case {number} is "):
                    await _take(database, number, action)
            async with database.begin() as tx:
                case = await cases.get(tx, number)
                assert case is not None and case.state == expected
                assert (case.alias is not None) == (expected in ("claimed", "answered", "waiting-on-trainee")) or (
                    expected in ENDED
                )
                assert [event.action for event in await cases.history(tx, number)] == taken
    finally:
        await database.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([action for action in STEPS if action != "join"]), max_size=8))
def test_the_database_follows_the_table_and_writes_an_event_per_change(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, actions: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("walk")
    shutil.copy(migrated, folder / "kenri.db")
    asyncio.run(_walk(f"sqlite:///{folder / 'kenri.db'}", actions))
