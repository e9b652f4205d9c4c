"""Methods that make a new message: text, media, location, copies and forwards; typing."""

from copy import deepcopy

from tests.botapi import access, keyboards
from tests.botapi.errors import NotInDouble, bad
from tests.botapi.params import Params
from tests.botapi.people import Json
from tests.botapi.registry import method
from tests.botapi.text import marked, units
from tests.botapi.world import Chat, Message, World

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
CONTENT = ("text", "photo", "document", "voice", "sticker", "location", "caption", "video", "audio", "contact")
_ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]


def formatted(world: World, params: Params, field: str, longest: int, too_long: str) -> Json:
    """Text or caption with its entities, checked."""
    mode = params.text("parse_mode").lower()
    if mode not in ("", "none", "html"):
        if mode in ("markdown", "markdownv2"):
            raise NotInDouble("parse_mode Markdown")
        raise bad("unsupported parse_mode")
    source = params.text(field)
    if len(source.encode()) > 1 << 15:
        raise bad("text is too long")
    listed = params.json("entities" if field == "text" else "caption_entities")
    text, entities = marked(source, mode.replace("none", ""), listed, world.strict_ampersand)
    if units(text) > longest:
        raise bad(too_long)
    name = "entities" if field == "text" else "caption_entities"
    return ({field: text} if text else {}) | ({name: entities} if entities else {})


def text_content(world: World, params: Params) -> Json:
    """The content of a text message; empty and too long are refused."""
    content = formatted(world, params, "text", LONGEST_TEXT, "message is too long")
    if not content.get("text"):
        raise bad("message text is empty")
    preview = params.json("link_preview_options")
    if preview is None and params.flag("disable_web_page_preview"):
        preview = {"is_disabled": True}
    return content | ({"link_preview_options": preview} if preview else {})


def deliver(world: World, params: Params, content: Json, kind: str = "text messages") -> Message:
    """Post what the bot sends, in its topic and as its reply."""
    chat = access.writable(world, params, kind)
    thread = access.thread(chat, params)
    reply = _reply(world, chat, params)
    if thread is None and reply is not None and chat.is_forum and reply.thread is not None:
        thread = reply.thread
    topic = chat.topics.get(thread) if thread is not None else None
    if topic is not None and topic.closed and not access.own(world, chat).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    markup = keyboards.checked(params.json("reply_markup", "can't parse reply keyboard markup JSON object"))
    if params.flag("protect_content"):
        content = content | {"has_protected_content": True}
    return world.post(chat, world.bot, content, thread=thread, reply_to=reply, markup=markup)


def _reply(world: World, chat: Chat, params: Params) -> Message | None:
    given = params.json("reply_parameters", "can't parse reply parameters JSON object") or {}
    if not given and params.integer("reply_to_message_id"):
        given = {"message_id": params.integer("reply_to_message_id")}
        given["allow_sending_without_reply"] = params.flag("allow_sending_without_reply")
    number = int(given.get("message_id") or 0)
    if not number:
        return None
    if given.get("chat_id") not in (None, chat.id, str(chat.id)):
        raise NotInDouble("replies to another chat")
    if number not in chat.messages and given.get("allow_sending_without_reply"):
        return None
    return access.message(chat, number, "message to be replied")


@method("sendMessage")
def send_message(world: World, params: Params) -> Json:
    """A text message; its words are looked at before its chat."""
    return deliver(world, params, text_content(world, params)).data


def _media(kind: str) -> None:
    @method(f"send{kind.capitalize()}")
    def send(world: World, params: Params) -> Json:
        access.writable(world, params, f"{kind}s")
        caption = formatted(world, params, "caption", LONGEST_CAPTION, "message caption is too long")
        return deliver(world, params, media(world, kind, *_file(world, params, kind)) | caption, f"{kind}s").data


def _file(world: World, params: Params, kind: str) -> tuple[str, str, bytes]:
    given = params.text(kind)
    attached = given.removeprefix("attach://")
    if kind in params.files or attached in params.files:
        name, data = params.files.get(kind) or params.files[attached]
        if not data:
            raise bad("file must be non-empty")
        return "", name, data
    if not given:
        raise bad(f"there is no {kind} in the request")
    if given.startswith(("http://", "https://")):
        raise NotInDouble("files by URL")
    if given not in world.files:
        raise bad("wrong file identifier/HTTP URL specified")
    return given, *world.files[given]


def media(world: World, kind: str, file_id: str, name: str, data: bytes) -> Json:
    """The content of a message with a file; a new `file_id` when it has none yet."""
    unique = f"u{file_id[-8:]}"
    if not file_id:
        file_id, unique = world.keep_file(kind, data, name)
    facts: Json = {"file_id": file_id, "file_unique_id": unique, "file_size": len(data)}
    if kind == "photo":
        return {"photo": [facts | {"width": 90, "height": 67}, facts | {"width": 1280, "height": 960}]}
    extra: dict[str, Json] = {
        "document": {"file_name": name.rsplit("/", 1)[-1], "mime_type": "application/octet-stream"},
        "voice": {"duration": 3, "mime_type": "audio/ogg"},
        "sticker": {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "🙂",
        },
    }
    return {kind: facts | extra[kind]}


for _kind in ("photo", "document", "voice", "sticker"):
    _media(_kind)


@method("sendLocation")
def send_location(world: World, params: Params) -> Json:
    """A point on the map."""
    access.writable(world, params, "locations")
    for name in ("latitude", "longitude"):
        if not params.text(name):
            raise bad(f"{name} is empty")
    place = {name: float(params.text(name)) for name in ("latitude", "longitude")}
    return deliver(world, params, {"location": place}, "locations").data


@method("sendChatAction")
def send_chat_action(world: World, params: Params) -> bool:
    """Typing and the like; a topic that is gone is not noticed, as with Telegram."""
    access.writable(world, params)
    if params.text("action").lower() not in _ACTIONS:
        raise bad("wrong parameter action in request")
    return True


@method("copyMessage")
def copy_message(world: World, params: Params) -> Json:
    """The same content without its author."""
    source = access.message(
        access.readable(world, params, "from_chat_id"), params.integer("message_id"), "message to copy"
    )
    content = {
        name: deepcopy(source.data[name]) for name in (*CONTENT, "entities", "caption_entities") if name in source.data
    }
    if not content or source.data.get("has_protected_content"):
        raise bad("the message can't be copied")
    if "caption" in params.values and "text" not in content:
        content.pop("caption_entities", None)
        content |= formatted(world, params, "caption", LONGEST_CAPTION, "message caption is too long")
    return {"message_id": deliver(world, params, content).id}


@method("forwardMessage")
def forward_message(world: World, params: Params) -> Json:
    """The same content with where it came from."""
    source = access.message(
        access.readable(world, params, "from_chat_id"), params.integer("message_id"), "message to forward"
    )
    if source.data.get("has_protected_content"):
        raise bad("message has protected content and can't be forwarded")
    return deliver(world, params, forwarded(source)).data


def forwarded(source: Message) -> Json:
    """The content of a forwarded message."""
    content = {
        name: deepcopy(source.data[name]) for name in (*CONTENT, "entities", "caption_entities") if name in source.data
    }
    if not content:
        raise bad("message can't be forwarded")
    origin = {"type": "user", "sender_user": source.sender.json(), "date": source.data["date"]}
    return {"forward_origin": source.data.get("forward_origin", origin)} | content
