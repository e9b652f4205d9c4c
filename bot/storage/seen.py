"""Updates that were handled already: Telegram may deliver one twice."""

from datetime import datetime

from bot.storage.engine import Tx
from bot.storage.tables import seen_updates


async def first_time(tx: Tx, bot_id: int, update_id: int, now: datetime) -> bool:
    """Mark an update as seen; False where it was."""
    row = tx.insert(seen_updates).values(bot_id=bot_id, update_id=update_id, at=now)
    made = await tx.conn.execute(row.on_conflict_do_nothing().returning(seen_updates.c.update_id))
    return made.scalar() is not None
