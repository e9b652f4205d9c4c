"""The one use-case layer: a message in, an answer out. Telegram, the terminal, `ask` and `eval` all go through it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import holidays

from bot.content.catalogs import N_, Catalog
from bot.content.compose import LEVELS, Composer, Reader
from bot.content.knowledge import Knowledge
from bot.core.contacts import TOKYO, Listing, by_opening, by_usefulness, listings
from bot.core.danger import Lexicon, kinds_of
from bot.core.entries import Level
from bot.core.languages import SOURCE
from bot.core.matching import SHOWN_CHOICES, Candidate, Kind, Thresholds, decide
from bot.core.normalize import clean, words
from bot.core.prefectures import Gazetteer
from bot.core.reading import Reading
from bot.core.reply import Bubble, Button, Part, Reply, bubble, paragraph

SHOWN_CONTACTS = 4
_SURE_LANGUAGE = 0.75
_SURELY_URGENT = 0.4
"""What looks like no subject of ours raises an alarm only from here: films, jokes and the news are full of danger."""
_JAPAN = holidays.country_holidays("JP")

OWN_EMBASSY = {
    "vi": ("embassy-vietnam", "consulates-vietnam"),
    "id": ("embassy-indonesia", "consulate-indonesia-osaka"),
    "fil": ("mwo-tokyo", "mwo-osaka"),
    "my": ("embassy-myanmar",),
    "zh": ("embassy-china", "consulates-china"),
    "km": ("embassy-cambodia",),
    "th": ("embassy-thailand", "thailand-labour-office", "consulates-thailand"),
    "mn": ("embassy-mongolia",),
    "ne": ("embassy-nepal",),
}
"""What `embassy` in an entry's contacts stands for, by the person's language."""


class Understanding(Protocol):
    """What the assistant needs of the understanding: see bot/understanding/reader.py."""

    thresholds: Thresholds
    urgent_at: float
    emergency_at: float
    degraded: str | None

    def read(self, text: str, hint: str | None = None) -> Reading:
        """Probabilities for one message; `hint` is the person's chosen language, a weak prior."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message and what is known of the person. `lang` was chosen by them; `hint` is Telegram's tag."""

    text: str
    at: datetime
    lang: str | None = None
    hint: str | None = None
    prefecture: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and why it was given; `reply` is what the person reads."""

    lang: str
    lang_confidence: float
    kind: Kind
    entry: str | None
    candidates: tuple[Candidate, ...]
    level: Level
    danger: tuple[str, ...]
    contacts: tuple[str, ...]
    reply: Reply
    prefecture: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


def is_holiday(day: date) -> bool:
    """Whether a day is a national holiday in Japan (the `holidays` library keeps the law's list)."""
    return day in _JAPAN


class Assistant:
    """Knows the knowledge base and the understanding; holds no state of any person."""

    def __init__(self, knowledge: Knowledge, catalogs: Mapping[str, Catalog], understanding: Understanding) -> None:
        self.knowledge = knowledge
        self.catalogs = dict(catalogs)
        self.composer = Composer(knowledge, self.catalogs)
        self.understanding = understanding
        self._lexicon = Lexicon(knowledge.words)
        self._gazetteer = Gazetteer(knowledge.prefectures)

    def ask(self, question: Question) -> Answer:
        """The answer to a message. Pure but for the model: the same question gives the same answer."""
        text = clean(question.text)
        reading = self.understanding.read(text, question.lang or question.hint)
        lang, confidence = self._language(text, reading, question)
        place = self._gazetteer.find(text) or question.prefecture
        reader = Reader(lang, question.at.astimezone(TOKYO), place)
        candidates = tuple(c for c in reading.candidates if self.knowledge.in_force(c.entry, reader.day))
        level, danger, spotted = self._danger(text, reading, candidates)
        kind = decide(candidates, reading.foreign, self.understanding.thresholds)
        if kind == "none" and level >= Level.URGENT and candidates:
            kind = "suggest"
        entry = candidates[0].entry if kind == "answer" else None
        found = self.contacts(entry or _first(candidates), level, danger, reader)
        reply = self._reply(kind, entry, candidates, level, danger, found, reader, reading)
        return Answer(
            lang=lang,
            lang_confidence=confidence,
            kind=kind,
            entry=entry,
            candidates=candidates[:5],
            level=level,
            danger=danger,
            contacts=tuple(item.id for item in found) if kind == "answer" or level >= Level.URGENT else (),
            reply=reply,
            prefecture=place,
            evidence={**reading.evidence, **({"danger words": ", ".join(spotted)} if spotted else {})},
        )

    def entry(self, entry: str, reader: Reader) -> Answer:
        """The answer of an entry that was chosen by a button, at its own level but without alarm."""
        record = self.knowledge.entries[entry]
        danger = kinds_of(entry, self.knowledge.kinds) if record.level >= Level.URGENT else ()
        found = self.contacts(entry, record.level, danger, reader)
        chosen = (Candidate(entry, 1.0),)
        reply = Reply((self._answer_bubble(entry, found, reader),))
        ids = tuple(item.id for item in found)
        return Answer(reader.lang, 1.0, "answer", entry, chosen, record.level, danger, ids, reply, reader.prefecture)

    def _language(self, text: str, reading: Reading, question: Question) -> tuple[str, float]:
        best = max(reading.languages, key=lambda code: reading.languages[code])
        sure = reading.languages[best]
        if question.lang and best != question.lang and (sure < _SURE_LANGUAGE or len(words(text)) < 2):
            return question.lang, reading.languages.get(question.lang, 0.0)
        return best, sure

    def _danger(
        self, text: str, reading: Reading, candidates: Sequence[Candidate]
    ) -> tuple[Level, tuple[str, ...], tuple[str, ...]]:
        """The graver of what the model reads and what the words alone say; the kinds behind it."""
        spotted = self._lexicon.spot(text)
        level = max((Level.NORMAL, Level.SERIOUS), key=lambda step: reading.levels.get(step, 0.0))
        ours = reading.foreign < self.understanding.thresholds.foreign or reading.urgent >= _SURELY_URGENT
        if ours and reading.urgent >= self.understanding.urgent_at:
            level = Level.URGENT
            if reading.levels.get(Level.EMERGENCY, 0.0) >= self.understanding.emergency_at:
                level = Level.EMERGENCY
        level = max(level, spotted.level)
        if level < Level.URGENT:
            return level, (), spotted.words
        likely = [c.entry for c in candidates[:3] if c.score >= 0.1] or [c.entry for c in candidates[:1]]
        kinds = [kind for entry in likely for kind in kinds_of(entry, self.knowledge.kinds)]
        merged = tuple(dict.fromkeys((*spotted.kinds, *kinds)))
        return level, merged[:3] or ("violence",), spotted.words

    def contacts(self, entry: str | None, level: Level, danger: Iterable[str], reader: Reader) -> list[Listing]:
        """Whom to show: for danger the kind's own order, else what is open now in the person's language first."""
        record = self.knowledge.entries.get(entry) if entry else None
        own = record.contacts if record else ("otit", "labour-hotline")
        urgent = level >= Level.URGENT
        first = [name for kind in danger for name in self.knowledge.kinds[kind].contacts] if urgent else []
        found = self._listings([*first, *own], reader, entry)
        if level < Level.EMERGENCY:
            found = by_usefulness(found, reader.lang)
        return _with_own_phone(found, reader.lang)

    def _listings(self, names: Iterable[str], reader: Reader, entry: str | None = None) -> list[Listing]:
        expanded: list[str] = []
        for name in names:
            expanded += OWN_EMBASSY.get(reader.lang, ()) if name == "embassy" else (name,)
        contacts = [self.knowledge.contacts[n] for n in dict.fromkeys(expanded) if n in self.knowledge.contacts]
        found = listings(contacts, reader.lang, reader.prefecture, reader.at, is_holiday, entry)
        unique: dict[str, Listing] = {}
        for item in found:
            unique.setdefault(item.line.phone or item.line.url or item.line.email or item.id, item)
        return list(unique.values())

    def directory(self, reader: Reader) -> Reply:
        """Who can be called now in the person's language, open ones first."""
        say = self.catalogs[reader.lang].say
        emergency = self._listings(("police", "ambulance"), reader)
        nationwide = [c.id for c in self.knowledge.contacts.values() if c.kind not in ("embassy", "emergency")]
        own = [item for item in self._listings(nationwide, reader) if item.lang == reader.lang and item.line.phone]
        shown = [*emergency, *by_opening(own)[:8]]
        shown += [item for item in self._listings(("otit-web-form",), reader) if item.lang == reader.lang]
        body = [self.composer.heading(reader), *(self.composer.listing(item, reader) for item in shown)]
        rows = (*self._copy_rows(shown), (Button(say(N_("My prefecture")), "prefs"), self._human(reader)))
        return Reply((bubble(*body, rows=rows),))

    def _reply(
        self,
        kind: Kind,
        entry: str | None,
        candidates: Sequence[Candidate],
        level: Level,
        danger: Sequence[str],
        found: Sequence[Listing],
        reader: Reader,
        reading: Reading,
    ) -> Reply:
        bubbles: list[Bubble] = []
        if level >= Level.URGENT:
            bubbles.append(self.first_aid(level, danger, found, reader))
        if kind == "answer" and entry is not None:
            bubbles.append(self._answer_bubble(entry, () if bubbles else found, reader))
        elif kind == "suggest":
            bubbles.append(self.choices([c.entry for c in candidates[:SHOWN_CHOICES]], reader))
        elif not bubbles:
            bubbles.append(self._unknown(reading.small_talk, candidates[:3], reader))
        if level >= Level.URGENT:
            bubbles.append(self.offer(reader))
        return Reply(tuple(bubbles))

    def first_aid(self, level: Level, danger: Sequence[str], found: Sequence[Listing], reader: Reader) -> Bubble:
        """The first bubble of danger: whom to call now, the Japanese words to say, and whether they are safe."""
        say = self.catalogs[reader.lang].say
        body: list[tuple[Part, ...]] = [paragraph(say(N_("You can get help now.")), "strong")]
        sentences = [name for kind in danger for name in self.knowledge.kinds[kind].say]
        spoken = [self.knowledge.sentences[name] for name in dict.fromkeys(sentences)][:2]
        if level < Level.EMERGENCY:
            spoken = spoken[:1]
            if spoken:
                body.append(paragraph(say(N_("If it is happening now or may happen tonight:"))))
        body += [self.composer.sentence(sentence, reader) for sentence in spoken]
        said = {s.number or "police" for s in spoken}
        others = [item for item in found if item.contact.id not in said]
        body += [self.composer.listing(item, reader) for item in others]
        body.append(paragraph(say(N_("Are you safe at this moment?")), "strong"))
        rows = (
            *((Button(f"📋 {s.kana}", copy=s.ja),) for s in spoken),
            *self._copy_rows(others),
            (Button(say(N_("Yes")), "safe:yes"), Button(say(N_("No")), "safe:no")),
            (Button(say(N_("Somebody can see my phone: hide this chat")), "hide"),),
        )
        return bubble(*body, rows=rows)

    def offer(self, reader: Reader) -> Bubble:
        """The offer of a person; nothing is sent by this tap."""
        say = self.catalogs[reader.lang].say
        text = say(N_("Do you want to talk to a volunteer? You will see exactly what is sent before anything is sent."))
        return bubble(text, rows=((self._human(reader),),))

    def _human(self, reader: Reader) -> Button:
        return Button(self.catalogs[reader.lang].say(N_("Talk to a person")), "human")

    def _answer_bubble(self, entry: str, found: Sequence[Listing], reader: Reader) -> Bubble:
        say = self.catalogs[reader.lang].say
        last = (Button(say(N_("Not what I meant")), f"wrong:{entry}"),)
        votes = (Button("👍", f"vote:up:{entry}"), Button("👎", f"vote:down:{entry}"))
        rows = (*self._copy_rows(found), *self.composer.related(entry, reader))
        if entry == "wages/minimum-wage":
            rows = ((Button(say(N_("My prefecture")), "prefs"),), *rows)
        return self.composer.answer(entry, reader, found, (*rows, (self._human(reader),), last, votes))

    def _copy_rows(self, found: Iterable[Listing]) -> tuple[tuple[Button, ...], ...]:
        buttons = [Button(f"📋 {item.line.phone}", copy=item.line.phone) for item in found if item.line.phone]
        return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))

    def choices(self, entries: Sequence[str], reader: Reader) -> Bubble:
        """Which of a few was meant."""
        say = self.catalogs[reader.lang].say
        rows = [(self.composer.entry_button(entry, reader),) for entry in entries]
        rows.append((Button(say(N_("None of these")), "none"),))
        return bubble(say(N_("Do you mean:")), rows=tuple(rows))

    def topics(self, reader: Reader) -> Bubble:
        """The menu of topics."""
        say = self.catalogs[reader.lang].say
        names = self.knowledge.term(reader.lang).topics
        buttons = [Button(names.get(topic, topic), f"topic:{topic}") for topic in self.knowledge.topics]
        rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
        return bubble(say(N_("What is it about?")), rows=tuple(rows))

    def topic(self, topic: str, reader: Reader) -> Bubble:
        """The entries of a topic."""
        names = self.knowledge.term(reader.lang).topics
        entries = [e for e in self.knowledge.entries.values() if e.topic == topic]
        rows = [
            (self.composer.entry_button(e.id, reader),) for e in entries if self.knowledge.in_force(e.id, reader.day)
        ]
        rows.append((Button("↩", "topics"),))
        return bubble(paragraph(names.get(topic, topic), "strong"), rows=tuple(rows))

    def _unknown(self, small_talk: str | None, near: Sequence[Candidate], reader: Reader) -> Bubble:
        say = self.catalogs[reader.lang].say
        if small_talk == "greeting":
            text = say(N_("Hello. Write your question in your own words, or choose a topic."))
        elif small_talk == "thanks":
            text = say(N_("You are welcome. Write again at any time."))
        else:
            text = say(
                N_(
                    "I do not know this. I know about the rights of technical intern trainees in Japan: pay, hours, "
                    "changing company, violence, health, visa. Write it in other words, choose a topic, or talk to a "
                    "person."
                )
            )
        last = (
            (Button(say(N_("Topics")), "topics"), Button(say(N_("Who can I call?")), "contacts")),
            (self._human(reader),),
        )
        guesses = () if small_talk else tuple((self.composer.entry_button(c.entry, reader),) for c in near)
        return bubble(text, rows=(*guesses, *last))

    def level_word(self, level: Level, lang: str) -> str:
        """How urgent, in a language."""
        return self.catalogs.get(lang, self.catalogs[SOURCE]).say(LEVELS[level])


def _with_own_phone(found: list[Listing], lang: str) -> list[Listing]:
    """The first few, among them at least one number where the person's language is spoken."""
    shown, rest = found[:SHOWN_CONTACTS], found[SHOWN_CONTACTS:]
    spoken = [item for item in rest if item.lang == lang and item.line.phone]
    if spoken and not any(item.lang == lang and item.line.phone for item in shown):
        return [*shown[:-1], spoken[0]]
    return shown


def _first(candidates: Sequence[Candidate]) -> str | None:
    return candidates[0].entry if candidates else None
