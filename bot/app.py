"""The composition root of what answers: settings become knowledge, catalogs, understanding and the assistant."""

from bot.assistant import Assistant
from bot.config import Settings
from bot.content.catalogs import catalogs
from bot.content.load import load
from bot.understanding.reader import Reader


def build_assistant(settings: Settings) -> Assistant:
    """The assistant with the knowledge base, catalogs and model that the settings name."""
    knowledge = load(settings.knowledge_dir)
    return Assistant(knowledge, catalogs(settings.locales_dir), Reader.load(knowledge))
