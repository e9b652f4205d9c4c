"""Private chats: each update becomes one step of the conversation, and what it says is sent."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden
from telegram.ext import ContextTypes

from bot.conversation import Conversation, Said, Who
from bot.handlers.format import messages

Context = ContextTypes.DEFAULT_TYPE
Step = Callable[[Who], Awaitable[Said]]


class Trainee:
    """Handlers of private chats; holds the conversation and nothing else."""

    def __init__(self, conversation: Conversation) -> None:
        self.talk = conversation
        self._commands: dict[str, Step] = {
            "start": conversation.start,
            "language": conversation.languages,
            "topics": conversation.topics,
            "contacts": conversation.contacts,
            "case": conversation.case,
            "privacy": lambda who: conversation.page(who, "privacy"),
            "forget": lambda who: conversation.forget(who, confirmed=False),
            "hide": conversation.hide,
            "help": lambda who: conversation.page(who, "help"),
        }

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands of the contract, in the order they are shown."""
        return tuple(self._commands)

    async def command(self, update: Update, context: Context) -> None:
        """A command; what follows it is read as a question, so that no word is lost."""
        message = update.effective_message
        if message is None or not message.text:
            return
        name, _, rest = message.text.partition(" ")
        step = self._commands.get(name[1:].split("@", 1)[0].casefold())
        if step is None:
            await self.text(update, context)
            return
        said = await step(who(update))
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
            await self._send(update, context, await self.talk.only_text(who(update)))
            return
        await self._answer(update, context, text)

    async def _answer(self, update: Update, context: Context, text: str) -> None:
        message = update.effective_message
        chat = update.effective_chat
        if chat is not None:
            await _quietly(chat.send_action(ChatAction.TYPING))
        said = await self.talk.text(who(update), text, message.message_id if message else None)
        await self._send(update, context, said)

    async def other(self, update: Update, context: Context) -> None:
        """A photo, voice message, sticker or anything else that is not text; a caption is read."""
        await self.text(update, context)

    async def tap(self, update: Update, context: Context) -> None:
        """A tap on a button, also on an old one after a restart."""
        query = update.callback_query
        if query is None:
            return
        said = await self._tapped(who(update), query.data or "")
        await _quietly(query.answer(said.notice))
        await self._send(update, context, said)

    async def _tapped(self, person: Who, data: str) -> Said:
        head, _, rest = data.partition(":")
        talk = self.talk
        match head:
            case "lang":
                return await talk.choose_language(person, rest)
            case "topic":
                return await talk.topic(person, rest)
            case "entry":
                return await talk.entry(person, rest)
            case "pref" | "prefs":
                return await talk.choose_prefecture(person, rest or None)
            case "consent":
                return await talk.consent(person, rest)
            case "safe":
                return await talk.safe(person, rest == "yes")
            case "vote":
                up, _, entry = rest.partition(":")
                return await talk.vote(person, up == "up", entry)
            case "forget":
                return await (talk.forget(person, confirmed=True) if rest == "yes" else talk.topics(person))
            case "case":
                return await (talk.end_case(person, rest) if rest else talk.case(person))
        steps: dict[str, Step] = {
            "langs": talk.languages,
            "topics": talk.topics,
            "contacts": talk.contacts,
            "human": talk.human,
            "sos": talk.sos,
            "wrong": talk.wrong,
            "none": talk.none_of_these,
            "hide": talk.hide,
        }
        return await steps.get(head, talk.topics)(person)

    async def _send(self, update: Update, context: Context, said: Said) -> None:
        chat = update.effective_chat
        if chat is None:
            return
        if said.delete:
            await _delete(context, chat.id, said.delete)
        sent: list[int] = []
        for bubble in said.bubbles:
            for text, markup in messages(bubble):
                message: Message = await chat.send_message(text, parse_mode="HTML", reply_markup=markup)
                sent.append(message.message_id)
        own = update.message
        if own is not None:
            await self.talk.noted(who(update), (own.message_id,), from_bot=False)
        await self.talk.noted(who(update), tuple(sent), from_bot=True)


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
