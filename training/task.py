"""The encoder with its three heads in training: cached lower layers, batches, and measures on held-out rows."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from bot.content.knowledge import Phrasing
from training.data import NONE, label
from training.encoder import Encoder, pad, pool

HEADS = ("entry", "level", "language")
BUCKET = 16
"""Batches are cut from this many times their size, sorted by length, so that little is padding."""


class Task(nn.Module):
    """The encoder and its three heads."""

    def __init__(self, encoder: Encoder, labels: dict[str, tuple[str, ...]], mean: Tensor, spread: float) -> None:
        super().__init__()
        self.encoder, self.labels, self.spread = encoder, labels, spread
        self.register_buffer("mean", mean)
        self.heads = nn.ModuleDict({name: nn.Linear(len(mean), len(own)) for name, own in labels.items()})
        for head in self.heads.values():
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def features(self, states: Tensor, mask: Tensor, start: int) -> Tensor:
        """Centred unit vectors from the frozen layers' states."""
        return (pool(self.encoder.run(states, mask, start), mask) - self.mean) / self.spread


def truths(row: Phrasing) -> dict[str, str]:
    """The label for each head."""
    return {"entry": label(row), "level": row.level.word, "language": row.lang}


@torch.no_grad()
def lower(encoder: Encoder, texts: Sequence[list[int]], stop: int) -> list[Tensor]:
    """The frozen layers' output for every text, as float16."""
    encoder.eval()
    found: list[Tensor] = [torch.empty(0)] * len(texts)
    order = np.argsort([len(text) for text in texts])
    for at in range(0, len(order), 64):
        part = order[at : at + 64]
        ids, mask = pad([texts[i] for i in part])
        states = encoder.run(encoder.embed(ids), mask, 0, stop).half()
        for row, number in enumerate(part):
            found[number] = states[row, : len(texts[number])].clone()
    return found


def stack(states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """States in one block, and where there are tokens."""
    longest = max(map(len, states))
    block = torch.zeros(len(states), longest, states[0].shape[1])
    mask = torch.zeros(len(states), longest, dtype=torch.bool)
    for row, state in enumerate(states):
        block[row, : len(state)] = state
        mask[row, : len(state)] = True
    return block, mask


def batches(lengths: Sequence[int], size: int, dice: np.random.RandomState) -> list[np.ndarray]:
    """Batches of similar length, in random order."""
    order = dice.permutation(len(lengths))
    found: list[np.ndarray] = []
    for at in range(0, len(order), size * BUCKET):
        part = order[at : at + size * BUCKET]
        part = part[np.argsort([lengths[i] for i in part], kind="stable")]
        found += [part[i : i + size] for i in range(0, len(part), size)]
    dice.shuffle(found)
    return found


@torch.no_grad()
def judge(task: Task, states: Sequence[Tensor], held: Sequence[Phrasing], start: int) -> str:
    """Measures on the validation rows, by the task's own heads."""
    task.eval()
    order = np.argsort([len(state) for state in states])
    scores = {name: np.zeros((len(states), len(own))) for name, own in task.labels.items()}
    for at in range(0, len(order), 64):
        part = order[at : at + 64]
        features = task.features(*stack([states[i] for i in part]), start)
        for name, head in task.heads.items():
            scores[name][part] = head(features).softmax(1).numpy()
    entry, names = np.argsort(-scores["entry"], 1), task.labels["entry"]
    asked = [i for i, row in enumerate(held) if row.part == "questions"]
    first = np.mean([names[entry[i, 0]] == held[i].entry for i in asked])
    third = np.mean([held[i].entry in [names[j] for j in entry[i, :3]] for i in asked])
    none = names.index(NONE)
    refused = np.mean([entry[i, 0] == none for i, row in enumerate(held) if row.part == "other"] or [0])
    grave = [task.labels["level"].index(word) for word in ("urgent", "emergency")]
    alarm = scores["level"][:, grave].sum(1) >= 0.3
    recall = np.mean([alarm[i] for i, row in enumerate(held) if row.level >= 2] or [0])
    false = np.mean([alarm[i] for i, row in enumerate(held) if row.level == 0])
    language = [task.labels["language"][i] for i in scores["language"].argmax(1)]
    spoken = np.mean([name == row.lang for name, row in zip(language, held, strict=True)])
    return (
        f"R@1 {first:.3f} R@3 {third:.3f} refused {refused:.3f} urgent {recall:.3f} alarms {false:.3f}"
        f" language {spoken:.3f}"
    )
