"""A desk whose group has topics: one topic is one case."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.botapi.client import Telegram
from tests.botapi.process import running_bot


@pytest.fixture
async def api() -> AsyncIterator[Telegram]:
    """A Bot API with nobody in it yet."""
    async with Telegram() as server:
        yield server


async def test_a_topic_is_a_case(api: Telegram, tmp_path: Path) -> None:
    """The card opens a topic; words typed there reach the trainee; a deleted topic is made again; it closes."""
    an, vol = api.user(7, "An", "vi"), api.user(70, "Sato", "ja")
    desk = api.group("Desk", forum=True, members=(vol,))
    async with running_bot(api, tmp_path, DESK_CHAT_ID=desk.id):
        await an.sends("sep danh em hoai")
        await an.hears_all()
        await an.taps("human")
        await an.hears()
        await an.taps("consent:yes")
        await an.hears()
        [card] = await desk.hears()
        topic = desk.topic_named("#1")
        assert card.thread == topic
        await vol.taps("claim:1", card)
        await an.hears()
        await vol.sends("大丈夫ですか", desk, reply_to=card)
        assert "大丈夫ですか" in (await an.hears())[0].text
        await desk.deletes_topic(topic)
        await an.sends("em so lam")
        [word] = [message for message in await desk.hears(1, timeout=15) if "em so lam" in message.text]
        again = desk.topic_named("#1")
        assert again != topic
        assert word.thread == again
        assert not [call for call in api.calls("closeForumTopic") if call.done]
        await vol.sends("/close 1", desk, reply_to=word)
        await api.until(lambda: bool(api.calls("closeForumTopic")), 5)
