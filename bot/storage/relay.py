"""What trainee and volunteers write to each other in a case, with the state of each message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.storage import links, members
from bot.storage.engine import Tx
from bot.storage.tables import case_messages, cases, people

Direction = Literal["in", "out", "note"]
QUEUED, SENT, UNCERTAIN, BLOCKED, FAILED, KEPT = "queued", "sent", "uncertain", "blocked", "failed", "kept"


@dataclass(frozen=True, slots=True)
class Relayed:
    """One message of a case: `in` from the trainee, `out` from a volunteer, `note` for the desk only."""

    id: int
    number: int
    direction: str
    kind: str
    state: str
    text: str
    alias: str | None
    source_message: int | None
    at: datetime


def _relayed(tx: Tx, row: sa.Row[Any]) -> Relayed:
    return Relayed(
        id=row.id,
        number=row.number,
        direction=row.direction,
        kind=row.kind,
        state=row.state,
        text=tx.box.open(row.text),
        alias=members.alias(row.member_id),
        source_message=row.source_message,
        at=row.at,
    )


async def record(
    tx: Tx,
    number: int,
    direction: Direction,
    text: str,
    kind: str,
    now: datetime,
    source_message: int | None = None,
    member_id: int | None = None,
) -> int:
    """Keep a message before it is sent; its id. A note is `kept` and never sent."""
    row = {
        "number": number,
        "direction": direction,
        "kind": kind,
        "state": KEPT if direction == "note" else QUEUED,
        "text": tx.box.seal(text),
        "source_message": source_message,
        "member_id": None if member_id is None else await members.row_of(tx, member_id),
        "at": now,
    }
    made = await tx.conn.execute(sa.insert(case_messages).values(row).returning(case_messages.c.id))
    relay_id = int(made.scalar_one())
    chat_hash = await _source_chat(tx, number, direction)
    if source_message is not None and chat_hash is not None:
        await links.add(tx, chat_hash, source_message, number, relay_id)
    return relay_id


async def _source_chat(tx: Tx, number: int, direction: Direction) -> str | None:
    column = people.c.chat_hash if direction == "in" else cases.c.desk_hash
    found = sa.select(column).select_from(cases.outerjoin(people)).where(cases.c.number == number)
    key: str | None = (await tx.conn.execute(found)).scalar()
    return key


async def set_state(tx: Tx, relay_id: int, state: str) -> None:
    """Set the state; of a message in several parts `sent` never hides that another part was not."""
    change = sa.update(case_messages).where(case_messages.c.id == relay_id)
    if state == SENT:
        change = change.where(case_messages.c.state == QUEUED)
    await tx.conn.execute(change.values(state=state))


async def linked(tx: Tx, relay_id: int, target_message: int, chat: int) -> None:
    """The message was sent as `target_message` in a chat, one of possibly several."""
    row = await get(tx, relay_id)
    if row is not None and target_message:
        await links.add(tx, tx.box.hash(chat), target_message, row.number, relay_id)


async def get(tx: Tx, relay_id: int) -> Relayed | None:
    """A message by its id."""
    row = (await tx.conn.execute(sa.select(case_messages).where(case_messages.c.id == relay_id))).first()
    return None if row is None else _relayed(tx, row)


async def at_message(tx: Tx, chat_id: int, message_id: int) -> Relayed | None:
    """The message that a Telegram message on either side is the source or a copy of."""
    relay_id = await links.relay_at(tx, chat_id, message_id)
    return None if relay_id is None else await get(tx, relay_id)


async def transcript(tx: Tx, number: int) -> list[Relayed]:
    """Every message and note of a case in order."""
    query = sa.select(case_messages).where(case_messages.c.number == number).order_by(case_messages.c.id)
    return [_relayed(tx, row) for row in await tx.conn.execute(query)]
