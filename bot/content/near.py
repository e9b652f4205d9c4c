"""Phrasings that are equal or nearly equal: under two entries they teach nothing, in an evaluation they cheat."""

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from bot.content.knowledge import Phrasing
from bot.errors import Fault

MEASURING = ("tests/eval", "../shared/eval")
"""Folders beside the knowledge folder whose rows are for measuring only."""
_SHINGLE = 4
_NEAR = 0.8


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
        if rows.near(folded):
            message = f'"{item.text[:60]}": equals or nearly equals a measuring row (write it in another way)'
            faults.append(Fault(name, 1, message))
    return faults


def _file(item: Phrasing) -> str:
    if item.part != "questions" or item.entry is None:
        return "danger.yaml"
    return f"phrasings/{item.entry.partition('/')[0]}.yaml"


def _measuring(knowledge_dir: Path) -> list[str]:
    rows: list[str] = []
    for folder in MEASURING:
        for path in sorted((knowledge_dir.resolve().parent / folder).glob("*.jsonl")):
            rows += [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return rows


class _Rows:
    """Measuring rows, indexed by runs of four characters so that thousands are compared in a second."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._exact = {key(text) for text in texts if len(key(text)) > 8}
        self._grams = [frozenset(_grams(text)) for text in self._exact if len(text) > 12]
        self._index: dict[str, list[int]] = {}
        for number, grams in enumerate(self._grams):
            for gram in grams:
                self._index.setdefault(gram, []).append(number)

    def near(self, text: str) -> bool:
        """Whether a folded text equals a row or shares four fifths of its runs with one."""
        if text in self._exact:
            return True
        grams = set(_grams(text))
        if len(grams) < 8:
            return False
        shared: dict[int, int] = {}
        for gram in grams:
            for number in self._index.get(gram, ()):
                shared[number] = shared.get(number, 0) + 1
        return any(count / len(grams | self._grams[n]) >= _NEAR for n, count in shared.items() if count > 6)


def _grams(text: str) -> list[str]:
    return [text[i : i + _SHINGLE] for i in range(max(0, len(text) - _SHINGLE + 1))]
