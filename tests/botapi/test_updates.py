"""Updates: their shapes, the queue, acknowledgement by offset, one poller at a time."""

import asyncio
import time

import pytest
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken
from telegram.request import HTTPXRequest

from tests.botapi.client import Telegram


async def test_updates_leave_only_at_a_higher_offset(api: Telegram, bot: Bot) -> None:
    """Asking again gives them again; ids rise by one; a negative offset keeps only the last."""
    an = api.user(7)
    for text in ("a", "b", "c"):
        await an.sends(text)
    first = await bot.get_updates()
    assert [u.update_id - first[0].update_id for u in first] == [0, 1, 2]
    assert [u.update_id for u in await bot.get_updates(offset=first[0].update_id)] == [u.update_id for u in first]
    assert [u.message.text for u in await bot.get_updates(limit=2) if u.message] == ["a", "b"]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["b", "c"]
    assert [u.update_id for u in await bot.get_updates(offset=-1)] == [first[2].update_id]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()
    assert not api.updates.pending


async def test_long_polling_waits_and_wakes(api: Telegram, bot: Bot) -> None:
    """It answers as soon as something comes, and with nothing after the timeout."""
    an = api.user(7)
    began = time.monotonic()
    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < time.monotonic() - began < 1.6
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await api.until(lambda: api.updates.polls == 2)
    await an.sends("now")
    [update] = await asyncio.wait_for(poll, 1)
    assert update.message is not None
    assert update.message.text == "now"


async def test_a_second_poller_ends_the_first_with_409(api: Telegram, bot: Bot) -> None:
    """The newer one goes on, as with Telegram."""
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await api.until(lambda: api.updates.polls == 1)
    second = asyncio.create_task(bot.get_updates(timeout=20))
    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot instance"):
        await first
    await api.user(7).sends("x")
    assert len(await second) == 1


async def test_only_wanted_kinds_are_queued(api: Telegram, bot: Bot) -> None:
    """`allowed_updates` is remembered; an empty list means the usual, without chat_member."""
    an, new = api.user(7), api.user(8)
    group = api.group(members=(an,))
    await bot.get_updates(allowed_updates=["message"])
    message = await an.sends("a")
    await an.edits(message, "b")
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["a"]
    await bot.get_updates(offset=-1, allowed_updates=[])
    group.put(new)
    assert len(await bot.get_updates()) == 1
    await bot.get_updates(allowed_updates=["chat_member"])
    group.put(new, "left")
    joined = (await bot.get_updates())[-1].chat_member
    assert joined is not None
    assert (joined.old_chat_member.status, joined.new_chat_member.status) == ("member", "left")


async def test_the_shapes_that_the_library_reads(api: Telegram, bot: Bot) -> None:
    """Commands with entities, edits, media, forwards and blocking, all with chat and author."""
    an = api.user(7, "An", "vi")
    started = await an.sends("/start 🙂 x")
    await an.edits(started, "/help")
    for send in (an.sends_photo, an.sends_voice, an.sends_sticker, an.sends_document):
        await send()
    await an.sends_location(35.0, 139.0)
    await an.forwards("from a friend")
    await an.forwards(started, hidden=True)
    await an.blocks_bot()
    await an.unblocks()
    updates = await bot.get_updates()
    assert updates[0].message is not None
    assert updates[0].message.parse_entities(["bot_command"])
    assert updates[1].edited_message is not None
    assert (updates[1].edited_message.text, updates[1].edited_message.message_id) == ("/help", started.id)
    messages = [u.message for u in updates if u.message]
    kinds = ("photo", "voice", "sticker", "document", "location", "forward_origin")
    assert [next((k for k in kinds if getattr(m, k)), "text") for m in messages[1:]] == [*kinds, "forward_origin"]
    changes = [u.my_chat_member for u in updates if u.my_chat_member]
    assert [(c.old_chat_member.status, c.new_chat_member.status) for c in changes] == [
        ("member", "kicked"), ("kicked", "member"),
    ]  # fmt: skip
    for update in updates:
        assert isinstance(update, Update)
        assert update.effective_user is not None
        assert (update.effective_user.id, update.effective_user.language_code) == (7, "vi")
        assert update.effective_chat is not None
        assert update.effective_chat.type == "private"


async def test_a_long_text_arrives_as_several_messages(api: Telegram, bot: Bot) -> None:
    """Apps split at 4096 units."""
    await api.user(7).sends("🙂" * 5000)
    assert [len(u.message.text or "") for u in await bot.get_updates() if u.message] == [2048, 2048, 904]


async def test_a_wrong_token(api: Telegram) -> None:
    """The library calls it invalid."""
    request = HTTPXRequest(httpx_kwargs={"verify": False})
    bot = Bot("1:wrong", base_url=f"{api.url}/bot", request=request, get_updates_request=request)
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await request.shutdown()
