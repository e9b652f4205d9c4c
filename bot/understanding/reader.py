"""A message in, a `Reading` out: encoder and heads, n-grams as a second opinion, script rules for the language."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.core.entries import Level
from bot.core.matching import Candidate, Thresholds
from bot.core.normalize import clean
from bot.core.reading import Reading
from bot.errors import ModelUnavailable
from bot.understanding.encoder import FOLDER, Encoder
from bot.understanding.heads import NONE, Floats, Head, Heads, softmax
from bot.understanding.language import judge, possible
from bot.understanding.ngrams import Grams, Integers, Table, grams
from bot.understanding.small_talk import Courtesies, SmallTalk

CANDIDATES = 8
_CAUTIOUS = 0.95
"""Least score to answer at once when only n-grams are at hand."""


class KnowledgeLike(Protocol):
    """What reading needs of the knowledge base."""

    @property
    def entries(self) -> Collection[str]: ...
    @property
    def words(self) -> Mapping[str, Courtesies]: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen on validation and is kept in `model.json`; `ngrams...` are weights of the second opinion."""

    answer: float = 0.5
    foreign: float = 0.5
    urgent_at: float = 0.3
    emergency_at: float = 0.3
    ngrams: float = 0.1
    ngrams_level: float = 0.1
    ngrams_language: float = 0.3

    @classmethod
    def load(cls, path: Path) -> "Settings":
        """The settings of a model folder."""
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["settings"]
        return cls(**{name: float(value) for name, value in found.items()})


class Reader:
    """Reads messages; safe to use from several threads at once. `degraded` says why the encoder is missing."""

    def __init__(
        self,
        encoder: Encoder | None,
        heads: Heads | None,
        tables: Grams,
        settings: Settings,
        knowledge: KnowledgeLike,
        degraded: str | None = None,
    ) -> None:
        self.degraded = degraded
        self.settings = settings
        self.urgent_at, self.emergency_at = settings.urgent_at, settings.emergency_at
        self.thresholds = Thresholds(_CAUTIOUS if degraded else settings.answer, settings.foreign)
        self._encoder, self._heads, self._tables = encoder, heads, tables
        self._known = frozenset(knowledge.entries)
        self._small_talk = SmallTalk(knowledge.words)

    @classmethod
    def load(cls, knowledge: KnowledgeLike, folder: Path | None = None) -> "Reader":
        """The model of a folder (the shipped one by default); without its encoder, a cautious reader."""
        folder = folder or FOLDER
        tables = Grams.load(folder / "ngrams.npz")
        settings = Settings.load(folder / "model.json")
        try:
            encoder, heads = Encoder(folder), Heads.load(folder / "heads.npz")
        except (ModelUnavailable, OSError, KeyError) as error:
            return cls(None, None, tables, settings, knowledge, str(error))
        return cls(encoder, heads, tables, settings, knowledge)

    def read(self, text: str, hint: str | None = None) -> Reading:
        """Probabilities for one message; `hint` is the person's chosen language, a weak prior."""
        text = clean(text)
        if not any(char.isalnum() for char in text):
            return self._wordless(text, hint)
        return self._judge(text, hint, self._encoder.vector(text) if self._encoder else None)

    def read_many(self, texts: Sequence[str], hints: Sequence[str | None] | None = None) -> list[Reading]:
        """The readings of many messages, in order."""
        return [self.read(text, hint) for text, hint in zip(texts, hints or [None] * len(texts), strict=True)]

    def _judge(self, text: str, hint: str | None, vector: Floats | None) -> Reading:
        buckets = grams(text)
        features = self._heads.features(vector[None]) if self._heads and vector is not None else None
        heads, tables, chosen = self._heads, self._tables, self.settings
        entries = _pool(tables.entry, buckets, heads.entry if heads else None, features, chosen.ngrams)
        levels = _pool(tables.level, buckets, heads.level if heads else None, features, chosen.ngrams_level)
        languages = _pool(tables.language, buckets, heads.language if heads else None, features, chosen.ngrams_language)
        foreign = entries.pop(NONE, 0.0)
        small_talk = self._small_talk.whole(text)
        if small_talk:
            foreign, levels = 1.0, {Level.NORMAL.word: 1.0}
        elif foreign >= self.thresholds.foreign:
            small_talk = self._small_talk.begins(text)
        best = sorted((item for item in entries.items() if item[0] in self._known), key=lambda item: -item[1])
        scale = (1 - foreign) / max(sum(entries.values()), 1e-9)
        return Reading(
            languages=judge(text, languages, hint),
            candidates=tuple(Candidate(name, score * scale) for name, score in best[:CANDIDATES]),
            levels={Level.of(word): chance for word, chance in levels.items()},
            foreign=foreign,
            small_talk=small_talk,
            evidence=self._evidence(text, buckets, features),
        )

    def _wordless(self, text: str, hint: str | None) -> Reading:
        return Reading(
            languages=judge(text, {}, hint),
            candidates=(),
            levels={level: float(level is Level.NORMAL) for level in Level},
            foreign=1.0,
            evidence={"read by": "rule: no letters or digits"},
        )

    def _evidence(self, text: str, buckets: Integers, features: Floats | None) -> dict[str, str]:
        """Short notes for maintainers; never words of the message."""
        found = {"read by": "n-grams only" if self.degraded else "encoder and n-grams"}
        if features is not None and self._heads:
            found["encoder"] = _top(self._heads.entry.labels, softmax(self._heads.entry.logits(features))[0])
        found["n-grams"] = _top(self._tables.entry.labels, softmax(self._tables.entry.logits(buckets)))
        found["languages by script"] = " ".join(possible(text))
        return found


def _pool(
    table: Table, buckets: Integers, head: Head | None, features: Floats | None, weight: float
) -> dict[str, float]:
    """Probabilities by label: the head's logits plus `weight` times the n-grams'; either alone where one is missing."""
    own = table.logits(buckets)
    if head is None or features is None:
        return dict(zip(table.labels, softmax(own).tolist(), strict=True))
    logits = head.logits(features)[0]
    if weight:
        place = {label: number for number, label in enumerate(table.labels)}
        low = float(own.min())
        logits = logits + np.float32(weight) * np.array([own[place[n]] if n in place else low for n in head.labels])
    return dict(zip(head.labels, softmax(logits).tolist(), strict=True))


def _top(labels: Sequence[str], chances: Floats) -> str:
    order = np.argsort(-chances)[:3]
    return ", ".join(f"{labels[i]} {chances[i]:.2f}" for i in order)
