"""The trainee's side: one step per thing a person does, the same on Telegram and in the terminal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from bot.assistant import Answer, Assistant, Question
from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.core.contacts import TOKYO
from bot.core.entries import Level
from bot.core.languages import CODES, LANGUAGES, SOURCE, resolve
from bot.core.reply import Bubble, Button, Part, bubble, paragraph
from bot.storage import cases, messages, people, relay, stats
from bot.storage.cases import Case, NewCase
from bot.storage.engine import Database, Tx
from bot.storage.people import Person

Clock = Callable[[], datetime]
HIDE_WINDOW = timedelta(hours=48)
"""Telegram lets a bot delete messages of the last 48 hours."""
_MAX_SHARED = 1500


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
    """The volunteers as the conversation sees them; `None` stands for no desk at all."""

    name: str
    lang: str

    async def opened(self, tx: Tx, case: Case) -> None:
        """A case was opened: post its card."""

    async def wrote(self, tx: Tx, case: Case, text: str, relay_id: int) -> None:
        """The trainee wrote in an open case."""

    async def told(self, tx: Tx, case: Case, what: str) -> None:
        """Something happened on the trainee's side: `safe`, `not safe`, `withdrawn`."""


class Conversation:
    """Steps of a trainee's conversation. Owns nothing: state is in the database."""

    def __init__(self, assistant: Assistant, database: Database, desk: Desk | None, clock: Clock) -> None:
        self.assistant = assistant
        self.database = database
        self.desk = desk
        self.clock = clock

    # -- who is this ---------------------------------------------------------------------------------------

    async def _person(self, tx: Tx, who: Who) -> Person:
        return await people.find_or_create(tx, who.chat_id, resolve(who.tag), self.clock())

    def _reader(self, person: Person, lang: str | None = None) -> Reader:
        return Reader(lang or person.lang or SOURCE, self.clock().astimezone(TOKYO), person.prefecture)

    def _say(self, lang: str) -> Callable[..., str]:
        return self.assistant.catalogs[lang].say

    @property
    def _today(self) -> date:
        return self.clock().astimezone(TOKYO).date()

    # -- first contact and settings ------------------------------------------------------------------------

    async def start(self, who: Who) -> Said:
        """Greet in the guessed language, with one tap to confirm it."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
        return Said((self._welcome(person.lang or SOURCE),))

    def _welcome(self, lang: str) -> Bubble:
        say = self._say(lang)
        first = [Button(f"{LANGUAGES[lang].name} ✓", f"lang:{lang}")]
        first += [Button("English", "lang:en")] if lang != "en" else []
        return bubble(
            paragraph(
                say(N_("I can tell you your rights as a trainee in Japan, and who can help you. It is free.")), "strong"
            ),
            say(N_("I am not from your company, not from the supervising organization, not from the government.")),
            say(N_("Write your question in your own words. You do not need to say your name.")),
            say(N_("I am a program with texts written by people. I am not a lawyer.")),
            rows=(
                (*first, Button(say(N_("Another language")), "langs")),
                (Button(say(N_("Topics")), "topics"), Button(say(N_("Who can I call?")), "contacts")),
                (Button(say(N_("I need help now")), "sos"),),
            ),
        )

    async def languages(self, who: Who) -> Said:
        """All languages by their own names."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
        buttons = [Button(language.name, f"lang:{language.code}") for language in LANGUAGES.values()]
        rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
        return Said((bubble(self._say(person.lang or SOURCE)(N_("Choose your language:")), rows=rows),))

    async def choose_language(self, who: Who, code: str) -> Said:
        """Remember a language; the last question, if any, is answered again in it."""
        if code not in CODES:
            return await self.languages(who)
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            await people.set_language(tx, person.id, code, confirmed=True)
            state = await people.recall(tx, person.id)
            person = await self._person(tx, who)
        last = state.get("last")
        say = self._say(code)
        if last and last.get("lang") != code and last.get("entry"):
            return Said(self.assistant.entry(last["entry"], self._reader(person)).reply.bubbles)
        if last:
            return Said(notice=say(N_("Language: {name}"), name=LANGUAGES[code].name))
        return Said(
            (bubble(say(N_("Good. Write your question in your own words, or choose a topic."))), self._topics(person))
        )

    async def choose_prefecture(self, who: Who, code: str | None) -> Said:
        """Show the prefectures, or remember one and answer the last question for it."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            known = code in self.assistant.knowledge.prefectures
            if code is not None and known:
                await people.set_prefecture(tx, person.id, code)
            state = await people.recall(tx, person.id)
            person = await self._person(tx, who)
        reader = self._reader(person)
        if code is None or not known:
            return Said((self._prefectures(reader),))
        entry = (state.get("last") or {}).get("entry")
        if entry:
            return Said(self.assistant.entry(entry, reader).reply.bubbles)
        return Said(self.assistant.directory(reader).bubbles)

    def _prefectures(self, reader: Reader) -> Bubble:
        places = self.assistant.knowledge.prefectures.values()
        buttons = [Button(place.name(reader.lang), f"pref:{place.code}") for place in places]
        rows = tuple(tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3))
        return bubble(self._say(reader.lang)(N_("In which prefecture do you work?")), rows=rows)

    def _topics(self, person: Person) -> Bubble:
        return self.assistant.topics(self._reader(person))

    async def topics(self, who: Who) -> Said:
        """The menu of topics."""
        async with self.database.begin() as tx:
            return Said((self._topics(await self._person(tx, who)),))

    async def topic(self, who: Who, topic: str) -> Said:
        """The questions of one topic."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
        if topic not in self.assistant.knowledge.topics:
            return Said((self._topics(person),))
        return Said((self.assistant.topic(topic, self._reader(person)),))

    async def contacts(self, who: Who) -> Said:
        """Who can be called now."""
        async with self.database.begin() as tx:
            return Said(self.assistant.directory(self._reader(await self._person(tx, who))).bubbles)

    async def page(self, who: Who, name: str) -> Said:
        """A fixed page: `privacy` or `help`."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
        say = self._say(person.lang or SOURCE)
        if name == "privacy":
            return Said((self._privacy(say),))
        return Said(
            (
                bubble(
                    say(N_("Write your question in your own words, in your language. I read text only.")),
                    say(
                        N_("/topics: choose a subject. /contacts: who can I call now. /language: change the language.")
                    ),
                    say(N_("/case: your case with a volunteer. /privacy: what is kept. /forget: delete everything.")),
                    say(N_("/hide: delete the messages of this chat when somebody can see your phone.")),
                    rows=((Button(say(N_("I need help now")), "sos"),),),
                ),
            )
        )

    def _privacy(self, say: Callable[..., str]) -> Bubble:
        return bubble(
            paragraph(say(N_("What is kept")), "strong"),
            say(
                N_(
                    "I keep the number of this chat, your language, your prefecture and your last question, in encrypted form."
                )
            ),
            say(
                N_(
                    "Your name, user name and phone number are not kept. Your company and the government get nothing from me."
                )
            ),
            say(N_("Volunteers read only what you agree to send. Messages also pass through Telegram's computers.")),
            say(N_("What is kept is deleted after some time without a word from you. /forget deletes it at once.")),
            say(N_("Nobody can promise that a phone is safe. If somebody reads your phone, use /hide.")),
        )

    # -- questions -----------------------------------------------------------------------------------------

    async def text(self, who: Who, text: str, source_message: int | None = None) -> Said:
        """A message in their own words: answered, and passed to the volunteer where a case is open."""
        now = self.clock()
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            case = await cases.open_case_of(tx, person.id)
        chosen = person.lang if person.confirmed else None
        question = Question(text, now, lang=chosen, hint=person.lang, prefecture=person.prefecture)
        answer = self.assistant.ask(question)
        async with self.database.begin() as tx:
            if not person.confirmed and answer.lang != person.lang:
                await people.set_language(tx, person.id, answer.lang, confirmed=False)
            if answer.prefecture and answer.prefecture != person.prefecture:
                await people.set_prefecture(tx, person.id, answer.prefecture)
            await self._remember(tx, person, text, answer)
            await stats.count(tx, self._today, answer.kind, answer.lang, answer.entry, answer.level.word)
            if case is not None and self.desk is not None:
                relay_id = await relay.record(tx, case.number, "in", text, "text", now, source_message)
                await cases.trainee_wrote(tx, case.number, now)
                await self.desk.wrote(tx, case, text, relay_id)
        if case is not None and case.alias is not None and answer.level < Level.URGENT:
            return Said((bubble(self._say(answer.lang)(N_("Sent to the volunteer."))),))
        return Said(self._with_stay(answer, person))

    def _with_stay(self, answer: Answer, person: Person) -> tuple[Bubble, ...]:
        """The answer; in another language than the chosen one it has one tap to stay with that one."""
        bubbles = answer.reply.bubbles
        first_time = not person.confirmed
        if not first_time and answer.lang == person.lang:
            return bubbles
        last = bubbles[-1]
        if first_time:
            row = (
                Button(f"{LANGUAGES[answer.lang].name} ✓", f"lang:{answer.lang}"),
                Button(self._say(answer.lang)(N_("Another language")), "langs"),
            )
        else:
            row = (Button(f"↩ {LANGUAGES[person.lang or SOURCE].name}", f"lang:{person.lang}"),)
        return (*bubbles[:-1], Bubble(last.paragraphs, (*last.rows, row)))

    async def _remember(self, tx: Tx, person: Person, text: str, answer: Answer) -> None:
        state = await people.recall(tx, person.id)
        state["last"] = {
            "text": text[:_MAX_SHARED],
            "lang": answer.lang,
            "entry": answer.entry,
            "candidates": [c.entry for c in answer.candidates],
            "score": answer.candidates[0].score if answer.candidates else 0.0,
            "level": answer.level.word,
            "danger": list(answer.danger),
        }
        state.pop("pending", None)
        await people.remember(tx, person.id, state)

    async def entry(self, who: Who, entry: str) -> Said:
        """An entry chosen by a button."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            if entry not in self.assistant.knowledge.entries:
                return Said((self._topics(person),))
            reader = self._reader(person)
            state = await people.recall(tx, person.id)
            state["last"] = {**(state.get("last") or {"text": "", "level": "normal", "danger": []}), "entry": entry}
            state["last"]["lang"] = reader.lang
            await people.remember(tx, person.id, state)
            await stats.count(tx, self._today, "chosen", reader.lang, entry, "normal")
        return Said(self.assistant.entry(entry, reader).reply.bubbles)

    async def wrong(self, who: Who) -> Said:
        """Not what they meant: the other candidates, or the topics."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            last = (await people.recall(tx, person.id)).get("last") or {}
            lang = person.lang or SOURCE
            await stats.count(tx, self._today, "wrong", lang, last.get("entry"), "normal")
        others = [e for e in last.get("candidates", ()) if e != last.get("entry")][:4]
        reader = self._reader(person)
        return Said((self.assistant.choices(others, reader) if others else self.assistant.topics(reader),))

    async def none_of_these(self, who: Who) -> Said:
        """None of the choices: topics and a person."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            await stats.count(tx, self._today, "none of these", person.lang or SOURCE, None, "normal")
        return Said((self._topics(person), self.assistant.offer(self._reader(person))))

    async def vote(self, who: Who, up: bool, entry: str) -> Said:
        """Whether an answer helped."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            if entry in self.assistant.knowledge.entries:
                await stats.vote(tx, self._today, person.lang or SOURCE, entry, up)
        return Said(notice=self._say(person.lang or SOURCE)(N_("Thank you.")))

    async def only_text(self, who: Who) -> Said:
        """A photo, voice or sticker outside a case."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
        say = self._say(person.lang or SOURCE)
        text = say(N_("I can only read text. Please write your question in words."))
        return Said((bubble(text, rows=((Button(say(N_("I need help now")), "sos"),),)),))

    async def empty(self, who: Who) -> Said:
        """A message without a word to read."""
        return await self.topics(who)

    # -- danger and a person -------------------------------------------------------------------------------

    async def sos(self, who: Who) -> Said:
        """The button for those who need help now, whatever it is."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            state = await people.recall(tx, person.id)
            last = state.get("last") or {"text": "", "entry": None, "candidates": [], "score": 0.0}
            state["last"] = {**last, "level": "emergency", "danger": last.get("danger") or ["violence"]}
            await people.remember(tx, person.id, state)
        reader = self._reader(person)
        danger = ("violence", "medical")
        found = self.assistant.contacts(None, Level.EMERGENCY, danger, reader)
        return Said((self.assistant.first_aid(Level.EMERGENCY, danger, found, reader), self.assistant.offer(reader)))

    async def safe(self, who: Who, safe: bool) -> Said:
        """The answer to "are you safe at this moment?"."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            state = await people.recall(tx, person.id)
            state["safe"] = safe
            await people.remember(tx, person.id, state)
            case = await cases.open_case_of(tx, person.id)
            if case is not None and self.desk is not None:
                await self.desk.told(tx, case, "safe" if safe else "not safe")
        reader = self._reader(person)
        say = self._say(reader.lang)
        if safe:
            return Said((bubble(say(N_("Good. Stay with people you trust. Write again at once if it changes."))),))
        phone = self.assistant.composer.resolve("tel_police", reader, reader.lang)
        doctor = self.assistant.composer.resolve("tel_ambulance", reader, reader.lang)
        text = say(
            N_(
                "If you can, go to a place with other people: a shop, a station, a neighbour. Call {police} (police) or {ambulance} (ambulance). The call is free."
            ),
            police=phone,
            ambulance=doctor,
        )
        return Said((bubble(paragraph(text, "strong")), self.assistant.offer(reader)))

    async def human(self, who: Who) -> Said:
        """Show exactly what a volunteer would read; nothing is sent yet."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            reader = self._reader(person)
            say = self._say(reader.lang)
            if self.desk is None:
                return Said(
                    (
                        bubble(say(N_("No volunteers are connected to this bot. These lines can help:"))),
                        *self.assistant.directory(reader).bubbles,
                    )
                )
            state = await people.recall(tx, person.id)
            last = state.get("last") or {}
            state["pending"] = {"text": last.get("text", "")}
            await people.remember(tx, person.id, state)
        return Said((self._consent(last, person, reader),))

    def _consent(self, last: dict[str, Any], person: Person, reader: Reader) -> Bubble:
        say = self._say(reader.lang)
        facts = self.summary(last, reader.lang, person.prefecture)
        words = str(last.get("text", ""))
        shown = f"«{facts}»" if not words else f"«{facts} · {say(N_('message'))}: “{words}”»"
        rows = [(Button(say(N_("Yes, tell them")), "consent:yes"),)]
        if words:
            rows.append((Button(say(N_("Tell them, without my words")), "consent:bare"),))
        rows.append((Button(say(N_("No")), "consent:no"),))
        return bubble(
            paragraph(
                say(N_("Shall a volunteer of {desk} know? They would read exactly this:"), desk=self.desk_name),
                "strong",
            ),
            paragraph(shown, "quote"),
            say(
                N_(
                    "No name, no number, no company. If you say yes, what you write here later also goes to the volunteer, until the case is closed."
                )
            ),
            rows=tuple(rows),
        )

    @property
    def desk_name(self) -> str:
        """The name of the volunteers' organization."""
        return self.desk.name if self.desk else ""

    def summary(self, last: dict[str, Any], lang: str, prefecture: str | None) -> str:
        """Language, level, subject and place of a case in one line, in any language: the trainee's or the desk's."""
        level = Level.of(last.get("level", "normal"))
        facts = [LANGUAGES[last.get("lang") or SOURCE].name, self.assistant.level_word(level, lang)]
        entry = last.get("entry") or next(iter(last.get("candidates", ())), None)
        if entry:
            facts.append(self.assistant.knowledge.text(entry, lang, self._today)[0].title)
        if prefecture:
            facts.append(self.assistant.knowledge.prefectures[prefecture].name(lang))
        return " · ".join(facts)

    async def consent(self, who: Who, answer: str) -> Said:
        """`yes`, `bare` (without their words) or `no`. Only `yes` and `bare` send anything, and only what was shown."""
        now = self.clock()
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            reader = self._reader(person)
            say = self._say(reader.lang)
            state = await people.recall(tx, person.id)
            pending = state.pop("pending", None)
            await people.remember(tx, person.id, state)
            open_now = await cases.open_case_of(tx, person.id)
            if answer == "no" or self.desk is None:
                return Said((bubble(say(N_("Nothing was sent. You can ask for a person at any time."))),))
            if pending is None:
                if open_now is not None:
                    return Said(notice=say(N_("A volunteer already has your message.")))
                return (
                    Said((self._consent(state.get("last") or {}, person, reader),))
                    if not state.get("last")
                    else await self._ask_again(tx, person, reader, state)
                )
            last = state.get("last") or {}
            shared = str(pending["text"]) if answer == "yes" else ""
            new = NewCase(
                lang=last.get("lang") or reader.lang,
                level=Level.of(last.get("level", "normal")),
                danger=tuple(last.get("danger", ())),
                entry=last.get("entry") or next(iter(last.get("candidates", ())), None),
                score=float(last.get("score", 0.0)),
                prefecture=person.prefecture,
                shared=shared,
            )
            case, created = await cases.open_case(tx, person.id, new, now)
            if created:
                await self.desk.opened(tx, case)
            elif shared:
                relay_id = await relay.record(tx, case.number, "in", shared, "text", now)
                await self.desk.wrote(tx, case, shared, relay_id)
            if "safe" in state:
                await self.desk.told(tx, case, "safe" if state["safe"] else "not safe")
            await stats.count(tx, self._today, "case", reader.lang, new.entry, new.level.word)
        return Said((self._sent(case, reader),))

    async def _ask_again(self, tx: Tx, person: Person, reader: Reader, state: dict[str, Any]) -> Said:
        """An old button: what would be sent is shown anew, since it may have changed."""
        state["pending"] = {"text": state["last"].get("text", "")}
        await people.remember(tx, person.id, state)
        return Said((self._consent(state["last"], person, reader),))

    def _sent(self, case: Case, reader: Reader) -> Bubble:
        say = self._say(reader.lang)
        found = self.assistant.contacts(case.entry, case.level, case.danger, reader)
        open_lines = [item for item in found if item.state.open]
        body: list[str | tuple[Part, ...]] = [
            paragraph(say(N_("Sent. Your case number is {number}."), number=case.number), "strong"),
            say(N_("A volunteer answers here. Nobody has taken it yet. /case shows how it stands.")),
        ]
        if open_lines:
            body.append(say(N_("These lines are open now:")))
            body += [self.assistant.composer.listing(item, reader) for item in open_lines]
        return bubble(*body, rows=((Button(say(N_("Take it back")), "case:withdraw"),),))

    # -- the case, deletion, hiding ------------------------------------------------------------------------

    async def case(self, who: Who) -> Said:
        """How the case stands."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            case = await cases.open_case_of(tx, person.id)
        say = self._say(person.lang or SOURCE)
        if case is None:
            return Said(
                (bubble(say(N_("You have no open case.")), rows=((Button(say(N_("Talk to a person")), "human"),),)),)
            )
        taken = say(N_("A volunteer has taken it.")) if case.alias else say(N_("Nobody has taken it yet."))
        return Said(
            (
                bubble(
                    paragraph(say(N_("Case {number}"), number=case.number), "strong"),
                    taken,
                    say(N_("Write here and it goes to the volunteer.")),
                    rows=(
                        (Button(say(N_("Close it")), "case:close"), Button(say(N_("Take it back")), "case:withdraw")),
                    ),
                ),
            )
        )

    async def end_case(self, who: Who, how: str) -> Said:
        """The trainee closes or withdraws the open case; the desk is told."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            say = self._say(person.lang or SOURCE)
            case = await cases.open_case_of(tx, person.id)
            if case is None:
                return Said(notice=say(N_("You have no open case.")))
            step = cases.withdraw if how == "withdraw" else cases.close
            await step(tx, case.number, None, self.clock())
            if self.desk is not None:
                await self.desk.told(tx, case, "withdrawn" if how == "withdraw" else "closed by the trainee")
        return Said((bubble(say(N_("Done. The case is closed. You can ask again at any time."))),))

    async def forget(self, who: Who, confirmed: bool) -> Said:
        """Delete every row of a person, after one confirmation."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            say = self._say(person.lang or SOURCE)
            if not confirmed:
                ask = say(
                    N_("Delete everything that I keep about you? An open case is withdrawn. This cannot be undone.")
                )
                rows = ((Button(say(N_("Yes, delete")), "forget:yes"), Button(say(N_("No")), "forget:no")),)
                return Said((bubble(ask, rows=rows),))
            case = await cases.open_case_of(tx, person.id)
            if case is not None and self.desk is not None:
                await self.desk.told(tx, case, "withdrawn")
            await people.forget(tx, person.id, self.clock())
        return Said((bubble(say(N_("Deleted. I know nothing about you now."))),))

    async def hide(self, who: Who) -> Said:
        """Delete the messages that Telegram lets the bot delete; the reply is one harmless line."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            found = await messages.recent(tx, person.id, self.clock() - HIDE_WINDOW)
        return Said(
            (bubble(self._say(person.lang or SOURCE)(N_("Hello! How is the weather today?"))),), delete=tuple(found)
        )

    async def noted(self, who: Who, message_ids: tuple[int, ...], *, from_bot: bool) -> None:
        """Remember message ids, so that /hide can delete them."""
        async with self.database.begin() as tx:
            person = await self._person(tx, who)
            for message_id in message_ids:
                await messages.note(tx, person.id, message_id, self.clock(), from_bot=from_bot)


def utc_now() -> datetime:
    """The clock of the real world."""
    return datetime.now(UTC)
