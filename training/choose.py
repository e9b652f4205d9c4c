"""Temperatures, weights and thresholds, chosen on the validation part of the phrasings; nothing else is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.content.knowledge import Phrasing
from bot.core.entries import Level
from bot.core.normalize import clean
from bot.understanding.heads import NONE, Floats, Head, Heads, softmax
from bot.understanding.ngrams import Grams, Table, grams
from bot.understanding.reader import Settings
from bot.understanding.refit import fit_heads
from training.data import label

PENALTIES = (1e-3, 3e-3, 1e-2, 3e-2)
MISS_COST = 6.0
"""One grave message missed weighs as much as six false alarms."""
WRONG = 0.035
REFUSED = 0.97
LOST = 0.025
"""Share of questions that may be taken for foreign ones."""
REFUSALS = (0.5, 0.4, 0.3, 0.25, 0.2, 0.16, 0.13, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01)


@dataclass(frozen=True, slots=True)
class Held:
    """The validation rows as the two views see them."""

    rows: Sequence[Phrasing]
    features: Floats
    tables: Grams

    def second(self, table: Table, labels: Sequence[str]) -> Floats:
        """The n-grams' logits in the order of a head's labels."""
        place = {name: number for number, name in enumerate(table.labels)}
        own = np.array([table.logits(grams(clean(row.text))) for row in self.rows])
        low = own.min(1)
        return np.stack([own[:, place[n]] if n in place else low for n in labels], axis=1)


def penalties(
    vectors: Floats, rows: Sequence[Phrasing], held: Floats, held_rows: Sequence[Phrasing]
) -> dict[str, float]:
    """For each head the penalty with the least log loss on held-out rows, at its best temperature."""
    found: dict[str, dict[float, float]] = {"entry": {}, "level": {}, "language": {}}
    for size in PENALTIES:
        heads = fit_heads(vectors, rows, dict.fromkeys(found, size))
        for name, truth in truths(held_rows).items():
            head = calibrated(getattr(heads, name), heads.features(held), truth)
            target = [head.labels.index(word) for word in truth]
            chance = softmax(head.logits(heads.features(held)))[np.arange(len(target)), target]
            found[name][size] = -float(np.log(np.maximum(chance, 1e-9)).mean())
    for name, losses in found.items():
        print(f"  penalty of {name}:", {size: round(loss, 4) for size, loss in losses.items()})
    return {name: min(losses, key=lambda size: losses[size]) for name, losses in found.items()}


def truths(rows: Sequence[Phrasing]) -> dict[str, list[str]]:
    """The labels of each head."""
    return {
        "entry": [label(row) for row in rows],
        "level": [row.level.word for row in rows],
        "language": [row.lang for row in rows],
    }


def temperature(logits: Floats, target: Sequence[int]) -> float:
    """The divisor that makes the probabilities fit best."""
    found = {}
    for size in np.geomspace(0.3, 6, 40):
        chance = softmax(logits / np.float32(size))
        found[float(size)] = -float(np.log(np.maximum(chance[np.arange(len(target)), target], 1e-9)).mean())
    return min(found, key=lambda size: found[size])


def calibrated(head: Head, features: Floats, truth: Sequence[str]) -> Head:
    """The head with the best temperature for held-out rows."""
    place = {name: number for number, name in enumerate(head.labels)}
    usable = [i for i, name in enumerate(truth) if name in place]
    target = [place[truth[i]] for i in usable]
    return replace(head, temperature=temperature(head.logits(features[usable]) * head.temperature, target))


def weigh(logits: Floats, second: Floats, target: Floats) -> float:
    """The weight of the second opinion with the least log loss."""
    found = {}
    for weight in (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 1.6):
        chance = softmax(logits + np.float32(weight) * second)
        found[weight] = -float(np.log(np.maximum(chance[np.arange(len(target)), target], 1e-9)).mean())
    print("  weight of n-grams, log loss:", {weight: round(loss, 4) for weight, loss in found.items()})
    return min(found, key=lambda weight: found[weight])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The settings, and the held-out rows' probabilities under them: of each entry, and of being urgent or graver."""

    settings: Settings
    entry: Floats
    grave: Floats


def settings(heads: Heads, held: Held) -> Chosen:
    """Everything that `model.json` keeps."""
    entry, second = heads.entry.logits(held.features), held.second(held.tables.entry, heads.entry.labels)
    target = np.array([heads.entry.labels.index(label(row)) for row in held.rows])
    weight = weigh(entry, second, target)
    language = heads.language.logits(held.features)
    second_language = held.second(held.tables.language, heads.language.labels)
    where = np.array([heads.language.labels.index(row.lang) for row in held.rows])
    chance = softmax(entry + np.float32(weight) * second)
    answer, foreign = _answering(chance, heads.entry.labels, held.rows)
    level, names = heads.level.logits(held.features), heads.level.labels
    second_level = held.second(held.tables.level, names)
    weight_level = weigh(level, second_level, np.array([names.index(row.level.word) for row in held.rows]))
    levels = softmax(level + np.float32(weight_level) * second_level)
    urgent_at, emergency_at = danger(levels, names, held.rows)
    weight_language = weigh(language, second_language, where)
    found = Settings(answer, foreign, urgent_at, emergency_at, weight, weight_level, weight_language)
    return Chosen(found, chance, levels[:, names.index("urgent")] + levels[:, names.index("emergency")])


def _answering(chance: Floats, labels: Sequence[str], rows: Sequence[Phrasing]) -> tuple[float, float]:
    """A refusal threshold that refuses enough, or as much as it may; then the least answer threshold right enough."""
    none = labels.index(NONE)
    other = np.array([row.part == "other" for row in rows])
    question = np.array([row.part == "questions" for row in rows])
    foreign = 0.5
    for step in REFUSALS:
        if (chance[question, none] >= step).mean() > LOST:
            break
        foreign = step
        if (chance[other, none] >= step).mean() >= REFUSED:
            break
    entries = chance.copy()
    entries[:, none] = 0
    right = np.array([labels[i] == label(row) for i, row in zip(entries.argmax(1), rows, strict=True)])
    best = entries.max(1)
    spoken = chance[:, none] < foreign
    answer = 0.9
    for step in np.arange(0.2, 0.95, 0.01):
        if (question & spoken & ~right & (best >= step)).sum() <= WRONG * question.sum():
            answer = float(step)
            break
    refused, lost = (chance[other, none] >= foreign).mean(), (question & ~spoken).sum() / question.sum()
    answered = (question & spoken & (best >= answer)).sum() / question.sum()
    print(f"  foreign >= {foreign:.2f}: refuses {refused:.3f} of other, {lost:.3f} of questions")
    print(f"  answer >= {answer:.2f}: answers {answered:.3f} of questions")
    return round(answer, 3), round(foreign, 3)


def danger(levels: Floats, labels: Sequence[str], rows: Sequence[Phrasing]) -> tuple[float, float]:
    """The two level thresholds of least cost, with the curve that they were chosen from."""
    emergency, urgent = levels[:, labels.index("emergency")], levels[:, labels.index("urgent")]
    truth = np.array([int(row.level) for row in rows])
    normal, grave = truth == Level.NORMAL, truth >= Level.URGENT
    calm = np.array([row.part == "calm" for row in rows])
    found = {}
    print("  urgent_at  recall  alarms on normal  on calm")
    for step in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7):
        said = emergency + urgent >= step
        print(f"  {step:9.2f}{said[grave].mean():8.3f}{said[normal].mean():18.3f}{said[calm].mean():9.3f}")
        found[step] = MISS_COST * (~said[grave]).sum() + said[normal].sum()
    urgent_at = min(found, key=lambda step: found[step])
    found = {}
    print("  emergency_at  recall  others raised to it")
    for step in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6):
        said = emergency >= step
        print(f"  {step:12.2f}{said[truth == 3].mean():8.3f}{said[truth < 3].mean():21.3f}")
        found[step] = MISS_COST * (~said[truth == 3]).sum() + said[truth == 2].sum() * 0.5 + said[truth < 2].sum()
    return urgent_at, min(found, key=lambda step: found[step])
