"""From a checkpoint to the files in `bot/understanding/model/`: int8 encoder, tokenizer, heads, n-grams, settings."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from bot.content.knowledge import Phrasing
from bot.core.normalize import clean
from bot.understanding.encoder import FOLDER
from bot.understanding.encoder import Encoder as Shipped
from bot.understanding.heads import Floats, Heads
from bot.understanding.ngrams import Grams
from bot.understanding.refit import Store, digest, fingerprint
from training import card, choose, graph, ngrams, vocabulary
from training.data import WORK, label, rows, split
from training.encoder import Encoder
from training.extract import read_base

Validated = tuple[dict[str, float], Heads, choose.Chosen]


def export_encoder(checkpoint: Path | None, folder: Path, texts: Sequence[str]) -> None:
    """`model.onnx` and `tokenizer.json`; the base model with a fresh vocabulary where there is no checkpoint."""
    base = read_base()
    if checkpoint is None:
        keep = vocabulary.choose(base, texts)
        encoder = Encoder.of(base, keep)
    else:
        saved = torch.load(checkpoint, weights_only=True)
        keep = saved["keep"].tolist()
        encoder = Encoder.of(base, keep)
        encoder.load_state_dict(saved["encoder"])
    vocabulary.save(vocabulary.tokenizer(base, keep), folder / "tokenizer.json")
    graph.save(encoder.eval(), folder / "model.onnx")


def vectors(folder: Path, found: Sequence[Phrasing]) -> Floats:
    """Vectors of rows by the exported encoder, kept in `training/work/`."""
    path = WORK / f"vectors-{digest(folder / 'model.onnx')}.npz"
    known = Store.load(path)
    whole, made = known.filled([clean(row.text) for row in found], Shipped(folder, threads=2))
    Store({**known.vectors, **whole.vectors}).save(path)
    return made


def validated(own: Floats, kept: Sequence[Phrasing], held: Floats, held_rows: Sequence[Phrasing]) -> Validated:
    """Penalties, calibrated heads and settings, from the training part and the held-out part."""
    ngrams.save(ngrams.train(kept), WORK / "held-ngrams.npz")
    penalties = choose.penalties(own, kept, held, held_rows)
    heads = choose.fit_heads(own, kept, penalties)
    features = heads.features(held)
    for name, truth in choose.truths(held_rows).items():
        head = choose.calibrated(getattr(heads, name), features, truth)
        heads = replace(heads, **{name: head})
        best = [head.labels[i] for i in head.logits(features).argmax(1)]
        share = np.mean([a == b for a, b in zip(best, truth, strict=True)])
        print(f"held out, {name}: {share:.4f} (temperature {head.temperature:.2f})")
    held_view = choose.Held(held_rows, features, Grams.load(WORK / "held-ngrams.npz"))
    return penalties, heads, choose.settings(heads, held_view)


def make(folder: Path, found: Sequence[Phrasing], training: str) -> None:
    """Heads, n-grams, vectors, settings and card for an encoder that is already in the folder."""
    everything = vectors(folder, found)
    place = {id(row): number for number, row in enumerate(found)}
    kept, held_rows = split(found)
    taught = {label(row) for row in kept}
    held_rows = [row for row in held_rows if label(row) in taught]
    own, held = (everything[[place[id(row)] for row in part]] for part in (kept, held_rows))
    penalties, heads, chosen = validated(own, kept, held, held_rows)
    choose.fit_heads(everything, found, penalties, heads).save(folder / "heads.npz")
    texts = [clean(row.text) for row in found]
    Store(dict(zip(map(Store.key, texts), everything, strict=True))).save(folder / "vectors.npz")
    ngrams.save(ngrams.train(found), folder / "ngrams.npz")
    recorded = {
        "settings": asdict(chosen.settings),
        "penalties": penalties,
        "knowledge": fingerprint(found),
        "encoder": digest(folder / "model.onnx"),
        "heads": digest(folder / "heads.npz"),
        "rows": len(found),
        "training": training,
    }
    (folder / "model.json").write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
    shown = card.table(chosen.entry, chosen.grave, heads.entry.labels, held_rows, chosen.settings.urgent_at)
    pieces = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    card.write(folder / "card.md", recorded, len(pieces), shown)
    print(json.dumps(recorded, indent=1), shown, sep="\n")


def main() -> None:
    """Export a checkpoint (or the base model) and fit everything that goes with it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--checkpoint", type=Path, help="of training/train.py; without it the base model is exported")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--heads-only", action="store_true", help="keep the encoder that is in the folder")
    parser.add_argument("--note", default="not tuned", help="how the checkpoint was trained, for the card")
    options = parser.parse_args()
    torch.set_num_threads(2)
    found = rows(quiet=False)
    WORK.mkdir(exist_ok=True)
    options.folder.mkdir(parents=True, exist_ok=True)
    if not options.heads_only:
        export_encoder(options.checkpoint, options.folder, [row.text for row in found])
    make(options.folder, found, options.note)


if __name__ == "__main__":
    main()
