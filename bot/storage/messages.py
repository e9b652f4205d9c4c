"""Which messages stand in a private chat, so that /hide can delete them; never their words."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage.engine import Tx
from bot.storage.tables import messages


async def note(tx: Tx, person_id: int, message_id: int, now: datetime, *, from_bot: bool) -> None:
    """Remember a message of a private chat."""
    row = tx.insert(messages).values(person_id=person_id, message_id=message_id, at=now, from_bot=from_bot)
    await tx.conn.execute(row.on_conflict_do_nothing())


async def recent(tx: Tx, person_id: int, since: datetime) -> list[int]:
    """Ids of the messages since a moment, oldest first."""
    mine = (messages.c.person_id == person_id, messages.c.at >= since)
    rows = await tx.conn.execute(sa.select(messages.c.message_id).where(*mine).order_by(messages.c.message_id))
    return [int(row) for row in rows.scalars()]


async def gone(tx: Tx, person_id: int, message_ids: list[int]) -> None:
    """These messages were deleted from the chat."""
    mine = (messages.c.person_id == person_id, messages.c.message_id.in_(message_ids))
    await tx.conn.execute(sa.delete(messages).where(*mine))
