"""Sending: what the library's own Bot gets back, and Telegram's refusals."""

import httpx
import pytest
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

from tests.botapi.client import Telegram
from tests.botapi.errors import NotInDouble
from tests.botapi.server import BotApi


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    """One button a row."""
    return InlineKeyboardMarkup([[button] for button in buttons])


async def test_a_message_comes_back_as_it_was_sent(api: Telegram, bot: Bot) -> None:
    """Text, entities, keyboard, reply, protection and preview options survive the round trip."""
    an = api.user(7, "An", "vi")
    asked = await an.sends("hello")
    markup = keyboard(
        InlineKeyboardButton("Yes", callback_data="safe:yes"),
        InlineKeyboardButton("📋 110", copy_text=CopyTextButton("110")),
        InlineKeyboardButton("Law", url="https://example.jp/law"),
    )
    sent = await bot.send_message(
        7, "🙂 <b>Hello</b> &lt;you&gt;", parse_mode="HTML", reply_markup=markup, protect_content=True,
        reply_parameters=ReplyParameters(asked.id), link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )  # fmt: skip
    assert sent.text == "🙂 Hello <you>"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 3, 5)]
    assert sent.reply_markup == markup
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == asked.id
    assert sent.has_protected_content
    assert sent.link_preview_options == LinkPreviewOptions(is_disabled=True)
    [heard] = await an.hears()
    assert heard.buttons == ["Yes", "📋 110", "Law"]
    assert (heard.id, sent.chat.first_name, sent.from_user) == (sent.message_id, "An", bot.bot)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Message text is empty"),
        (" \n\t", "Message text is empty"),
        ("<b> </b>", "Message text is empty"),
        ("x" * 4097, "Message is too long"),
        ("🙂" * 2049, "Message is too long"),
        ("<i>open", "Can't parse entities: can't find end tag"),
    ],
)
async def test_text_that_telegram_refuses(api: Telegram, bot: Bot, text: str, words: str) -> None:
    """Empty, too long after parsing, or not well formed."""
    api.user(7, started=True)
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(7, text, parse_mode="HTML")


async def test_4096_units_are_accepted_after_parsing(api: Telegram, bot: Bot) -> None:
    """Markup does not count."""
    api.user(7, started=True)
    sent = await bot.send_message(7, f"<b>{'🙂' * 2048}</b>", parse_mode="HTML")
    assert sent.entities[0].length == 4096


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (InlineKeyboardButton("x", callback_data="é" * 32 + "x"), "Button_data_invalid"),
        (InlineKeyboardButton("x", copy_text=CopyTextButton("x" * 257)), "Button_copy_text_invalid"),
        (InlineKeyboardButton("x", url="nonsense"), "Inline keyboard button url 'nonsense' is invalid"),
        (InlineKeyboardButton("x"), "Text buttons are unallowed in the inline keyboard"),
        (InlineKeyboardButton(" ", callback_data="x"), "Inline keyboard button text must be non-empty"),
    ],
)
async def test_buttons_that_telegram_refuses(api: Telegram, bot: Bot, button: InlineKeyboardButton, words: str) -> None:
    """65 bytes of data, 257 letters to copy, a bad link, no deed, no label."""
    api.user(7, started=True)
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(7, "x", reply_markup=keyboard(button))


async def test_64_bytes_and_100_buttons_are_accepted_and_no_more(api: Telegram, bot: Bot) -> None:
    """The limits themselves pass."""
    api.user(7, started=True)
    await bot.send_message(7, "x", reply_markup=keyboard(InlineKeyboardButton("x", callback_data="é" * 32)))
    buttons = [InlineKeyboardButton(str(n), callback_data=str(n)) for n in range(101)]
    await bot.send_message(7, "x", reply_markup=keyboard(*buttons[:100]))
    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(7, "x", reply_markup=keyboard(*buttons))


async def test_whom_the_bot_may_not_write_to(api: Telegram, bot: Bot) -> None:
    """Unknown, never started, blocked, deactivated; then unblocked again."""
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "x")
    an = api.user(7)
    api.group(members=(an,))
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(7, "x")
    await an.sends("/start")
    await bot.send_message(7, "x")
    await an.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(7, "x")
    await an.unblocks()
    await bot.send_message(7, "x")
    await an.deactivates()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(7, "x")


async def test_replies_to_what_is_gone(api: Telegram, bot: Bot) -> None:
    """Refused, or sent without the reply when that is allowed."""
    api.user(7, started=True)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(7, "x", reply_parameters=ReplyParameters(99))
    sent = await bot.send_message(7, "x", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))
    assert sent.reply_to_message is None


async def test_files_go_both_ways(api: Telegram, bot: Bot) -> None:
    """Upload, send again by id, fetch; a person's picture is fetched too."""
    an = api.user(7)
    photo = await an.sends_photo("my payslip")
    sent = await bot.send_document(7, b"%PDF", filename="case.pdf", caption="<b>case</b>", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption, sent.document.file_size) == ("case.pdf", "case", 4)
    again = await bot.send_document(7, sent.document.file_id)
    assert again.document is not None
    assert bytes(await (await bot.get_file(again.document.file_id)).download_as_bytearray()) == b"%PDF"
    assert b"PNG" in await (await bot.get_file(photo.data["photo"][-1]["file_id"])).download_as_bytearray()
    assert (await bot.send_photo(7, b"jpg")).photo
    assert (await bot.send_voice(7, b"ogg")).voice is not None
    location = (await bot.send_location(7, 35.68, 139.76)).location
    assert location is not None
    assert (location.latitude, location.longitude) == (35.68, 139.76)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(7, b"jpg", caption="x" * 1025)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(7, "no-such-file")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("no-such-file")
    assert len(await an.hears(5)) == 5


async def test_copies_and_forwards(api: Telegram, bot: Bot) -> None:
    """A copy hides its author, a forward shows them, protected content does neither."""
    an, vol = api.user(7, "An"), api.user(8, "Vol", started=True)
    said = await an.sends("please help")
    await bot.copy_message(8, 7, said.id)
    forward = await bot.forward_message(8, 7, said.id)
    copy, shown = await vol.hears(2)
    assert copy.text == shown.text == "please help"
    assert "forward_origin" not in copy.data
    assert forward.forward_origin is not None
    assert forward.forward_origin.sender_user.first_name == "An"  # type: ignore[attr-defined]
    secret = await bot.send_message(7, "x", protect_content=True)
    with pytest.raises(BadRequest, match="can't be forwarded"):
        await bot.forward_message(8, 7, secret.message_id)
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(8, 7, 999)


async def test_typing(api: Telegram, bot: Bot) -> None:
    """Known actions only."""
    api.user(7, started=True)
    assert await bot.send_chat_action(7, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(7, "sleeping")


async def test_get_post_json_form_and_strangers(api: Telegram) -> None:
    """Any content type does; wrong tokens, unknown methods and pages are refused as Telegram does."""
    api.user(7, started=True)
    base = f"{api.url}/bot{api.token}"
    async with httpx.AsyncClient() as http:
        answers = [
            await http.get(f"{base}/sendMessage", params={"chat_id": 7, "text": "a"}),
            await http.post(f"{base}/SENDMESSAGE", json={"chat_id": "7", "text": "b", "protect_content": True}),
            await http.post(f"{base}/sendmessage", data={"chat_id": "7", "text": "c"}),
            await http.post(f"{base}/sendMessage", data={"chat_id": "7", "text": "d"}, files={"x": b"y"}),
        ]
        assert [answer.json()["result"]["text"] for answer in answers] == ["a", "b", "c", "d"]
        refused = [
            await http.get(f"{api.url}/bot1:wrong/getMe"),
            await http.get(f"{api.url}/botwrong/getMe"),
            await http.get(f"{base}/sendNothing"),
            await http.get(f"{base}/sendMessage", params={"text": "x"}),
            await http.get(f"{base}/sendMessage", params={"chat_id": "@nobody", "text": "x"}),
        ]
    assert [(r.status_code, r.json()["error_code"], r.json()["description"]) for r in refused] == [
        (401, 401, "Unauthorized"),
        (404, 404, "Not Found"),
        (404, 404, "Not Found: method not found"),
        (400, 400, "Bad Request: chat_id is empty"),
        (400, 400, "Bad Request: chat not found"),
    ]
    assert [call.text for call in api.sent if call.done] == ["a", "b", "c", "d"]


async def test_what_the_double_can_not_do_fails_the_test() -> None:
    """It does not answer what it does not know how to."""
    with pytest.raises(AssertionError, match="Markdown"):
        async with BotApi() as server:
            async with httpx.AsyncClient() as http:
                answer = await http.get(
                    f"{server.url}/bot{server.token}/sendMessage",
                    params={"chat_id": 7, "text": "*x*", "parse_mode": "MarkdownV2"},
                )
            assert answer.status_code == 501
    assert issubclass(NotInDouble, Exception)
