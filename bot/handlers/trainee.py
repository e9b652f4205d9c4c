"""Private chats: each update becomes one step of the conversation, and what it says is sent."""

from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden
from telegram.ext import ContextTypes

from bot.conversation import privacy, questions
from bot.conversation.steps import COMMANDS, tapped
from bot.conversation.talk import Said, Talk, Who
from bot.handlers.format import messages

Context = ContextTypes.DEFAULT_TYPE


class Trainee:
    """Handlers of private chats; holds the conversation's rooms and nothing else."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    async def command(self, update: Update, context: Context) -> None:
        """A command; what follows it is read as a question, so that no word is lost."""
        message = update.effective_message
        if message is None or not message.text:
            return
        name, _, rest = message.text.partition(" ")
        step = COMMANDS.get(name[1:].split("@", 1)[0].casefold())
        if step is None:
            await self.text(update, context)
            return
        said = await step(self.talk, who(update))
        await self._send(update, context, said)
        if rest.strip() and name not in ("/start",):
            await self._answer(update, context, rest)

    async def text(self, update: Update, context: Context) -> None:
        """A message in their own words, new, forwarded or edited."""
        message = update.effective_message
        if message is None:
            return
        text = message.text or message.caption or ""
        if not text.strip():
            await self._send(update, context, await questions.only_text(self.talk, who(update)))
            return
        await self._answer(update, context, text)

    async def _answer(self, update: Update, context: Context, text: str) -> None:
        message = update.effective_message
        chat = update.effective_chat
        if chat is not None:
            await _quietly(chat.send_action(ChatAction.TYPING))
        said = await questions.text(self.talk, who(update), text, message.message_id if message else None)
        await self._send(update, context, said)

    async def other(self, update: Update, context: Context) -> None:
        """A photo, voice message, sticker or anything else that is not text; a caption is read."""
        await self.text(update, context)

    async def tap(self, update: Update, context: Context) -> None:
        """A tap on a button, also on an old one after a restart."""
        query = update.callback_query
        if query is None:
            return
        said = await tapped(self.talk, who(update), query.data or "")
        await _quietly(query.answer(said.notice))
        await self._send(update, context, said)

    async def _send(self, update: Update, context: Context, said: Said) -> None:
        chat = update.effective_chat
        if chat is None:
            return
        if said.delete:
            await _delete(context, chat.id, said.delete)
        sent: list[int] = []
        for bubble in said.bubbles:
            for text, markup in messages(bubble):
                message = await chat.send_message(text, parse_mode="HTML", reply_markup=markup)
                sent.append(message.message_id)
        own = update.message
        if own is not None:
            await privacy.noted(self.talk, who(update), (own.message_id,), from_bot=False)
        await privacy.noted(self.talk, who(update), tuple(sent), from_bot=True)


def who(update: Update) -> Who:
    """The private chat an update comes from, and the language of their Telegram."""
    chat, user = update.effective_chat, update.effective_user
    return Who(chat.id if chat else 0, user.language_code if user else None)


async def _delete(context: Context, chat_id: int, message_ids: tuple[int, ...]) -> None:
    for start in range(0, len(message_ids), 100):
        await _quietly(context.bot.delete_messages(chat_id, message_ids[start : start + 100]))


async def _quietly(sending: Awaitable[Any]) -> None:
    """Await something that may be too late or forbidden without harm (typing, old taps, old messages)."""
    try:
        await sending
    except (BadRequest, Forbidden):
        return
