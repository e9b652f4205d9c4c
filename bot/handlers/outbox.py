"""Sends what the outbox holds: once, in order of priority, with back-off; a doubtful send is never repeated."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

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
        self.blocked: Callable[[Tx, int], Awaitable[None]] | None = None

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
        payload = item.payload
        async with self._database.begin() as tx:
            if not await outbox.start(tx, item.id):
                return  # taken by another process, or erased by /forget
            if item.case_number is not None and item.purpose in ("relay-in", "notice", "raise", "more"):
                payload = await self._under_card(tx, item)
        try:
            message = await bot.do_api_request(item.method, {**payload, "chat_id": item.chat_id})
        except TelegramError as error:
            await self._not_sent(item, error)
            return
        message_id = int(message["message_id"]) if isinstance(message, dict) else 0
        async with self._database.begin() as tx:
            await outbox.sent(tx, item.id, message_id, self._clock())
            if item.purpose == "card" and item.case_number is not None:
                await cases.place(tx, item.case_number, item.chat_id, payload.get("message_thread_id"), message_id)
            if item.relay_id is not None:
                await relay.linked(tx, item.relay_id, message_id, item.chat_id)
                await relay.set_state(tx, item.relay_id, "sent")

    async def _under_card(self, tx: Tx, item: Outgoing) -> dict[str, object]:
        """A post written before its card was sent becomes a reply to it all the same."""
        case = await cases.get(tx, item.case_number or 0)
        if case is None or case.card_id is None or item.chat_id != case.desk_chat:
            return item.payload
        return item.payload | {"reply_parameters": {"message_id": case.card_id, "allow_sending_without_reply": True}}

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


def _never_left(error: TelegramError) -> bool:
    """Whether the request surely did not reach Telegram, so that it may be sent again."""
    cause = error.__cause__
    unsent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    return isinstance(error, NetworkError | TimedOut) and isinstance(cause, unsent)
