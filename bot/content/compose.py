"""What a person reads: bubbles made of the maintainers' texts, the contacts open now, and their sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale
from babel.dates import format_timedelta

from bot.content.catalogs import N_, Catalog
from bot.content.knowledge import Knowledge
from bot.core.contacts import Listing, State
from bot.core.danger import Sentence
from bot.core.entries import Level, Text
from bot.core.fill import clock, day_text, fill, number, show, weekday_time
from bot.core.languages import LANGUAGES, SOURCE, locale_of
from bot.core.law import wage_range
from bot.core.reply import Bubble, Button, Part, bubble, paragraph

COSTS = {"free": N_("free"), "call": N_("call charge"), "paid": N_("paid call")}
LEVELS = {
    Level.NORMAL: N_("normal"),
    Level.SERIOUS: N_("serious"),
    Level.URGENT: N_("urgent"),
    Level.EMERGENCY: N_("emergency"),
}
_RELATED_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who reads: language, place if known, and the moment."""

    lang: str
    at: datetime
    prefecture: str | None = None

    @property
    def day(self) -> date:
        """The day in Japan for which law values are taken."""
        return self.at.date()


class Composer:
    """Makes bubbles from the knowledge base and the interface catalogs."""

    def __init__(self, knowledge: Knowledge, catalogs: dict[str, Catalog]) -> None:
        self.knowledge = knowledge
        self.catalogs = catalogs

    def resolve(self, name: str, reader: Reader, lang: str) -> str | None:
        """The words for a placeholder for this reader in a language; None where no value is in force."""
        day, knowledge = reader.day, self.knowledge
        if name in ("tel_police", "tel_ambulance"):
            return knowledge.contacts[name.removeprefix("tel_")].lines[0].phone
        organization = knowledge.term(lang).name_on(name, day) or knowledge.terms[SOURCE].name_on(name, day)
        if organization is not None:
            return organization
        if name.startswith("minimum_wage") or name == "prefecture":
            return self._wage(name, reader, lang)
        law = knowledge.law.get(name)
        value = law.on(day) if law else None
        return show(value.value, law.unit, lang) if law and value else None

    def _wage(self, name: str, reader: Reader, lang: str) -> str | None:
        if name in ("minimum_wage_lowest", "minimum_wage_highest"):
            found = wage_range(self.knowledge.wages, reader.day)
            return number(found[name == "minimum_wage_highest"], lang) if found else None
        if reader.prefecture is None:
            return None
        if name == "prefecture":
            return self.knowledge.prefectures[reader.prefecture].name(lang)
        wage = self.knowledge.wages[reader.prefecture]
        following = wage.next_after(reader.day)
        if name == "minimum_wage":
            value = wage.on(reader.day)
            return number(int(value.value), lang) if value else None
        if following is None:
            return None
        return day_text(following.since, lang) if name.endswith("_from") else number(int(following.value), lang)

    def filled(self, text: str, reader: Reader, lang: str) -> str:
        """A passage for this reader, or the honest line that its value is not confirmed."""
        found = fill(text, lambda name: self.resolve(name, reader, lang))
        if found is not None:
            return found
        return self.catalogs[lang].say(
            N_("One number in this answer is not confirmed for today. Ask OTIT or the Labour Standards Office.")
        )

    def passages(self, entry: str, reader: Reader) -> tuple[Text, str, list[str]]:
        """An entry's title and filled passages: the answer, the numbered steps, and what else there is to say."""
        text, lang = self.knowledge.text(entry, reader.lang, reader.day)
        answer = text.answer
        if text.here and reader.prefecture and fill(text.here, lambda name: self.resolve(name, reader, lang)):
            answer = text.here
        steps = [f"{n}. {self.filled(step, reader, lang)}" for n, step in enumerate(text.steps, 1)]
        more = [self.filled(item, reader, lang) for item in text.more]
        return text, lang, [self.filled(answer, reader, lang), *steps, *more]

    def answer(
        self, entry: str, reader: Reader, found: Sequence[Listing], rows: tuple[tuple[Button, ...], ...]
    ) -> Bubble:
        """The answer: what the law says, what to do, who can help, where it stands."""
        text, lang, passages = self.passages(entry, reader)
        body: list[str | tuple[Part, ...]] = [paragraph(passages[0], "strong")]
        body += [paragraph(passage) for passage in passages[1:]]
        if found:
            body.append(self.heading(reader))
            body += [self.listing(item, reader) for item in found]
        body.append(paragraph(self.source(entry, text, lang, reader), "small"))
        return bubble(*body, rows=rows)

    def heading(self, reader: Reader) -> tuple[Part, ...]:
        """`Who can help now (Wed 13:05)`."""
        say = self.catalogs[reader.lang].say
        return (
            Part(say(N_("Who can help now")), "strong"),
            Part(f" ({weekday_time(reader.at, reader.lang)})"),
        )

    def listing(self, item: Listing, reader: Reader) -> tuple[Part, ...]:
        """One line of one contact: name, language, cost, whether it is open, and the number to copy."""
        facts = [self._language(item, reader.lang)]
        cost = item.line.cost or item.contact.cost
        if cost and item.line.phone:
            facts.append(self.catalogs[reader.lang].say(COSTS[cost]))
        if item.line.phone or item.state.open is not None:
            facts.append(self.state(item.state, reader))
        parts = [Part(f"• {item.contact.name(reader.lang)}: {', '.join(fact for fact in facts if fact)}\n")]
        target = item.line.phone or item.line.url or item.line.email or ""
        parts.append(Part(target, "copy"))
        if item.line.press and item.line.phone:
            press = self.catalogs[reader.lang].say(N_("then press {key}"), key=item.line.press)
            parts.append(Part(f" ({press})"))
        return tuple(parts)

    def _language(self, item: Listing, lang: str) -> str:
        name = Locale.parse(locale_of(lang)).languages.get(item.lang) or LANGUAGES[item.lang].name
        return self.catalogs[lang].say(N_("in {language}"), language=name)

    def state(self, state: State, reader: Reader) -> str:
        """Open until when, or when it opens and in how long."""
        say = self.catalogs[reader.lang].say
        if state.open and state.until is None:
            return say(N_("open 24 hours"))
        if state.open and state.until is not None:
            return say(N_("open now until {time}"), time=clock(state.until.time()))
        if state.opens is not None:
            wait = format_timedelta(
                state.opens - reader.at, granularity="hour", threshold=1.5, locale=locale_of(reader.lang)
            )
            return say(
                N_("closed now, opens {when} (in {wait})"),
                when=weekday_time(state.opens, reader.lang),
                wait=wait,
            )
        if state.until is not None:
            return say(N_("may be open now, languages change by day"))
        return say(N_("hours not confirmed")) if state.open is None else say(N_("closed now"))

    def source(self, entry: str, text: Text, lang: str, reader: Reader) -> str:
        """Where the answer stands, when it was checked, and whether a native speaker has read it."""
        say = self.catalogs[reader.lang].say
        record = self.knowledge.entries[entry]
        names = []
        for source in record.sources:
            if source.act and source.act in self.knowledge.acts:
                name = self.knowledge.acts[source.act].name(reader.lang)
                names.append(f"{name} {', '.join(source.articles)}".strip())
            elif source.page:
                names.append(source.page)
        checked = max(source.checked_on for source in record.sources)
        lines = [say(N_("Source: {sources}. Checked {date}."), sources="; ".join(names), date=checked.isoformat())]
        if lang != reader.lang:
            lines.append(say(N_("This answer is not yet translated. It is shown in English.")))
        elif text.status == "draft" and lang != SOURCE:
            lines.append(say(N_("Draft translation, not yet read by a native speaker.")))
        lines.append(say(N_("General information, not a lawyer's advice.")))
        return " ".join(lines)

    def sentence(self, sentence: Sentence, reader: Reader) -> tuple[Part, ...]:
        """A number to call and the Japanese words to say there, with their reading and meaning."""
        say = self.catalogs[reader.lang].say
        phone = self.knowledge.contacts[sentence.number or "police"].lines[0].phone or ""
        if sentence.number == "ambulance":
            intro = say(N_("Ambulance and fire, free, 24 hours: {phone}. Say:"), phone=phone)
        else:
            intro = say(N_("Police, free, 24 hours: {phone}. Say:"), phone=phone)
        meaning = sentence.meaning.get(reader.lang) or sentence.meaning[SOURCE]
        return (
            Part(f"{intro}\n", "strong"),
            Part(sentence.kana, "copy"),
            Part(f"\n{sentence.romaji}\n", "emphasis"),
            Part(f"({meaning})"),
        )

    def related(self, entry: str, reader: Reader) -> tuple[tuple[Button, ...], ...]:
        """A row for each related entry that is offered on this day."""
        offered = [e for e in self.knowledge.entries[entry].related if self.knowledge.in_force(e, reader.day)]
        return tuple((self.entry_button(e, reader),) for e in offered[:_RELATED_SHOWN])

    def entry_button(self, entry: str, reader: Reader) -> Button:
        """A button that asks an entry, labelled with its title."""
        text, _ = self.knowledge.text(entry, reader.lang, reader.day)
        return Button(text.title, f"entry:{entry}")
