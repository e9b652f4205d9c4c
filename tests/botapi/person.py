"""Somebody with Telegram: writes, taps, edits, forwards, blocks; and hears the bot."""

from typing import Any

from tests.botapi.people import ADMINS, Account, Json
from tests.botapi.place import Place, Tap, heard_by_bot
from tests.botapi.sending import forwarded, media
from tests.botapi.text import found_entities, pieces
from tests.botapi.world import Chat, Message, World

_PIXEL = b"\x89PNG\r\n\x1a\n-not-a-real-picture-"


class Person(Place):
    """Somebody with Telegram; their private chat with the bot is where they hear."""

    def __init__(self, world: World, account: Account) -> None:
        super().__init__(world, world.private(account))
        self.account = account

    async def sends(
        self,
        text: str,
        chat: Place | None = None,
        *,
        thread: int | None = None,
        reply_to: Message | None = None,
        entities: list[Json] | None = None,
    ) -> Message:
        """Write a text, marked as Telegram marks it; apps send a long one in pieces, of which the last is returned."""
        *parts, text = pieces(text)
        for part in parts:
            self._post({"text": part}, chat, thread, reply_to)
        marks = found_entities(text) if entities is None else entities
        return self._post({"text": text} | ({"entities": marks} if marks else {}), chat, thread, reply_to)

    async def sends_photo(self, caption: str = "", chat: Place | None = None, **where: Any) -> Message:
        """Send a picture."""
        return self._sends_file("photo", "file.jpg", caption, chat, where)

    async def sends_document(self, caption: str = "", chat: Place | None = None, **where: Any) -> Message:
        """Send a document."""
        return self._sends_file("document", "payslip.pdf", caption, chat, where)

    async def sends_voice(self, chat: Place | None = None, **where: Any) -> Message:
        """Send a voice message."""
        return self._sends_file("voice", "voice.oga", "", chat, where)

    async def sends_sticker(self, chat: Place | None = None, **where: Any) -> Message:
        """Send a sticker."""
        return self._sends_file("sticker", "sticker.webp", "", chat, where)

    async def sends_location(
        self, latitude: float, longitude: float, chat: Place | None = None, **where: Any
    ) -> Message:
        """Send a place."""
        return self._post({"location": {"latitude": latitude, "longitude": longitude}}, chat, **where)

    def _sends_file(self, kind: str, name: str, caption: str, chat: Place | None, where: Json) -> Message:
        content = media(self.world, kind, "", name, _PIXEL)
        return self._post(content | ({"caption": caption} if caption else {}), chat, **where)

    async def forwards(self, what: Message | str, chat: Place | None = None, *, hidden: bool = False) -> Message:
        """Forward a message, or a text from somebody; `hidden` authors show a name only."""
        if isinstance(what, str):
            friend = Account(self.account.id + 900_000, "Friend")
            origin = {"type": "user", "sender_user": friend.json(), "date": self.world.now() - 60}
            content: Json = {"text": what, "forward_origin": origin}
        else:
            content = forwarded(what)
        if hidden:
            content["forward_origin"] = {"type": "hidden_user", "sender_user_name": "Friend", "date": self.world.now()}
        return self._post(content, chat)

    def _post(
        self, content: Json, chat: Place | None, thread: int | None = None, reply_to: Message | None = None
    ) -> Message:
        place = chat.chat if chat is not None else self.chat
        if place.account is not None:
            assert not self.account.blocked, "who has blocked the bot can not write to it"
            self.account.started = True
        else:
            member = place.members.get(self.account.id)
            assert member is not None, f"{self.account.first_name} is not in the group"
            assert member.present, f"{self.account.first_name} is not in the group"
            closed = thread in place.topics and place.topics[thread].closed
            assert not closed or member.status in ADMINS, "only administrators write in a closed topic"
        if thread is None and reply_to is not None:
            thread = reply_to.thread
        message = self.world.post(place, self.account, content, thread=thread, reply_to=reply_to)
        if heard_by_bot(self.world, message):
            self.world.emit("message", message.data)
        return message

    async def edits(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        assert message.sender is self.account, "only one's own messages can be edited"
        marks = found_entities(text)
        kept = {name: value for name, value in message.data.items() if name not in ("text", "entities")}
        message.data = kept | {"text": text, "edit_date": self.world.now()} | ({"entities": marks} if marks else {})
        message.edits += 1
        if heard_by_bot(self.world, message):
            self.world.emit("edited_message", message.data)
        return message

    async def deletes(self, message: Message) -> None:
        """Delete a message; Telegram tells bots nothing of it."""
        message.chat.messages.pop(message.id, None)
        message.deleted = True

    async def taps(self, button: str, message: Message | None = None, *, forged: bool = False) -> Tap:
        """Tap a button by label (or its beginning) or data, on the newest message that has it.

        `forged`: send that callback data with `message` although no such button is there, as a changed app can.
        """
        message, found = (message, None) if forged else self._button(button, message)
        assert message is not None, "a forged tap needs its message"
        if found is not None and "copy_text" in found:
            return Tap(self.world, copied=found["copy_text"]["text"])
        if found is not None and "url" in found:
            return Tap(self.world, url=found["url"])
        query_id = f"{self.account.id}{self.world.serial():010d}"
        shown = message.data
        if message.deleted:
            shown = {"chat": message.chat.json(), "message_id": message.id, "date": 0}
        self.world.queries[query_id] = {"date": self.world.now(), "answer": None}
        self.world.emit(
            "callback_query",
            {
                "id": query_id,
                "from": self.account.json(),
                "message": shown,
                "chat_instance": str(abs(message.chat.id) * 7919),
                "data": button if found is None else found["callback_data"],
            },
        )
        return Tap(self.world, query_id)

    def _button(self, wanted: str, message: Message | None) -> tuple[Message, Json]:
        places = [message.chat] if message else [self.chat, *self._groups()]
        looked = [message] if message else [m for place in places for m in reversed(place.messages.values())]
        for exact in (True, False):
            for item in looked:
                for button in (b for row in item.keyboard for b in row):
                    label, data = button["text"], button.get("callback_data")
                    if wanted in (label, data) or (not exact and label.startswith(wanted)):
                        return item, button
        there = [label for item in looked for label in item.buttons]
        raise AssertionError(f"no button {wanted!r} among {there[:40]}")

    def _groups(self) -> list[Chat]:
        chats = self.world.chats.values()
        return [c for c in chats if self.account.id in c.members and c.members[self.account.id].present]

    async def blocks_bot(self) -> None:
        """Block the bot (or delete the chat with it and block)."""
        self._own_chat_member("member", "kicked")
        self.account.blocked = True

    async def unblocks(self) -> None:
        """Unblock the bot."""
        self.account.blocked = False
        self._own_chat_member("kicked", "member")

    async def deactivates(self) -> None:
        """Delete the account; Telegram tells bots nothing of it."""
        self.account.deactivated = True

    def _own_chat_member(self, before: str, after: str) -> None:
        def member(status: str) -> Json:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": self.world.bot.json(), "status": status} | until

        facts = {"chat": self.chat.json(), "from": self.account.json(), "date": self.world.now()}
        self.world.emit("my_chat_member", facts | {"old_chat_member": member(before), "new_chat_member": member(after)})
