"""What tests call: the server with the people and groups on it."""

from typing import Any

from tests.botapi.group import Group
from tests.botapi.people import Account
from tests.botapi.person import Person
from tests.botapi.place import Place, Tap
from tests.botapi.server import BotApi
from tests.botapi.world import Chat, Message

__all__ = ["Group", "Message", "Person", "Place", "Tap", "Telegram"]


class Telegram(BotApi):
    """The server with the people on it: `api.user(...)`, `api.group(...)`."""

    def user(self, number: int, first_name: str = "An", language_code: str | None = "vi", **facts: Any) -> Person:
        """A person who is on Telegram; they have not written to the bot yet unless `started=True`."""
        assert number not in self.world.accounts, f"there is a user {number} already"
        account = Account(number, first_name, language_code, **facts)
        self.world.accounts[number] = account
        return Person(self.world, account)

    def group(
        self,
        title: str = "Desk",
        *,
        number: int | None = None,
        forum: bool = False,
        basic: bool = False,
        bot: str = "administrator",
        members: tuple[Person, ...] = (),
        rights: dict[str, bool] | None = None,
    ) -> Group:
        """A group: a supergroup unless `basic`, with the bot in it already (`bot`: its status) and `members`."""
        kind = "group" if basic else "supergroup"
        serial = self.world.serial()
        number = number or (-4_000_000 - serial if basic else -1_001_000_000_000 - serial)
        self.world.chats[number] = chat = Chat(number, kind, title, is_forum=forum)
        group = Group(self.world, chat, self.user(700_000_000 + serial, "Owner", "ja"))
        group.put(group.owner, "creator")
        for person in members:
            group.put(person)
        if bot != "absent":
            group.put_bot(bot, rights)
        return group
