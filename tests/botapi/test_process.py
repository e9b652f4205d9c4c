"""The harness: a real process is started, spoken to, killed and stopped."""

from pathlib import Path

import pytest

from tests.botapi.client import Telegram
from tests.botapi.process import ECHO, running_bot


async def test_a_process_answers(api: Telegram, tmp_path: Path) -> None:
    """A person writes, the process answers over long polling; after kill -9 it starts again and goes on."""
    an = api.user(7, "An", "vi")
    async with running_bot(api, tmp_path, command=ECHO) as bot:
        await an.sends("xin chào")
        [answer] = await an.hears()
        assert answer.text == "xin chào"
        await api.acknowledged()
        await bot.kill()
        await an.sends("again")
        await bot.start()
        [answer] = await an.hears()
        assert answer.text == "again"
        assert await bot.stop() == 0


async def test_a_process_that_ends_early_fails_with_its_words(api: Telegram, tmp_path: Path) -> None:
    """The failure names the exit code and shows stderr."""
    with pytest.raises(AssertionError, match="no such thing"):
        async with running_bot(api, tmp_path, command=("-c", "import sys; sys.exit('no such thing')")):
            pass
