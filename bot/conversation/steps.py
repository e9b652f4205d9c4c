"""Commands and taps of a trainee by name; every channel looks them up here."""

from collections.abc import Awaitable, Callable, Mapping

from bot.conversation import escalation, privacy, questions, welcome
from bot.conversation.talk import Said, Talk, Who

Command = Callable[[Talk, Who], Awaitable[Said]]
Tap = Callable[[Talk, Who, str], Awaitable[Said]]


async def _privacy(talk: Talk, who: Who) -> Said:
    return await privacy.page(talk, who, "privacy")


async def _help(talk: Talk, who: Who) -> Said:
    return await privacy.page(talk, who, "help")


async def _forget(talk: Talk, who: Who) -> Said:
    return await privacy.forget(talk, who, confirmed=False)


COMMANDS: Mapping[str, Command] = {
    "start": welcome.start,
    "language": welcome.languages,
    "topics": welcome.topics,
    "contacts": welcome.contacts,
    "case": escalation.case,
    "privacy": _privacy,
    "forget": _forget,
    "hide": privacy.hide,
    "help": _help,
}
"""The commands of the contract, in the order in which Telegram shows them."""

_PLAIN: Mapping[str, Command] = {
    "langs": welcome.languages,
    "topics": welcome.topics,
    "prefs": welcome.ask_prefecture,
    "contacts": welcome.contacts,
    "human": escalation.human,
    "sos": escalation.sos,
    "wrong": questions.wrong,
    "none": questions.none_of_these,
    "hide": privacy.hide,
}
_WITH_VALUE: Mapping[str, Tap] = {
    "lang": welcome.choose_language,
    "topic": welcome.topic,
    "entry": questions.entry,
    "pref": welcome.choose_prefecture,
    "consent": escalation.consent,
    "safe": escalation.safe,
    "vote": questions.vote,
    "case": escalation.end_case,
    "forget": privacy.forget_answered,
}


async def tapped(talk: Talk, who: Who, data: str) -> Said:
    """A tap by its callback data; one that is not known any more shows the topics."""
    head, _, value = data.partition(":")
    if head in _WITH_VALUE and value:
        return await _WITH_VALUE[head](talk, who, value)
    return await _PLAIN.get(head, welcome.topics)(talk, who)
