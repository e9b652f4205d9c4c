"""Questions in their own words, entries chosen by buttons, and what they say of the answers."""

import asyncio

from bot.assistant import Answer, Question
from bot.content.catalogs import N_
from bot.conversation.talk import MAX_SHARED, Said, Talk, Who
from bot.core.entries import Level
from bot.core.languages import LANGUAGES, SOURCE
from bot.core.reply import Bubble, Button, bubble
from bot.storage import cases, people, relay, stats
from bot.storage.engine import Tx
from bot.storage.people import Person


async def text(talk: Talk, who: Who, text: str, source_message: int | None = None) -> Said:
    """A message in their own words: answered, and passed to the volunteer where a case is open."""
    now = talk.clock()
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        case = await cases.open_case_of(tx, person.id)
    chosen = person.lang if person.confirmed else None
    question = Question(text, now, lang=chosen, hint=person.lang, prefecture=person.prefecture)
    answer = await asyncio.to_thread(talk.assistant.ask, question)
    async with talk.database.begin() as tx:
        if not person.confirmed and answer.lang != person.lang:
            await people.set_language(tx, person.id, answer.lang, confirmed=False)
        if answer.prefecture and answer.prefecture != person.prefecture:
            await people.set_prefecture(tx, person.id, answer.prefecture)
        await _remember(talk, tx, person, text, answer)
        await stats.count(tx, talk.today, answer.kind, answer.lang, answer.entry, answer.level.word)
        if case is not None and talk.desk is not None:
            relay_id = await relay.record(tx, case.number, "in", text, "text", now, source_message)
            await cases.trainee_wrote(tx, case.number, now)
            await talk.desk.wrote(tx, case, text, relay_id)
    if case is not None and case.alias is not None and answer.level < Level.URGENT:
        return Said((bubble(talk.say(answer.lang)(N_("Sent to the volunteer."))),))
    return Said(_with_stay(talk, answer, person))


def _with_stay(talk: Talk, answer: Answer, person: Person) -> tuple[Bubble, ...]:
    """The answer; in another language than the chosen one it has one tap to stay with that one."""
    bubbles = answer.reply.bubbles
    first_time = not person.confirmed
    if not first_time and answer.lang == person.lang:
        return bubbles
    last = bubbles[-1]
    row: tuple[Button, ...]
    if first_time:
        row = (
            Button(f"{LANGUAGES[answer.lang].name} ✓", f"lang:{answer.lang}"),
            Button(talk.say(answer.lang)(N_("Another language")), "langs"),
        )
    else:
        row = (Button(f"↩ {LANGUAGES[person.lang or SOURCE].name}", f"lang:{person.lang}"),)
    return (*bubbles[:-1], Bubble(last.paragraphs, (*last.rows, row)))


async def _remember(talk: Talk, tx: Tx, person: Person, text: str, answer: Answer) -> None:
    state = await people.recall(tx, person.id)
    state["last"] = {
        "text": text[:MAX_SHARED],
        "lang": answer.lang,
        "entry": answer.entry,
        "candidates": [c.entry for c in answer.candidates],
        "score": answer.candidates[0].score if answer.candidates else 0.0,
        "level": answer.level.word,
        "danger": list(answer.danger),
    }
    state.pop("pending", None)
    await people.remember(tx, person.id, state)


async def entry(talk: Talk, who: Who, entry: str) -> Said:
    """An entry chosen by a button."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        if entry not in talk.assistant.knowledge.entries:
            return Said((talk.assistant.topics(talk.reader(person)),))
        reader = talk.reader(person)
        state = await people.recall(tx, person.id)
        state["last"] = {**(state.get("last") or {"text": "", "level": "normal", "danger": []}), "entry": entry}
        state["last"]["lang"] = reader.lang
        await people.remember(tx, person.id, state)
        await stats.count(tx, talk.today, "chosen", reader.lang, entry, "normal")
    return Said(talk.assistant.entry(entry, reader).reply.bubbles)


async def wrong(talk: Talk, who: Who) -> Said:
    """Not what they meant: the other candidates, or the topics."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        last = (await people.recall(tx, person.id)).get("last") or {}
        lang = person.lang or SOURCE
        await stats.count(tx, talk.today, "wrong", lang, last.get("entry"), "normal")
    others = [e for e in last.get("candidates", ()) if e != last.get("entry")][:4]
    reader = talk.reader(person)
    return Said((talk.assistant.choices(others, reader) if others else talk.assistant.topics(reader),))


async def none_of_these(talk: Talk, who: Who) -> Said:
    """None of the choices: topics and a person."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        await stats.count(tx, talk.today, "none of these", person.lang or SOURCE, None, "normal")
    return Said((talk.assistant.topics(talk.reader(person)), talk.assistant.offer(talk.reader(person))))


async def vote(talk: Talk, who: Who, choice: str) -> Said:
    """Whether an answer helped: `up:<entry>` or `down:<entry>`."""
    direction, _, entry = choice.partition(":")
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        if entry in talk.assistant.knowledge.entries:
            await stats.vote(tx, talk.today, person.lang or SOURCE, entry, direction == "up")
    return Said(notice=talk.say(person.lang or SOURCE)(N_("Thank you.")))


async def only_text(talk: Talk, who: Who) -> Said:
    """A photo, voice or sticker outside a case."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
    say = talk.say(person.lang or SOURCE)
    text = say(N_("I can only read text. Please write your question in words."))
    return Said((bubble(text, rows=((Button(say(N_("I need help now")), "sos"),),)),))
