"""Phrasings that are equal or nearly equal: under two entries they teach nothing, in an evaluation they cheat."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.content.knowledge import Phrasing
from bot.errors import Fault

MEASURING = ("tests/eval", "../shared/eval")
"""Folders beside the knowledge folder whose rows are for measuring only."""
_SHORT = 12
_NEAR = 90


def key(text: str) -> str:
    """Letters and digits only, folded, for comparing."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).casefold()).strip()


def near_faults(phrasings: Iterable[Phrasing], knowledge_dir: Path) -> list[Fault]:
    """Phrasings that stand under two entries, and those that come too near a measuring row."""
    faults: list[Fault] = []
    seen: dict[str, Phrasing] = {}
    rows = _Rows(_measuring(knowledge_dir))
    for item in phrasings:
        name = f"{knowledge_dir.name}/{item.lang}/{_file(item)}"
        folded = key(item.text) or item.text
        first = seen.setdefault(folded, item)
        if first is not item and (first.entry, first.part) != (item.entry, item.part):
            other = first.entry or first.part
            faults.append(Fault(name, 1, f'"{item.text[:60]}": stands under {other} too (keep one)'))
        if rows.near(item.lang, folded):
            message = f'"{item.text[:60]}": equals or nearly equals a measuring row (write it in another way)'
            faults.append(Fault(name, 1, message))
    return faults


def _file(item: Phrasing) -> str:
    if item.part != "questions" or item.entry is None:
        return "danger.yaml"
    return f"phrasings/{item.entry.partition('/')[0]}.yaml"


def _measuring(knowledge_dir: Path) -> Iterator[tuple[str, str]]:
    for folder in MEASURING:
        for path in sorted((knowledge_dir.resolve().parent / folder).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    row = json.loads(line)
                    yield row["lang"], row["text"]


class _Rows:
    """Measuring rows by language, folded; compared by rapidfuzz, which gives up early on unlike texts."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self._by_language: dict[str, list[str]] = {}
        for lang, text in rows:
            if len(key(text)) > _SHORT:
                self._by_language.setdefault(lang, []).append(key(text))

    def near(self, lang: str, text: str) -> bool:
        """Whether a folded text equals or nearly equals a row of its language."""
        rows = self._by_language.get(lang)
        if not rows or len(text) <= _SHORT:
            return False
        return process.extractOne(text, rows, scorer=fuzz.ratio, score_cutoff=_NEAR) is not None
