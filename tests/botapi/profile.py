"""The bot itself: getMe, commands per scope and language, names and descriptions per language, menu button."""

import json
import re

from tests.botapi.access import readable
from tests.botapi.errors import bad
from tests.botapi.params import Params
from tests.botapi.people import Json
from tests.botapi.registry import method
from tests.botapi.world import World

_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_TEXTS = {"name": ("name", 64), "description": ("description", 512), "shortdescription": ("short_description", 120)}


@method("getMe")
def get_me(world: World, _: Params) -> Json:
    """The bot as a `User`, with what only getMe tells."""
    return world.bot.json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


@method("logOut", "close")
def leave(_: World, __: Params) -> bool:
    """Leaving one Bot API server for another."""
    return True


@method("setMyCommands")
def set_commands(world: World, params: Params) -> bool:
    """The command menu of one scope and language."""
    listed = params.json("commands", "can't parse commands JSON object")
    if not isinstance(listed, list):
        raise bad("expected an Array of BotCommand")
    if len(listed) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for item in listed:
        name, words = str(item.get("command", "")).removeprefix("/").lower(), str(item.get("description", ""))
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(words) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": words})
    world.profile["commands", scope(world, params), language(params)] = kept
    return True


@method("getMyCommands")
def get_commands(world: World, params: Params) -> object:
    """What was set for exactly that scope and language."""
    return world.profile.get(("commands", scope(world, params), language(params)), [])


@method("deleteMyCommands")
def delete_commands(world: World, params: Params) -> bool:
    """Forget one scope and language."""
    world.profile.pop(("commands", scope(world, params), language(params)), None)
    return True


def scope(world: World, params: Params) -> str:
    """The scope as one word, with its chat where it has one."""
    given = params.json("scope", "can't parse BotCommandScope JSON object") or {"type": "default"}
    kind = given.get("type")
    if kind in _SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    chat = readable(world, Params(given))
    return f"{kind}:{chat.id}:{given.get('user_id', '')}"


def language(params: Params) -> str:
    """The language code; Telegram takes two letters or nothing."""
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad("invalid language code specified")
    return code


def _register(suffix: str, field: str, longest: int) -> None:
    @method(f"setMy{suffix}")
    def put(world: World, params: Params) -> bool:
        words = params.text(field)
        if len(words) > longest:
            raise bad({"name": "BOT_TITLE_INVALID"}.get(field, f"BOT_{field.upper()}_TOO_LONG"))
        world.profile[suffix, "", language(params)] = words
        return True

    @method(f"getMy{suffix}")
    def get(world: World, params: Params) -> Json:
        base = world.bot.first_name if suffix == "name" else ""
        everywhere = world.profile.get((suffix, "", "")) or base
        return {field: world.profile.get((suffix, "", language(params))) or everywhere}


for _suffix, (_field, _longest) in _TEXTS.items():
    _register(_suffix, _field, _longest)


@method("setChatMenuButton")
def set_menu_button(world: World, params: Params) -> bool:
    """The menu button of one private chat, or of all."""
    button = params.json("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse menu button: MenuButton has unsupported type")
    where = str(readable(world, params).id) if params.text("chat_id") else ""
    world.profile["menu", where, ""] = json.loads(json.dumps(button))
    return True


@method("getChatMenuButton")
def get_menu_button(world: World, params: Params) -> object:
    """The menu button of a chat."""
    everywhere = world.profile.get(("menu", "", ""), {"type": "default"})
    return world.profile.get(("menu", params.text("chat_id"), ""), everywhere)
