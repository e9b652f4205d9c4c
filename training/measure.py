"""The measures of the contract for a model folder alone, without the assistant's lexicon: `measure FILE...`."""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from bot.core.entries import Level
from bot.core.matching import decide
from bot.core.reading import Reading
from bot.understanding.encoder import FOLDER
from bot.understanding.reader import Reader
from training.data import KNOWLEDGE
from training.data import rows as phrasings

Row = dict[str, Any]
Hit = Callable[[Row, Reading, Reader], bool]


def _right(row: Row) -> set[str]:
    return {row["entry"], *(row.get("also") or ())} - {None}


def _kind(found: Reading, reader: Reader) -> str:
    return decide(found.candidates, found.foreign, reader.thresholds)


def _first(found: Reading, count: int) -> set[str]:
    return {item.entry for item in found.candidates[:count]}


def _alarm(found: Reading, reader: Reader) -> bool:
    return found.urgent >= reader.urgent_at or found.levels[Level.EMERGENCY] >= reader.emergency_at


def _helped(row: Row, found: Reading, reader: Reader) -> bool:
    kind = _kind(found, reader)
    return bool(_right(row) & _first(found, {"answer": 1, "suggest": 4, "none": 0}[kind]))


MEASURES: dict[str, tuple[Callable[[Row], bool], Hit]] = {
    "R@1": (lambda r: r["part"] == "questions", lambda r, o, _: bool(_right(r) & _first(o, 1))),
    "R@3": (lambda r: r["part"] == "questions", lambda r, o, _: bool(_right(r) & _first(o, 3))),
    "wrong": (
        lambda r: r["part"] == "questions",
        lambda r, o, k: _kind(o, k) == "answer" and not _right(r) & _first(o, 1),
    ),
    "helped": (lambda r: r["part"] == "questions", _helped),
    "urgent": (lambda r: r["level"] in ("urgent", "emergency"), lambda _, o, k: _alarm(o, k)),
    "emergency": (lambda r: r["level"] == "emergency", lambda _, o, k: o.levels[Level.EMERGENCY] >= k.emergency_at),
    "alarms": (lambda r: r["level"] == "normal", lambda _, o, k: _alarm(o, k)),
    "calm": (lambda r: r["part"] == "calm", lambda _, o, k: _alarm(o, k)),
    "refusal": (lambda r: r["part"] == "other", lambda _, o, k: _kind(o, k) == "none"),
    "language": (
        lambda r: len(r["text"].split()) >= 2 or not r["text"].isascii(),
        lambda r, o, _: max(o.languages, key=lambda code: o.languages[code]) == r["lang"],
    ),
}


def read_rows(paths: Sequence[Path]) -> list[Row]:
    """Rows of JSON-lines files; bare `{lang, text}` rows are foreign sentences."""
    found = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [{"part": "other", "entry": None, "level": "normal", "style": "other", **row} for row in found]


def table(rows: Sequence[Row], readings: Sequence[Reading], reader: Reader) -> list[str]:
    """Overall, per language and per style."""
    lines = ["".join(f"{name:>11}" for name in ("", *MEASURES))]

    def line(name: str, wanted: Callable[[Row], bool]) -> None:
        cells = []
        for counts, hit in MEASURES.values():
            hits = [hit(r, o, reader) for r, o in zip(rows, readings, strict=True) if wanted(r) and counts(r)]
            cells.append(f"{np.mean(hits):11.3f}" if hits else f"{'-':>11}")
        lines.append(f"{name:>11}" + "".join(cells))

    line("all", lambda _: True)
    for key in ("lang", "style"):
        for value in sorted({str(row[key]) for row in rows}):
            line(value, lambda row, key=key, value=value: row[key] == value)  # type: ignore[misc]
    return lines


def curve(rows: Sequence[Row], readings: Sequence[Reading]) -> list[str]:
    """What other danger thresholds would give."""
    lines = [f"{'urgent_at':>11}{'recall':>9}{'alarms':>9}{'calm':>9}"]
    for step in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7):
        said = np.array([found.urgent >= step for found in readings])
        parts = (
            [row["level"] in ("urgent", "emergency") for row in rows],
            [row["level"] == "normal" for row in rows],
            [row["part"] == "calm" for row in rows],
        )
        lines.append(f"{step:11.2f}" + "".join(f"{said[np.array(part)].mean():9.3f}" for part in parts if any(part)))
    return lines


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--curve", action="store_true")
    options = parser.parse_args()
    entries = {row.entry for row in phrasings(KNOWLEDGE) if row.entry}
    start = time.perf_counter()
    reader = Reader.load(SimpleNamespace(entries=entries, words={}), options.folder)
    print(f"loaded in {time.perf_counter() - start:.2f} s; degraded: {reader.degraded}; {reader.settings}")
    rows = read_rows(options.files)
    readings, spent = [], []
    for row in rows:
        start = time.perf_counter()
        readings.append(reader.read(row["text"]))
        spent.append((time.perf_counter() - start) * 1000)
    print(*table(rows, readings, reader), sep="\n")
    if options.curve:
        print(*curve(rows, readings), sep="\n")
    print(f"{len(rows)} rows; ms a question: median {np.median(spent):.1f}, p95 {np.percentile(spent, 95):.1f}")


if __name__ == "__main__":
    main()
