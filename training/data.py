"""Labelled texts of `knowledge/` for training: files that do not parse are left out and named."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bot.content import schema
from bot.content.knowledge import Phrasing
from bot.content.load import Folder, read_phrasings
from bot.core.danger import Group
from bot.core.entries import Level
from bot.understanding.heads import NONE

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
WORK = ROOT / "training" / "work"


def rows(root: Path = KNOWLEDGE, quiet: bool = True) -> list[Phrasing]:
    """All phrasings and examples that can be read now, each text once per language and label."""
    folder = Folder(root)
    found = read_phrasings(folder, _labels(folder))
    faults = folder.faults
    if faults and not quiet:
        print(f"left out, {len(faults)} faults:", *(str(fault) for fault in faults[:8]), sep="\n  ")
    unique: dict[tuple[str, str, str], Phrasing] = {}
    for row in found:
        if row.text.strip():
            unique.setdefault((row.lang, row.text.strip(), row.entry or NONE), row)
    return list(unique.values())


def _labels(folder: Folder) -> Any:
    """Entries with their levels and danger groups: all that reading phrasings needs of the knowledge base."""
    levels: dict[str, Level] = {}
    for path in sorted((folder.root / "entries").glob("*.yaml")):
        document = folder.document(path)
        for slug, record in cast(dict[str, Any], document.data if document else {}).items():
            levels[f"{path.stem}/{slug}"] = Level.of(record["level"])
    entries = {name: SimpleNamespace(id=name, level=level) for name, level in levels.items()}
    danger = folder.parse(folder.root / "danger.yaml", schema.DangerFile)
    groups = {key: Group(key, item.level, item.kinds, item.entry) for key, item in danger.groups.items()}
    return SimpleNamespace(entries=entries, groups=groups)


def label(row: Phrasing) -> str:
    """The entry, or `none`."""
    return row.entry or NONE


def split(found: Sequence[Phrasing], part: int = 10) -> tuple[list[Phrasing], list[Phrasing]]:
    """Training rows and validation rows (one in `part`), by a hash of the text, so that the split stays the same."""
    kept: tuple[list[Phrasing], list[Phrasing]] = ([], [])
    for row in found:
        number = int.from_bytes(hashlib.blake2b(row.text.encode(), digest_size=4).digest(), "big")
        kept[number % part == 0].append(row)
    return kept


def summary(found: Sequence[Phrasing]) -> str:
    """Rows per language and part, on one line each."""
    langs = sorted({row.lang for row in found})
    lines = []
    for lang in langs:
        own = [row for row in found if row.lang == lang]
        parts = {part: sum(row.part == part for row in own) for part in ("questions", "urgent", "calm", "other")}
        entries = len({row.entry for row in own if row.part == "questions"})
        lines.append(f"{lang:4}{len(own):6}  entries {entries:4}  {parts}")
    return "\n".join([*lines, f"all {len(found):6}"])


if __name__ == "__main__":
    print(summary(rows(quiet=False)))
