"""What every step of a conversation needs, and what a step says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from bot.assistant import Assistant
from bot.content.compose import Reader
from bot.core.contacts import TOKYO
from bot.core.entries import Level
from bot.core.languages import LANGUAGES, SOURCE, resolve
from bot.core.reply import Bubble
from bot.storage import people
from bot.storage.cases import Case
from bot.storage.engine import Database, Tx
from bot.storage.people import Person

Clock = Callable[[], datetime]
MAX_SHARED = 1500
"""Characters of a message that are kept for a case; longer ones are cut, and the consent shows the cut."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who is writing, as the channel knows them: a private chat and the language tag of their app."""

    chat_id: int
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a step says: bubbles in order, a short notice on the tapped button, messages to delete."""

    bubbles: tuple[Bubble, ...] = ()
    notice: str | None = None
    delete: tuple[int, ...] = ()


class Desk(Protocol):
    """The volunteers as the conversation sees them."""

    name: str
    lang: str

    async def opened(self, tx: Tx, case: Case) -> None:
        """A case was opened: post its card."""

    async def wrote(self, tx: Tx, case: Case, text: str, relay_id: int) -> None:
        """The trainee wrote in an open case."""

    async def told(self, tx: Tx, case: Case, what: str) -> None:
        """Something happened on the trainee's side: `safe`, `not safe`, `withdrawn`, `closed`."""


@dataclass(slots=True)
class Talk:
    """The rooms a conversation needs. `desk` is None where no volunteers are connected."""

    assistant: Assistant
    database: Database
    desk: Desk | None
    clock: Clock

    async def person(self, tx: Tx, who: Who) -> Person:
        """The person behind a chat, made at first contact."""
        return await people.find_or_create(tx, who.chat_id, resolve(who.tag), self.clock())

    def reader(self, person: Person) -> Reader:
        """The person as a reader at this moment."""
        return Reader(person.lang or SOURCE, self.clock().astimezone(TOKYO), person.prefecture)

    def say(self, lang: str) -> Callable[..., str]:
        """The interface in a language."""
        return self.assistant.catalogs[lang].say

    @property
    def today(self) -> date:
        """The day in Japan."""
        return self.clock().astimezone(TOKYO).date()

    @property
    def desk_name(self) -> str:
        """The name of the volunteers' organization."""
        return self.desk.name if self.desk else ""

    def summary(self, last: dict[str, Any], lang: str, prefecture: str | None) -> str:
        """Language, level, subject and place of a case in one line, in the trainee's or the desk's language."""
        level = Level.of(last.get("level", "normal"))
        facts = [LANGUAGES[last.get("lang") or SOURCE].name, self.assistant.level_word(level, lang)]
        entry = last.get("entry") or next(iter(last.get("candidates", ())), None)
        if entry:
            facts.append(self.assistant.knowledge.text(entry, lang, self.today)[0].title)
        if prefecture:
            facts.append(self.assistant.knowledge.prefectures[prefecture].name(lang))
        return " · ".join(facts)


def utc_now() -> datetime:
    """The clock of the real world."""
    return datetime.now(UTC)
