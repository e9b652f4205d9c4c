"""Updates of one chat in order, different chats side by side."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

UPDATE_SECONDS = 30
"""A handler that takes longer is stopped, so that one chat never holds up its own next message for good."""


class InOrder(BaseUpdateProcessor):
    """An update processor with one queue per chat (asyncio locks are first come, first served)."""

    def __init__(self, handled: Callable[[float], None], max_concurrent_updates: int = 64) -> None:
        super().__init__(max_concurrent_updates)
        self._handled = handled
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run a handler when the earlier updates of its chat are done."""
        chat = update.effective_chat if isinstance(update, Update) else None
        key = chat.id if chat else 0
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._waiting[key] = self._waiting.get(key, 0) + 1
        started = time.monotonic()
        try:
            async with lock:
                await asyncio.wait_for(coroutine, UPDATE_SECONDS)
        finally:
            self._handled(time.monotonic() - started)
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key], self._locks[key]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""
