"""Every table. Texts, chat ids and user ids are sealed (`Sealed`) and found by keyed hash (`*_hash`)."""

from typing import Any

import sqlalchemy as sa

from bot.core.cases import OPEN
from bot.storage.columns import Moment, Sealed

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Hash = sa.String(64)
Word = sa.String(64)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, Id, primary_key=True, autoincrement=True)


def _fk(name: str, target: str, **options: Any) -> sa.Column[int]:
    nullable = options.pop("nullable", False)
    return sa.Column(name, Id, sa.ForeignKey(target, **options), nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


people = sa.Table(
    "people",
    metadata,
    _id(),
    sa.Column("chat_hash", Hash, nullable=False, unique=True),
    sa.Column("chat", Sealed, nullable=False),
    sa.Column("lang", Word),
    sa.Column("confirmed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("prefecture", Word),
    sa.Column("neutral", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("safe_from", sa.SmallInteger),  # minutes after midnight in Japan
    sa.Column("safe_until", sa.SmallInteger),
    sa.Column("created", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)

dialogue = sa.Table(
    "dialogue",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("state", Sealed, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("from_bot", sa.Boolean, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

seen_updates = sa.Table(
    "seen_updates",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

members = sa.Table(
    "members",
    metadata,
    _id(),
    sa.Column("member_hash", Hash, nullable=False, unique=True),
    sa.Column("member", Sealed, nullable=False),
    sa.Column("on_shift", sa.Boolean),
    sqlite_autoincrement=True,
)

cases = sa.Table(
    "cases",
    metadata,
    _id("number"),
    _fk("person_id", "people.id", nullable=True),
    sa.Column("state", Word, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("lang", Word),
    sa.Column("danger", sa.Text, nullable=False, server_default=""),
    sa.Column("entry", sa.String(128)),
    sa.Column("score", sa.Float),
    sa.Column("prefecture", Word),
    sa.Column("shared", Sealed),
    sa.Column("desk", Word),
    sa.Column("desk_chat", Sealed),
    sa.Column("desk_hash", Hash),
    sa.Column("thread_id", sa.BigInteger),
    sa.Column("card_id", sa.BigInteger),
    _fk("claimer_id", "members.id", nullable=True),
    sa.Column("created", Moment, nullable=False),
    sa.Column("changed", Moment, nullable=False),
    sa.Column("waiting_since", Moment, nullable=False),
    sa.Column("claimed_at", Moment),
    sa.Column("answered_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("last_word", Moment, nullable=False),
    sa.Column("raised_at", Moment),
    _count("raised_count"),
    sa.Index("ix_cases_state_level", "state", "level", "created"),
    sa.Index("ix_cases_thread", "desk_hash", "thread_id"),
    sa.Index("ix_cases_person_id", "person_id"),
    sqlite_autoincrement=True,
)
IS_OPEN = cases.c.state.in_(OPEN)
_ONE_OPEN = sa.text("state NOT IN ('closed', 'withdrawn')")
sa.Index("uq_cases_open", cases.c.person_id, unique=True, sqlite_where=_ONE_OPEN, postgresql_where=_ONE_OPEN)

case_messages = sa.Table(
    "case_messages",
    metadata,
    _id(),
    _fk("number", "cases.number"),
    sa.Column("direction", Word, nullable=False),
    sa.Column("kind", Word, nullable=False),
    sa.Column("state", Word, nullable=False),
    sa.Column("text", Sealed, nullable=False),
    sa.Column("source_message", sa.BigInteger),
    _fk("member_id", "members.id", nullable=True),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_case_messages_number", "number", "id"),
    sqlite_autoincrement=True,
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("chat_hash", Hash, primary_key=True),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _fk("number", "cases.number"),
    _fk("relay_id", "case_messages.id", nullable=True, ondelete="SET NULL"),
    sa.Index("ix_links_number", "number"),
    sa.Index("ix_links_relay_id", "relay_id"),
)

case_events = sa.Table(
    "case_events",
    metadata,
    _id(),
    _fk("number", "cases.number"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("role", Word, nullable=False),
    sa.Column("alias", Word),
    sa.Column("action", Word, nullable=False),
    sa.Column("state", Word, nullable=False),
    sa.Index("ix_case_events_number", "number", "id"),
    sqlite_autoincrement=True,
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("chat_hash", Hash, nullable=False),
    sa.Column("chat", Sealed),
    sa.Column("method", Word, nullable=False),
    sa.Column("payload", Sealed),
    sa.Column("purpose", Word, nullable=False, server_default=""),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("state", Word, nullable=False),
    sa.Column("reason", Word),
    _count("attempts"),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("dedup_hash", Hash, unique=True),
    _fk("relay_id", "case_messages.id", nullable=True, ondelete="SET NULL"),
    _fk("case_number", "cases.number", nullable=True),
    sa.Column("created", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("message_id", sa.BigInteger),
    sa.Index("ix_outbox_due", "state", "priority", "id"),
    sa.Index("ix_outbox_chat_hash", "chat_hash", "state", "id"),
    sa.Index("ix_outbox_case_number", "case_number"),
    sa.Index("ix_outbox_relay_id", "relay_id"),
    sqlite_autoincrement=True,
)

inbox = sa.Table(
    "inbox",
    metadata,
    _id(),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("update_id", sa.BigInteger, nullable=False),
    sa.Column("chat_hash", Hash),
    sa.Column("payload", Sealed),
    sa.Column("state", Word, nullable=False),
    sa.Column("reason", Word),
    _count("attempts"),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.UniqueConstraint("bot_id", "update_id"),
    sa.Index("ix_inbox_state", "state", "id"),
    sa.Index("ix_inbox_chat_hash", "chat_hash", "state", "id"),
    sqlite_autoincrement=True,
)


def _part_of_key(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


stats = sa.Table(
    "stats",
    metadata,
    _part_of_key("day", sa.Date),
    _part_of_key("kind", Word),
    _part_of_key("lang", Word),
    _part_of_key("entry", sa.String(128)),
    _part_of_key("level", Word),
    _count("count"),
)

votes = sa.Table(
    "votes",
    metadata,
    _part_of_key("day", sa.Date),
    _part_of_key("lang", Word),
    _part_of_key("entry", sa.String(128)),
    _count("up"),
    _count("down"),
)

kv = sa.Table(
    "kv",
    metadata,
    sa.Column("key", Word, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
