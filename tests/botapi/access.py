"""Which chat, topic or message a call means, and whether the bot may do that there."""

from tests.botapi.errors import bad, forbidden, migrated
from tests.botapi.params import Params
from tests.botapi.people import Account, Member
from tests.botapi.world import Chat, Message, World

GENERAL = 1
DELETABLE_SECONDS = 48 * 3600


def readable(world: World, params: Params, name: str = "chat_id") -> Chat:
    """The chat that a parameter names, which the bot may at least look at."""
    given = params.text(name)
    if not given:
        raise bad(f"{name} is empty")
    chat = _named(world, given)
    if chat.account is None and not chat.username:
        me = own(world, chat)
        if chat.type == "supergroup" and me.status == "kicked":
            raise forbidden("bot was kicked from the supergroup chat")
        if chat.type == "supergroup" and not me.present:
            raise forbidden("bot is not a member of the supergroup chat")
    return chat


def writable(world: World, params: Params, kind: str = "text messages") -> Chat:
    """The chat that a message is for, or why the bot may not send there."""
    chat = readable(world, params)
    if chat.account is not None:
        if chat.account.deactivated:
            raise forbidden("user is deactivated")
        if chat.account.is_bot:
            raise forbidden("the bot can't send messages to the bot")
        if chat.account.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.account.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    editable(chat, own(world, chat))
    me = own(world, chat)
    if me.status == "restricted" and not me.rights.get("can_send_messages", False):
        raise bad(f"not enough rights to send {kind} to the chat")
    return chat


def editable(chat: Chat, me: Member) -> None:
    """Refuse a group that was upgraded or that the bot is not in."""
    word = "supergroup" if chat.type == "supergroup" else "group"
    if chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    if me.status == "kicked":
        raise forbidden(f"bot was kicked from the {word} chat")
    if not me.present:
        raise forbidden(f"bot is not a member of the {word} chat")


def own(world: World, chat: Chat) -> Member:
    """The bot's own membership of a group."""
    return chat.members.get(world.bot.id) or Member(world.bot, "left")


def thread(chat: Chat, params: Params) -> int | None:
    """The forum topic that a call names; outside forums the parameter is ignored."""
    number = params.integer("message_thread_id")
    if not number or not chat.is_forum:
        return None
    if number == GENERAL or number not in chat.topics:
        raise bad("message thread not found")
    return number


def message(chat: Chat, number: int, what: str) -> Message:
    """The message of that number, or `<what> not found`."""
    found = chat.messages.get(number)
    if number <= 0 or found is None:
        raise bad(f"{what} not found")
    return found


def deletable(world: World, chat: Chat, found: Message) -> bool:
    """Telegram's rule: 48 hours, except for an administrator's right in a supergroup."""
    young = world.now() - int(found.data["date"]) < DELETABLE_SECONDS
    if chat.account is not None:
        return young
    if own(world, chat).may("can_delete_messages"):
        return young or chat.type == "supergroup"
    return found.sender is world.bot and young and "forum_topic_created" not in found.data


def _named(world: World, given: str) -> Chat:
    if given.startswith("@"):
        for chat in world.chats.values():
            if chat.username and chat.username.lower() == given[1:].lower():
                return chat
        raise bad("chat not found")
    try:
        number = int(given)
    except ValueError:
        raise bad("chat not found") from None
    if number in world.chats and number < 0:
        return world.chats[number]
    account = world.accounts.get(number)
    if account is not None and _met(world, account):
        return world.private(account)
    raise bad("chat not found")


def _met(world: World, account: Account) -> bool:
    """Whether the bot has ever seen a person: in their private chat or in a group."""
    return account.started or any(account.id in chat.members for chat in world.chats.values())
