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
    with pytest.raises(AssertionError, match=r"ended with code 1\n[^$]*no such thing"):
        async with running_bot(api, tmp_path, command=("-c", "import sys; sys.exit('no such thing')")):
            pass


async def test_a_failing_test_shows_what_the_process_wrote(api: Telegram, tmp_path: Path) -> None:
    """Its last words are a note of the error; a process that died meanwhile fails a test that passed."""
    script = tmp_path / "bot.py"
    script.write_text(
        "import os, sys, time, urllib.request as r\n"
        "r.urlopen(os.environ['TELEGRAM_API_URL'] + '/bot' + os.environ['TELEGRAM_TOKEN'] + '/getUpdates').read()\n"
        "print('last words', file=sys.stderr)\n"
        "time.sleep(60) if 'STAY' in os.environ else sys.exit(3)\n"
    )
    with pytest.raises(ZeroDivisionError) as caught:
        async with running_bot(api, tmp_path, command=(str(script),), STAY=1) as bot:
            await api.until(lambda: "last words" in bot.err)
            raise ZeroDivisionError
    assert "last words" in caught.value.__notes__[0]
    with pytest.raises(AssertionError, match="ended with code 3"):
        async with running_bot(api, tmp_path, command=(str(script),)) as bot:
            await api.until(lambda: bot.exited)
