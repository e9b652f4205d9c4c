"""`kenri eval`: labelled rows through the assistant, and the measures as tables."""

import json
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bot.assistant import Assistant, Question
from bot.core.entries import Level
from bot.core.measures import MEASURES, Outcome, Pair, Row, by, milliseconds, share, worst
from bot.errors import ContentError, Fault


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """Rows of JSON-lines files; a ContentError names every line that is none."""
    rows: list[Row] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            faults.append(Fault(str(path), 1, f"cannot be read: {error.strerror}"))
            continue
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    rows.append(_row(json.loads(line), f"{path.stem}/{number}"))
                except (ValueError, KeyError, TypeError) as error:
                    faults.append(Fault(str(path), number, f"not an evaluation row: {type(error).__name__} {error}"))
    if faults:
        raise ContentError(faults)
    return rows


def _row(data: dict[str, object], fallback_id: str) -> Row:
    """A row of the contract; a bare `{lang, text}` is a foreign sentence that must be refused."""
    also = data.get("also") or ()
    return Row(
        id=str(data.get("id", fallback_id)),
        part=str(data.get("part", "other")),
        lang=str(data["lang"]),
        style=str(data.get("style", data.get("part", "other"))),
        text=str(data["text"]),
        entry=str(data["entry"]) if data.get("entry") else None,
        also=tuple(str(item) for item in also) if isinstance(also, list | tuple) else (),
        level=Level.of(str(data.get("level", "normal"))),
    )


def run(assistant: Assistant, rows: Sequence[Row], at: datetime) -> list[Pair]:
    """Each row asked as by a stranger: no chosen language, no history."""
    pairs: list[Pair] = []
    for row in rows:
        start = time.perf_counter()
        answer = assistant.ask(Question(row.text, at))
        spent = (time.perf_counter() - start) * 1000
        names = tuple(candidate.entry for candidate in answer.candidates)
        pairs.append((row, Outcome(answer.kind, answer.entry, names, answer.level, answer.lang, spent)))
    return pairs


def report(pairs: Sequence[Pair]) -> str:
    """The measures overall, per language and per style, and the worst language of each."""
    languages = by(pairs, lambda row: row.lang)
    lines = [f"{'measure':<20}{'all':>7}{'rows':>7}  worst language"]
    for name in MEASURES:
        found = share(pairs, name)
        if found:
            low = worst(languages, name)
            lines.append(f"{name:<20}{found[0]:>7.3f}{found[1]:>7}  {f'{low[0]} {low[1]:.3f}' if low else ''}")
    median, p95 = milliseconds(pairs)
    lines.append(f"{'ms per question':<20}{median:>7.1f} median, {p95:.1f} p95")
    lines += _table("language", languages)
    lines += _table("style", by(pairs, lambda row: row.style))
    return "\n".join(lines)


def _table(title: str, groups: dict[str, list[Pair]]) -> list[str]:
    head = "".join(f"{_short(name):>11}" for name in MEASURES)
    return ["", f"{title:<10}{head}", *(f"{name:<10}{_cells(group)}" for name, group in groups.items())]


def _cells(group: Sequence[Pair]) -> str:
    found = (share(group, name) for name in MEASURES)
    return "".join(f"{value[0]:>11.3f}" if value else f"{'-':>11}" for value in found)


def _short(name: str) -> str:
    return {
        "urgent recall": "urgent",
        "emergency recall": "emergency",
        "false alarms": "alarms",
        "false alarms, calm": "calm",
    }.get(name, name)
