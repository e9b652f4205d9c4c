"""A group as tests see it: members, the bot's own status, topics, the upgrade to a supergroup."""

from tests.botapi import access
from tests.botapi.chats import drop_topic, membership
from tests.botapi.people import Json, Member
from tests.botapi.person import Person
from tests.botapi.place import Place
from tests.botapi.world import Chat, World


class Group(Place):
    """A group as tests see it."""

    def __init__(self, world: World, chat: Chat, owner: Person) -> None:
        super().__init__(world, chat)
        self.owner = owner

    def put(self, person: Person, status: str = "member") -> None:
        """Give somebody a status in the group; bots hear nothing of it unless they ask for chat_member."""
        before = self.chat.members.get(person.id) or Member(person.account, "left")
        old = before.json()
        self.chat.members[person.id] = Member(person.account, status)
        facts = {"chat": self.chat.json(), "from": person.account.json(), "date": self.world.now()}
        new = self.chat.members[person.id].json()
        if access.own(self.world, self.chat).status == "administrator":
            self.world.emit("chat_member", facts | {"old_chat_member": old, "new_chat_member": new})

    def put_bot(self, status: str, rights: dict[str, bool] | None = None) -> None:
        """Give the bot a status without an update, as if long ago."""
        self.chat.members[self.world.bot.id] = Member(self.world.bot, status, rights or {})

    async def changes_bot(self, status: str, by: Person | None = None, **rights: bool) -> None:
        """Add, promote, demote, restrict or kick the bot: it gets my_chat_member."""
        was_present = access.own(self.world, self.chat).present
        membership(self.world, self.chat, status, (by or self.owner).id, rights)
        if not was_present and status in ("member", "administrator"):
            self._service(by or self.owner, {"new_chat_members": [self.world.bot.json()]})

    async def kicks_bot(self, by: Person | None = None) -> None:
        """Throw the bot out."""
        await self.changes_bot("kicked", by)

    @property
    def topics(self) -> dict[int, str]:
        """Topics by number."""
        return {number: topic.name for number, topic in self.chat.topics.items()}

    def topic_named(self, part: str) -> int:
        """The number of the topic whose name has that part."""
        return next(number for number, name in self.topics.items() if part in name)

    async def deletes_topic(self, number: int) -> None:
        """Somebody deletes a topic; Telegram tells bots nothing of it."""
        drop_topic(self.world, self.chat, number)

    async def closes_topic(self, number: int, by: Person | None = None) -> None:
        """Somebody closes a topic."""
        self.chat.topics[number].closed = True
        self._service(by or self.owner, {"forum_topic_closed": {}}, number)

    async def becomes_forum(self, forum: bool = True) -> None:
        """Topics are switched on or off; bots see it in the chat of later updates."""
        self.chat.is_forum = forum

    async def upgrade(self) -> "Group":
        """A basic group becomes a supergroup with another id; the bot gets both service messages."""
        assert self.chat.type == "group", "only a basic group can be upgraded"
        new = Chat(
            -1_002_000_000_000 - self.world.serial(), "supergroup", self.chat.title, members=dict(self.chat.members)
        )
        self.world.chats[new.id] = new
        group = Group(self.world, new, self.owner)
        self._service(self.owner, {"migrate_to_chat_id": new.id})
        self.chat.migrated_to = new.id
        group._service(self.owner, {"migrate_from_chat_id": self.chat.id})
        return group

    def _service(self, by: Person, content: Json, thread: int | None = None) -> None:
        message = self.world.post(self.chat, by.account, content, thread=thread)
        if access.own(self.world, self.chat).present:
            self.world.emit("message", message.data)
