"""Linear heads on sentence vectors: which entry, how urgent, which language. Predicting and fitting, numpy only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NONE = "none"
"""The label of what is none of our subjects."""
Value = Callable[[Floats], tuple[float, Floats]]
_MEMORY = 8


@dataclass(frozen=True, slots=True)
class Head:
    """A multinomial regression; `temperature` makes its probabilities honest (chosen on held-out phrasings)."""

    labels: tuple[str, ...]
    weight: Floats
    bias: Floats
    temperature: float = 1.0

    def logits(self, features: Floats) -> Floats:
        """Texts x labels, divided by the temperature."""
        found: Floats = (features @ self.weight.T + self.bias) / np.float32(self.temperature)
        return found


@dataclass(frozen=True, slots=True)
class Heads:
    """The three heads, and the mean and spread of the vectors that they were fitted on."""

    mean: Floats
    spread: float
    entry: Head
    level: Head
    language: Head

    def features(self, vectors: Floats) -> Floats:
        """Vectors centred and scaled, as the heads expect them."""
        return ((vectors - self.mean) / np.float32(self.spread)).astype(np.float32)

    def save(self, path: Path) -> None:
        """One `.npz` file, weights as float16."""
        tables: dict[str, NDArray[np.generic]] = {"mean": self.mean, "spread": np.array(self.spread, np.float32)}
        for name in ("entry", "level", "language"):
            head: Head = getattr(self, name)
            tables[f"{name}_labels"] = np.array(head.labels)
            tables[f"{name}_weight"] = head.weight.astype(np.float16)
            tables[f"{name}_bias"] = head.bias
            tables[f"{name}_temperature"] = np.array(head.temperature, np.float32)
        np.savez_compressed(path, **tables)  # type: ignore[arg-type]  # numpy types the flag and the tables as one

    @classmethod
    def load(cls, path: Path) -> "Heads":
        """The heads of a file."""
        with np.load(path) as tables:

            def head(name: str) -> Head:
                return Head(
                    tuple(str(label) for label in tables[f"{name}_labels"]),
                    tables[f"{name}_weight"].astype(np.float32),
                    tables[f"{name}_bias"],
                    float(tables[f"{name}_temperature"]),
                )

            return cls(tables["mean"], float(tables["spread"]), head("entry"), head("level"), head("language"))


def softmax(logits: Floats) -> Floats:
    """Rows of probabilities."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    found: Floats = raised / raised.sum(-1, keepdims=True)
    return found


def fit(
    features: Floats,
    labels: Sequence[str],
    weights: Floats | None = None,
    penalty: float = 1e-3,
    steps: int = 100,
    start: Head | None = None,
) -> Head:
    """A multinomial regression by L-BFGS; `start` gives the first weights where its labels are the same."""
    names = tuple(sorted(set(labels)))
    place = {name: number for number, name in enumerate(names)}
    target = np.array([place[label] for label in labels])
    rows = np.hstack([features, np.ones((len(features), 1), np.float32)])
    share = np.ones(len(rows), np.float32) if weights is None else weights.astype(np.float32)
    share = (share / share.sum())[:, None]
    at = np.zeros((len(names), rows.shape[1]), np.float32)
    for name, number in place.items() if start else ():
        if start and name in start.labels:
            old = start.labels.index(name)
            at[number] = np.append(start.weight[old], start.bias[old])

    def value(table: Floats) -> tuple[float, Floats]:
        chance = softmax(rows @ table.T)
        loss = -float((share[:, 0] * np.log(np.maximum(chance[np.arange(len(rows)), target], 1e-12))).sum())
        chance[np.arange(len(rows)), target] -= 1
        kept = table.copy()
        kept[:, -1] = 0
        return loss + penalty / 2 * float((kept**2).sum()), (chance * share).T @ rows + np.float32(penalty) * kept

    found = _descend(value, at, steps)
    return Head(names, found[:, :-1].copy(), found[:, -1].copy())


def _descend(value: Value, at: Floats, steps: int) -> Floats:
    """L-BFGS with a halving line search, from `at`."""
    loss, slope = value(at)
    past: list[tuple[Floats, Floats, float]] = []
    for _ in range(steps):
        way = _direction(slope, past)
        fall = float((way * slope).sum())
        if fall > -1e-9:
            break
        size = 1.0 if past else min(1.0, 1.0 / float(np.abs(slope).sum()))
        while True:
            new = at + np.float32(size) * way
            new_loss, new_slope = value(new)
            if new_loss <= loss + 1e-4 * size * fall or size < 1e-6:
                break
            size /= 2
        moved, turned = new - at, new_slope - slope
        curve = float((moved * turned).sum())
        if curve > 1e-12:
            past = [*past, (moved, turned, curve)][-_MEMORY:]
        done = abs(loss - new_loss) < 1e-6 * max(1.0, abs(loss))
        at, loss, slope = new, new_loss, new_slope
        if done:
            break
    return at


def _direction(slope: Floats, past: list[tuple[Floats, Floats, float]]) -> Floats:
    way = -slope
    shares = []
    for moved, turned, curve in reversed(past):
        share = float((moved * way).sum()) / curve
        shares.append(share)
        way = way - np.float32(share) * turned
    if past:
        moved, turned, curve = past[-1]
        way = way * np.float32(curve / float((turned * turned).sum()))
    for (moved, turned, curve), share in zip(past, reversed(shares), strict=True):
        way = way + np.float32(share - float((turned * way).sum()) / curve) * moved
    return way
