"""When something fails: a code in the log, the static emergency lines for the person, never silence."""

import structlog
from telegram import Update
from telegram.error import Forbidden, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.assistant import Assistant
from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.conversation.talk import Clock
from bot.core.contacts import TOKYO
from bot.core.languages import SOURCE, resolve
from bot.core.reply import bubble, paragraph
from bot.handlers.format import messages
from bot.log import incident

_log = structlog.get_logger()


class Errors:
    """The handler for whatever no other handler foresaw."""

    def __init__(self, assistant: Assistant, clock: Clock, desk_chat: int | None) -> None:
        self._assistant = assistant
        self._clock = clock
        self._desk_chat = desk_chat

    async def failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Log an incident code; the person gets who can be called, the desk gets the code."""
        error = context.error
        if error is None or isinstance(error, Forbidden):
            return
        facts = incident(error)
        _log.error("failed", **facts)
        if not isinstance(update, Update) or isinstance(error, NetworkError):
            return
        chat, user = update.effective_chat, update.effective_user
        if chat is not None and chat.type == "private":
            lang = (resolve(user.language_code) if user else None) or SOURCE
            text, markup = messages(self._static(lang))[-1]
            await _try(context.bot.send_message(chat.id, text, parse_mode="HTML", reply_markup=markup))
        if self._desk_chat is not None:
            await _try(context.bot.send_message(self._desk_chat, f"⚠ {facts['incident']} {facts['error']}"))

    def _static(self, lang: str):  # type: ignore[no-untyped-def]  # a Bubble, see core/reply.py
        say = self._assistant.catalogs[lang].say
        reader = Reader(lang, self._clock().astimezone(TOKYO))
        lines = self._assistant.directory(reader).bubbles[0]
        head = say(N_("Something went wrong here. Please write again. If you need help now, these lines are open:"))
        return bubble(paragraph(head, "strong"), *lines.paragraphs, rows=lines.rows)


async def _try(sending) -> None:  # type: ignore[no-untyped-def]  # any coroutine of the library
    try:
        await sending
    except TelegramError:
        return
