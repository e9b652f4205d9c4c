"""The tables of hashed character n-grams: one linear model for entry, level and language, trained in a minute."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from bot.content.knowledge import Phrasing
from bot.core.normalize import clean
from bot.understanding.ngrams import BUCKETS, grams
from training.data import label

HEADS = ("entry", "level", "language")


def labels(row: Phrasing) -> tuple[str, str, str]:
    """The three labels of a row, in the order of HEADS."""
    return label(row), row.level.word, row.lang


def train(rows: Sequence[Phrasing], epochs: int = 8, seed: int = 1) -> dict[str, np.ndarray]:
    """The tables as `bot.understanding.ngrams.Grams.load` wants them."""
    torch.manual_seed(seed)
    names = {head: tuple(sorted({labels(row)[i] for row in rows})) for i, head in enumerate(HEADS)}
    place = {head: {name: number for number, name in enumerate(names[head])} for head in HEADS}
    bags = [torch.from_numpy(grams(clean(row.text))) for row in rows]
    targets = {h: torch.tensor([place[h][labels(row)[i]] for row in rows]) for i, h in enumerate(HEADS)}
    width = sum(map(len, names.values()))
    table = torch.nn.EmbeddingBag(BUCKETS, width, mode="sum")
    torch.nn.init.zeros_(table.weight)
    bias = torch.nn.Parameter(torch.zeros(width))
    optimiser = torch.optim.Adam([table.weight, bias], lr=0.02)
    for epoch in range(epochs):
        for group in optimiser.param_groups:
            group["lr"] = 0.02 * (1 - epoch / epochs)
        total = 0.0
        order = torch.randperm(len(rows))
        for start in range(0, len(order), 512):
            part = order[start : start + 512].tolist()
            sizes = torch.tensor([len(bags[i]) for i in part])
            offsets = torch.cat([torch.zeros(1, dtype=torch.long), sizes.cumsum(0)[:-1]])
            weight = sizes.float().rsqrt().repeat_interleave(sizes)
            logits = table(torch.cat([bags[i] for i in part]), offsets, per_sample_weights=weight) + bias
            at, loss = 0, torch.zeros(())
            for head in HEADS:
                size = len(names[head])
                loss = loss + functional.cross_entropy(
                    logits[:, at : at + size], targets[head][part], label_smoothing=0.05
                )
                at += size
            loss = loss + 2e-6 * table.weight.square().sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach()) * len(part)
        print(f"n-grams epoch {epoch + 1} loss {total / len(rows):.3f}", flush=True)
    return _quantise(table.weight.detach().numpy(), bias.detach().numpy(), names)


def _quantise(table: np.ndarray, bias: np.ndarray, names: dict[str, tuple[str, ...]]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    at = 0
    for head, own in names.items():
        part = table[:, at : at + len(own)]
        steps = np.maximum(np.abs(part).max(0) / 127, 1e-8).astype(np.float32)
        found[f"{head}_labels"] = np.array(own)
        found[f"{head}_scores"] = np.rint(part / steps).astype(np.int8)
        found[f"{head}_steps"] = steps
        found[f"{head}_bias"] = bias[at : at + len(own)].astype(np.float32)
        at += len(own)
    return found


def save(tables: dict[str, np.ndarray], path: Path) -> None:
    """The tables in one compressed file."""
    np.savez_compressed(path, **tables)
