"""Logging without a word, name, id or token: structured lines on stderr."""

import logging
import secrets
import sys

import structlog

_QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "aiohttp.access", "alembic", "asyncio")
"""httpx logs every URL at INFO, and the URL holds the bot token."""


def configure(level: str = "INFO") -> None:
    """Set up logging once, before anything else is built."""
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s", force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def incident(error: BaseException) -> dict[str, str]:
    """What may be logged of an error: its type, the place in our code, and a code to quote. Never its text."""
    place = "unknown"
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "/bot/" in file.replace("\\", "/"):
            place = f"{file.replace(chr(92), '/').rsplit('/bot/', 1)[1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return {"incident": secrets.token_hex(4), "error": type(error).__name__, "place": place}
