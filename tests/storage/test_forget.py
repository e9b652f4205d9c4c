"""`forget` leaves no row of a person, and the database file alone reveals no word and no id."""

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.storage import cases, inbox, messages, outbox, people, relay
from bot.storage.columns import Sealed
from bot.storage.engine import Database, Tx
from bot.storage.people import Person
from bot.storage.tables import metadata
from tests.storage.conftest import DESK, NOW, SECRET, new_case

MARK, OTHER_MARK = "planted-words-của-tôi", "words-of-somebody-else"
CHAT, OTHER_CHAT = 77712345678, 88812345678
MEMBER = 66612345678
_unique = itertools.count(1)

Deed = Callable[[Tx, Person, str], Awaitable[object]]


async def _ask(tx: Tx, who: Person, mark: str) -> None:
    await people.remember(tx, who.id, {"last": {"text": mark}})
    await people.set_prefecture(tx, who.id, "47")


async def _chat(tx: Tx, who: Person, mark: str) -> None:
    await messages.note(tx, who.id, next(_unique), NOW, from_bot=True)
    await inbox.store(tx, 1, next(_unique), {"text": mark}, NOW, chat_id=who.chat_id)
    await outbox.enqueue(tx, who.chat_id, "sendMessage", {"text": mark}, NOW, dedup=f"{mark}{next(_unique)}")


async def _open(tx: Tx, who: Person, mark: str) -> None:
    case, new = await cases.open_case(tx, who.id, new_case(shared=mark), NOW)
    if new:
        card = await outbox.enqueue(
            tx, DESK, "sendMessage", {"text": mark}, NOW, case_number=case.number, purpose="card"
        )
        assert card is not None
        await cases.place(tx, case.number, DESK, None, next(_unique))


async def _relay(tx: Tx, who: Person, mark: str) -> None:
    case = await cases.open_case_of(tx, who.id)
    if case is None:
        return
    for direction in ("in", "out", "note"):
        relay_id = await relay.record(tx, case.number, direction, mark, "text", NOW, next(_unique), MEMBER)
        to = DESK if direction == "in" else who.chat_id
        sent = await outbox.enqueue(
            tx, to, "sendMessage", {"text": mark}, NOW, relay_id=relay_id, case_number=case.number
        )
        if sent is not None and direction != "note":
            await outbox.start(tx, sent)
            await outbox.sent(tx, sent, next(_unique), NOW)


async def _claim(tx: Tx, who: Person, mark: str) -> None:
    case = await cases.open_case_of(tx, who.id)
    if case is not None and case.alias is None:
        await cases.claim(tx, case.number, MEMBER, NOW)


async def _close(tx: Tx, who: Person, mark: str) -> None:
    case = await cases.open_case_of(tx, who.id)
    if case is not None:
        await cases.close(tx, case.number, None, NOW)


DEEDS: tuple[Deed, ...] = (_ask, _chat, _open, _relay, _claim, _close)


async def _rows(tx: Tx) -> list[tuple[str, dict[str, Any]]]:
    """Every row of every table, opened."""
    found = []
    for table in metadata.sorted_tables:
        for row in (await tx.conn.execute(sa.select(table))).mappings():
            opened = {
                name: tx.box.open(value) if value is not None and isinstance(table.c[name].type, Sealed) else value
                for name, value in row.items()
            }
            found.append((table.name, opened))
    return found


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if not path.name.endswith(".key"))


def _traces(who: Person, mark: str) -> tuple[bytes, ...]:
    return mark.encode(), str(who.chat_id).encode(), who.chat_id.to_bytes(6, "big"), str(MEMBER).encode()


async def _live_and_forget(folder: Path, deeds: list[Deed]) -> None:
    database = await Database.open(f"sqlite:///{folder / 'kenri.db'}", SECRET)
    try:
        async with database.begin() as tx:
            who = await people.find_or_create(tx, CHAT, "vi", NOW)
            other = await people.find_or_create(tx, OTHER_CHAT, "my", NOW)
            for deed in deeds:
                await deed(tx, who, MARK)
                await deed(tx, other, OTHER_MARK)
            key = tx.box.hash(CHAT)
        assert not [trace for trace in _traces(who, MARK) if trace in _files(folder)]
        async with database.begin() as tx:
            before = await _rows(tx)
            case = await cases.open_case_of(tx, who.id)
            if case is not None:
                await outbox.enqueue(
                    tx, DESK, "sendMessage", {"text": "taken back"}, NOW, case_number=case.number, purpose="notice"
                )
            counts = await people.forget(tx, who.id, NOW)
            assert counts["people"] == 1
        async with database.begin() as tx:
            after = await _rows(tx)
            text = repr(after)
            assert MARK not in text and str(CHAT) not in text and key not in text
            assert not [row for _, row in after if row.get("person_id") == who.id]
            assert sum(OTHER_MARK in repr(row) for row in before) == sum(OTHER_MARK in repr(row) for row in after)
            assert await people.get(tx, who.id) is None
            if case is not None:
                await _withdrawn(tx, case.number)
    finally:
        await database.close()
    with sqlite3.connect(folder / "kenri.db") as raw:
        raw.execute("VACUUM")
    raw.close()
    left = _files(folder)
    assert not [trace for trace in (*_traces(who, MARK), key.encode()) if trace in left]


async def _withdrawn(tx: Tx, number: int) -> None:
    """The case stays as a number with its dates and level, and the desk is still told."""
    case = await cases.get(tx, number)
    assert case is not None
    assert (case.state, case.person_id, case.chat_id) == ("withdrawn", None, None)
    assert (case.shared, case.danger, case.entry, case.prefecture, case.alias) == ("", (), None, None, None)
    assert [item.payload["text"] for item in await outbox.due(tx, NOW, 99) if item.case_number == number] == [
        "taken back"
    ]


async def test_forgetting_a_full_life_leaves_no_row_and_no_trace(tmp_path: Path) -> None:
    await _live_and_forget(tmp_path, [_ask, _chat, _open, _relay, _close, _open, _relay, _claim, _relay, _chat])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(DEEDS), max_size=12))
def test_whatever_a_person_did_forgetting_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, deeds: list[Deed]
) -> None:
    folder = tmp_path_factory.mktemp("life")
    shutil.copy(migrated, folder / "kenri.db")
    asyncio.run(_live_and_forget(folder, deeds))


async def test_a_person_who_comes_back_after_forgetting_is_somebody_new(database: Database) -> None:
    async with database.begin() as tx:
        first = await people.find_or_create(tx, CHAT, "vi", NOW)
        await people.forget(tx, first.id, NOW)
        again = await people.find_or_create(tx, CHAT, None, NOW)
        assert again.id > first.id and again.lang is None
        assert sum((await people.forget(tx, first.id, NOW)).values()) == 0
