"""Faults of the gettext catalogs: missing or fuzzy strings, placeholders, catalogs not compiled."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import PoFileError, read_po

from bot.content.catalogs import DOMAIN
from bot.core.languages import CODES, SOURCE, locale_of
from bot.errors import Fault

_FIELD = re.compile(r"\{\w+\}")


def catalog_faults(folder: Path) -> tuple[list[Fault], int]:
    """All faults of all catalogs, and how many files were read; a language not yet begun has none."""
    faults: list[Fault] = []
    files = 0
    for code in CODES:
        path = folder / locale_of(code) / "LC_MESSAGES" / f"{DOMAIN}.po"
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if not path.exists():
            faults.append(Fault(name, 1, "file is missing (run `make catalogs`)"))
            continue
        files += 1
        try:
            with path.open("rb") as file:
                catalog = read_po(file, locale=locale_of(code), abort_invalid=True)
        except (PoFileError, ValueError) as error:
            faults.append(Fault(name, 1, f"not a PO file: {error}"))
            continue
        begun = code != SOURCE and any(message.id and message.string for message in catalog)
        for message in catalog if begun else ():
            if message.id:
                faults += [Fault(name, message.lineno or 1, text) for text in _message_faults(message)]
        if not _compiled(path.with_suffix(".mo"), _strings(catalog)):
            faults.append(Fault(name, 1, "the compiled catalog is older (run `make catalogs`)"))
    return faults, files


def _message_faults(message: Message) -> Iterator[str]:
    shown = str(message.id)[:50]
    if message.fuzzy:
        yield f'"{shown}": marked fuzzy (read it, then remove the mark)'
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(strings):
        yield f'"{shown}": not translated'
        return
    source = message.id if isinstance(message.id, str) else message.id[-1]
    for string in strings:
        if sorted(_FIELD.findall(source)) != sorted(_FIELD.findall(string or "")):
            yield f'"{shown}": placeholders differ from the English text'


def _strings(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Translated strings by their English (singular) text, plural forms in order."""
    found = {}
    for message in catalog:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and all(forms):
            found[message.id if isinstance(message.id, str) else message.id[0]] = tuple(str(form) for form in forms)
    return found


def _compiled(path: Path, wanted: dict[str, tuple[str, ...]]) -> bool:
    if not path.exists():
        return not wanted
    with path.open("rb") as file:
        return _strings(read_mo(file)) == wanted
