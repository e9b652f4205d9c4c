"""Cases: one open per person, claimed by exactly one volunteer, every change an event in the same transaction."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.core.cases import WAITING, sources, step
from bot.errors import CaseConflict
from bot.storage import links, members
from bot.storage.case_records import Case, Event, NewCase, found
from bot.storage.engine import Tx
from bot.storage.tables import IS_OPEN, case_events, cases

__all__ = [
    "Case",
    "Event",
    "NewCase",
    "alias_of",
    "answered",
    "asked",
    "at_message",
    "at_thread",
    "claim",
    "close",
    "due_to_raise",
    "get",
    "hand_over",
    "history",
    "open_case",
    "open_case_of",
    "place",
    "queue",
    "raise_again",
    "release",
    "reopen",
    "trainee_wrote",
    "withdraw",
]
_BY_KENRI = ("raise", "release")
"""Steps that Kenri takes by itself when no member is named; the others are then the trainee's."""


async def get(tx: Tx, number: int) -> Case | None:
    """A case by its number."""
    return next(iter(await found(tx, cases.c.number == number)), None)


async def open_case_of(tx: Tx, person_id: int) -> Case | None:
    """The open case of a person."""
    return next(iter(await found(tx, cases.c.person_id == person_id, IS_OPEN)), None)


async def queue(tx: Tx) -> list[Case]:
    """Every open case, the gravest first, then the oldest."""
    return await found(tx, IS_OPEN)


async def due_to_raise(tx: Tx, now: datetime, minutes: int) -> list[Case]:
    """Cases that nobody has taken for `minutes` since they came or were raised last."""
    since = sa.func.coalesce(cases.c.raised_at, cases.c.waiting_since, type_=cases.c.raised_at.type)
    return await found(tx, cases.c.state == WAITING, since <= now - timedelta(minutes=minutes))


async def at_message(tx: Tx, desk_chat: int, message_id: int) -> Case | None:
    """The case of a card or of any other message about it at the desk."""
    number = await links.case_at(tx, desk_chat, message_id)
    return None if number is None else await get(tx, number)


async def at_thread(tx: Tx, desk_chat: int, thread_id: int) -> Case | None:
    """The case of a forum topic."""
    here = (cases.c.desk_hash == tx.box.hash(desk_chat), cases.c.thread_id == thread_id)
    topics = await found(tx, *here)
    return max(topics, key=lambda case: case.number, default=None)


async def alias_of(tx: Tx, member_id: int) -> str:
    """The stable alias of a desk member."""
    return members.alias(await members.row_of(tx, member_id)) or ""


async def history(tx: Tx, number: int) -> list[Event]:
    """Every change of a case in order."""
    rows = await tx.conn.execute(
        sa.select(case_events).where(case_events.c.number == number).order_by(case_events.c.id)
    )
    return [Event(row.at, row.role, row.alias, row.action, row.state) for row in rows]


async def _event(tx: Tx, number: int, action: str, state: str, member_id: int | None, now: datetime) -> None:
    role = "volunteer" if member_id is not None else "kenri" if action in _BY_KENRI else "trainee"
    alias = None if member_id is None else await alias_of(tx, member_id)
    values = {"number": number, "at": now, "role": role, "alias": alias, "action": action, "state": state}
    await tx.conn.execute(sa.insert(case_events).values(values))


async def open_case(tx: Tx, person_id: int, new: NewCase, now: datetime) -> tuple[Case, bool]:
    """Open a case, or join the one that is open: it then takes the graver level and every danger. True: new."""
    row = tx.insert(cases).values(
        person_id=person_id,
        state=WAITING,
        level=int(new.level),
        lang=new.lang,
        danger=",".join(new.danger),
        entry=new.entry,
        score=new.score,
        prefecture=new.prefecture,
        shared=tx.box.seal(new.shared),
        created=now,
        changed=now,
        waiting_since=now,
        last_word=now,
    )
    made = (await tx.conn.execute(row.on_conflict_do_nothing().returning(cases.c.number))).scalar()
    if made is not None:
        await _event(tx, made, "open", WAITING, None, now)
        return await _sure(tx, made), True
    joined = await open_case_of(tx, person_id)
    if joined is None:  # only where another process closes it in the same instant
        raise CaseConflict("the case was closed just now: try again")
    danger = dict.fromkeys((*joined.danger, *new.danger))
    level = max(joined.level, new.level)
    graver = {"level": int(level), "danger": ",".join(danger), "last_word": now}
    return await _step(tx, joined.number, "join", None, now, **graver), False


async def _sure(tx: Tx, number: int) -> Case:
    case = await get(tx, number)
    if case is None:
        raise CaseConflict(f"there is no case {number}")
    return case


async def _step(tx: Tx, number: int, action: str, member_id: int | None, now: datetime, **values: Any) -> Case:
    """Take one step of the state machine; the row is locked, and the condition stands in the UPDATE too."""
    here = cases.c.number == number
    state = (await tx.conn.execute(sa.select(cases.c.state).where(here).with_for_update())).scalar()
    if state is None:
        raise CaseConflict(f"there is no case {number}")
    if state not in sources(action):
        raise await _conflict(tx, number)
    after = step(state, action)
    change = sa.update(cases).where(here, cases.c.state == state).values(state=after, changed=now, **values)
    if (await tx.conn.execute(change)).rowcount != 1:
        raise await _conflict(tx, number)
    await _event(tx, number, action, after, member_id, now)
    return await _sure(tx, number)


async def _conflict(tx: Tx, number: int) -> CaseConflict:
    case = await _sure(tx, number)
    ended = case.closed_at is not None
    return CaseConflict(
        f"case {number} is {case.state}" if ended or not case.alias else f"case {number} is claimed by {case.alias}"
    )


def _back_in_queue(now: datetime) -> dict[str, Any]:
    return {"claimer_id": None, "claimed_at": None, "waiting_since": now, "raised_at": None, "raised_count": 0}


async def claim(tx: Tx, number: int, member_id: int, now: datetime) -> Case:
    """Take a waiting case; CaseConflict names the one who was faster."""
    row = await members.row_of(tx, member_id)
    return await _step(tx, number, "claim", member_id, now, claimer_id=row, claimed_at=now)


async def release(tx: Tx, number: int, member_id: int | None, now: datetime) -> Case:
    """Give a case back to the queue."""
    return await _step(tx, number, "release", member_id, now, **_back_in_queue(now))


async def answered(tx: Tx, number: int, member_id: int | None, now: datetime) -> Case:
    """A volunteer wrote to the trainee; the first time is kept."""
    first = sa.func.coalesce(cases.c.answered_at, now, type_=cases.c.answered_at.type)
    return await _step(tx, number, "answer", member_id, now, answered_at=first)


async def asked(tx: Tx, number: int, member_id: int | None, now: datetime) -> Case:
    """A volunteer asked the trainee something: the case waits on the trainee."""
    first = sa.func.coalesce(cases.c.answered_at, now, type_=cases.c.answered_at.type)
    return await _step(tx, number, "ask", member_id, now, answered_at=first)


async def trainee_wrote(tx: Tx, number: int, now: datetime) -> Case:
    """The trainee wrote: the desk is to act again."""
    return await _step(tx, number, "write", None, now, last_word=now)


async def raise_again(tx: Tx, number: int, now: datetime) -> Case:
    """Nobody has taken the case: count that the desk is asked again."""
    return await _step(tx, number, "raise", None, now, raised_at=now, raised_count=cases.c.raised_count + 1)


async def hand_over(tx: Tx, number: int, member_id: int | None, desk: str, now: datetime) -> Case:
    """Give a case to another desk, with its history; it has no card there yet."""
    unplaced = {"desk_chat": None, "desk_hash": None, "thread_id": None, "card_id": None}
    return await _step(tx, number, "hand over", member_id, now, desk=desk, **unplaced, **_back_in_queue(now))


async def close(tx: Tx, number: int, member_id: int | None, now: datetime) -> Case:
    """End a case; without a member it is the trainee who ends it."""
    return await _step(tx, number, "close", member_id, now, closed_at=now)


async def withdraw(tx: Tx, number: int, member_id: int | None, now: datetime) -> Case:
    """The trainee takes the case back; it cannot be reopened, since the consent is gone."""
    return await _step(tx, number, "withdraw", member_id, now, closed_at=now)


async def reopen(tx: Tx, number: int, member_id: int | None, now: datetime) -> Case:
    """Open a closed case again; not where the person was forgotten or has another case open."""
    case = await _sure(tx, number)
    if case.person_id is None:
        raise CaseConflict(f"case {number} was deleted: nobody is behind it any more")
    other = await open_case_of(tx, case.person_id)
    if other is not None and other.number != number:
        raise CaseConflict(f"the trainee has case {other.number} open")
    return await _step(tx, number, "reopen", member_id, now, closed_at=None, **_back_in_queue(now))


async def place(tx: Tx, number: int, desk_chat: int, thread_id: int | None, card_id: int | None) -> None:
    """Where a case stands at the desk; None keeps what is known for the same desk."""
    key = tx.box.hash(desk_chat)
    same = cases.c.desk_hash == key
    values = {
        "thread_id": thread_id if thread_id is not None else sa.case((same, cases.c.thread_id), else_=None),
        "card_id": card_id if card_id is not None else sa.case((same, cases.c.card_id), else_=None),
        "desk_hash": key,
        "desk_chat": tx.box.seal(str(desk_chat)),
    }
    await tx.conn.execute(sa.update(cases).where(cases.c.number == number).values(values))
    if card_id is not None:
        await links.add(tx, key, card_id, number)
