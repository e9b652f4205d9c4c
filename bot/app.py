"""The composition root: settings become knowledge, understanding, storage and the Telegram application."""

from pathlib import Path

from bot.assistant import Assistant
from bot.config import Settings
from bot.content.catalogs import catalogs
from bot.content.load import load
from bot.understanding.reader import Reader


def build_assistant(settings: Settings) -> Assistant:
    """The assistant with the knowledge base, catalogs and model that the settings name."""
    knowledge = load(settings.knowledge_dir)
    return Assistant(knowledge, catalogs(settings.locales_dir), Reader.load())


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL, None for any other database."""
    if not url.startswith("sqlite"):
        return None
    return Path(url.split(":///", 1)[1]) if ":///" in url else None
