"""Methods that change what is there: edits, deletions, answers to taps, pins."""

from tests.botapi import access, keyboards
from tests.botapi.errors import bad
from tests.botapi.params import Params
from tests.botapi.people import Json
from tests.botapi.registry import method
from tests.botapi.sending import LONGEST_CAPTION, formatted, text_content
from tests.botapi.world import Message, World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_QUERY_SECONDS = 15 * 60


def _own_message(world: World, params: Params) -> Message:
    chat = access.readable(world, params)
    if chat.account is None:
        access.editable(chat, access.own(world, chat))
    elif chat.account.deactivated:
        access.writable(world, params)
    found = access.message(chat, params.integer("message_id"), "message to edit")
    if found.sender is not world.bot or "forward_origin" in found.data:
        raise bad("message can't be edited")
    return found


def _edit(world: World, found: Message, content: Json, replaced: tuple[str, ...], markup: Json | None) -> Json:
    kept = {name: value for name, value in found.data.items() if name not in (*replaced, "reply_markup", "edit_date")}
    new = kept | content | ({"reply_markup": markup} if markup else {})
    if new == {name: value for name, value in found.data.items() if name != "edit_date"}:
        raise bad(_NOT_MODIFIED)
    found.data = new | {"edit_date": world.now()}
    found.edits += 1
    world.changed()
    return found.data


def _markup(params: Params) -> Json | None:
    return keyboards.checked(params.json("reply_markup", "can't parse reply keyboard markup JSON object"))


@method("editMessageText")
def edit_text(world: World, params: Params) -> Json:
    """New text; the keyboard goes unless it is given again."""
    content = text_content(world, params)
    found = _own_message(world, params)
    if "text" not in found.data:
        raise bad("there is no text in the message to edit")
    return _edit(world, found, content, ("text", "entities", "link_preview_options"), _markup(params))


@method("editMessageCaption")
def edit_caption(world: World, params: Params) -> Json:
    """A new caption."""
    content = formatted(world, params, "caption", LONGEST_CAPTION, "message caption is too long")
    found = _own_message(world, params)
    if "text" in found.data:
        raise bad("there is no caption in the message to edit")
    return _edit(world, found, content, ("caption", "caption_entities"), _markup(params))


@method("editMessageReplyMarkup")
def edit_markup(world: World, params: Params) -> Json:
    """A new keyboard, or none."""
    return _edit(world, _own_message(world, params), {}, (), _markup(params))


@method("deleteMessage")
def delete_message(world: World, params: Params) -> bool:
    """One message."""
    if not params.text("chat_id"):
        raise bad("chat identifier is not specified")
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    return _delete(world, params, [params.integer("message_id")], skip_missing=False)


@method("deleteMessages")
def delete_messages(world: World, params: Params) -> bool:
    """Up to 100 messages; those that are gone are skipped, one that may not go refuses all."""
    numbers = params.json("message_ids", "can't parse message_ids JSON object")
    if not numbers:
        raise bad("message identifiers are not specified")
    if not isinstance(numbers, list):
        raise bad("expected an Array of message identifiers")
    if len(numbers) > 100:
        raise bad("too many message identifiers specified")
    if any(int(number) <= 0 for number in numbers):
        raise bad("invalid message identifier specified")
    return _delete(world, params, [int(number) for number in numbers], skip_missing=True)


def _delete(world: World, params: Params, numbers: list[int], *, skip_missing: bool) -> bool:
    chat = access.readable(world, params)
    if chat.account is None:
        access.editable(chat, access.own(world, chat))
    elif chat.account.deactivated:
        access.writable(world, params)
    wanted = [number for number in numbers if not skip_missing or number in chat.messages]
    found = [access.message(chat, number, "message to delete") for number in wanted]
    if not all(access.deletable(world, chat, item) for item in found):
        raise bad("message can't be deleted")
    for item in found:
        del chat.messages[item.id]
        item.deleted = True
    world.changed()
    return True


@method("answerCallbackQuery")
def answer_callback_query(world: World, params: Params) -> bool:
    """The end of a tap's little clock: once, and within its time."""
    query = world.queries.get(params.text("callback_query_id"))
    if query is None or query["answer"] is not None or world.now() - query["date"] > _QUERY_SECONDS:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    facts: Json = {"text": params.text("text"), "show_alert": params.flag("show_alert"), "url": params.text("url")}
    query["answer"] = facts
    world.changed()
    return True


@method("pinChatMessage")
def pin_message(world: World, params: Params) -> bool:
    """Pin a message; Telegram says so with a service message."""
    chat = access.writable(world, params)
    found = access.message(chat, params.integer("message_id"), "message to pin")
    if chat.account is None and not access.own(world, chat).may("can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    if found.id not in chat.pinned:
        chat.pinned.append(found.id)
        slim = {name: value for name, value in found.data.items() if name != "reply_to_message"}
        notice = world.post(chat, world.bot, {"pinned_message": slim}, thread=found.thread)
        chat.from_bot.remove(notice)
    return True


@method("unpinChatMessage")
def unpin_message(world: World, params: Params) -> bool:
    """Take a pin off: the named one, or the newest."""
    chat = access.writable(world, params)
    number = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(number)
    return True
