"""People and their settings, the state of the dialogue, and the messages that /hide deletes."""

from datetime import timedelta

from bot.storage import messages, people
from bot.storage.engine import Database
from tests.storage.conftest import CHAT, NOW, person


async def test_a_person_is_made_once_and_keeps_the_first_guess(database: Database) -> None:
    async with database.begin() as tx:
        assert await people.find(tx, CHAT) is None
        first = await people.find_or_create(tx, CHAT, "vi", NOW)
        assert (first.chat_id, first.lang, first.confirmed, first.prefecture) == (CHAT, "vi", False, None)
        assert await people.find_or_create(tx, CHAT, "en", NOW) == first
        assert await people.get(tx, first.id) == await people.find(tx, CHAT) == first
        assert (await people.find_or_create(tx, CHAT + 1, None, NOW)).id != first.id
        assert await people.get(tx, 0) is None


async def test_settings_are_remembered(database: Database) -> None:
    async with database.begin() as tx:
        who = await person(tx)
        await people.set_language(tx, who.id, "my", confirmed=True)
        await people.set_prefecture(tx, who.id, "47")
        await people.set_neutral(tx, who.id, True)
        assert await people.safe_hours(tx, who.id) is None
        await people.set_safe_hours(tx, who.id, 20 * 60, 22 * 60)
    async with database.begin() as tx:
        now = await person(tx)
        assert (now.lang, now.confirmed, now.prefecture, now.neutral) == ("my", True, "47", True)
        assert await people.safe_hours(tx, who.id) == (1200, 1320)


async def test_a_visit_is_remembered_to_the_minute(database: Database) -> None:
    async with database.begin() as tx:
        await person(tx)
        await people.find_or_create(tx, CHAT, None, NOW + timedelta(seconds=59))
        assert (await person(tx)).last_seen == NOW
        await people.find_or_create(tx, CHAT, None, NOW + timedelta(minutes=2))
        assert (await person(tx)).last_seen == NOW + timedelta(minutes=2)


async def test_the_dialogue_is_recalled_as_it_was_remembered(database: Database) -> None:
    state = {"last": {"text": "လစာ မရဘူး", "score": 0.5, "danger": ["violence"], "entry": None}, "safe": True}
    async with database.begin() as tx:
        who = await person(tx)
        assert await people.recall(tx, who.id) == {}
        await people.remember(tx, who.id, {"old": 1})
        await people.remember(tx, who.id, state)
        assert await people.recall(tx, who.id) == state


async def test_messages_of_the_last_two_days_are_found_for_hiding(database: Database) -> None:
    async with database.begin() as tx:
        who, other = await person(tx), await person(tx, CHAT + 1)
        await messages.note(tx, who.id, 1, NOW - timedelta(hours=49), from_bot=True)
        await messages.note(tx, who.id, 3, NOW, from_bot=True)
        await messages.note(tx, who.id, 2, NOW - timedelta(hours=47), from_bot=False)
        await messages.note(tx, who.id, 2, NOW, from_bot=False)
        await messages.note(tx, other.id, 9, NOW, from_bot=False)
        assert await messages.recent(tx, who.id, NOW - timedelta(hours=48)) == [2, 3]
        await messages.gone(tx, who.id, [2])
        assert await messages.recent(tx, who.id, NOW - timedelta(hours=48)) == [3]
