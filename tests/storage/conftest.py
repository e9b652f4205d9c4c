"""A fresh database per test: an SQLite file, and PostgreSQL too where KENRI_TEST_POSTGRES names an empty database."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.entries import Level
from bot.storage import cases, migrations, people
from bot.storage.cases import Case, NewCase
from bot.storage.connect import file_of, parse
from bot.storage.engine import Database, Tx
from bot.storage.people import Person

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SECRET = "a-key-for-tests-0123456789"
DESK = -1009876543210
CHAT = 77700012345
POSTGRES = os.environ.get("KENRI_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kenri.db'}"
    assert POSTGRES is not None
    await migrations.downgrade(POSTGRES, "base")
    return POSTGRES


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "kenri.db"
    asyncio.run(migrations.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def database(url: str, migrated: Path) -> AsyncIterator[Database]:
    """An open database with the newest schema."""
    file = file_of(parse(url))
    if file is not None:
        shutil.copy(migrated, file)
    opened = await Database.open(url, SECRET)
    yield opened
    await opened.close()


def new_case(**changes: Any) -> NewCase:
    """What a case begins with, with some fields changed."""
    usual: dict[str, Any] = {
        "lang": "vi",
        "level": Level.SERIOUS,
        "danger": ("passport",),
        "entry": "wages/unpaid",
        "score": 0.75,
        "prefecture": "13",
        "shared": "My boss does not pay me",
    }
    return NewCase(**(usual | changes))


async def person(tx: Tx, chat_id: int = CHAT) -> Person:
    """A person who writes for the first time, or again."""
    return await people.find_or_create(tx, chat_id, "vi", NOW)


async def opened_case(tx: Tx, chat_id: int = CHAT) -> Case:
    """A case that was just opened."""
    case, _ = await cases.open_case(tx, (await person(tx, chat_id)).id, new_case(), NOW)
    return case
