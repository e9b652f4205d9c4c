"""Desk members: known by hash, shown by an alias that says nothing about them."""

import sqlalchemy as sa

from bot.storage.engine import Tx
from bot.storage.tables import members


async def row_of(tx: Tx, member_id: int) -> int:
    """The row of a member, made at their first step; its number makes the alias."""
    key = tx.box.hash(f"member:{member_id}")
    found = sa.select(members.c.id).where(members.c.member_hash == key)
    row = (await tx.conn.execute(found)).scalar()
    if row is None:
        new = tx.insert(members).values(member_hash=key, member=tx.box.seal(str(member_id)))
        await tx.conn.execute(new.on_conflict_do_nothing())
        row = (await tx.conn.execute(found)).scalar_one()
    return int(row)


async def user_of(tx: Tx, row: int) -> int | None:
    """The Telegram id of a member, to remind them; None for an unknown row."""
    sealed = (await tx.conn.execute(sa.select(members.c.member).where(members.c.id == row))).scalar()
    return None if sealed is None else int(tx.box.open(sealed))


def alias(row: int | None) -> str | None:
    """`V3` for the third member; None for nobody."""
    return None if row is None else f"V{row}"
