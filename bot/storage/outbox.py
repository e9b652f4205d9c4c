"""What is to be sent, stored in the transaction of its cause: queued -> sending -> sent, uncertain or failed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.storage import links, relay
from bot.storage.engine import Tx
from bot.storage.tables import case_messages, outbox

QUEUED, SENDING, SENT, UNCERTAIN, FAILED = "queued", "sending", "sent", "uncertain", "failed"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to Telegram that is to be made."""

    id: int
    chat_id: int
    method: str
    payload: dict[str, Any]
    priority: int
    attempts: int
    relay_id: int | None
    case_number: int | None
    purpose: str


def _outgoing(tx: Tx, row: sa.Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        chat_id=int(tx.box.open(row.chat)),
        method=row.method,
        payload=json.loads(tx.box.open(row.payload)),
        priority=row.priority,
        attempts=row.attempts,
        relay_id=row.relay_id,
        case_number=row.case_number,
        purpose=row.purpose,
    )


async def enqueue(
    tx: Tx,
    chat_id: int,
    method: str,
    payload: dict[str, Any],
    now: datetime,
    *,
    priority: int = 5,
    dedup: str | None = None,
    relay_id: int | None = None,
    case_number: int | None = None,
    purpose: str = "",
) -> int | None:
    """Store what is to be sent (priority 0 goes first); its id, or None where the dedup key was seen before."""
    row = tx.insert(outbox).values(
        chat_hash=tx.box.hash(chat_id),
        chat=tx.box.seal(str(chat_id)),
        method=method,
        payload=tx.box.seal(json.dumps(payload, ensure_ascii=False)),
        purpose=purpose,
        priority=priority,
        state=QUEUED,
        not_before=now,
        dedup_hash=None if dedup is None else tx.box.hash(f"dedup:{dedup}"),
        relay_id=relay_id,
        case_number=case_number,
        created=now,
    )
    made = (await tx.conn.execute(row.on_conflict_do_nothing().returning(outbox.c.id))).scalar()
    return None if made is None else int(made)


async def due(tx: Tx, now: datetime, limit: int) -> list[Outgoing]:
    """What may be sent now, urgent first. Words to one chat never overtake equally urgent ones that wait."""
    earlier = outbox.alias("earlier")
    overtaken = (
        sa.select(earlier.c.id)
        .where(
            earlier.c.chat_hash == outbox.c.chat_hash,
            earlier.c.id < outbox.c.id,
            earlier.c.priority <= outbox.c.priority,
            earlier.c.state == QUEUED,
            earlier.c.not_before > now,
        )
        .exists()
    )
    query = sa.select(outbox).where(outbox.c.state == QUEUED, outbox.c.not_before <= now, ~overtaken)
    rows = await tx.conn.execute(query.order_by(outbox.c.priority, outbox.c.id).limit(limit))
    return [_outgoing(tx, row) for row in rows]


async def start(tx: Tx, outgoing_id: int) -> bool:
    """Mark as being sent; False where another process took it or it was deleted: then it must not be sent."""
    mine = sa.update(outbox).where(outbox.c.id == outgoing_id, outbox.c.state == QUEUED)
    taken = await tx.conn.execute(mine.values(state=SENDING, attempts=outbox.c.attempts + 1))
    return taken.rowcount == 1


async def _end(tx: Tx, outgoing_id: int, **values: Any) -> None:
    await tx.conn.execute(sa.update(outbox).where(outbox.c.id == outgoing_id).values(**values))


async def sent(tx: Tx, outgoing_id: int, message_id: int, now: datetime) -> None:
    """It was sent: its words and chat are dropped, and a message of a case can be found by its id."""
    found = sa.select(outbox.c.chat_hash, outbox.c.case_number, outbox.c.relay_id).where(outbox.c.id == outgoing_id)
    row = (await tx.conn.execute(found)).first()
    await _end(tx, outgoing_id, state=SENT, sent_at=now, message_id=message_id, payload=None, chat=None)
    if row is not None and row.case_number is not None and message_id:
        await links.add(tx, row.chat_hash, message_id, row.case_number, row.relay_id)


async def retry(tx: Tx, outgoing_id: int, not_before: datetime) -> None:
    """It surely did not leave: send it again, not before a moment."""
    await _end(tx, outgoing_id, state=QUEUED, not_before=not_before)


async def uncertain(tx: Tx, outgoing_id: int) -> None:
    """Nobody knows whether it arrived: it is never repeated by itself."""
    await _end(tx, outgoing_id, state=UNCERTAIN)


async def failed(tx: Tx, outgoing_id: int, reason: str) -> None:
    """Telegram refused it for good."""
    await _end(tx, outgoing_id, state=FAILED, reason=reason)


async def again(tx: Tx, outgoing_id: int, now: datetime) -> bool:
    """Somebody decided to send an uncertain or failed one again; whether there was one."""
    row = (await tx.conn.execute(sa.select(outbox.c.relay_id).where(outbox.c.id == outgoing_id))).first()
    old = sa.update(outbox).where(outbox.c.id == outgoing_id, outbox.c.state.in_((UNCERTAIN, FAILED)))
    found = (await tx.conn.execute(old.values(state=QUEUED, not_before=now, reason=None))).rowcount == 1
    if found and row is not None and row.relay_id is not None:
        await relay.set_state(tx, row.relay_id, relay.QUEUED)
    return found


async def recover(tx: Tx) -> list[Outgoing]:
    """After a crash: what was being sent becomes uncertain, with its relayed message; these sends."""
    rows = await tx.conn.execute(sa.select(outbox).where(outbox.c.state == SENDING).order_by(outbox.c.id))
    found = [_outgoing(tx, row) for row in rows]
    relayed = [item.relay_id for item in found if item.relay_id is not None]
    await tx.conn.execute(sa.update(outbox).where(outbox.c.state == SENDING).values(state=UNCERTAIN))
    for relay_id in relayed:
        doubtful = sa.update(case_messages).where(case_messages.c.id == relay_id)
        await tx.conn.execute(doubtful.values(state=relay.UNCERTAIN))
    return found
