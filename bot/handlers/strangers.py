"""Groups that are not a desk: one line, then the bot leaves."""

import contextlib

from telegram import Chat, ChatMember, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.content.catalogs import N_, Catalog
from bot.core.languages import SOURCE, resolve

_PRESENT = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)


class Strangers:
    """Handlers for chats where Kenri has nothing to do; the desks stay."""

    def __init__(self, catalogs: dict[str, Catalog], desks: frozenset[int]) -> None:
        self._catalogs = catalogs
        self._desks = desks

    async def joined(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The bot was added to a group."""
        change = update.my_chat_member
        if change is not None and change.new_chat_member.status in _PRESENT:
            await self._leave(change.chat, resolve(change.from_user.language_code))

    async def spoken_to(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody wrote in a group that is not a desk."""
        chat, user = update.effective_chat, update.effective_user
        if chat is not None:
            await self._leave(chat, resolve(user.language_code) if user else None)

    async def _leave(self, chat: Chat, lang: str | None) -> None:
        if chat.type == Chat.PRIVATE or chat.id in self._desks:
            return
        say = self._catalogs[lang or SOURCE].say
        with contextlib.suppress(TelegramError):  # a muted group: leaving is what matters
            await chat.send_message(say(N_("I work only in private chats. Write to me there.")))
        await chat.leave()
