"""Greetings and thanks: whole messages that get a friendly fixed reply."""

from collections.abc import Mapping
from typing import Protocol

from bot.core.normalize import fold

_SHORTEST = 3
"""Shorter courtesies count only alone: "ty" is thanks in English and half of "company" in Vietnamese."""


class Courtesies(Protocol):
    """The words of greeting and thanks in one language."""

    @property
    def greeting(self) -> tuple[str, ...]: ...
    @property
    def thanks(self) -> tuple[str, ...]: ...


def _key(text: str) -> str:
    return " ".join("".join(char if char.isalnum() or ord(char) > 0x2FF else " " for char in fold(text)).split())


class SmallTalk:
    """Spots messages that are a greeting or thanks and little else."""

    def __init__(self, words: Mapping[str, Courtesies]) -> None:
        self._phrases = {
            _key(phrase): kind
            for found in words.values()
            for kind, phrases in (("thanks", found.thanks), ("greeting", found.greeting))
            for phrase in phrases
            if _key(phrase)
        }
        self._longest = max(map(len, self._phrases), default=0)

    def whole(self, text: str) -> str | None:
        """`greeting` or `thanks` where the message is nothing else."""
        return self._phrases.get(_key(text)) if len(text) <= 2 * self._longest + 8 else None

    def begins(self, text: str) -> str | None:
        """`greeting` or `thanks` where the message begins or ends with one."""
        key = _key(text)
        for phrase, kind in self._phrases.items():
            if len(phrase) > _SHORTEST and _at_an_end(phrase, key):
                return kind
        return None


def _at_an_end(phrase: str, key: str) -> bool:
    """Whole words in scripts with spaces, any letters in the others."""
    if all(ord(char) < 0x0E00 for char in phrase):
        return f" {key} ".startswith(f" {phrase} ") or f" {key} ".endswith(f" {phrase} ")
    return key.startswith(phrase) or key.endswith(phrase)
