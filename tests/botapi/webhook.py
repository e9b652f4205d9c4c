"""Delivery to a webhook: one chat's updates in order, different chats at once, again and again until 2xx."""

import asyncio
import contextlib
import json
import re
import time
from collections import deque
from collections.abc import Callable

import aiohttp

from tests.botapi.errors import WEBHOOK_SET, bad
from tests.botapi.faults import Faults
from tests.botapi.params import Params
from tests.botapi.people import Json
from tests.botapi.updates import Updates, chat_of

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost)(:\d+)?/")


class Webhook:
    """The webhook that is set, if any; `first_pause` and `longest_pause` are seconds between attempts."""

    def __init__(self, updates: Updates, faults: Faults, called: Callable[[str, Params], object]) -> None:
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.first_pause = 0.05
        self.longest_pause = 1.0
        self.attempts: list[tuple[int, int]] = []
        self._updates = updates
        self._faults = faults
        self._called = called
        self._failure: Json = {}
        self._lanes: dict[int, deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._places = asyncio.Semaphore(40)

    async def set(self, params: Params) -> str:
        """`setWebhook`; an empty address deletes it. Http is taken for loopback only."""
        url, secret = params.text("url"), params.text("secret_token")
        if not url:
            return await self.delete(params.flag("drop_pending_updates"))
        if not url.startswith("https://") and not _LOOPBACK.match(url + "/"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad("secret token contains unallowed characters")
        self._updates.allow(params.json("allowed_updates"))
        same = (self.url, self.secret) == (url, secret)
        if not same:
            await self._stop()
        self._updates.abort(WEBHOOK_SET)
        if params.flag("drop_pending_updates"):
            self._updates.pending.clear()
        self.url, self.secret = url, secret
        self.max_connections = min(max(params.integer("max_connections", 40), 1), 100)
        self._places = asyncio.Semaphore(self.max_connections)
        self._updates.fed = self._feed
        if not same:
            for update in list(self._updates.pending):
                self._feed(update)
        return "Webhook is already set" if same else "Webhook was set"

    async def delete(self, drop_pending: bool = False) -> str:
        """`deleteWebhook`; what was not delivered waits for getUpdates."""
        was = bool(self.url)
        await self._stop()
        self.url = self.secret = ""
        self._updates.fed = None
        if drop_pending:
            self._updates.pending.clear()
        return "Webhook was deleted" if was else "Webhook is already deleted"

    def info(self) -> Json:
        """`getWebhookInfo`."""
        facts = {"url": self.url, "has_custom_certificate": False, "pending_update_count": len(self._updates.pending)}
        if self.url:
            facts |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"} | self._failure
        return facts | ({"allowed_updates": list(self._updates.allowed)} if self._updates.allowed else {})

    async def _stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _feed(self, update: Json) -> None:
        for copy in self._faults.shaken([update]):
            key = chat_of(copy)
            if key in self._lanes:
                self._lanes[key].append(copy)
                continue
            self._lanes[key] = deque([copy])
            task = asyncio.create_task(self._deliver(key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, key: int) -> None:
        lane = self._lanes[key]
        pause = self.first_pause
        while lane:
            if len(lane) > 1 and self._faults.reordered and self._faults.chance.random() < self._faults.reordered:
                lane.rotate(-1)
            async with self._places:
                done = await self._post(lane[0])
            if done:
                self._updates.taken(lane.popleft())
                pause = self.first_pause
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.longest_pause)
        self._lanes.pop(key, None)

    async def _post(self, update: Json) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        status, body, words = 0, b"", ""
        try:
            async with self._session.post(self.url, json=update, headers=headers, allow_redirects=False) as answer:
                status, body = answer.status, await answer.read()
                words = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            words = "Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else "Read timeout expired"
        self.attempts.append((int(update["update_id"]), status))
        if not 200 <= status < 300:
            self._failure = {"last_error_date": int(time.time()), "last_error_message": words}
            return False
        self._reply(body)
        return True

    def _reply(self, body: bytes) -> None:
        """A method call in the webhook's answer is carried out; its result reaches nobody."""
        with contextlib.suppress(ValueError):
            values = json.loads(body)
            if isinstance(values, dict) and "method" in values:
                self._called(str(values.pop("method")), Params(values))
