"""Fine-tuning: three heads on one encoder, lower layers frozen and their output cached. See docs/understanding.md."""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bot.content.knowledge import Phrasing
from bot.core.normalize import clean
from training import augment, vocabulary
from training.data import WORK, rows, split, summary
from training.encoder import Encoder, pool
from training.extract import read_base
from training.task import HEADS, Task, batches, judge, lower, stack, truths

SHARE = {"entry": 1.0, "level": 0.5, "language": 0.2}
"""What each head's loss counts."""
LEVEL_WEIGHT = {"normal": 1.0, "serious": 1.0, "urgent": 1.5, "emergency": 2.5}
SMOOTHING = 0.1
DROPPED = 0.1
"""Share of tokens hidden from the upper layers in training."""
MAX_TOKENS = 96


def prepare(options: argparse.Namespace) -> tuple[Task, list[int], list[Phrasing]]:
    """The task with its first weights, the kept pieces and the rows."""
    base, found = read_base(), rows(quiet=False)
    print(summary(found), flush=True)
    saved = torch.load(options.init, weights_only=True) if options.init else None
    keep = saved["keep"].tolist() if saved else vocabulary.choose(base, [clean(row.text) for row in found])
    encoder = Encoder.of(base, keep, options.dropout)
    if saved:
        encoder.load_state_dict(saved["encoder"])
    labels = {name: tuple(sorted({truths(row)[name] for row in found})) for name in HEADS}
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
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)


def run(options: argparse.Namespace) -> None:
    """The whole training; a checkpoint after every epoch."""
    torch.set_num_threads(2)
    torch.manual_seed(options.seed)
    dice, numbers = random.Random(options.seed), np.random.RandomState(options.seed)
    began = time.time()
    task, keep, found = prepare(options)
    words = vocabulary.tokenizer(read_base(), keep)

    def ids(texts: Sequence[str]) -> list[list[int]]:
        return [item.ids[:MAX_TOKENS] for item in words.encode_batch([f"query: {clean(text)}" for text in texts])]

    kept, held = split(found)
    greetings = augment.courtesies(kept)
    views = [[row.text for row in kept]]
    views += [[augment.vary(row, greetings, dice) for row in kept] for _ in range(options.variants)]
    cached = [lower(task.encoder, ids(texts), options.start) for texts in views]
    held_states = lower(task.encoder, ids([row.text for row in held]), options.start)
    print(f"{len(kept)} rows, {len(held)} held out, {len(keep)} pieces; cached {time.time() - began:.0f} s", flush=True)
    if not options.init:
        with torch.no_grad():
            task.eval()
            sample = [
                pool(task.encoder.run(*pair, options.start), pair[1])
                for pair in (stack(held_states[i : i + 64]) for i in range(0, len(held_states), 64))
            ]
        vectors = torch.cat(sample)
        task.mean.copy_(vectors.mean(0))
        task.spread = float((vectors - vectors.mean(0)).std())
    places = {name: {word: n for n, word in enumerate(own)} for name, own in task.labels.items()}
    targets = {name: torch.tensor([places[name][truths(row)[name]] for row in kept]) for name in HEADS}
    weights = {"level": torch.tensor([LEVEL_WEIGHT[word] for word in task.labels["level"]])}
    steps = optimiser(task, options)
    rates = [group["lr"] for group in steps.param_groups]
    trained = [w for group in steps.param_groups for w in group["params"]]
    total = options.epochs * -(-len(kept) // options.batch)
    done, began = 0, time.time()
    for epoch in range(1, options.epochs + 1):
        task.train()
        started, loss_sum, hits = time.time(), 0.0, 0
        view = numbers.randint(0, len(cached), len(kept)) if epoch > 1 else np.zeros(len(kept), int)
        states = [cached[v][i] for i, v in enumerate(view)]
        for part in batches([len(state) for state in states], options.batch, numbers):
            progress = max(done / total, (time.time() - began) / 60 / options.minutes)
            rate = min(1.0, (done + 1) / (options.warm * total)) * max(options.floor, 1 - progress)
            for group, first in zip(steps.param_groups, rates, strict=True):
                group["lr"] = first * rate
            block, mask = stack([states[i] for i in part])
            hidden = torch.rand(mask.shape) < DROPPED
            hidden[:, 0] = False
            features = functional.dropout(task.features(block, mask & ~hidden, options.start), options.dropout)
            index = torch.from_numpy(part)
            loss = torch.zeros(())
            for name, head in task.heads.items():
                logits = head(features)
                target = targets[name][index]
                loss = loss + SHARE[name] * functional.cross_entropy(
                    logits, target, weight=weights.get(name), label_smoothing=SMOOTHING if name == "entry" else 0.05
                )
                hits += int((logits.argmax(1) == target).sum()) if name == "entry" else 0
            steps.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            steps.step()
            done += 1
            loss_sum += float(loss.detach()) * len(part)
            if done % 50 == 0:
                print(f"  step {done}/{total} loss {float(loss.detach()):.3f} {time.time() - began:.0f} s", flush=True)
            if (time.time() - began) / 60 > options.minutes:
                break
        print(
            f"epoch {epoch} loss {loss_sum / len(kept):.3f} train {hits / len(kept):.3f} {time.time() - started:.0f} s"
            f" held out: {judge(task, held_states, held, options.start)}",
            flush=True,
        )
        save(task, keep, WORK / f"{options.name}-{epoch}.pt")
        if (time.time() - began) / 60 > options.minutes:
            break


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
    parser.add_argument("--variants", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    run(options)


if __name__ == "__main__":
    main()
