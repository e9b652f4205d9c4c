"""`kenri stamp`: write into each translation which English it was made from, without touching anything else."""

import re
from collections.abc import Mapping
from pathlib import Path

from bot.content.fingerprint import fingerprints
from bot.content.knowledge import Knowledge
from bot.core.languages import SOURCE

_KEY = re.compile(r"^([a-z0-9-]+):\s*$")
_MADE = re.compile(r"^  made_from:.*\n", re.MULTILINE)


def stamp_file(source: str, made: Mapping[str, Mapping[str, str]]) -> str:
    """A topic file with the fingerprints of the entries in `made` set at the end of their blocks."""
    blocks = re.split(r"(?m)^(?=[a-z0-9-]+:\s*$)", source)
    return "".join(_stamp_block(block, made) for block in blocks)


def _stamp_block(block: str, made: Mapping[str, Mapping[str, str]]) -> str:
    head = _KEY.match(block.split("\n", 1)[0])
    if head is None or head.group(1) not in made:
        return block
    body = _MADE.sub("", block).rstrip("\n")
    fields = ", ".join(f"{name}: {value}" for name, value in made[head.group(1)].items())
    gap = "\n" * (len(block) - len(block.rstrip("\n")))
    return f"{body}\n  made_from: {{{fields}}}{gap or chr(10)}"


def stamp(knowledge: Knowledge, lang: str, only: str | None = None) -> list[Path]:
    """Stamp the translations of a language, all or one entry; the files that were written."""
    english = knowledge.texts[SOURCE]
    by_topic: dict[str, dict[str, dict[str, str]]] = {}
    for entry in knowledge.texts.get(lang, {}):
        if entry in english and only in (None, entry):
            topic, _, slug = entry.partition("/")
            by_topic.setdefault(topic, {})[slug] = fingerprints(english[entry])
    written = []
    for topic, made in by_topic.items():
        path = knowledge.root / lang / f"{topic}.yaml"
        source = path.read_text(encoding="utf-8")
        stamped = stamp_file(source, made)
        if stamped != source:
            path.write_text(stamped, encoding="utf-8")
            written.append(path)
    return written
