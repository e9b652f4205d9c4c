"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORD = sa.String(64)
_ENTRY = sa.String(128)
_MOMENT = sa.DateTime(timezone=True)
_SEALED = sa.LargeBinary()
_ONE_OPEN = sa.text("state NOT IN ('closed', 'withdrawn')")
_TABLES = (
    "kv",
    "stats",
    "votes",
    "members",
    "people",
    "dialogue",
    "messages",
    "cases",
    "case_events",
    "case_messages",
    "links",
    "seen_updates",
    "inbox",
    "outbox",
)


def upgrade() -> None:
    """To this revision."""
    _small()
    _people()
    _cases()
    _relay()
    _traffic()


def downgrade() -> None:
    """Back from this revision: every table goes."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _small() -> None:
    op.create_table(
        "kv",
        sa.Column("key", _WORD, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kv")),
    )
    op.create_table(
        "stats",
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("kind", _WORD, autoincrement=False, nullable=False),
        sa.Column("lang", _WORD, autoincrement=False, nullable=False),
        sa.Column("entry", _ENTRY, autoincrement=False, nullable=False),
        sa.Column("level", _WORD, autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "lang", "entry", "level", name=op.f("pk_stats")),
    )
    op.create_table(
        "votes",
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("lang", _WORD, autoincrement=False, nullable=False),
        sa.Column("entry", _ENTRY, autoincrement=False, nullable=False),
        sa.Column("up", sa.Integer(), server_default="0", nullable=False),
        sa.Column("down", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "lang", "entry", name=op.f("pk_votes")),
    )


def _people() -> None:
    op.create_table(
        "members",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("member_hash", _WORD, nullable=False),
        sa.Column("member", _SEALED, nullable=False),
        sa.Column("on_shift", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("member_hash", name=op.f("uq_members_member_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "people",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("chat_hash", _WORD, nullable=False),
        sa.Column("chat", _SEALED, nullable=False),
        sa.Column("lang", _WORD, nullable=True),
        sa.Column("confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("prefecture", _WORD, nullable=True),
        sa.Column("neutral", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("safe_from", sa.SmallInteger(), nullable=True),
        sa.Column("safe_until", sa.SmallInteger(), nullable=True),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("last_seen", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("chat_hash", name=op.f("uq_people_chat_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_people_last_seen"), "people", ["last_seen"], unique=False)
    op.create_table(
        "dialogue",
        sa.Column("person_id", _ID, autoincrement=False, nullable=False),
        sa.Column("state", _SEALED, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_dialogue_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_dialogue")),
    )
    op.create_table(
        "messages",
        sa.Column("person_id", _ID, autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_bot", sa.Boolean(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "message_id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_at"), "messages", ["at"], unique=False)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", _ID, autoincrement=True, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("lang", _WORD, nullable=True),
        sa.Column("danger", sa.Text(), server_default="", nullable=False),
        sa.Column("entry", _ENTRY, nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("prefecture", _WORD, nullable=True),
        sa.Column("shared", _SEALED, nullable=True),
        sa.Column("desk", _WORD, nullable=True),
        sa.Column("desk_chat", _SEALED, nullable=True),
        sa.Column("desk_hash", _WORD, nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("claimer_id", _ID, nullable=True),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("changed", _MOMENT, nullable=False),
        sa.Column("waiting_since", _MOMENT, nullable=False),
        sa.Column("claimed_at", _MOMENT, nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("last_word", _MOMENT, nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=True),
        sa.Column("raised_count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["claimer_id"], ["members.id"], name=op.f("fk_cases_claimer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cases_person_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_person_id", "cases", ["person_id"], unique=False)
    op.create_index("ix_cases_state_level", "cases", ["state", "level", "created"], unique=False)
    op.create_index("ix_cases_thread", "cases", ["desk_hash", "thread_id"], unique=False)
    op.create_index(
        "uq_cases_open", "cases", ["person_id"], unique=True, sqlite_where=_ONE_OPEN, postgresql_where=_ONE_OPEN
    )


def _relay() -> None:
    op.create_table(
        "case_events",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("alias", _WORD, nullable=True),
        sa.Column("action", _WORD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_case_events_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_events_number", "case_events", ["number", "id"], unique=False)
    op.create_table(
        "case_messages",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("direction", _WORD, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("text", _SEALED, nullable=False),
        sa.Column("source_message", sa.BigInteger(), nullable=True),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_case_messages_member_id")),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_case_messages_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_messages_number", "case_messages", ["number", "id"], unique=False)
    op.create_table(
        "links",
        sa.Column("chat_hash", _WORD, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("relay_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["number"], ["cases.number"], name=op.f("fk_links_number")),
        sa.ForeignKeyConstraint(
            ["relay_id"], ["case_messages.id"], name=op.f("fk_links_relay_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("chat_hash", "message_id", name=op.f("pk_links")),
    )
    op.create_index("ix_links_number", "links", ["number"], unique=False)
    op.create_index("ix_links_relay_id", "links", ["relay_id"], unique=False)


def _traffic() -> None:
    op.create_table(
        "seen_updates",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_seen_updates")),
    )
    op.create_index(op.f("ix_seen_updates_at"), "seen_updates", ["at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_hash", _WORD, nullable=True),
        sa.Column("payload", _SEALED, nullable=True),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("reason", _WORD, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_chat_hash", "inbox", ["chat_hash", "state", "id"], unique=False)
    op.create_index("ix_inbox_state", "inbox", ["state", "id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("chat_hash", _WORD, nullable=False),
        sa.Column("chat", _SEALED, nullable=True),
        sa.Column("method", _WORD, nullable=False),
        sa.Column("payload", _SEALED, nullable=True),
        sa.Column("purpose", _WORD, server_default="", nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("reason", _WORD, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("dedup_hash", _WORD, nullable=True),
        sa.Column("relay_id", _ID, nullable=True),
        sa.Column("case_number", _ID, nullable=True),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_outbox_case_number")),
        sa.ForeignKeyConstraint(
            ["relay_id"], ["case_messages.id"], name=op.f("fk_outbox_relay_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_hash", name=op.f("uq_outbox_dedup_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_case_number", "outbox", ["case_number"], unique=False)
    op.create_index("ix_outbox_chat_hash", "outbox", ["chat_hash", "state", "id"], unique=False)
    op.create_index("ix_outbox_due", "outbox", ["state", "priority", "id"], unique=False)
    op.create_index("ix_outbox_relay_id", "outbox", ["relay_id"], unique=False)
