"""Which case and relayed message a Telegram message belongs to, on either side."""

from typing import Any

import sqlalchemy as sa

from bot.storage.engine import Tx
from bot.storage.tables import links


async def add(tx: Tx, chat_hash: str, message_id: int, number: int, relay_id: int | None = None) -> None:
    """Remember a message of a case; what is known already stays."""
    new = tx.insert(links).values(chat_hash=chat_hash, message_id=message_id, number=number, relay_id=relay_id)
    await tx.conn.execute(new.on_conflict_do_nothing())


async def case_at(tx: Tx, chat_id: int, message_id: int) -> int | None:
    """The number of the case that a message belongs to."""
    row = await _at(tx, chat_id, message_id)
    return None if row is None else int(row.number)


async def relay_at(tx: Tx, chat_id: int, message_id: int) -> int | None:
    """The relayed message that a Telegram message is the source or a copy of."""
    row = await _at(tx, chat_id, message_id)
    return None if row is None or row.relay_id is None else int(row.relay_id)


async def _at(tx: Tx, chat_id: int, message_id: int) -> sa.Row[Any, Any] | None:
    here = (links.c.chat_hash == tx.box.hash(chat_id), links.c.message_id == message_id)
    return (await tx.conn.execute(sa.select(links.c.number, links.c.relay_id).where(*here))).first()


async def messages_of(tx: Tx, relay_id: int, chat_id: int) -> list[int]:
    """The message ids of a relayed message in one chat, in order: what an edit or deletion has to follow."""
    here = (links.c.relay_id == relay_id, links.c.chat_hash == tx.box.hash(chat_id))
    rows = await tx.conn.execute(sa.select(links.c.message_id).where(*here).order_by(links.c.message_id))
    return [int(row) for row in rows.scalars()]
