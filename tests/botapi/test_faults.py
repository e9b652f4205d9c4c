"""Trouble on the way, and Telegram's limits."""

import time
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TimedOut

from tests.botapi.client import Telegram
from tests.botapi.faults import Kind


@pytest.mark.parametrize(
    ("kind", "words", "arrives"),
    [
        ("drop_before", "disconnected|ReadError|RemoteProtocolError", False),
        ("drop_after", "disconnected|ReadError|RemoteProtocolError", True),
        ("half", "incomplete|ReadError|RemoteProtocolError|closed", True),
        ("500", "500 Internal Server Error", False),
        ("502", "502 Bad Gateway", False),
    ],
)
async def test_a_fault_breaks_one_call_and_no_more(
    api: Telegram, bot: Bot, kind: Kind, words: str, arrives: bool
) -> None:
    """The library sees a network error; whether the message arrived depends on the fault."""
    an = api.user(7, started=True)
    api.faults.add("sendMessage", kind)
    with pytest.raises(NetworkError, match=words):
        await bot.send_message(7, "first")
    await bot.send_message(7, "second")
    assert [m.text for m in await an.hears(1 + arrives)] == (["first"] if arrives else []) + ["second"]
    assert [(c.text, c.fault, c.done) for c in api.calls("sendMessage")] == [
        ("first", kind, arrives), ("second", None, True),
    ]  # fmt: skip


async def test_slow_answers_and_429(api: Telegram, bot: Bot) -> None:
    """A slow answer comes after its seconds, or too late for the caller; 429 says how long to wait."""
    an = api.user(7, started=True)
    api.faults.add("sendMessage", "slow", seconds=0.2, times=2)
    began = time.monotonic()
    await bot.send_message(7, "slow")
    assert time.monotonic() - began >= 0.2
    with pytest.raises(TimedOut):
        await bot.send_message(7, "too slow", read_timeout=0.05)
    assert [m.text for m in await an.hears(2)] == ["slow", "too slow"]
    api.faults.add("*", "429", seconds=7, chat_id=7)
    await bot.get_updates()
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(7, "x")
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_chance_is_seeded_and_faults_can_wait(api: Telegram) -> None:
    """The same seed gives the same trouble; `skip` lets some calls pass first."""

    def run(server: Telegram) -> list[bool]:
        server.faults.clear()
        server.faults.add("sendMessage", "500", times=None, probability=0.3)
        return [server.faults.pick("sendMessage", 7) is not None for _ in range(40)]

    async with Telegram(seed=5) as one, Telegram(seed=5) as other:
        first, second = run(one), run(other)
    assert first == second
    assert 4 < sum(first) < 22
    api.faults.add("sendMessage", "502", skip=2, times=2)
    assert [bool(api.faults.pick("sendMessage", None)) for _ in range(6)] == [False, False, True, True, False, False]


async def test_duplicated_and_reordered_updates(api: Telegram, bot: Bot) -> None:
    """The same update twice, or out of order; nothing is lost."""
    an = api.user(7)
    for number in range(6):
        await an.sends(str(number))
    api.faults.duplicated = 1.0
    assert [u.message.text for u in await bot.get_updates() if u.message] == [str(n) for n in range(6) for _ in "ab"]
    api.faults.duplicated, api.faults.reordered = 0.0, 1.0
    shuffled = [str(u.message.text) for u in await bot.get_updates() if u.message]
    assert shuffled != sorted(shuffled)
    assert sorted(shuffled) == [str(n) for n in range(6)]


async def test_limits(api: Telegram, bot: Bot) -> None:
    """Off at first; then one a second in a chat, twenty a minute in a group, and so many overall."""
    an, group = api.user(7, started=True), api.group()
    for _ in range(3):
        await bot.send_message(7, "x")
    api.limits.on(per_second=0, per_chat=1, per_group=0)
    await bot.send_message(7, "x")
    with pytest.raises(RetryAfter, match=r"Flood control exceeded\. Retry in 0:00:01"):
        await bot.send_message(7, "x")
    assert await bot.send_chat_action(7, "typing")
    api.limits.off()
    api.limits.on(per_second=0, per_chat=0, per_group=20)
    for _ in range(20):
        await bot.send_message(group.id, "x")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(group.id, "x")
    assert "Retry in 0:01:00" in str(caught.value)
    api.limits.off()
    api.limits.on(per_second=2, per_chat=0, per_group=0)
    await bot.send_message(7, "x")
    await bot.send_message(group.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(7, "x")
    assert (api.limits.refused, len(await an.hears(5))) == (3, 5)
