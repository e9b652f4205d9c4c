"""The one visible, ordered registration of handlers, and what Telegram shows of the bot in each language."""

from typing import Any

from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.content.catalogs import N_, Catalog
from bot.core.languages import LANGUAGES, SOURCE
from bot.handlers.desk.volunteers import DeskHandlers
from bot.handlers.errors import Errors
from bot.handlers.strangers import Strangers
from bot.handlers.trainee import Trainee

DESCRIPTIONS = {
    "start": N_("Begin"),
    "language": N_("Change the language"),
    "topics": N_("Choose a subject"),
    "contacts": N_("Who can I call now"),
    "case": N_("My case with a volunteer"),
    "privacy": N_("What is kept"),
    "forget": N_("Delete everything about me"),
    "hide": N_("Hide this chat"),
    "help": N_("How to use"),
}
ABOUT = N_("Your rights as a technical intern trainee in Japan, in your language, and who can help you now. Free.")
DESK_COMMANDS = ("queue", "case", "answer", "note", "close", "reopen", "help")
_TELEGRAM_TAGS = {"fil": "tl"}
"""Telegram takes two-letter ISO 639-1 codes; Filipino has none, its apps send `tl`."""

App = Application[Any, Any, Any, Any, Any, Any]


def register(app: App, trainee: Trainee, desk: DeskHandlers | None, strangers: Strangers, errors: Errors) -> None:
    """Add every handler in the order in which Telegram's updates meet them."""
    private = filters.ChatType.PRIVATE
    texts = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    if desk is not None:
        at_desk = filters.Chat(desk.desk.chat_id)
        app.add_handler(CommandHandler(DESK_COMMANDS, desk.command, at_desk & filters.UpdateType.MESSAGE))
        app.add_handler(MessageHandler(at_desk & filters.UpdateType.MESSAGE & filters.TEXT, desk.message))
        app.add_handler(CallbackQueryHandler(_in_chat(desk), pattern=r"^(claim|release|resolve|reopen|say):"))
    app.add_handler(MessageHandler(private & texts & filters.COMMAND, trainee.command))
    app.add_handler(MessageHandler(private & texts & filters.TEXT, trainee.text))
    app.add_handler(MessageHandler(private & texts & ~filters.StatusUpdate.ALL, trainee.other))
    app.add_handler(CallbackQueryHandler(_in_private(trainee)))
    app.add_handler(ChatMemberHandler(strangers.joined, ChatMemberHandler.MY_CHAT_MEMBER))
    app.add_handler(MessageHandler(filters.ChatType.GROUPS | filters.ChatType.CHANNEL, strangers.spoken_to))
    app.add_error_handler(errors.failed)


def _in_chat(desk: DeskHandlers):  # type: ignore[no-untyped-def]  # the library's callback type is generic
    async def tap(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or update.effective_chat is None or update.effective_chat.id != desk.desk.chat_id:
            if query is not None:
                await query.answer()
            return
        await desk.tap(update, context)

    return tap


def _in_private(trainee: Trainee):  # type: ignore[no-untyped-def]  # the library's callback type is generic
    async def tap(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.effective_chat is not None and update.effective_chat.type == "private":
            await trainee.tap(update, context)
        elif update.callback_query is not None:
            await update.callback_query.answer()

    return tap


async def describe(app: App, catalogs: dict[str, Catalog], commands: tuple[str, ...], desk_chat: int | None) -> None:
    """Register commands and descriptions in every language; Telegram keeps them, so a failure only waits."""
    bot = app.bot
    for code in LANGUAGES:
        say = catalogs[code].say
        listed = [BotCommand(name, say(DESCRIPTIONS[name])) for name in commands]
        tags = [""] if code == SOURCE else []
        for tag in [*tags, _TELEGRAM_TAGS.get(code, code)]:
            await bot.set_my_commands(listed, scope=BotCommandScopeAllPrivateChats(), language_code=tag or None)
            await bot.set_my_description(say(ABOUT), language_code=tag or None)
            await bot.set_my_short_description(say(ABOUT)[:120], language_code=tag or None)
    if desk_chat is not None:
        try:
            await bot.set_my_commands(
                [BotCommand(name, name) for name in DESK_COMMANDS], scope=BotCommandScopeChat(desk_chat)
            )
        except TelegramError:
            return  # the bot is not yet in the group; the commands work all the same
