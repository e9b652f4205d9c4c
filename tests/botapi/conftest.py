"""The double as a fixture."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.botapi.client import Telegram

_PLAIN = {"verify": False}
"""Loopback speaks plain HTTP: reading the certificates for each test would take longer than the test."""


@pytest.fixture
async def api() -> AsyncIterator[Telegram]:
    """A Bot API of its own for each test."""
    async with Telegram() as server:
        yield server


@pytest.fixture
async def bot(api: Telegram, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """The library's own bot against it, with times as `timedelta` (it warns about the old way)."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    library = Bot(
        api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=HTTPXRequest(16, httpx_kwargs=_PLAIN),
        get_updates_request=HTTPXRequest(4, httpx_kwargs=_PLAIN),
    )
    async with library:
        yield library
