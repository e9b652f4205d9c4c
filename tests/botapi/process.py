"""The real bot as a process against the double: started, watched, stopped or killed."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.config import Settings
from tests.botapi.server import BotApi

ROOT = Path(__file__).parents[2]
KENRI = ("-m", "bot", "run")
ECHO = ("-m", "tests.botapi.echo_bot")
SECRET = "a-secret_of-the-webhook"
_SETTINGS = frozenset(name.upper() for name in Settings.model_fields)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class BotProcess:
    """A bot's process; `out` and `err` hold what it has written, over all its starts."""

    def __init__(self, server: BotApi, folder: Path, command: tuple[str, ...], env: dict[str, str]) -> None:
        self.server = server
        self.folder = folder
        self.command = command
        self.env = env
        self.out = ""
        self.err = ""
        self.process: asyncio.subprocess.Process | None = None
        self._told_to_end = False
        self._readers: list[asyncio.Task[None]] = []

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running().pid

    @property
    def url(self) -> str:
        """Where its own web pages are."""
        return f"http://127.0.0.1:{self.env['PORT']}"

    @property
    def exited(self) -> bool:
        """Whether the process has ended."""
        return self.process is None or self.process.returncode is not None

    def _running(self) -> asyncio.subprocess.Process:
        assert self.process is not None, "the bot was not started"
        return self.process

    async def start(self, timeout: float = 30.0, *, ready: bool = True) -> None:
        """Start it (again) and wait until it polls or has set its webhook."""
        self._told_to_end = False
        polls, webhooks = self.server.updates.polls, len(self.server.calls("setWebhook"))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.command,
            cwd=self.folder,
            env=self.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._readers = [asyncio.create_task(self._read(name)) for name in ("out", "err")]
        if ready:
            await self.until_ready(polls, webhooks, timeout)

    async def until_ready(self, polls: int, webhooks: int, timeout: float = 30.0) -> None:
        """Wait for a poll or a webhook beyond those counted; fail when the process ends first."""

        def ready() -> bool:
            done = [call for call in self.server.calls("setWebhook")[webhooks:] if call.done]
            return self.exited or self.server.updates.polls > polls or bool(done)

        watch = asyncio.create_task(self._tell_end())
        try:
            await self.server.until(ready, timeout, "the bot did not start polling")
        except AssertionError as error:
            error.add_note(self.told())
            raise
        finally:
            watch.cancel()
        self.check()

    async def _tell_end(self) -> None:
        await self._running().wait()
        self.server.world.changed()

    async def _read(self, name: str) -> None:
        stream = self._running().stdout if name == "out" else self._running().stderr
        while stream is not None and (chunk := await stream.read(65536)):
            setattr(self, name, getattr(self, name) + chunk.decode(errors="replace"))

    def check(self) -> None:
        """Fail when it has ended by itself."""
        if self.exited and not self._told_to_end:
            raise AssertionError(f"the bot ended with code {self._running().returncode}\n{self.told()}")

    def told(self) -> str:
        """The end of what it wrote, for a failing test."""
        return f"--- stdout of the bot\n{self.out[-3000:]}\n--- stderr of the bot\n{self.err[-6000:]}"

    async def stop(self, timeout: float = 10.0) -> int:
        """SIGTERM; its exit code. One that does not end in time is killed and fails the test."""
        process = self._running()
        self.check()
        self._told_to_end = True
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), timeout)
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"the bot did not stop in {timeout} s\n{self.told()}") from None
        await self._drained()
        return process.returncode or 0

    async def kill(self) -> None:
        """`kill -9`."""
        process = self._running()
        self._told_to_end = True
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await self._drained()

    async def _drained(self) -> None:
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._readers = []


def bot_env(server: BotApi, folder: Path, port: int, extra: dict[str, str]) -> dict[str, str]:
    """The environment of the process: the machine's own without Kenri's settings, then those of the test."""
    env = {name: value for name, value in os.environ.items() if name.upper() not in _SETTINGS}
    env |= {
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "DATABASE_URL": f"sqlite:///{folder / 'kenri.db'}",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    return env | {name: str(value) for name, value in extra.items()}


@asynccontextmanager
async def running_bot(
    server: BotApi,
    folder: Path,
    *,
    command: tuple[str, ...] = KENRI,
    webhook: bool = False,
    timeout: float = 30.0,
    **env: object,
) -> AsyncIterator[BotProcess]:
    """The bot running against the server until the block ends; settings by name: `DESK_CHAT_ID=group.id`.

    A block that fails shows what the bot wrote; a bot that ended by itself fails the block.
    """
    port = free_port()
    extra = {name: str(value) for name, value in env.items()}
    if webhook:
        extra = {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "WEBHOOK_SECRET": SECRET} | extra
    bot = BotProcess(server, folder, command, bot_env(server, folder, port, extra))
    try:
        await bot.start(timeout)
        yield bot
        bot.check()
    except BaseException as error:
        error.add_note(bot.told())
        raise
    finally:
        if not bot.exited:
            await bot.stop()
