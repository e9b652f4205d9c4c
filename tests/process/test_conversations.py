"""The real process against a Bot API on loopback: what a trainee and a volunteer do, from both sides."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.botapi.client import Message, Telegram
from tests.botapi.process import running_bot


@pytest.fixture
async def api() -> AsyncIterator[Telegram]:
    """A Bot API with nobody in it yet."""
    async with Telegram() as server:
        yield server


def actions(message: Message) -> list[str]:
    """The callback data of a message's buttons."""
    return [button["callback_data"] for row in message.keyboard for button in row if "callback_data" in button]


async def test_first_contact_confirms_the_language_with_one_tap(api: Telegram, tmp_path: Path) -> None:
    """Telegram says vi, the bot greets in Vietnamese; a tap on another language changes it."""
    an = api.user(7, "An", "vi")
    async with running_bot(api, tmp_path):
        await an.sends("/start")
        [hello] = await an.hears()
        assert "lang:vi" in actions(hello)
        assert "sos" in actions(hello)
        await an.taps("lang:en")
        [said] = (await an.hears())[:1]
        assert "Write your question" in said.text


async def test_a_question_typed_before_choosing_is_answered_at_once(api: Telegram, tmp_path: Path) -> None:
    """No menu stands between a person and an answer; typing is shown; ids and names are nowhere."""
    an = api.user(7, "An", "vi")
    async with running_bot(api, tmp_path) as bot:
        await an.sends("cty e 2 thang r chua tra luong")
        [answer] = await an.hears()
        assert "human" in actions(answer)
        assert "wrong:wages/unpaid" in actions(answer)
        assert any("copy_text" in button for row in answer.keyboard for button in row)
        assert api.calls("sendChatAction", 7)
        await an.taps("wrong:wages/unpaid")
        [choices] = await an.hears()
        assert [action for action in actions(choices) if action.startswith("entry:")]
    written = bot.out + bot.err
    assert "luong" not in written
    assert api.token not in written


async def test_a_case_from_danger_to_close(api: Telegram, tmp_path: Path) -> None:
    """Contacts first, consent with exact words, one card without identity, words relayed both ways, close."""
    an, vol = api.user(7007, "Nguyen Thi An", "vi"), api.user(70, "Sato", "ja")
    desk = api.group("Desk", members=(vol,))
    async with running_bot(api, tmp_path, DESK_CHAT_ID=desk.id):
        await an.sends("cuu em voi, sep dang danh em")
        first, *_rest = await an.hears(3)
        assert "110" in first.text
        assert {"safe:yes", "safe:no", "hide"} <= set(actions(first))
        await desk.hears_nothing()
        await an.taps("human")
        [screen] = await an.hears()
        assert "cuu em voi, sep dang danh em" in screen.text
        assert {"consent:yes", "consent:bare", "consent:no"} == set(actions(screen))
        await an.taps("consent:yes")
        [sent] = await an.hears()
        [card] = await desk.hears()
        assert "cuu em voi, sep dang danh em" in card.text
        for secret in ("Nguyen", "An ", "7007", "Sato"):
            assert secret not in card.text
        await vol.taps("claim:1", card)
        [taken] = await an.hears()
        await vol.sends("大丈夫、一緒にいます", desk, reply_to=card)
        [word] = await an.hears()
        assert "大丈夫、一緒にいます" in word.text
        assert "Sato" not in word.text
        await vol.sends("// 声が震えている", desk, reply_to=card)
        await an.sends("cam on")
        [back] = [message for message in await desk.hears() if "cam on" in message.text]
        assert not [message for message in await an.hears_all() if "震え" in message.text]
        await vol.sends("警察を呼びましょうか", desk, reply_to=back)
        assert "警察" in (await an.hears())[0].text
        await vol.taps("resolve:1", card)
        assert await an.hears()
        assert sent.text
        assert taken.text


async def test_consent_refused_sends_nothing(api: Telegram, tmp_path: Path) -> None:
    """No word of a conversation reaches the desk without a yes."""
    an, vol = api.user(7, "An", "vi"), api.user(70, "Sato", "ja")
    desk = api.group("Desk", members=(vol,))
    async with running_bot(api, tmp_path, DESK_CHAT_ID=desk.id):
        await an.sends("sep danh em hoai")
        await an.hears_all()
        await an.taps("human")
        await an.hears()
        await an.taps("consent:no")
        await an.hears()
        assert not api.calls("sendMessage", desk.id)


async def test_two_volunteers_tap_at_once(api: Telegram, tmp_path: Path) -> None:
    """Exactly one wins; the other is told by an alert."""
    an, one, two = api.user(7, "An", "vi"), api.user(70, "Sato", "ja"), api.user(71, "Ito", "ja")
    desk = api.group("Desk", members=(one, two))
    async with running_bot(api, tmp_path, DESK_CHAT_ID=desk.id):
        await an.sends("sep danh em hoai")
        await an.hears_all()
        await an.taps("human")
        await an.hears()
        await an.taps("consent:bare")
        [card] = await desk.hears()
        assert "danh em" not in card.text
        first, second = await one.taps("claim:1", card), await two.taps("claim:1", card)
        alerts = [(await tap.answered()).get("show_alert") for tap in (first, second)]
        assert sorted(bool(alert) for alert in alerts) == [False, True]


async def test_odd_input_gets_a_clear_answer(api: Telegram, tmp_path: Path) -> None:
    """Stickers, photos, voice, empty and huge texts, edits, forwards, commands with words: never silence."""
    an = api.user(7, "An", "en")
    async with running_bot(api, tmp_path) as bot:
        for step in (an.sends_sticker, an.sends_photo, an.sends_voice):
            await step()
            assert "text" in (await an.hears())[0].text
        await an.sends("🙂🙂")
        assert await an.hears()
        await an.sends("word " * 800)
        assert await an.hears()
        message = await an.sends("my company not pay me")
        await an.hears()
        await an.edits(message, "my company not pay me since 3 month")
        assert await an.hears()
        await an.sends("/help me my boss not pay salary")
        assert len(await an.hears(2)) >= 2
        await an.sends("/nonsense")
        assert await an.hears()
        assert not bot.exited


async def test_old_buttons_work_after_a_restart(api: Telegram, tmp_path: Path) -> None:
    """A crash forgets nothing; a forged or unknown button shows the topics."""
    an = api.user(7, "An", "vi")
    async with running_bot(api, tmp_path) as bot:
        await an.sends("cty e 2 thang r chua tra luong")
        [answer] = await an.hears()
        await bot.kill()
        await bot.start()
        await an.taps("wrong:wages/unpaid", answer)
        assert actions((await an.hears())[0])
        await an.taps("entry:no/such", answer, forged=True)
        assert "topic:wages" in actions((await an.hears())[0])


async def test_forget_and_hide(api: Telegram, tmp_path: Path) -> None:
    """/hide deletes messages and says one harmless line; /forget asks once, then no trace is left."""
    an = api.user(7, "An", "vi")
    async with running_bot(api, tmp_path):
        await an.sends("cty e 2 thang r chua tra luong")
        await an.hears()
        await an.sends("/hide")
        await an.hears()
        assert api.calls("deleteMessages", 7)
        await an.sends("/forget")
        await an.hears()
        await an.taps("forget:yes")
        await an.hears()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("*.db*"))
    assert b"luong" not in raw


async def test_a_strange_group_is_left_after_one_line(api: Telegram, tmp_path: Path) -> None:
    """Kenri works in private chats; in a foreign group it says so once and leaves."""
    boss = api.user(9, "Boss", "ja")
    group = api.group("Factory", members=(boss,), bot="absent")
    async with running_bot(api, tmp_path):
        await group.changes_bot("member", boss)
        assert len(await group.hears()) == 1
        await api.until(lambda: bool(api.calls("leaveChat", group.id)), 5)


async def test_commands_and_descriptions_in_every_language(api: Telegram, tmp_path: Path) -> None:
    """Telegram shows the commands in the person's language."""
    async with running_bot(api, tmp_path):
        await api.until(lambda: len(api.calls("setMyShortDescription")) >= 12, 20)
        tags = {call.params.text("language_code") for call in api.calls("setMyCommands")}
        assert {"vi", "id", "tl", "my", "zh", "km", "th", "mn", "ne", "en", "ja"} <= tags


async def test_webhook_mode_with_its_secret(api: Telegram, tmp_path: Path) -> None:
    """With WEBHOOK_URL the bot registers the hook and answers what is posted there."""
    an = api.user(7, "An", "vi")
    async with running_bot(api, tmp_path, webhook=True):
        await an.sends("cty e 2 thang r chua tra luong")
        assert await an.hears()


async def test_it_stops_within_ten_seconds(api: Telegram, tmp_path: Path) -> None:
    """SIGTERM ends the process in good order."""
    async with running_bot(api, tmp_path) as bot:
        assert await bot.stop() == 0
