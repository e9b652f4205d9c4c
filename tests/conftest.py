"""What all tests share: no network but loopback, the real knowledge base, fixed moments."""

import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.content.knowledge import Knowledge
from bot.content.load import load
from bot.core.contacts import TOKYO

ROOT = Path(__file__).parent.parent
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections that leave this machine are refused."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The knowledge base as it ships."""
    return load(ROOT / "knowledge")


def tokyo(text: str) -> datetime:
    """A moment in Japan from `2026-11-24 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)
