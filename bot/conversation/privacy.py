"""What is kept, forgetting it, and hiding the chat."""

from collections.abc import Callable
from datetime import timedelta

from bot.content.catalogs import N_
from bot.conversation.talk import Said, Talk, Who
from bot.conversation.welcome import topics
from bot.core.languages import SOURCE
from bot.core.reply import Bubble, Button, bubble, paragraph
from bot.storage import cases, messages, people

HIDE_WINDOW = timedelta(hours=48)
"""Telegram lets a bot delete messages of the last 48 hours."""


async def page(talk: Talk, who: Who, name: str) -> Said:
    """A fixed page: `privacy` or `help`."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
    say = talk.say(person.lang or SOURCE)
    if name == "privacy":
        return Said((_privacy(talk, say),))
    return Said(
        (
            bubble(
                say(N_("Write your question in your own words, in your language. I read text only.")),
                say(N_("/topics: choose a subject. /contacts: who can I call now. /language: change the language.")),
                say(N_("/case: your case with a volunteer. /privacy: what is kept. /forget: delete everything.")),
                say(N_("/hide: delete the messages of this chat when somebody can see your phone.")),
                rows=((Button(say(N_("I need help now")), "sos"),),),
            ),
        )
    )


def _privacy(talk: Talk, say: Callable[..., str]) -> Bubble:
    return bubble(
        paragraph(say(N_("What is kept")), "strong"),
        say(
            N_(
                "I keep the number of this chat, your language, your prefecture and your last question, in "
                "encrypted form."
            )
        ),
        say(
            N_(
                "Your name, user name and phone number are not kept. Your company and the government get nothing "
                "from me."
            )
        ),
        say(N_("Volunteers read only what you agree to send. Messages also pass through Telegram's computers.")),
        say(N_("What is kept is deleted after some time without a word from you. /forget deletes it at once.")),
        say(N_("Nobody can promise that a phone is safe. If somebody reads your phone, use /hide.")),
    )


async def forget(talk: Talk, who: Who, confirmed: bool) -> Said:
    """Delete every row of a person, after one confirmation."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        say = talk.say(person.lang or SOURCE)
        if not confirmed:
            ask = say(N_("Delete everything that I keep about you? An open case is withdrawn. This cannot be undone."))
            rows = ((Button(say(N_("Yes, delete")), "forget:yes"), Button(say(N_("No")), "forget:no")),)
            return Said((bubble(ask, rows=rows),))
        case = await cases.open_case_of(tx, person.id)
        if case is not None and talk.desk is not None:
            await talk.desk.told(tx, case, "withdrawn")
        await people.forget(tx, person.id, talk.clock())
    return Said((bubble(say(N_("Deleted. I know nothing about you now."))),))


async def forget_answered(talk: Talk, who: Who, answer: str) -> Said:
    """The tap under "delete everything?"."""
    return await (forget(talk, who, confirmed=True) if answer == "yes" else topics(talk, who))


async def hide(talk: Talk, who: Who) -> Said:
    """Delete the messages that Telegram lets the bot delete; the reply is one harmless line."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        found = await messages.recent(tx, person.id, talk.clock() - HIDE_WINDOW)
    return Said((bubble(talk.say(person.lang or SOURCE)(N_("Hello! How is the weather today?"))),), delete=tuple(found))


async def noted(talk: Talk, who: Who, message_ids: tuple[int, ...], *, from_bot: bool) -> None:
    """Remember message ids, so that /hide can delete them; of a forgotten person nothing is remembered."""
    async with talk.database.begin() as tx:
        person = await people.find(tx, who.chat_id)
        if person is None:
            return
        for message_id in message_ids:
            await messages.note(tx, person.id, message_id, talk.clock(), from_bot=from_bot)
