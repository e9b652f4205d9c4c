"""The use-case layer with a reading of our own: what is said for each kind of message, and in which order."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from bot.assistant import Assistant, Question
from bot.content.catalogs import catalogs
from bot.content.compose import Reader
from bot.content.knowledge import Knowledge
from bot.core.entries import Level
from bot.core.languages import CODES
from bot.core.matching import Candidate, Thresholds
from bot.core.reading import Reading
from tests.conftest import ROOT, tokyo

WEDNESDAY = tokyo("2026-11-25 13:05")


@dataclass
class Scripted:
    """An understanding that reads every message the same way."""

    reading: Reading
    thresholds: Thresholds = field(default_factory=Thresholds)
    urgent_at: float = 0.5
    emergency_at: float = 0.5
    degraded: str | None = None
    heard: list[tuple[str, str | None]] = field(default_factory=list)

    def read(self, text: str, hint: str | None = None) -> Reading:
        """The same reading again."""
        self.heard.append((text, hint))
        return self.reading


def reading(entry: str = "wages/unpaid", score: float = 0.9, lang: str = "en", **changes: object) -> Reading:
    """A reading that is sure of one entry, normal, in one language."""
    made = Reading(
        languages={code: 0.99 if code == lang else 0.001 for code in CODES},
        candidates=(Candidate(entry, score), Candidate("wages/payslip", 0.05), Candidate("hours/records", 0.02)),
        levels={Level.NORMAL: 0.9, Level.SERIOUS: 0.05, Level.URGENT: 0.03, Level.EMERGENCY: 0.02},
        foreign=0.02,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ask(knowledge: Knowledge, found: Reading, text: str = "a question here", at: datetime = WEDNESDAY, **who: str):  # type: ignore[no-untyped-def]
    """The answer to a message that is read as told."""
    assistant = Assistant(knowledge, catalogs(ROOT / "locales"), Scripted(found))
    return assistant.ask(Question(text, at, **who))  # type: ignore[arg-type]


def test_a_sure_question_is_answered_with_contacts_and_source(knowledge: Knowledge) -> None:
    """First the answer, then what to do, then who to call, then the source and its date."""
    answer = ask(knowledge, reading())
    text = answer.reply.text
    assert (answer.kind, answer.entry, answer.level) == ("answer", "wages/unpaid", Level.NORMAL)
    assert text.index("your company must pay you in full") < text.index("1. ") < text.index("Who can help now")
    assert text.index("Who can help now") < text.index("Labour Standards Act") < text.index("Checked 2026-11-22")
    assert "{" not in text


def test_a_doubtful_question_asks_which_was_meant(knowledge: Knowledge) -> None:
    """At most four choices and the way out, and no entry is reported as answered."""
    answer = ask(knowledge, reading(score=0.3))
    assert (answer.kind, answer.entry) == ("suggest", None)
    labels = [button.action for row in answer.reply.bubbles[0].rows for button in row]
    assert labels == ["entry:wages/unpaid", "entry:wages/payslip", "entry:hours/records", "none"]


def test_a_foreign_subject_is_refused(knowledge: Knowledge) -> None:
    """What Kenri does not know it says, with the topics and a person."""
    answer = ask(knowledge, reading(foreign=0.8))
    assert (answer.kind, answer.entry, answer.contacts) == ("none", None, ())
    assert "I do not know this" in answer.reply.text
    assert answer.reply.bubbles[0].rows[0][0].action == "entry:wages/unpaid"  # a guess to tap, in case we are wrong


@pytest.mark.parametrize(("small_talk", "words"), [("greeting", "Hello."), ("thanks", "You are welcome.")])
def test_courtesy_gets_a_fixed_reply(knowledge: Knowledge, small_talk: str, words: str) -> None:
    """Greetings and thanks are no entries."""
    answer = ask(knowledge, reading(foreign=1.0, small_talk=small_talk))
    assert answer.kind == "none"
    assert words in answer.reply.text


def test_emergency_shows_whom_to_call_before_anything_else(knowledge: Knowledge) -> None:
    """The first bubble holds 110 with the Japanese words to say; then the answer; then the offer of a person."""
    danger = {Level.NORMAL: 0.1, Level.SERIOUS: 0.0, Level.URGENT: 0.1, Level.EMERGENCY: 0.8}
    answer = ask(knowledge, reading("abuse/danger-now", levels=danger))
    first, second, third = answer.reply.bubbles
    assert answer.level == Level.EMERGENCY
    assert answer.danger == ("violence",)
    assert first.text.index("110") < first.text.index("たすけて") < first.text.index("Are you safe")
    assert any(button.copy for row in first.rows for button in row)
    assert "Source:" in second.text
    assert third.rows[0][0].action == "human"


def test_danger_is_never_refused(knowledge: Knowledge) -> None:
    """A message that looks foreign but dangerous still gets the lines, and a question which was meant."""
    danger = {Level.NORMAL: 0.2, Level.SERIOUS: 0.0, Level.URGENT: 0.7, Level.EMERGENCY: 0.1}
    answer = ask(knowledge, reading("abuse/violence", levels=danger, foreign=0.9))
    assert answer.kind == "suggest"
    assert answer.reply.bubbles[0].text.startswith("You can get help now.")


def test_the_chosen_language_wins_over_a_weak_guess(knowledge: Knowledge) -> None:
    """A word or a doubtful sentence is answered in the chosen language, a clear one in its own."""
    weak = reading(languages={code: 0.4 if code == "id" else 0.06 for code in CODES})
    assert ask(knowledge, weak, "ok gaji ya", lang="vi").lang == "vi"
    assert ask(knowledge, reading(lang="id"), "gaji saya belum dibayar", lang="vi").lang == "id"
    assert ask(knowledge, reading(lang="id"), "gaji", lang="vi").lang == "vi"


@pytest.mark.parametrize(
    ("on", "prefecture", "yen"),
    [("2026-11-22 12:00", "47", "1,023"), ("2026-12-02 12:00", "47", "1,086"), ("2026-11-22 12:00", "13", "1,280")],
)
def test_the_minimum_wage_of_their_prefecture_on_that_day(
    knowledge: Knowledge, on: str, prefecture: str, yen: str
) -> None:
    """Okinawa's wage changes on 2 December 2026."""
    answer = ask(knowledge, reading("wages/minimum-wage"), at=tokyo(on), prefecture=prefecture)
    assert f"{yen} yen" in answer.reply.text


def test_a_prefecture_in_the_message_is_used(knowledge: Knowledge) -> None:
    """Nobody needs to choose from a list what they have already said."""
    answer = ask(knowledge, reading("wages/minimum-wage"), "minimum wage in okinawa", at=tokyo("2026-11-22 12:00"))
    assert answer.prefecture == "47"
    assert "1,023 yen" in answer.reply.text


def test_no_value_in_force_is_said_and_never_replaced(knowledge: Knowledge) -> None:
    """Before the table begins no wage is known: the range is not guessed."""
    answer = ask(knowledge, reading("wages/minimum-wage"), at=tokyo("2024-01-05 12:00"), prefecture="47")
    assert "not confirmed for today" in answer.reply.text
    assert "1,0" not in answer.reply.text


def test_the_reform_switches_by_itself(knowledge: Knowledge) -> None:
    """From 2027-04-01 the texts speak of the new organization."""
    before = ask(knowledge, reading("program/reform-2027"), at=tokyo("2027-03-31 12:00")).reply.text
    after = ask(knowledge, reading("program/reform-2027"), at=tokyo("2027-04-02 12:00")).reply.text
    assert before != after


@pytest.mark.parametrize("lang", CODES)
def test_every_entry_renders_in_every_language(knowledge: Knowledge, lang: str) -> None:
    """No placeholder is left and Telegram's limit holds, today and after the reform."""
    assistant = Assistant(knowledge, catalogs(ROOT / "locales"), Scripted(reading()))
    for entry in knowledge.entries:
        for at in (WEDNESDAY, tokyo("2027-04-02 10:00")):
            text = assistant.entry(entry, Reader(lang, at, "23")).reply.text
            assert "{" not in text
            assert "not confirmed for today" not in text, entry
            assert len(text) < 4000, entry


def test_unconfirmed_numbers_never_appear(knowledge: Knowledge) -> None:
    """No answer and no directory shows a number that no maintainer has confirmed."""
    hidden = {
        line.phone
        for contact in knowledge.contacts.values()
        for line in contact.lines
        if line.phone and not (contact.confirmed and line.confirmed)
    } - {
        line.phone
        for contact in knowledge.contacts.values()
        for line in contact.lines
        if contact.confirmed and line.confirmed
    }
    assistant = Assistant(knowledge, catalogs(ROOT / "locales"), Scripted(reading()))
    for lang in CODES:
        for place in (None, "13", "40"):
            text = assistant.directory(Reader(lang, WEDNESDAY, place)).text
            assert not [phone for phone in hidden if phone in text]
