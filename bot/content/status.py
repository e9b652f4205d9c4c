"""`kenri status`: how far each language is, and what is due."""

from datetime import date
from pathlib import Path

from bot.content.due import due_faults
from bot.content.fingerprint import stale_fields
from bot.content.load import read_folder, read_phrasings
from bot.core.languages import CODES, SOURCE


def report(knowledge_dir: Path, today: date, only: str | None = None) -> str:
    """A table by language, then what waits for a maintainer."""
    knowledge, folder = read_folder(knowledge_dir)
    phrasings = read_phrasings(folder, knowledge)
    total = len(knowledge.entries)
    lines = [f"{'language':<10}{'done':>9}{'reviewed':>10}{'stale':>7}{'missing':>9}{'phrasings':>11}{'examples':>10}"]
    work: list[str] = []
    for code in CODES if only is None else (only,):
        texts = knowledge.texts.get(code, {})
        english = knowledge.texts.get(SOURCE, {})
        missing = [entry for entry in knowledge.entries if entry not in texts]
        stale = {e: fields for e, text in texts.items() if e in english and (fields := stale_fields(english[e], text))}
        if code == SOURCE:
            stale = {}
        reviewed = sum(text.status == "reviewed" for text in texts.values())
        own = [item for item in phrasings if item.lang == code]
        questions = sum(item.part == "questions" for item in own)
        done = f"{total - len(missing)}/{total}"
        counts = f"{reviewed:>10}{len(stale):>7}{len(missing):>9}{questions:>11}{len(own) - questions:>10}"
        lines.append(f"{code:<10}{done:>9}{counts}")
        if only is not None:
            work += [f"missing: {entry}" for entry in missing]
            work += [f"stale: {entry}: {', '.join(fields)}" for entry, fields in stale.items()]
            work += [
                f"draft: {entry} ({_words(text.answer, *text.steps)} words)"
                for entry, text in texts.items()
                if text.status == "draft"
            ]
    due = due_faults(knowledge, today)
    return "\n".join(
        [*lines, *work, "", f"due for re-check or unconfirmed: {len(due)}", *(str(fault) for fault in due)]
    )


def _words(*passages: str) -> int:
    return sum(len(passage.split()) for passage in passages)
