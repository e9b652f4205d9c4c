"""What comes in and goes out: seen updates, inbox, outbox, relayed messages and their states."""

from datetime import timedelta
from typing import Any

import pytest

from bot.storage import cases, inbox, links, outbox, relay, seen
from bot.storage.engine import Database, Tx
from tests.storage.conftest import CHAT, DESK, NOW, opened_case

MEMBER = 5001
SOON = NOW + timedelta(seconds=30)


async def _put(tx: Tx, chat_id: int = CHAT, text: str = "x", priority: int = 5, **more: Any) -> int:
    made = await outbox.enqueue(tx, chat_id, "sendMessage", {"text": text}, NOW, priority=priority, **more)
    assert made is not None
    return made


async def _due(tx: Tx) -> list[int]:
    return [item.id for item in await outbox.due(tx, NOW, 99)]


async def test_an_update_is_seen_once_per_bot(database: Database) -> None:
    async with database.begin() as tx:
        assert await seen.first_time(tx, 1, 10, NOW)
        assert not await seen.first_time(tx, 1, 10, NOW)
        assert await seen.first_time(tx, 2, 10, NOW)


async def test_what_is_put_into_the_outbox_comes_out_as_it_was(database: Database) -> None:
    payload = {"text": "Xin chào", "reply_markup": {"inline_keyboard": [[{"text": "✓"}]]}}
    async with database.begin() as tx:
        case = await opened_case(tx)
        relay_id = await relay.record(tx, case.number, "in", "x", "text", NOW)
        about: dict[str, Any] = {"relay_id": relay_id, "case_number": case.number}
        made = await outbox.enqueue(tx, DESK, "sendMessage", payload, NOW, priority=2, purpose="card", **about)
        (item,) = await outbox.due(tx, NOW, 1)
    assert item == outbox.Outgoing(made or 0, DESK, "sendMessage", payload, 2, 0, relay_id, case.number, "card")


async def test_urgent_goes_first_and_equals_in_order(database: Database) -> None:
    async with database.begin() as tx:
        late, first, second = await _put(tx), await _put(tx, DESK, priority=0), await _put(tx, priority=0)
        assert await _due(tx) == [first, second, late]
        assert [item.id for item in await outbox.due(tx, NOW, 2)] == [first, second]


async def test_a_dedup_key_is_taken_once_even_after_sending(database: Database) -> None:
    async with database.begin() as tx:
        made = await _put(tx, dedup="card:1")
        assert await outbox.enqueue(tx, CHAT, "sendMessage", {}, NOW, dedup="card:1") is None
        await outbox.sent(tx, made, 5, NOW)
        assert await outbox.enqueue(tx, CHAT, "sendMessage", {}, NOW, dedup="card:1") is None
        assert await outbox.enqueue(tx, CHAT, "sendMessage", {}, NOW, dedup="card:2") is not None


async def test_an_outbox_row_goes_when_its_transaction_fails(database: Database) -> None:
    with pytest.raises(ValueError, match="boom"):
        async with database.begin() as tx:
            await _put(tx)
            raise ValueError("boom")
    async with database.begin() as tx:
        assert await _due(tx) == []


async def test_a_send_is_started_once_and_is_not_due_while_it_runs(database: Database) -> None:
    async with database.begin() as tx:
        made = await _put(tx)
        assert await outbox.start(tx, made)
        assert not await outbox.start(tx, made)
        assert await _due(tx) == []
        assert not await outbox.start(tx, made + 1)


async def test_words_to_one_chat_keep_their_order_while_the_first_waits(database: Database) -> None:
    async with database.begin() as tx:
        first, second, elsewhere = await _put(tx), await _put(tx), await _put(tx, CHAT + 1)
        urgent = await _put(tx, priority=0)
        await outbox.start(tx, first)
        await outbox.retry(tx, first, SOON)
        assert await _due(tx) == [urgent, elsewhere]
        assert [item.id for item in await outbox.due(tx, SOON, 99)] == [urgent, first, second, elsewhere]
        assert {item.id: item.attempts for item in await outbox.due(tx, SOON, 99)}[first] == 1


async def test_uncertain_and_failed_are_never_due_unless_somebody_says_so(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        relay_id = await relay.record(tx, case.number, "out", "x", "text", NOW, 9, MEMBER)
        doubtful, refused = await _put(tx, relay_id=relay_id, case_number=case.number), await _put(tx)
        await outbox.uncertain(tx, doubtful)
        await relay.set_state(tx, relay_id, "uncertain")
        await outbox.failed(tx, refused, "blocked")
        assert await _due(tx) == []
        assert await outbox.again(tx, doubtful, NOW)
        assert await _due(tx) == [doubtful]
        assert (await relay.transcript(tx, case.number))[0].state == "queued"
        assert not await outbox.again(tx, doubtful, NOW)


async def test_after_a_crash_what_was_being_sent_is_uncertain(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        relay_id = await relay.record(tx, case.number, "out", "x", "text", NOW, 9, MEMBER)
        sending = await _put(tx, relay_id=relay_id, case_number=case.number)
        waiting = await _put(tx)
        await outbox.start(tx, sending)
        assert [item.id for item in await outbox.recover(tx)] == [sending]
        assert await outbox.recover(tx) == []
        assert await _due(tx) == [waiting]
        assert (await relay.transcript(tx, case.number))[0].state == "uncertain"


async def test_messages_of_a_case_are_found_on_both_sides(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        await cases.place(tx, case.number, DESK, None, 100)
        came = await relay.record(tx, case.number, "in", "help", "text", NOW, 5)
        await relay.linked(tx, came, 101, DESK)
        await relay.linked(tx, came, 102, DESK)
        went = await relay.record(tx, case.number, "out", "yes", "text", NOW, 103, MEMBER)
        await relay.linked(tx, went, 6, CHAT)
        for chat, message, relay_id in ((CHAT, 5, came), (DESK, 102, came), (DESK, 103, went), (CHAT, 6, went)):
            found = await relay.at_message(tx, chat, message)
            assert found is not None and found.id == relay_id
            at = await cases.at_message(tx, chat, message)
            assert at is not None and at.number == case.number
        assert await links.messages_of(tx, came, DESK) == [101, 102]
        assert await links.messages_of(tx, went, CHAT) == [6]
        assert await relay.at_message(tx, DESK, 100) is None
        assert await relay.at_message(tx, DESK, 5) is None


async def test_every_post_about_a_case_leads_to_it_once_sent(database: Database) -> None:
    async with database.begin() as tx:
        case = await opened_case(tx)
        made = await _put(tx, DESK, case_number=case.number, purpose="raise")
        await outbox.start(tx, made)
        await outbox.sent(tx, made, 555, NOW)
        found = await cases.at_message(tx, DESK, 555)
        assert found is not None and found.number == case.number


async def test_a_transcript_keeps_words_kinds_and_aliases_in_order(database: Database) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number
        await relay.record(tx, number, "in", "một", "text", NOW, 5)
        await relay.record(tx, number, "note", "// two", "text", NOW, 6, MEMBER)
        await relay.record(tx, number, "out", "/answer x", "entry", NOW, 7, MEMBER)
        alias = await cases.alias_of(tx, MEMBER)
        told = [(m.direction, m.text, m.kind, m.state, m.alias) for m in await relay.transcript(tx, number)]
    assert told == [
        ("in", "một", "text", "queued", None),
        ("note", "// two", "text", "kept", alias),
        ("out", "/answer x", "entry", "queued", alias),
    ]


@pytest.mark.parametrize("state", ["uncertain", "blocked", "failed"])
async def test_a_part_that_was_sent_never_hides_one_that_was_not(database: Database, state: str) -> None:
    async with database.begin() as tx:
        number = (await opened_case(tx)).number
        relay_id = await relay.record(tx, number, "out", "x", "text", NOW)
        await relay.set_state(tx, relay_id, "sent")
        await relay.set_state(tx, relay_id, state)
        await relay.set_state(tx, relay_id, "sent")
        assert (await relay.transcript(tx, number))[0].state == state


async def test_the_inbox_keeps_an_update_once_and_hands_out_one_per_chat(database: Database) -> None:
    async with database.begin() as tx:
        assert await inbox.store(tx, 1, 10, {"text": "a"}, NOW, chat_id=CHAT)
        assert not await inbox.store(tx, 1, 10, {"text": "a"}, NOW, chat_id=CHAT)
        assert await inbox.store(tx, 1, 11, {"text": "b"}, NOW, chat_id=CHAT)
        assert await inbox.store(tx, 1, 12, {"text": "c"}, NOW)
        first, third = await inbox.take(tx, NOW, 9)
        assert (first.payload, first.attempts, third.update_id) == ({"text": "a"}, 1, 12)
        assert await inbox.take(tx, NOW, 9) == []
        await inbox.done(tx, first.id)
        (second,) = await inbox.take(tx, NOW, 9)
        assert second.payload == {"text": "b"}
        assert not await inbox.store(tx, 1, 10, {}, NOW)


async def test_a_poisonous_update_is_put_aside_and_a_crash_loses_none(database: Database) -> None:
    async with database.begin() as tx:
        for number in (1, 2):
            await inbox.store(tx, 1, number, {"n": number}, NOW, chat_id=CHAT)
        (first,) = await inbox.take(tx, NOW, 9)
        await inbox.retry(tx, first.id, SOON)
        assert await inbox.take(tx, NOW, 9) == []
        (again,) = await inbox.take(tx, SOON, 9)
        assert (again.id, again.attempts) == (first.id, 2)
        await inbox.dead(tx, first.id, "ValueError")
        (second,) = await inbox.take(tx, SOON, 9)
        assert await inbox.recover(tx) == 1
        assert [item.id for item in await inbox.take(tx, SOON, 9)] == [second.id]
