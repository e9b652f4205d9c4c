"""Hashed character n-grams with small linear tables: what is left when the encoder cannot run, and a second opinion."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.core.normalize import fold
from bot.understanding.heads import Floats

BUCKETS = 1 << 15
SIZES = (1, 2, 3, 4)
_MAX_CHARS = 600
Integers = NDArray[np.int64]


def grams(text: str) -> Integers:
    """The buckets of a text's n-grams, each once; words are set off by spaces."""
    folded = fold(text)
    if len(folded) > _MAX_CHARS:
        folded = folded[: _MAX_CHARS // 2] + " " + folded[-_MAX_CHARS // 2 :]
    spaced = f" {folded} "
    found = {_bucket(spaced[i : i + size]) for size in SIZES for i in range(len(spaced) - size + 1)}
    return np.fromiter(sorted(found), np.int64, len(found))


@lru_cache(maxsize=65_536)
def _bucket(gram: str) -> int:
    return crc32(gram.encode()) % BUCKETS


@dataclass(frozen=True, slots=True)
class Table:
    """Scores of every bucket for every label, int8 with one step size per label."""

    labels: tuple[str, ...]
    scores: NDArray[np.int8]
    steps: Floats
    bias: Floats

    def logits(self, buckets: Integers) -> Floats:
        """The score of each label; a text without n-grams gets the bias."""
        total = self.scores[buckets].sum(0, dtype=np.int32).astype(np.float32)
        found: Floats = total * self.steps / np.sqrt(np.float32(max(1, len(buckets)))) + self.bias
        return found


@dataclass(frozen=True, slots=True)
class Grams:
    """The three tables."""

    entry: Table
    level: Table
    language: Table

    @classmethod
    def load(cls, path: Path) -> "Grams":
        """The tables of a file made by `training/ngrams.py`."""
        with np.load(path) as tables:

            def table(name: str) -> Table:
                return Table(
                    tuple(str(label) for label in tables[f"{name}_labels"]),
                    tables[f"{name}_scores"],
                    tables[f"{name}_steps"],
                    tables[f"{name}_bias"],
                )

            return cls(table("entry"), table("level"), table("language"))
