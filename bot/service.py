"""The composition root of the running bot: storage, the Telegram application, the site, and the rounds."""

import asyncio
import contextlib
import signal
from datetime import datetime, timedelta

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from telegram import Update
from telegram.ext import AIORateLimiter, ApplicationBuilder

from bot.app import build_assistant
from bot.assistant import Assistant
from bot.config import Settings
from bot.conversation import escalation
from bot.conversation.steps import COMMANDS
from bot.conversation.talk import Talk, utc_now
from bot.handlers.desk.group import GroupDesk
from bot.handlers.desk.volunteers import DeskHandlers
from bot.handlers.errors import Errors
from bot.handlers.format import payloads
from bot.handlers.order import InOrder
from bot.handlers.outbox import Sender
from bot.handlers.register import App, describe, register
from bot.handlers.strangers import Strangers
from bot.handlers.trainee import Trainee
from bot.log import incident
from bot.maintenance import open_database
from bot.storage import cases, outbox, people, retention
from bot.storage.engine import Database
from bot.web import Ready, Receive, make_site, start_site

_log = structlog.get_logger()
_ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
DESK_LANGUAGE = "ja"
MAX_RAISED = 3
"""After three calls the desk knows; the trainee was told the truth each time and has the open lines."""


def serve(settings: Settings) -> None:
    """Run the bot until it is told to stop (SIGTERM, SIGINT)."""
    asyncio.run(_serve(settings))


class Metrics:
    """What `/metrics` reports: counts and times, no identity."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.updates = Counter("kenri_updates", "Updates received", registry=self.registry)
        self.seconds = Histogram("kenri_update_seconds", "Seconds to handle an update", registry=self.registry)

    def handled(self, seconds: float) -> None:
        """An update was handled."""
        self.updates.inc()
        self.seconds.observe(seconds)


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    assistant = await asyncio.to_thread(build_assistant, settings)
    if assistant.understanding.degraded:
        _log.warning("understanding", degraded=assistant.understanding.degraded)
    database = await open_database(settings)
    metrics = Metrics()
    sender = Sender(database, utc_now)
    desk = _desk(settings, assistant, sender)
    talk = Talk(assistant, database, desk, utc_now)
    if desk is not None:
        desk.talk = talk
    app = _application(settings, metrics)
    trainee = Trainee(talk)
    desks = frozenset({settings.desk_chat_id} if settings.desk_chat_id else ())
    register(
        app,
        trainee,
        DeskHandlers(desk, talk) if desk else None,
        Strangers(assistant.catalogs, desks),
        Errors(assistant, utc_now, settings.desk_chat_id),
    )
    async with app:
        if desk is not None:
            await desk.look(app.bot)
        await app.start()
        jobs = [asyncio.create_task(sender.run(app.bot))]
        jobs.append(asyncio.create_task(_rounds(settings, database, talk, desk, app)))
        receive = _receive(app) if settings.webhook_url else None
        site = make_site(metrics.registry, _ready(database, assistant, app, settings), receive, _secret(settings))
        runner = await start_site(site, settings.port)
        await _listen(settings, app)
        jobs.append(asyncio.create_task(_describe(app, assistant, settings)))
        _log.info("started", mode="webhook" if settings.webhook_url else "polling")
        await stop.wait()
        if app.updater is not None and app.updater.running:
            await app.updater.stop()
        await app.stop()
        await _drained(sender, app)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await runner.cleanup()
    await database.close()
    _log.info("stopped")


def _desk(settings: Settings, assistant: Assistant, sender: Sender) -> GroupDesk | None:
    if settings.desk_chat_id is None:
        return None
    name = assistant.catalogs["en"].say("Kenri")
    return GroupDesk(settings.desk_chat_id, name, DESK_LANGUAGE, sender, utc_now)


def _application(settings: Settings, metrics: "Metrics") -> App:
    return (
        ApplicationBuilder()
        .token(settings.token)
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .rate_limiter(AIORateLimiter(max_retries=3))
        .concurrent_updates(InOrder(metrics.handled))
        .connection_pool_size(16)
        .build()
    )


def _secret(settings: Settings) -> str:
    return settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""


def _receive(app: App) -> Receive:
    """What takes the updates that Telegram posts."""

    async def receive(data: dict[str, object]) -> None:
        update = Update.de_json(data, app.bot)
        if update is not None:
            await app.update_queue.put(update)

    return receive


async def _listen(settings: Settings, app: App) -> None:
    """Start polling, or register the webhook once its port listens."""
    if settings.webhook_url is None:
        assert app.updater is not None  # noqa: S101 - built with an updater
        await app.updater.start_polling(allowed_updates=_ALLOWED, timeout=20, bootstrap_retries=-1)
    else:
        url = f"{settings.webhook_url}/telegram"
        await app.bot.set_webhook(url, secret_token=_secret(settings), allowed_updates=_ALLOWED)


async def _describe(app: App, assistant: Assistant, settings: Settings) -> None:
    try:
        await describe(app, assistant.catalogs, tuple(COMMANDS), settings.desk_chat_id)
    except Exception as error:
        _log.warning("commands not registered", **incident(error))


def _ready(database: Database, assistant: Assistant, app: App, settings: Settings) -> Ready:
    async def ready() -> dict[str, str]:
        missing: dict[str, str] = {}
        try:
            async with database.begin() as tx:
                await people.get(tx, 0)
        except Exception as error:
            missing["database"] = type(error).__name__
        if settings.webhook_url is None and not (app.updater and app.updater.running):
            missing["polling"] = "not running"
        if assistant.understanding.degraded:
            missing["model"] = assistant.understanding.degraded
        return missing

    return ready


async def _drained(sender: Sender, app: App) -> None:
    """What is due goes out before the process ends, for at most a few seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(4):
            while await sender.drain(app.bot):
                continue


async def _rounds(settings: Settings, database: Database, talk: Talk, desk: GroupDesk | None, app: App) -> None:
    """Once a minute: raise cases that nobody took; once a day: retention."""
    purged: datetime | None = None
    while True:
        now = utc_now()
        try:
            if desk is not None:
                await desk.look(app.bot)
                await raise_unclaimed(settings.claim_minutes, database, talk, desk, now)
            if purged is None or now - purged > timedelta(days=1):
                async with database.begin() as tx:
                    await retention.purge(tx, now, settings.retention_days)
                purged = now
        except Exception as error:
            _log.error("rounds", **incident(error))
        await asyncio.sleep(min(60, settings.claim_minutes * 60 / 4))


async def raise_unclaimed(minutes: int, database: Database, talk: Talk, desk: GroupDesk, now: datetime) -> None:
    """Ask the desk again, and tell each trainee the truth with the lines that are open."""
    async with database.begin() as tx:
        for case in await cases.due_to_raise(tx, now, minutes):
            if case.raised_count >= MAX_RAISED:
                continue
            raised = await cases.raise_again(tx, case.number, now)
            await desk.raised(tx, raised)
            if raised.chat_id is not None:
                for payload in payloads(escalation.still_waiting(talk, raised)):
                    await outbox.enqueue(
                        tx, raised.chat_id, "sendMessage", payload, now, priority=1, case_number=raised.number,
                        purpose="notice", dedup=f"waiting:{raised.number}:{raised.raised_count}",
                    )  # fmt: skip
