"""Danger, and a person: nothing reaches the volunteers before a trainee has seen and allowed it."""

from typing import Any

from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.conversation.talk import Said, Talk, Who
from bot.core.contacts import TOKYO
from bot.core.entries import Level
from bot.core.languages import SOURCE
from bot.core.reply import Bubble, Button, Part, bubble, paragraph
from bot.storage import cases, people, relay, stats
from bot.storage.cases import Case, NewCase
from bot.storage.engine import Tx
from bot.storage.people import Person


async def sos(talk: Talk, who: Who) -> Said:
    """The button for those who need help now, whatever it is."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        state = await people.recall(tx, person.id)
        last = state.get("last") or {"text": "", "entry": None, "candidates": [], "score": 0.0}
        state["last"] = {**last, "level": "emergency", "danger": last.get("danger") or ["violence"]}
        await people.remember(tx, person.id, state)
    reader = talk.reader(person)
    danger = ("violence", "medical")
    found = talk.assistant.contacts(None, Level.EMERGENCY, danger, reader)
    return Said((talk.assistant.first_aid(Level.EMERGENCY, danger, found, reader), talk.assistant.offer(reader)))


async def safe(talk: Talk, who: Who, answer: str) -> Said:
    """The answer to "are you safe at this moment?": `yes` or `no`."""
    is_safe = answer == "yes"
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        state = await people.recall(tx, person.id)
        state["safe"] = is_safe
        await people.remember(tx, person.id, state)
        case = await cases.open_case_of(tx, person.id)
        if case is not None and talk.desk is not None:
            await talk.desk.told(tx, case, "safe" if is_safe else "not safe")
    reader = talk.reader(person)
    say = talk.say(reader.lang)
    if is_safe:
        return Said((bubble(say(N_("Good. Stay with people you trust. Write again at once if it changes."))),))
    phone = talk.assistant.composer.resolve("tel_police", reader, reader.lang)
    doctor = talk.assistant.composer.resolve("tel_ambulance", reader, reader.lang)
    text = say(
        N_(
            "If you can, go to a place with other people: a shop, a station, a neighbour. Call {police} (police) "
            "or {ambulance} (ambulance). The call is free."
        ),
        police=phone,
        ambulance=doctor,
    )
    return Said((bubble(paragraph(text, "strong")), talk.assistant.offer(reader)))


async def human(talk: Talk, who: Who) -> Said:
    """Show exactly what a volunteer would read; nothing is sent yet."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        reader = talk.reader(person)
        say = talk.say(reader.lang)
        if talk.desk is None:
            return Said(
                (
                    bubble(say(N_("No volunteers are connected to this bot. These lines can help:"))),
                    *talk.assistant.directory(reader).bubbles,
                )
            )
        state = await people.recall(tx, person.id)
        last = state.get("last") or {}
        state["pending"] = {"text": last.get("text", "")}
        await people.remember(tx, person.id, state)
    return Said((_consent(talk, last, person, reader),))


def _consent(talk: Talk, last: dict[str, Any], person: Person, reader: Reader) -> Bubble:
    say = talk.say(reader.lang)
    facts = talk.summary(last, reader.lang, person.prefecture)
    words, label = str(last.get("text", "")), say(N_("message"))
    shown = f"«{facts}»" if not words else f"«{facts} · {label}: “{words}”»"
    rows = [(Button(say(N_("Yes, tell them")), "consent:yes"),)]
    if words:
        rows.append((Button(say(N_("Tell them, without my words")), "consent:bare"),))
    rows.append((Button(say(N_("No")), "consent:no"),))
    return bubble(
        paragraph(
            say(N_("Shall a volunteer of {desk} know? They would read exactly this:"), desk=talk.desk_name),
            "strong",
        ),
        paragraph(shown, "quote"),
        say(
            N_(
                "No name, no number, no company. If you say yes, what you write here later also goes to the "
                "volunteer, until the case is closed."
            )
        ),
        rows=tuple(rows),
    )


async def consent(talk: Talk, who: Who, answer: str) -> Said:
    """`yes`, `bare` (without their words) or `no`. Only `yes` and `bare` send anything, and only what was shown."""
    now = talk.clock()
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        reader = talk.reader(person)
        say = talk.say(reader.lang)
        state = await people.recall(tx, person.id)
        pending = state.pop("pending", None)
        await people.remember(tx, person.id, state)
        open_now = await cases.open_case_of(tx, person.id)
        if answer == "no" or talk.desk is None:
            return Said((bubble(say(N_("Nothing was sent. You can ask for a person at any time."))),))
        if pending is None:
            if open_now is not None:
                return Said(notice=say(N_("A volunteer already has your message.")))
            return (
                Said((_consent(talk, state.get("last") or {}, person, reader),))
                if not state.get("last")
                else await _ask_again(talk, tx, person, reader, state)
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
            await talk.desk.opened(tx, case)
        elif shared:
            relay_id = await relay.record(tx, case.number, "in", shared, "text", now)
            await talk.desk.wrote(tx, case, shared, relay_id)
        if "safe" in state:
            await talk.desk.told(tx, case, "safe" if state["safe"] else "not safe")
        await stats.count(tx, talk.today, "case", reader.lang, new.entry, new.level.word)
    return Said((_sent(talk, case, reader),))


async def _ask_again(talk: Talk, tx: Tx, person: Person, reader: Reader, state: dict[str, Any]) -> Said:
    """An old button: what would be sent is shown anew, since it may have changed."""
    last = state.get("last") or {}
    state["pending"] = {"text": last.get("text", "")}
    await people.remember(tx, person.id, state)
    return Said((_consent(talk, last, person, reader),))


def still_waiting(talk: Talk, case: Case) -> Bubble:
    """The truth while nobody has taken a case, with the lines that are open now."""
    reader = Reader(case.lang, talk.clock().astimezone(TOKYO), case.prefecture)
    say = talk.say(case.lang)
    found = talk.assistant.contacts(case.entry, case.level, case.danger, reader)
    body: list[str | tuple[Part, ...]] = [say(N_("Nobody has taken your case yet. We have asked again."))]
    body += [talk.assistant.composer.listing(item, reader) for item in found]
    return bubble(*body)


def _sent(talk: Talk, case: Case, reader: Reader) -> Bubble:
    say = talk.say(reader.lang)
    found = talk.assistant.contacts(case.entry, case.level, case.danger, reader)
    open_lines = [item for item in found if item.state.open]
    body: list[str | tuple[Part, ...]] = [
        paragraph(say(N_("Sent. Your case number is {number}."), number=case.number), "strong"),
        say(N_("A volunteer answers here. Nobody has taken it yet. /case shows how it stands.")),
    ]
    if open_lines:
        body.append(say(N_("These lines are open now:")))
        body += [talk.assistant.composer.listing(item, reader) for item in open_lines]
    return bubble(*body, rows=((Button(say(N_("Take it back")), "case:withdraw"),),))


async def case(talk: Talk, who: Who) -> Said:
    """How the case stands."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        case = await cases.open_case_of(tx, person.id)
    say = talk.say(person.lang or SOURCE)
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
                rows=((Button(say(N_("Close it")), "case:close"), Button(say(N_("Take it back")), "case:withdraw")),),
            ),
        )
    )


async def end_case(talk: Talk, who: Who, how: str) -> Said:
    """The trainee closes or withdraws the open case; the desk is told."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        say = talk.say(person.lang or SOURCE)
        case = await cases.open_case_of(tx, person.id)
        if case is None:
            return Said(notice=say(N_("You have no open case.")))
        step = cases.withdraw if how == "withdraw" else cases.close
        await step(tx, case.number, None, talk.clock())
        if talk.desk is not None:
            await talk.desk.told(tx, case, "withdrawn" if how == "withdraw" else "closed by the trainee")
    return Said((bubble(say(N_("Done. The case is closed. You can ask again at any time."))),))
