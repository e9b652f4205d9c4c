"""Updates stored before they are acknowledged: queued -> handling -> done, or dead with a reason."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.storage.engine import Tx
from bot.storage.tables import inbox

QUEUED, HANDLING, DONE, DEAD = "queued", "handling", "done", "dead"


@dataclass(frozen=True, slots=True)
class Received:
    """One update that waits to be handled."""

    id: int
    update_id: int
    payload: dict[str, Any]
    attempts: int


async def store(
    tx: Tx, bot_id: int, update_id: int, payload: dict[str, Any], now: datetime, *, chat_id: int | None = None
) -> bool:
    """Keep an update; False where it was stored before."""
    row = tx.insert(inbox).values(
        bot_id=bot_id,
        update_id=update_id,
        chat_hash=None if chat_id is None else tx.box.hash(chat_id),
        payload=tx.box.seal(json.dumps(payload, ensure_ascii=False)),
        state=QUEUED,
        not_before=now,
        created=now,
    )
    return (await tx.conn.execute(row.on_conflict_do_nothing().returning(inbox.c.id))).scalar() is not None


async def take(tx: Tx, now: datetime, limit: int) -> list[Received]:
    """Take updates to handle, oldest first; of one chat only the oldest that is not done."""
    earlier = inbox.alias("earlier")
    behind = (
        sa.select(earlier.c.id)
        .where(
            earlier.c.chat_hash == inbox.c.chat_hash,
            earlier.c.id < inbox.c.id,
            earlier.c.state.in_((QUEUED, HANDLING)),
        )
        .exists()
    )
    query = sa.select(inbox).where(inbox.c.state == QUEUED, inbox.c.not_before <= now, ~behind)
    rows = (await tx.conn.execute(query.order_by(inbox.c.id).limit(limit).with_for_update(skip_locked=True))).all()
    taken = [Received(row.id, row.update_id, json.loads(tx.box.open(row.payload)), row.attempts + 1) for row in rows]
    mine = sa.update(inbox).where(inbox.c.id.in_([item.id for item in taken]))
    await tx.conn.execute(mine.values(state=HANDLING, attempts=inbox.c.attempts + 1))
    return taken


async def _set(tx: Tx, received_id: int, **values: Any) -> None:
    await tx.conn.execute(sa.update(inbox).where(inbox.c.id == received_id).values(**values))


async def done(tx: Tx, received_id: int) -> None:
    """It was handled: only its number is kept, so that it is not handled again."""
    await _set(tx, received_id, state=DONE, payload=None, chat_hash=None)


async def retry(tx: Tx, received_id: int, not_before: datetime) -> None:
    """Handling failed: try again, not before a moment."""
    await _set(tx, received_id, state=QUEUED, not_before=not_before)


async def dead(tx: Tx, received_id: int, reason: str) -> None:
    """It cannot be handled; it is put aside, and the chat goes on."""
    await _set(tx, received_id, state=DEAD, reason=reason)


async def recover(tx: Tx) -> int:
    """After a crash: what was being handled is queued again; how many."""
    waiting = sa.update(inbox).where(inbox.c.state == HANDLING).values(state=QUEUED)
    return (await tx.conn.execute(waiting)).rowcount
