"""Small settings and states by name; nothing personal belongs here."""

import sqlalchemy as sa

from bot.storage.engine import Tx
from bot.storage.tables import kv


async def get(tx: Tx, key: str) -> str | None:
    """A value by its name."""
    value: str | None = (await tx.conn.execute(sa.select(kv.c.value).where(kv.c.key == key))).scalar()
    return value


async def put(tx: Tx, key: str, value: str) -> None:
    """Set a value."""
    row = tx.insert(kv).values(key=key, value=value)
    await tx.conn.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
