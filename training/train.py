"""Fine-tuning: three heads on one encoder, lower layers frozen and their output cached. See docs/understanding.md."""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.content.knowledge import Phrasing
from bot.core.entries import Level
from bot.core.languages import CODES
from bot.core.normalize import clean
from training import augment, vocabulary
from training.data import WORK, label, rows, split, summary
from training.encoder import Encoder, pool
from training.extract import read_base
from training.task import Task, batches, judge, lower, stack, truths

SHARE = {"entry": 1.0, "level": 0.5, "language": 0.2}
"""What each head's loss counts."""
LEVEL_WEIGHT = {"normal": 1.0, "serious": 1.0, "urgent": 1.5, "emergency": 2.5}
SMOOTHING = {"entry": 0.1, "level": 0.05, "language": 0.05}
DROPPED = 0.1
"""Share of tokens hidden from the upper layers in training."""
MAX_TOKENS = 96
Ids = Callable[[Sequence[str]], list[list[int]]]


def prepare(options: argparse.Namespace) -> tuple[Task, list[int], list[Phrasing]]:
    """The task with its first weights, the kept pieces and the rows."""
    base, found = read_base(), rows(quiet=False)
    print(summary(found), flush=True)
    saved = torch.load(options.init, weights_only=True) if options.init else None
    keep = saved["keep"].tolist() if saved else vocabulary.choose(base, [clean(row.text) for row in found])
    encoder = Encoder.of(base, keep, options.dropout)
    if saved:
        encoder.load_state_dict(saved["encoder"])
    labels = {
        "entry": tuple(sorted({label(row) for row in found})),
        "level": tuple(sorted(level.word for level in Level)),
        "language": tuple(sorted(CODES)),
    }
    task = Task(encoder, labels, torch.zeros(base.hidden), 1.0)
    if saved:
        task.mean.copy_(saved["mean"])
        task.spread = saved["spread"]
        for name, own in labels.items():
            for number, word in enumerate(own):
                if word in saved["labels"][name]:
                    old = saved["labels"][name].index(word)
                    with torch.no_grad():
                        task.heads[name].weight[number] = saved["heads"][f"{name}.weight"][old]
                        task.heads[name].bias[number] = saved["heads"][f"{name}.bias"][old]
    return task, keep, found


def optimiser(task: Task, options: argparse.Namespace) -> torch.optim.AdamW:
    """AdamW; only layers from `start` on and the heads learn."""
    task.encoder.requires_grad_(False)
    upper = list(task.encoder.layers)[options.start :]
    for layer in upper:
        layer.requires_grad_(True)
    own = [weight for layer in upper for weight in layer.parameters()]
    groups = [
        {"params": [w for w in own if w.ndim > 1], "lr": options.rate, "weight_decay": 0.01},
        {"params": [w for w in own if w.ndim == 1], "lr": options.rate, "weight_decay": 0.0},
        {"params": list(task.heads.parameters()), "lr": options.head_rate, "weight_decay": 0.01},
    ]
    for group in groups:
        group["first"] = group["lr"]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)


class Material:
    """Rows and their cached views (as written, and typed in another way) through the frozen layers."""

    def __init__(self, task: Task, ids: Ids, options: argparse.Namespace) -> None:
        self.task, self.ids, self.options = task, ids, options
        self.dice = random.Random(options.seed)
        self.rows: list[Phrasing] = []
        self.views: list[list[Tensor]] = []
        self.share = np.zeros(0)
        self.held: list[Phrasing] = []
        self.held_states: list[Tensor] = []
        self.targets: dict[str, Tensor] = {}
        self._seen: set[tuple[str, str]] = set()

    def add(self, found: Sequence[Phrasing]) -> int:
        """Take in rows that are not here yet; how many. Languages that the first weights know are only varied."""
        new = [
            row for row in found if (row.lang, row.text) not in self._seen and label(row) in self.task.labels["entry"]
        ]
        self._seen |= {(row.lang, row.text) for row in new}
        kept, held = split(new)
        fresh = self.options.fresh.split(",") if self.options.fresh else None
        greetings = augment.courtesies([*self.rows, *kept])
        varied = self._lower([augment.vary(row, greetings, self.dice) for row in kept])
        whole = [i for i, row in enumerate(kept) if fresh is None or row.lang in fresh]
        written = dict(zip(whole, self._lower([kept[i].text for i in whole]), strict=True))
        self.views += [[state, written[i]] if i in written else [state] for i, state in enumerate(varied)]
        self.share = np.append(self.share, [1.0 if i in written else self.options.rehearse for i in range(len(kept))])
        self.rows += kept
        self.held += held
        self.held_states += self._lower([row.text for row in held])
        for name, own in self.task.labels.items():
            self.targets[name] = torch.tensor([own.index(truths(row)[name]) for row in self.rows])
        return len(new)

    def _lower(self, texts: Sequence[str]) -> list[Tensor]:
        return lower(self.task.encoder, self.ids(texts), self.options.start) if texts else []

    def draw(self, numbers: np.random.RandomState) -> list[tuple[int, Tensor]]:
        """Which rows an epoch shows, each in one of its views."""
        chosen = np.flatnonzero(numbers.rand(len(self.rows)) < self.share)
        return [(int(i), self.views[i][numbers.randint(len(self.views[i]))]) for i in chosen]


def centre(task: Task, states: Sequence[Tensor], start: int) -> None:
    """The mean and spread of the untuned vectors, which features are measured from."""
    task.eval()
    with torch.no_grad():
        blocks = (stack(states[i : i + 64]) for i in range(0, len(states), 64))
        vectors = torch.cat([pool(task.encoder.run(block, mask, start), mask) for block, mask in blocks])
    task.mean.copy_(vectors.mean(0))
    task.spread = float((vectors - vectors.mean(0)).std())


def losses(task: Task, states: Sequence[Tensor], index: Tensor, data: Material, options: argparse.Namespace) -> Tensor:
    """The summed loss of the three heads on one batch."""
    block, mask = stack(states)
    hidden = torch.rand(mask.shape) < DROPPED
    hidden[:, 0] = False
    features = functional.dropout(task.features(block, mask & ~hidden, options.start), options.dropout)
    weights = {"level": torch.tensor([LEVEL_WEIGHT[word] for word in task.labels["level"]])}
    total = torch.zeros(())
    for name, head in task.heads.items():
        total = total + SHARE[name] * functional.cross_entropy(
            head(features), data.targets[name][index], weight=weights.get(name), label_smoothing=SMOOTHING[name]
        )
    return total


def run(options: argparse.Namespace) -> None:
    """The whole training; a checkpoint after every epoch."""
    torch.set_num_threads(2)
    torch.manual_seed(options.seed)
    numbers, began = np.random.RandomState(options.seed), time.time()
    task, keep, found = prepare(options)
    words = vocabulary.tokenizer(read_base(), keep)

    def ids(texts: Sequence[str]) -> list[list[int]]:
        return [item.ids[:MAX_TOKENS] for item in words.encode_batch([f"query: {clean(text)}" for text in texts])]

    data = Material(task, ids, options)
    data.add(found)
    print(
        f"{len(data.rows)} rows, {len(data.held)} held out, {len(keep)} pieces; {time.time() - began:.0f} s", flush=True
    )
    if not options.init:
        centre(task, data.held_states, options.start)
    steps = optimiser(task, options)
    total = int(options.epochs * data.share.sum() / options.batch)
    done, began = 0, time.time()
    for epoch in range(1, options.epochs + 1):
        if options.follow and epoch > 1:
            print(f"  {data.add(rows())} new rows", flush=True)
        task.train()
        drawn, started, sums = data.draw(numbers), time.time(), []
        for part in batches([len(state) for _, state in drawn], options.batch, numbers):
            spent = (time.time() - began) / 60 / options.minutes
            _set_rate(
                steps, min(1.0, (done + 1) / (options.warm * total)) * max(options.floor, 1 - max(done / total, spent))
            )
            loss = losses(task, [drawn[i][1] for i in part], torch.tensor([drawn[i][0] for i in part]), data, options)
            steps.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([w for group in steps.param_groups for w in group["params"]], 1.0)
            steps.step()
            done += 1
            sums.append(float(loss.detach()))
            if done % 50 == 0:
                print(f"  step {done}/{total} loss {np.mean(sums[-50:]):.3f} {time.time() - began:.0f} s", flush=True)
            if spent > 1:
                break
        measures = judge(task, data.held_states, data.held, options.start)
        print(f"epoch {epoch} loss {np.mean(sums):.3f} {time.time() - started:.0f} s held out: {measures}", flush=True)
        save(task, keep, WORK / f"{options.name}-{epoch}.pt")
        if spent > 1:
            break


def _set_rate(steps: torch.optim.AdamW, share: float) -> None:
    for group in steps.param_groups:
        group["lr"] = group["first"] * share


def save(task: Task, keep: Sequence[int], path: Path) -> None:
    """A checkpoint: encoder, heads, labels and kept pieces."""
    torch.save(
        {
            "encoder": task.encoder.state_dict(),
            "heads": task.heads.state_dict(),
            "labels": task.labels,
            "keep": torch.tensor(keep),
            "mean": task.mean,
            "spread": task.spread,
        },
        path,
    )


def main() -> None:
    """Fine-tune; `--init` goes on from a checkpoint, `--minutes` ends the run in time (then not repeatable exactly)."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--name", default="tuned")
    parser.add_argument("--init", type=Path)
    parser.add_argument("--start", type=int, default=6, help="layers below are frozen")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--head-rate", type=float, default=3e-3)
    parser.add_argument(
        "--floor", type=float, default=0.02, help="least share of the learning rate; 1 means no decline"
    )
    parser.add_argument("--warm", type=float, default=0.05)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--fresh", help="languages that are new since --init, such as en,ja")
    parser.add_argument("--follow", action="store_true", help="take in phrasings that are written meanwhile")
    parser.add_argument("--rehearse", type=float, default=0.5, help="share of the other languages' rows in an epoch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    run(options)


if __name__ == "__main__":
    main()
