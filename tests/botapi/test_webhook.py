"""Webhooks: the secret, retries until 2xx, order within a chat, and the conflict with polling."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.botapi.client import Telegram
from tests.botapi.people import Json


class Listener:
    """A bot's web server that refuses the first `refuse` posts and holds back chat `slow`."""

    def __init__(self) -> None:
        self.got: list[Json] = []
        self.secrets: set[str | None] = set()
        self.refuse = 0
        self.slow = 0
        self.reply: Json = {}
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """One update."""
        update = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=500)
        if update["message"]["chat"]["id"] == self.slow:
            await asyncio.sleep(0.3)
        self.got.append(update)
        return web.json_response(self.reply)

    def texts(self) -> list[str]:
        """What was taken, in order."""
        return [update["message"]["text"] for update in self.got]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """A listening web server."""
    listener = Listener()
    site = web.Application()
    site.add_routes([web.post("/hook", listener.take)])
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield listener
    await runner.cleanup()


async def test_updates_are_posted_with_the_secret_until_they_are_taken(
    api: Telegram, bot: Bot, listener: Listener
) -> None:
    """What waited before comes too; a refused update is posted again before the next of its chat."""
    an = api.user(7)
    await an.sends("before")
    listener.refuse = 3
    assert await bot.set_webhook(listener.url, secret_token="s3cret_-")
    await an.sends("after")
    await api.until(lambda: not api.updates.pending)
    assert listener.texts() == ["before", "after"]
    assert listener.secrets == {"s3cret_-"}
    assert [status for _, status in api.webhook.attempts] == [500, 500, 500, 200, 200]
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (listener.url, 0)
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


async def test_one_slow_chat_does_not_hold_up_another(api: Telegram, bot: Bot, listener: Listener) -> None:
    """Order holds within a chat only."""
    an, binh = api.user(7), api.user(8)
    listener.slow = 7
    await bot.set_webhook(listener.url)
    for text in ("1", "2"):
        await an.sends(f"an {text}")
        await binh.sends(f"binh {text}")
    await api.until(lambda: not api.updates.pending)
    assert listener.texts() == ["binh 1", "binh 2", "an 1", "an 2"]


async def test_polling_and_webhook_exclude_each_other(api: Telegram, bot: Bot, listener: Listener) -> None:
    """409 while the webhook is set; setting it ends a poll; deleting it frees what is pending."""
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await api.until(lambda: api.updates.polls == 1)
    listener.refuse = 10_000
    await bot.set_webhook(listener.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active; use deleteWebhook to"):
        await bot.get_updates()
    await api.user(7).sends("kept")
    await api.until(lambda: api.webhook.attempts)
    assert await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.set_webhook(listener.url, drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_webhook_may_answer_with_a_method(api: Telegram, bot: Bot, listener: Listener) -> None:
    """It is carried out; nobody hears its result."""
    an = api.user(7)
    listener.reply = {"method": "sendMessage", "chat_id": 7, "text": "at once"}
    await bot.set_webhook(listener.url)
    await an.sends("x")
    [message] = await an.hears()
    assert message.text == "at once"


async def test_bad_webhooks(api: Telegram, bot: Bot) -> None:
    """No https, bad secret."""
    with pytest.raises(BadRequest, match="Bad webhook: an https url must be provided for webhook"):
        await bot.set_webhook("http://example.com/x")
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("https://example.com/x", secret_token="no spaces")
