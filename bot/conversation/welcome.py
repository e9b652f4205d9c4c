"""First contact, language, prefecture, topics and the directory of contacts."""

from bot.content.catalogs import N_
from bot.content.compose import Reader
from bot.conversation.talk import Said, Talk, Who
from bot.core.languages import CODES, LANGUAGES, SOURCE
from bot.core.reply import Bubble, Button, bubble, paragraph
from bot.storage import people
from bot.storage.people import Person


async def start(talk: Talk, who: Who) -> Said:
    """Greet in the guessed language, with one tap to confirm it."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
    return Said((_welcome(talk, person.lang or SOURCE),))


def _welcome(talk: Talk, lang: str) -> Bubble:
    say = talk.say(lang)
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


async def languages(talk: Talk, who: Who) -> Said:
    """All languages by their own names."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
    buttons = [Button(language.name, f"lang:{language.code}") for language in LANGUAGES.values()]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return Said((bubble(talk.say(person.lang or SOURCE)(N_("Choose your language:")), rows=rows),))


async def choose_language(talk: Talk, who: Who, code: str) -> Said:
    """Remember a language; the last question, if any, is answered again in it."""
    if code not in CODES:
        return await languages(talk, who)
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        await people.set_language(tx, person.id, code, confirmed=True)
        state = await people.recall(tx, person.id)
        person = await talk.person(tx, who)
    last = state.get("last")
    say = talk.say(code)
    if last and last.get("lang") != code and last.get("entry"):
        return Said(talk.assistant.entry(last["entry"], talk.reader(person)).reply.bubbles)
    if last:
        return Said(notice=say(N_("Language: {name}"), name=LANGUAGES[code].name))
    return Said(
        (bubble(say(N_("Good. Write your question in your own words, or choose a topic."))), _topics(talk, person))
    )


async def ask_prefecture(talk: Talk, who: Who) -> Said:
    """Show the prefectures to choose from."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
    return Said((_prefectures(talk, talk.reader(person)),))


async def choose_prefecture(talk: Talk, who: Who, code: str) -> Said:
    """Remember a prefecture and answer the last question for it."""
    if code not in talk.assistant.knowledge.prefectures:
        return await ask_prefecture(talk, who)
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
        await people.set_prefecture(tx, person.id, code)
        state = await people.recall(tx, person.id)
        person = await talk.person(tx, who)
    reader = talk.reader(person)
    entry = (state.get("last") or {}).get("entry")
    if entry:
        return Said(talk.assistant.entry(entry, reader).reply.bubbles)
    return Said(talk.assistant.directory(reader).bubbles)


def _prefectures(talk: Talk, reader: Reader) -> Bubble:
    places = talk.assistant.knowledge.prefectures.values()
    buttons = [Button(place.name(reader.lang), f"pref:{place.code}") for place in places]
    rows = tuple(tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3))
    return bubble(talk.say(reader.lang)(N_("In which prefecture do you work?")), rows=rows)


def _topics(talk: Talk, person: Person) -> Bubble:
    return talk.assistant.topics(talk.reader(person))


async def topics(talk: Talk, who: Who) -> Said:
    """The menu of topics."""
    async with talk.database.begin() as tx:
        return Said((_topics(talk, await talk.person(tx, who)),))


async def topic(talk: Talk, who: Who, topic: str) -> Said:
    """The questions of one topic."""
    async with talk.database.begin() as tx:
        person = await talk.person(tx, who)
    if topic not in talk.assistant.knowledge.topics:
        return Said((_topics(talk, person),))
    return Said((talk.assistant.topic(topic, talk.reader(person)),))


async def contacts(talk: Talk, who: Who) -> Said:
    """Who can be called now."""
    async with talk.database.begin() as tx:
        return Said(talk.assistant.directory(talk.reader(await talk.person(tx, who))).bubbles)
