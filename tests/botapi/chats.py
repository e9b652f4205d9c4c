"""Methods about chats, members, topics and files."""

from tests.botapi import access
from tests.botapi.errors import bad
from tests.botapi.params import Params
from tests.botapi.people import ADMINS, Json, Member
from tests.botapi.registry import method
from tests.botapi.world import Chat, Topic, World

_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


@method("getChat")
def get_chat(world: World, params: Params) -> Json:
    """The full chat."""
    chat = access.readable(world, params)
    full: Json = chat.json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {
        "unlimited_gifts": True, "limited_gifts": True, "unique_gifts": True, "premium_subscription": True,
        "gifts_from_channels": True,
    }}  # fmt: skip
    if chat.pinned and chat.pinned[-1] in chat.messages:
        full["pinned_message"] = chat.messages[chat.pinned[-1]].data
    if chat.account is None:
        full["permissions"] = {"can_send_messages": True, "can_manage_topics": False}
    return full


@method("getChatMember")
def get_chat_member(world: World, params: Params) -> Json:
    """One member; a stranger whom Telegram knows has left."""
    chat = access.readable(world, params)
    number = params.integer("user_id")
    if number <= 0:
        raise bad("invalid user_id specified")
    if number not in world.accounts:
        raise bad("user not found")
    member = chat.members.get(number)
    if chat.account is not None:
        member = Member(world.accounts[number]) if number in (chat.id, world.bot.id) else None
    return (member or Member(world.accounts[number], "left")).json()


@method("getChatAdministrators")
def get_chat_administrators(world: World, params: Params) -> list[Json]:
    """Creator and administrators, other bots left out."""
    chat = access.readable(world, params)
    if chat.account is not None:
        raise bad("there are no administrators in the private chat")
    listed = [m for m in chat.members.values() if m.status in ADMINS]
    return [m.json() for m in listed if not m.account.is_bot or m.account is world.bot]


@method("getChatMemberCount")
def get_chat_member_count(world: World, params: Params) -> int:
    """How many are in the chat."""
    chat = access.readable(world, params)
    return 2 if chat.account is not None else sum(m.present for m in chat.members.values())


@method("leaveChat")
def leave_chat(world: World, params: Params) -> bool:
    """The bot goes; Telegram tells it so by my_chat_member."""
    chat = access.readable(world, params)
    if chat.account is not None:
        raise bad("chat member status can't be changed in private chats")
    before = access.own(world, chat)
    access.editable(chat, before)
    membership(world, chat, "left", world.bot.id)
    return True


def membership(world: World, chat: Chat, status: str, by: int, rights: dict[str, bool] | None = None) -> None:
    """Change the bot's own membership and tell it by `my_chat_member`."""
    before = access.own(world, chat).json()
    chat.members[world.bot.id] = Member(world.bot, status, rights or {})
    world.emit(
        "my_chat_member",
        {
            "chat": chat.json(),
            "from": world.accounts[by].json(),
            "date": world.now(),
            "old_chat_member": before,
            "new_chat_member": chat.members[world.bot.id].json(),
        },
    )
    world.changed()


def _forum(world: World, params: Params, deed: str) -> Chat:
    chat = access.writable(world, params)
    if chat.type != "supergroup" or not chat.is_forum:
        raise bad("the chat is not a forum")
    right = "can_delete_messages" if deed == "delete the topic" else "can_manage_topics"
    if not access.own(world, chat).may(right):
        raise bad(f"not enough rights to {deed}")
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    number = params.integer("message_thread_id")
    if number <= 0:
        raise bad("invalid message thread identifier specified")
    if number not in chat.topics:
        raise bad("TOPIC_ID_INVALID")
    return chat.topics[number]


@method("createForumTopic")
def create_topic(world: World, params: Params) -> Json:
    """A new topic, begun by a service message whose number is the topic's."""
    chat = _forum(world, params, "create a topic")
    name = params.text("name").strip()
    if not 1 <= len(name) <= 128:
        raise bad("name must be non-empty" if not name else "TOPIC_TITLE_INVALID")
    color = params.integer("icon_color") or _COLORS[0]
    if color not in _COLORS:
        raise bad("invalid icon color specified")
    facts = {"name": name, "icon_color": color}
    first = world.post(chat, world.bot, {"forum_topic_created": facts})
    chat.from_bot.remove(first)
    first.data |= {"message_thread_id": first.id, "is_topic_message": True}
    chat.topics[first.id] = Topic(first.id, name, color)
    return {"message_thread_id": first.id} | facts


@method("editForumTopic")
def edit_topic(world: World, params: Params) -> bool:
    """A new name."""
    chat = _forum(world, params, "edit the topic")
    topic = _topic(chat, params)
    name = params.text("name").strip() if "name" in params.values else topic.name
    if len(name) > 128:
        raise bad("TOPIC_TITLE_INVALID")
    if name in ("", topic.name):
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = name
    _notice(world, chat, topic, {"forum_topic_edited": {"name": name}})
    return True


@method("closeForumTopic")
def close_topic(world: World, params: Params) -> bool:
    """Nobody but administrators writes there now."""
    return _shut(world, params, True)


@method("reopenForumTopic")
def reopen_topic(world: World, params: Params) -> bool:
    """Open again."""
    return _shut(world, params, False)


def _shut(world: World, params: Params, closed: bool) -> bool:
    chat = _forum(world, params, "close or open the topic")
    topic = _topic(chat, params)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    _notice(world, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


def _notice(world: World, chat: Chat, topic: Topic, content: Json) -> None:
    chat.from_bot.remove(world.post(chat, world.bot, content, thread=topic.id))


@method("deleteForumTopic")
def delete_topic(world: World, params: Params) -> bool:
    """The topic and all its messages go."""
    chat = _forum(world, params, "delete the topic")
    drop_topic(world, chat, _topic(chat, params).id)
    return True


def drop_topic(world: World, chat: Chat, number: int) -> None:
    """Remove a topic with its messages; no update tells of it."""
    del chat.topics[number]
    for item in [m for m in chat.messages.values() if m.thread == number]:
        item.deleted = True
        del chat.messages[item.id]
    world.changed()


@method("getFile")
def get_file(world: World, params: Params) -> Json:
    """Where a file can be fetched."""
    file_id = params.text("file_id")
    if file_id not in world.files:
        raise bad("invalid file_id" if file_id else "file_id not specified")
    path, data = world.files[file_id]
    if len(data) > 20 * 1024 * 1024:
        raise bad("file is too big")
    return {"file_id": file_id, "file_unique_id": f"u{file_id[-8:]}", "file_size": len(data), "file_path": path}
