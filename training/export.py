"""From a checkpoint to the files in `bot/understanding/model/`: int8 encoder, tokenizer, heads, n-grams, settings."""

import argparse
import hashlib
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
from training import choose, graph, ngrams, vocabulary
from training.data import WORK, fingerprint, label, rows, split
from training.encoder import Encoder
from training.extract import read_base


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
    """Vectors of rows by the exported encoder, kept by text in `training/work/`."""
    seal = digest(folder / "model.onnx")
    store = WORK / f"vectors-{seal}.npz"
    known: dict[str, Floats] = {}
    if store.exists():
        with np.load(store) as tables:
            known = dict(zip(tables["texts"].tolist(), tables["vectors"].astype(np.float32), strict=True))
    texts = [clean(row.text) for row in found]
    new = sorted(set(texts) - known.keys())
    if new:
        made = Shipped(folder, threads=2).vectors(new)
        known |= dict(zip(new, made, strict=True))
        np.savez(store, texts=np.array(list(known)), vectors=np.stack(list(known.values())).astype(np.float16))
    return np.stack([known[text] for text in texts])


def digest(path: Path) -> str:
    """The first half of a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def make(folder: Path, found: Sequence[Phrasing], made_of: dict[str, object]) -> None:
    """Heads, n-grams and settings for an encoder that is already in the folder."""
    kept, held_rows = split(found)
    held_rows = [row for row in held_rows if label(row) in {label(other) for other in kept}]
    ngrams.save(ngrams.train(kept), WORK / "held-ngrams.npz")
    heads = choose.fit_heads(vectors(folder, kept), kept)
    features = heads.features(vectors(folder, held_rows))
    truths = {
        "entry": [label(row) for row in held_rows],
        "level": [row.level.word for row in held_rows],
        "language": [row.lang for row in held_rows],
    }
    heads = replace(
        heads, **{name: choose.calibrated(getattr(heads, name), features, truth) for name, truth in truths.items()}
    )
    for name, truth in truths.items():
        head = getattr(heads, name)
        best = [head.labels[i] for i in head.logits(features).argmax(1)]
        print(f"held out, {name}: {np.mean([a == b for a, b in zip(best, truth, strict=True)]):.4f}"
              f" (temperature {head.temperature:.2f})")
    chosen = choose.settings(heads, choose.Held(held_rows, features, Grams.load(WORK / "held-ngrams.npz")))
    whole: Heads = choose.fit_heads(vectors(folder, found), found, heads)
    whole = replace(
        whole, **{name: replace(getattr(whole, name), temperature=getattr(heads, name).temperature) for name in truths}
    )
    whole.save(folder / "heads.npz")
    ngrams.save(ngrams.train(found), folder / "ngrams.npz")
    card = {
        "settings": asdict(chosen),
        "knowledge": fingerprint(found),
        "encoder": digest(folder / "model.onnx"),
        "heads": digest(folder / "heads.npz"),
        "rows": len(found),
        **made_of,
    }
    (folder / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=1))


def main() -> None:
    """Export a checkpoint (or the base model) and fit everything that goes with it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--checkpoint", type=Path, help="of training/train.py; without it the base model is exported")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--heads-only", action="store_true", help="keep the encoder that is in the folder")
    options = parser.parse_args()
    torch.set_num_threads(2)
    found = rows(quiet=False)
    WORK.mkdir(exist_ok=True)
    options.folder.mkdir(parents=True, exist_ok=True)
    if not options.heads_only:
        export_encoder(options.checkpoint, options.folder, [row.text for row in found])
    make(options.folder, found, {"base": "multilingual-e5-small", "checkpoint": str(options.checkpoint or "none")})


if __name__ == "__main__":
    main()
