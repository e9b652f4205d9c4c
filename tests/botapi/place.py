"""A chat as tests see it, and a tap on a button."""

import asyncio
from dataclasses import dataclass

from tests.botapi import access
from tests.botapi.people import Json
from tests.botapi.world import Chat, Message, World


@dataclass(slots=True, eq=False)
class Tap:
    """A tap on a button; `copied` and `url` are done by the app alone, a callback is answered by the bot."""

    world: World
    query_id: str = ""
    copied: str = ""
    url: str = ""

    @property
    def answer(self) -> Json | None:
        """What the bot answered, if it did."""
        query = self.world.queries.get(self.query_id)
        return query["answer"] if query else None

    async def answered(self, timeout: float = 5.0) -> Json:
        """Wait for the bot's answer: its `text` and `show_alert`."""
        found: Json = await self.world.until(lambda: self.answer, timeout, "the tap was not answered")
        return found


class Place:
    """A chat as tests see it: what the bot said there, and what it says next."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat
        self._heard = 0

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    @property
    def said(self) -> list[Message]:
        """Everything the bot has said here, in order, deleted messages too."""
        return self.chat.from_bot

    @property
    def visible(self) -> list[Message]:
        """All messages that stand here now."""
        return list(self.chat.messages.values())

    async def hears(self, count: int = 1, timeout: float = 5.0) -> list[Message]:
        """The bot's messages since this was last asked, at least `count` of them."""
        want = self._heard + count
        try:
            await self.world.until(lambda: len(self.chat.from_bot) >= want, timeout)
        except AssertionError:
            got = self.chat.from_bot[self._heard :]
            raise AssertionError(f"heard {len(got)} of {count} messages in {timeout} s: {got}") from None
        new = self.chat.from_bot[self._heard :]
        self._heard = len(self.chat.from_bot)
        return new

    async def hears_all(self, pause: float = 0.4, timeout: float = 10.0) -> list[Message]:
        """At least one message, then all that follow until the bot is silent for `pause` seconds."""
        new = await self.hears(1, timeout)
        while True:
            await asyncio.sleep(pause)
            if len(self.chat.from_bot) == self._heard:
                return new
            new += self.chat.from_bot[self._heard :]
            self._heard = len(self.chat.from_bot)

    async def hears_nothing(self, seconds: float = 0.5) -> None:
        """Fail when the bot says something here meanwhile."""
        await asyncio.sleep(seconds)
        new = self.chat.from_bot[self._heard :]
        assert not new, f"the bot should have said nothing: {new}"

    async def sees_edit(self, message: Message, timeout: float = 5.0) -> Message:
        """Wait for an edit of a message by the bot that was not seen yet."""
        await self.world.until(lambda: message.edits > message.edits_seen, timeout, f"{message} was not edited")
        message.edits_seen = message.edits
        return message


def heard_by_bot(world: World, message: Message) -> bool:
    """Whether Telegram gives a message to the bot: in groups, privacy mode hides what is not meant for it."""
    chat = message.chat
    if chat.account is not None:
        return not chat.account.blocked
    me = access.own(world, chat)
    if not me.present:
        return False
    if me.status in ("administrator", "creator") or not world.privacy_mode:
        return True
    if message.data.get("reply_to_message", {}).get("from", {}).get("id") == world.bot.id:
        return "forum_topic_created" not in message.data["reply_to_message"]
    text = message.text
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    at = command.partition("@")[2]
    if f"@{world.bot.username}" in text or _service(message):
        return True
    return bool(command) and at in ("", world.bot.username)


def _service(message: Message) -> bool:
    return any(name.startswith(("forum_topic", "new_chat", "left_chat", "migrate", "pinned")) for name in message.data)
