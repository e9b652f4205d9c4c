"""Heads fitted anew when phrasings changed: seconds instead of a training run, with the shipped encoder."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.core.entries import Level
from bot.core.normalize import clean
from bot.understanding.encoder import FOLDER, Encoder
from bot.understanding.heads import NONE, Floats, Head, Heads, fit

LEVEL_WEIGHT = {Level.NORMAL: 1.0, Level.SERIOUS: 1.0, Level.URGENT: 1.5, Level.EMERGENCY: 2.5}
"""Grave messages are rare; a miss costs more than a false alarm."""
_SPREAD = 127


class Example(Protocol):
    """A labelled text, such as a phrasing of the knowledge base; `entry` is None for what is none of our subjects."""

    @property
    def lang(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def entry(self) -> str | None: ...
    @property
    def level(self) -> Level: ...


def fingerprint(examples: Iterable[Example]) -> str:
    """Changes when a text or a label changes, not with their order."""
    lines = (f"{row.lang}\t{row.text}\t{row.entry or NONE}\t{row.level.word}\n" for row in examples)
    seal = hashlib.blake2b(digest_size=8)
    for line in sorted(set(lines)):
        seal.update(line.encode())
    return seal.hexdigest()


def digest(path: Path) -> str:
    """The first half of a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def card(folder: Path = FOLDER) -> dict[str, Any]:
    """What `model.json` records: settings, penalties and the fingerprints of knowledge, encoder and heads."""
    found: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Store:
    """Vectors by a hash of their text, 8 bits a number: what spares embedding all phrasings again."""

    vectors: Mapping[int, Floats]

    @staticmethod
    def key(text: str) -> int:
        """The hash of a clean text."""
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")

    @classmethod
    def load(cls, path: Path) -> "Store":
        """The store of a file; empty where there is none."""
        if not path.exists():
            return cls({})
        with np.load(path) as tables:
            rows = tables["codes"].astype(np.float32) * tables["steps"].astype(np.float32)[:, None]
            return cls(dict(zip(tables["keys"].tolist(), rows, strict=True)))

    def save(self, path: Path) -> None:
        """One compressed file."""
        keys = np.array(sorted(self.vectors), np.uint64)
        rows = np.stack([self.vectors[int(key)] for key in keys])
        steps = np.abs(rows).max(1) / _SPREAD
        codes: NDArray[np.int8] = np.rint(rows / steps[:, None]).astype(np.int8)
        np.savez_compressed(path, keys=keys, codes=codes, steps=steps.astype(np.float32))

    def filled(self, texts: Sequence[str], encoder: Encoder) -> tuple["Store", Floats]:
        """A store of exactly these texts, and their vectors in order; only new texts are embedded."""
        keys = [self.key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.vectors}
        made = encoder.vectors(list(missing.values())) if missing else np.zeros((0, 0), np.float32)
        known = {**self.vectors, **dict(zip(missing, made, strict=True))}
        return Store({key: known[key] for key in keys}), np.stack([known[key] for key in keys])


def fit_heads(
    vectors: Floats, examples: Sequence[Example], penalties: Mapping[str, float], start: Heads | None = None
) -> Heads:
    """The three heads on examples and their vectors; `start` gives first weights and temperatures."""
    mean = start.mean if start else vectors.mean(0)
    spread = start.spread if start else float((vectors - mean).std())
    blank = Heads(mean, spread, *(Head((), vectors[:0], vectors[:0, 0]) for _ in range(3)))
    features = blank.features(vectors)
    weights = np.array([LEVEL_WEIGHT[row.level] for row in examples], np.float32)
    labels = {
        "entry": [row.entry or NONE for row in examples],
        "level": [row.level.word for row in examples],
        "language": [row.lang for row in examples],
    }
    made = {}
    for name, own in labels.items():
        first: Head | None = getattr(start, name) if start else None
        head = fit(features, own, weights if name == "level" else None, penalties[name], 120, first)
        made[name] = replace(head, temperature=first.temperature) if first else head
    return Heads(mean, spread, made["entry"], made["level"], made["language"])


def refit(examples: Sequence[Example], folder: Path = FOLDER, out: Path | None = None) -> bool:
    """Bring heads, vectors and fingerprints in `out` (default: the folder itself) up to date; False if they were."""
    out = out or folder
    recorded = card(folder)
    seal = fingerprint(examples)
    if recorded["knowledge"] == seal:
        return False
    store, vectors = Store.load(folder / "vectors.npz").filled([clean(row.text) for row in examples], Encoder(folder))
    heads = fit_heads(vectors, examples, recorded["penalties"], Heads.load(folder / "heads.npz"))
    heads.save(out / "heads.npz")
    store.save(out / "vectors.npz")
    recorded |= {"knowledge": seal, "rows": len(examples), "heads": digest(out / "heads.npz")}
    (out / "model.json").write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
    return True
