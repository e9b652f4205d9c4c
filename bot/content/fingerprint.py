"""Which English each translation was made from: a short hash per field, to see what has changed since."""

import hashlib
from collections.abc import Mapping

from bot.core.entries import Text


def fingerprints(english: Text) -> dict[str, str]:
    """Short hashes of the fields of an English text."""
    fields: dict[str, object] = {
        "title": english.title,
        "answer": english.answer,
        "steps": english.steps,
    }
    optional = {"here": english.here, "more": english.more, "changes": english.changes}
    fields |= {name: value for name, value in optional.items() if value}
    return {name: hashlib.sha256(repr(value).encode()).hexdigest()[:8] for name, value in fields.items()}


def stale_fields(english: Text, translation: Text) -> list[str]:
    """Fields whose English has changed since the translation was made; all if it does not say."""
    now = fingerprints(english)
    made: Mapping[str, str] = translation.made_from or {}
    return [name for name, value in now.items() if made.get(name) != value]
