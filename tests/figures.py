"""Recorded measures: `python -m tests.figures` writes them anew after a change that is meant to move them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bot.app import build_assistant
from bot.config import load_settings
from bot.core.contacts import TOKYO
from bot.core.measures import Pair, by, share
from bot.evaluation import read_rows, run

ROOT = Path(__file__).parent.parent
RECORD = Path(__file__).parent / "eval" / "recorded.json"
SETS = {"own": ROOT / "tests" / "eval", "shared": ROOT.parent / "shared" / "eval"}
WATCHED = ("R@1", "urgent recall", "false alarms", "refusal")
AT = datetime(2026, 11, 25, 13, tzinfo=TOKYO)

Figures = dict[str, dict[str, float]]


def figures(pairs: Sequence[Pair]) -> Figures:
    """The watched measures of each language, and of all together."""
    groups = {"all": list(pairs), **by(pairs, lambda row: row.lang)}
    return {
        lang: {name: round(found[0], 4) for name in WATCHED if (found := share(group, name))}
        for lang, group in groups.items()
    }


def measured(folder: Path) -> Figures:
    """The figures of a folder of rows, by the shipped model and texts."""
    rows = read_rows(sorted(folder.glob("*.jsonl")))
    return figures(run(build_assistant(load_settings()), rows, AT))


def worse(recorded: Figures, now: Figures, margin: float = 0.02) -> Iterable[str]:
    """Each figure that is more than two points worse than recorded."""
    for lang, values in recorded.items():
        for name, value in values.items():
            found = now[lang][name]
            fell = found - value if name == "false alarms" else value - found
            if fell > margin + 1e-9:
                yield f"{lang} {name}: {found:.3f}, recorded {value:.3f}"


if __name__ == "__main__":
    record = {name: measured(folder) for name, folder in SETS.items() if folder.is_dir()}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
