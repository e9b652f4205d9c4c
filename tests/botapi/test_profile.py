"""The bot itself: commands per scope and language, names and descriptions per language."""

import pytest
from telegram import Bot, BotCommandScopeAllPrivateChats, BotCommandScopeChat, MenuButtonCommands
from telegram.error import BadRequest

from tests.botapi.client import Telegram


async def test_me(bot: Bot) -> None:
    """The bot knows itself by its token's number."""
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (123456789, True, "kenri_test_bot")


async def test_commands_are_kept_by_scope_and_language(api: Telegram, bot: Bot) -> None:
    """Each pair by itself, with nothing inherited."""
    private, group = BotCommandScopeAllPrivateChats(), api.group()
    await bot.set_my_commands([("start", "Bắt đầu")], scope=private, language_code="vi")
    await bot.set_my_commands([("queue", "Queue")], scope=BotCommandScopeChat(group.id))
    [command] = await bot.get_my_commands(scope=private, language_code="vi")
    assert (command.command, command.description) == ("start", "Bắt đầu")
    assert await bot.get_my_commands(scope=private) == ()
    assert len(await bot.get_my_commands(scope=BotCommandScopeChat(group.id))) == 1
    await bot.delete_my_commands(scope=private, language_code="vi")
    assert await bot.get_my_commands(scope=private, language_code="vi") == ()


async def test_bad_commands(bot: Bot) -> None:
    """Languages are two letters, names lower-case letters, descriptions not empty, chats known."""
    for commands, extra, words in (
        ([("start", "x")], {"language_code": "fil"}, "Invalid language code specified"),
        ([("no-dash", "x")], {}, "Bot_command_invalid"),
        ([("start", "")], {}, "Bot_command_description_invalid"),
        ([("start", "x")], {"scope": BotCommandScopeChat(-1)}, "Chat not found"),
    ):
        with pytest.raises(BadRequest, match=words):
            await bot.set_my_commands(commands, **extra)


async def test_names_and_descriptions_fall_back_to_the_common_one(bot: Bot) -> None:
    """A language without its own has that of all."""
    await bot.set_my_description("For all")
    await bot.set_my_description("Cho bạn", language_code="vi")
    assert (await bot.get_my_description("vi")).description == "Cho bạn"
    assert (await bot.get_my_description("ja")).description == "For all"
    await bot.set_my_short_description("short")
    assert (await bot.get_my_short_description()).short_description == "short"
    await bot.set_my_name("Kenri")
    assert (await bot.get_my_name("ne")).name == "Kenri"
    with pytest.raises(BadRequest, match="Bot_short_description_too_long"):
        await bot.set_my_short_description("x" * 121)


async def test_the_menu_button(api: Telegram, bot: Bot) -> None:
    """Set for all chats, read for one."""
    api.user(7, started=True)
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button(7)).type == "commands"
