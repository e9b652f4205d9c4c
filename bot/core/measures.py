"""The measures of the contract, as pure arithmetic over rows and outcomes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from bot.core.entries import Level
from bot.core.matching import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled message. `part` is questions, urgent, calm or other; `also` are further right entries."""

    id: str
    part: str
    lang: str
    style: str
    text: str
    entry: str | None
    also: tuple[str, ...]
    level: Level

    @property
    def right(self) -> frozenset[str]:
        """The entries that answer it."""
        return frozenset((self.entry, *self.also)) - {None} if self.entry else frozenset(self.also)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Kenri reported for a row, and in how many milliseconds."""

    kind: Kind
    entry: str | None
    candidates: tuple[str, ...]
    level: Level
    lang: str
    ms: float


Pair = tuple[Row, Outcome]


def _helped(row: Row, found: Outcome) -> bool:
    if found.kind == "answer":
        return found.entry in row.right
    return found.kind == "suggest" and bool(row.right & set(found.candidates[:4]))


def _alarm(found: Outcome) -> bool:
    return found.level >= Level.URGENT


MEASURES: Mapping[str, tuple[Callable[[Row], bool], Callable[[Row, Outcome], bool]]] = {
    "R@1": (lambda r: r.part == "questions", lambda r, o: bool(r.right & set(o.candidates[:1]))),
    "R@3": (lambda r: r.part == "questions", lambda r, o: bool(r.right & set(o.candidates[:3]))),
    "wrong": (lambda r: r.part == "questions", lambda r, o: o.kind == "answer" and o.entry not in r.right),
    "helped": (lambda r: r.part == "questions", _helped),
    "urgent recall": (lambda r: r.level >= Level.URGENT, lambda _, o: _alarm(o)),
    "emergency recall": (lambda r: r.level == Level.EMERGENCY, lambda _, o: o.level == Level.EMERGENCY),
    "false alarms": (lambda r: r.level == Level.NORMAL, lambda _, o: _alarm(o)),
    "false alarms, calm": (lambda r: r.part == "calm", lambda _, o: _alarm(o)),
    "refusal": (lambda r: r.part == "other", lambda _, o: o.kind == "none"),
    "language": (lambda r: len(r.text.split()) >= 2 or not r.text.isascii(), lambda r, o: o.lang == r.lang),
}
"""Name -> (which rows count, what counts as a hit)."""
LOW_IS_GOOD = frozenset({"wrong", "false alarms", "false alarms, calm"})


def share(pairs: Iterable[Pair], measure: str) -> tuple[float, int] | None:
    """The share of hits and the number of rows of a measure; None where no row counts."""
    counts, hit = MEASURES[measure]
    hits = [hit(row, found) for row, found in pairs if counts(row)]
    return (sum(hits) / len(hits), len(hits)) if hits else None


def by(pairs: Sequence[Pair], key: Callable[[Row], str]) -> dict[str, list[Pair]]:
    """Pairs in groups, in the order of first appearance."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair[0]), []).append(pair)
    return groups


def worst(groups: Mapping[str, Sequence[Pair]], measure: str) -> tuple[str, float] | None:
    """The group in which a measure is worst, with its value."""
    found = [(name, value[0]) for name, pairs in groups.items() if (value := share(pairs, measure))]
    if not found:
        return None
    return (max if measure in LOW_IS_GOOD else min)(found, key=lambda item: item[1])


def milliseconds(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Median and 95th percentile of the time a question took."""
    times = sorted(found.ms for _, found in pairs)
    if len(times) < 2:
        return (times[0], times[0]) if times else (0.0, 0.0)
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]
