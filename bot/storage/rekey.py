"""Rotation of the secret key: seal everything anew with the first key, so that the others can be dropped."""

import sqlalchemy as sa

from bot.storage import crypto, kv
from bot.storage.columns import Sealed
from bot.storage.engine import LOOKUP, Tx
from bot.storage.tables import metadata

_BATCH = 500


async def rekey(tx: Tx) -> dict[str, int]:
    """Seal anew what another key than the first sealed; values per table. Look-ups go on working."""
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                counts[table.name] = counts.get(table.name, 0) + await _column(tx, table, column)
    stored = await kv.get(tx, LOOKUP)
    if stored is not None:
        await kv.put(tx, LOOKUP, crypto.wrap(tx.box.keys, crypto.unwrap(tx.box.keys, stored)))
    return counts


async def _column(tx: Tx, table: sa.Table, column: sa.Column[bytes]) -> int:
    (key,) = table.primary_key.columns
    keys, last, done = tx.box.keys, 0, 0
    while True:
        query = sa.select(key, column).where(key > last, column.is_not(None)).order_by(key).limit(_BATCH)
        rows = (await tx.conn.execute(query)).all()
        if not rows:
            return done
        for row_id, sealed in rows:
            if not keys.current(sealed):
                fresh = sa.update(table).where(key == row_id).values({column.name: keys.seal(keys.open(sealed))})
                await tx.conn.execute(fresh)
                done += 1
        last = rows[-1][0]
