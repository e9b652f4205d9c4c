"""What Telegram holds: chats, topics, messages and files, with their ids and the clock."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.people import Account, Json, Member, given


@dataclass(slots=True, eq=False)
class Topic:
    """A forum topic; its id is that of the service message which made it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat, a basic group, a supergroup or a channel."""

    id: int
    type: str
    title: str = ""
    account: Account | None = None
    is_forum: bool = False
    username: str | None = None
    migrated_to: int | None = None
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    from_bot: list["Message"] = field(default_factory=list)
    last_id: int = 1

    def json(self) -> Json:
        """The `Chat` object as it stands in messages."""
        if self.account is not None:
            names = {"first_name": self.account.first_name, "username": self.account.username}
            return {"id": self.id, "type": "private"} | given(names)
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": self.type, "title": self.title} | given({"username": self.username}) | forum


@dataclass(slots=True, eq=False)
class Message:
    """A message in Bot API shape; `data` changes with edits, `edits` counts them."""

    chat: Chat
    sender: Account
    data: Json
    deleted: bool = False
    edits: int = 0
    edits_seen: int = 0

    @property
    def id(self) -> int:
        """Its `message_id`."""
        return int(self.data["message_id"])

    @property
    def text(self) -> str:
        """Its text or caption, without markup."""
        return str(self.data.get("text") or self.data.get("caption") or "")

    @property
    def thread(self) -> int | None:
        """The forum topic it stands in."""
        return self.data.get("message_thread_id") if self.data.get("is_topic_message") else None

    @property
    def keyboard(self) -> list[list[Json]]:
        """The rows of its inline keyboard."""
        rows: list[list[Json]] = self.data.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[str]:
        """The labels of its inline buttons, in order."""
        return [button["text"] for row in self.keyboard for button in row]

    def __repr__(self) -> str:
        return f"<Message {self.chat.id}/{self.id} {self.text[:60]!r} {self.buttons}>"


class World:
    """All that exists; `emit` is where updates for the bot go, `until` waits for a change."""

    def __init__(self, bot: Account) -> None:
        self.bot = bot
        self.accounts: dict[int, Account] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.queries: dict[str, Json] = {}
        self.profile: dict[tuple[str, str, str], Any] = {}
        self.skew = 0.0
        self.privacy_mode = True
        self.strict_ampersand = False
        self.emit: Callable[[str, Json], None] = lambda kind, payload: None
        self._own_ids = 0
        self._serial = 0
        self._changed = asyncio.Event()

    def now(self) -> int:
        """Unix time on Telegram's clock, which `skew` (seconds) moves."""
        return int(time.time() + self.skew)

    def serial(self) -> int:
        """The next of the numbers from which opaque ids are made."""
        self._serial += 1
        return self._serial

    def changed(self) -> None:
        """Wake whoever waits for something to happen."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, holds: Callable[[], Any], timeout: float = 5.0, what: str = "") -> Any:
        """Wait until `holds()` is true and return what it gave; fail with `what` after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := holds()):
                    with contextlib.suppress(TimeoutError):  # what is written elsewhere wakes nobody: look again
                        await asyncio.wait_for(self._changed.wait(), 0.05)
                return found
        except TimeoutError:
            raise AssertionError(f"after {timeout} s still not: {what or holds}") from None

    def private(self, account: Account) -> Chat:
        """The private chat of a person with the bot."""
        if account.id not in self.chats:
            self.chats[account.id] = Chat(account.id, "private", account=account)
        return self.chats[account.id]

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups number their own messages, from 2; private chats and basic groups share the bot's numbers."""
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._own_ids += 1
        return self._own_ids

    def post(
        self,
        chat: Chat,
        sender: Account,
        content: Json,
        *,
        thread: int | None = None,
        reply_to: Message | None = None,
        markup: Json | None = None,
    ) -> Message:
        """A new message in a chat; a topic's messages without a reply of their own reply to its first."""
        data: Json = {"message_id": self.next_message_id(chat), "from": sender.json(), "chat": chat.json()}
        data["date"] = self.now()
        if thread is not None:
            data |= {"message_thread_id": thread, "is_topic_message": True}
        elif reply_to is not None and chat.type == "supergroup":
            data["message_thread_id"] = reply_to.data.get("message_thread_id", reply_to.id)
        if reply_to is None and thread is not None and thread in chat.messages:
            reply_to = chat.messages[thread]
        if reply_to is not None:
            skipped = ("reply_to_message", "reply_markup")
            data["reply_to_message"] = {k: deepcopy(v) for k, v in reply_to.data.items() if k not in skipped}
        data |= content | ({"reply_markup": markup} if markup else {})
        message = Message(chat, sender, data)
        chat.messages[message.id] = message
        if sender is self.bot:
            chat.from_bot.append(message)
        self.changed()
        return message

    def keep_file(self, kind: str, data: bytes, name: str) -> tuple[str, str]:
        """Store a file; its `file_id` and `file_unique_id`."""
        number = self.serial()
        file_id = f"{kind}-{self.bot.id}-{number:08d}"
        self.files[file_id] = (f"{kind}s/{name or f'file_{number}'}", data)
        return file_id, f"u{number:08d}"
