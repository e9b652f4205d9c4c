"""Edits, deletions, taps and pins."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from tests.botapi.client import Telegram

YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
HOURS = 3600


async def test_an_edit_changes_the_message_people_see(api: Telegram, bot: Bot) -> None:
    """Text and keyboard; an edit that changes nothing is refused in full words."""
    an = api.user(7, started=True)
    sent = await bot.send_message(7, "one", reply_markup=YES)
    [message] = await an.hears()
    with pytest.raises(
        BadRequest, match=r"^Message is not modified: specified new message content and reply markup are"
    ):
        await bot.edit_message_text("one", 7, sent.message_id, reply_markup=YES)
    await bot.edit_message_text("two <b>x</b>", 7, sent.message_id, parse_mode="HTML")
    await an.sees_edit(message)
    assert (message.text, message.buttons) == ("two x", [])
    edited = await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=YES)
    assert (message.buttons, message.edits) == (["Yes"], 2)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", 7, 999)
    own = await an.sends("mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", 7, own.id)


async def test_deleting_obeys_the_48_hours(api: Telegram, bot: Bot) -> None:
    """Own and others' messages in a private chat for 48 hours; missing ones are skipped only in bulk."""
    an = api.user(7)
    old = await an.sends("old")
    api.world.skew = 49 * HOURS
    new = await an.sends("new")
    sent = await bot.send_message(7, "x")
    assert await bot.delete_messages(7, [new.id, sent.message_id, 999])
    assert [m.text for m in an.visible] == ["old"]
    for wanted in ([old.id], [old.id, 998]):
        with pytest.raises(BadRequest, match="Message can't be deleted"):
            await bot.delete_messages(7, wanted)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(7, old.id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(7, sent.message_id)
    with pytest.raises(BadRequest, match="Too many message identifiers specified"):
        await bot.delete_messages(7, list(range(1, 102)))


async def test_a_tap_is_answered_once_and_in_time(api: Telegram, bot: Bot) -> None:
    """A second answer, a late one and an invented one are refused."""
    an = api.user(7, started=True)
    await bot.send_message(7, "safe?", reply_markup=YES)
    tap = await an.taps("Yes")
    [update] = await bot.get_updates()
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("yes", 7)
    assert await update.callback_query.answer("Good", show_alert=True)
    assert await tap.answered() == {"text": "Good", "show_alert": True, "url": ""}
    late = await an.taps("Yes")
    api.world.skew = HOURS
    for query in (tap.query_id, late.query_id, "invented"):
        with pytest.raises(BadRequest, match=r"^Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(query)


async def test_buttons_that_the_app_serves_and_forged_taps(api: Telegram, bot: Bot) -> None:
    """Copying and links reach no bot; a forged tap carries any data; a deleted message is inaccessible."""
    an = api.user(7, started=True)
    rows = [
        [InlineKeyboardButton("Law", url="https://example.jp"), InlineKeyboardButton("Case 1", callback_data="claim:1")]
    ]
    sent = await bot.send_message(7, "x", reply_markup=InlineKeyboardMarkup(rows))
    [message] = await an.hears()
    assert (await an.taps("Law")).url == "https://example.jp"
    await an.taps("Case", message)
    await an.taps("claim:2", message, forged=True)
    await bot.delete_message(7, sent.message_id)
    await an.taps("claim:3", message, forged=True)
    updates = await bot.get_updates()
    assert [u.callback_query.data for u in updates if u.callback_query] == ["claim:1", "claim:2", "claim:3"]
    last = updates[-1].callback_query
    assert last is not None
    assert last.message is not None
    assert not last.message.is_accessible
    with pytest.raises(AssertionError, match="no button 'Nope' among"):
        await an.taps("Nope")


async def test_pins(api: Telegram, bot: Bot) -> None:
    """The newest pin is the chat's."""
    an = api.user(7, started=True)
    sent = await bot.send_message(7, "card")
    assert await bot.pin_chat_message(7, sent.message_id)
    pinned = (await bot.get_chat(7)).pinned_message
    assert pinned is not None
    assert pinned.message_id == sent.message_id
    assert len(await an.hears()) == 1
    assert await bot.unpin_chat_message(7)
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(7)
