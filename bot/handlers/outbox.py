"""Sends what the outbox holds: once, in order of priority, with back-off; a doubtful send is never repeated."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.log import incident
from bot.storage import cases, outbox, relay
from bot.storage.engine import Database, Tx
from bot.storage.outbox import Outgoing

_IDLE_SECONDS = 1.0
_BATCH = 20
_MAX_ATTEMPTS = 8
_log = structlog.get_logger()


class Sender:
    """The one task that empties the outbox."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._wake = asyncio.Event()
        self.topic_lost: Callable[[Tx, int], Awaitable[None]] | None = None

    def wake(self) -> None:
        """Something was put into the outbox: look at once."""
        self._wake.set()

    async def run(self, bot: Bot) -> None:
        """Send until cancelled; sends found half-done after a crash are marked uncertain first."""
        async with self._database.begin() as tx:
            await outbox.recover(tx)
        while True:
            self._wake.clear()
            try:
                busy = await self.drain(bot)
            except Exception as error:
                _log.error("outbox", **incident(error))
                busy = False
            if not busy:
                try:
                    await asyncio.wait_for(self._wake.wait(), _IDLE_SECONDS)
                except TimeoutError:
                    continue

    async def drain(self, bot: Bot) -> bool:
        """Send what is due now; whether there was anything."""
        async with self._database.begin() as tx:
            due = await outbox.due(tx, self._clock(), _BATCH)
        for item in due:
            await self._send(bot, item)
        return bool(due)

    async def _send(self, bot: Bot, item: Outgoing) -> None:
        async with self._database.begin() as tx:
            if not await outbox.start(tx, item.id):
                return  # taken by another process, or erased by /forget
            payload = await self._placed(tx, item)
        try:
            result = await bot.do_api_request(item.method, {**payload, "chat_id": item.chat_id})
        except TelegramError as error:
            await self._not_sent(item, error)
            return
        async with self._database.begin() as tx:
            await self._sent(tx, item, result if isinstance(result, dict) else {})

    async def _sent(self, tx: Tx, item: Outgoing, result: dict[str, Any]) -> None:
        message_id = int(result.get("message_id", 0))
        await outbox.sent(tx, item.id, message_id, self._clock())
        if item.case_number is not None and item.purpose in ("card", "topic"):
            thread_id = result.get("message_thread_id") if item.purpose == "topic" else None
            await cases.place(tx, item.case_number, item.chat_id, thread_id, message_id or None)
        if item.relay_id is not None:
            await relay.linked(tx, item.relay_id, message_id, item.chat_id)
            await relay.set_state(tx, item.relay_id, "sent")

    async def _placed(self, tx: Tx, item: Outgoing) -> dict[str, Any]:
        """A post about a case goes into its topic and under its card, wherever these are by now."""
        case = await cases.get(tx, item.case_number) if item.case_number is not None else None
        if case is None or item.chat_id != case.desk_chat or item.method != "sendMessage":
            return item.payload
        payload = dict(item.payload)
        if case.thread_id is not None:
            payload["message_thread_id"] = case.thread_id
        if case.card_id is not None and item.purpose != "card":
            payload["reply_parameters"] = {"message_id": case.card_id, "allow_sending_without_reply": True}
        return payload

    async def _not_sent(self, item: Outgoing, error: TelegramError) -> None:
        now = self._clock()
        async with self._database.begin() as tx:
            if isinstance(error, RetryAfter):
                wait = error.retry_after
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                await outbox.retry(tx, item.id, now + timedelta(seconds=seconds))
            elif isinstance(error, Forbidden):
                await outbox.failed(tx, item.id, "blocked")
                await self._relay_state(tx, item, "blocked")
            elif _topic_is_gone(error) and item.case_number is not None and item.attempts < _MAX_ATTEMPTS:
                if self.topic_lost is not None:
                    await self.topic_lost(tx, item.case_number)
                await outbox.retry(tx, item.id, now + timedelta(seconds=1))
            elif isinstance(error, BadRequest):
                await outbox.failed(tx, item.id, "refused")
                await self._relay_state(tx, item, "failed")
            elif item.attempts < _MAX_ATTEMPTS and _never_left(error):
                await outbox.retry(tx, item.id, now + timedelta(seconds=min(60, 2**item.attempts)))
            else:
                await outbox.uncertain(tx, item.id)
                await self._relay_state(tx, item, "uncertain")
        if not isinstance(error, RetryAfter):
            _log.warning("not sent", purpose=item.purpose, **incident(error))

    async def _relay_state(self, tx: Tx, item: Outgoing, state: str) -> None:
        if item.relay_id is not None:
            await relay.set_state(tx, item.relay_id, state)


def _topic_is_gone(error: TelegramError) -> bool:
    """Whether somebody deleted the topic that a post was for."""
    return isinstance(error, BadRequest) and "thread not found" in error.message.lower()


def _never_left(error: TelegramError) -> bool:
    """Whether the request surely did not reach Telegram, so that it may be sent again."""
    cause = error.__cause__
    unsent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    return isinstance(error, NetworkError | TimedOut) and isinstance(cause, unsent)
