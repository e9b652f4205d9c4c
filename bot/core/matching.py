"""From evidence to a decision: sure of one entry, asks which of a few was meant, or does not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["answer", "suggest", "none"]

SHOWN_CHOICES = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry and how likely it is the one that was asked, 0..1 (calibrated)."""

    entry: str
    score: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on held-out phrasings; see docs/understanding.md.

    `answer`: least score of the best candidate to answer at once.
    `foreign`: least probability of "not our subject" to refuse.
    """

    answer: float = 0.5
    foreign: float = 0.5


def decide(candidates: Sequence[Candidate], foreign: float, thresholds: Thresholds) -> Kind:
    """`candidates` are best first; `foreign` is the probability that the message is none of our subjects."""
    if not candidates or foreign >= thresholds.foreign:
        return "none"
    return "answer" if candidates[0].score >= thresholds.answer else "suggest"
