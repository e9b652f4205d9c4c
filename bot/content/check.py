"""`kenri check`: a list of small functions from content to faults; everything is reported together."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.due import due_faults
from bot.content.knowledge import Knowledge, Phrasing
from bot.content.load import Folder, read_folder, read_phrasings
from bot.content.near import near_faults
from bot.content.pofiles import catalog_faults
from bot.content.yamlfile import Path_
from bot.core.entries import Text
from bot.core.fill import placeholders
from bot.core.languages import SOURCE
from bot.errors import Fault

MADE_BY_PROGRAM = frozenset(
    {
        "tel_police", "tel_ambulance", "prefecture", "minimum_wage", "minimum_wage_next", "minimum_wage_next_from",
        "minimum_wage_lowest", "minimum_wage_highest",
    }
)  # fmt: skip
_PHONE = re.compile(r"(?<!\d)(?:0\d{1,4}-\d{1,4}-\d{3,4}|0120\d{6}|110|119)(?!\d)")
_AMOUNT = re.compile(r"(?<![\d{])\d{1,3}(?:[,.]\d{3})+(?!\d)|(?<![\d{_])\d{3,}(?![\d}])")
_MARKUP = re.compile(r"</?[a-zA-Z]+>|\*\*|__")
_HIDDEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_TITLE_LENGTH = 60
_TEXT_LENGTH = 3000


@dataclass(frozen=True, slots=True)
class Content:
    """What a check looks at: the records, the phrasings, and the documents with their lines."""

    knowledge: Knowledge
    folder: Folder
    phrasings: list[Phrasing]

    def fault(self, file: str, path: Path_, message: str) -> Fault:
        """A fault at a path of keys in a file of the folder."""
        document = self.folder.documents.get(f"{self.folder.root.name}/{file}")
        return document.fault(path, message) if document else Fault(f"{self.folder.root.name}/{file}", 1, message)

    def at_text(self, lang: str, entry: str, field: Path_, message: str) -> Fault:
        """A fault in the words of an entry."""
        topic, _, slug = entry.partition("/")
        shown = f"{slug}.{'.'.join(str(part) for part in field)}" if field else slug
        return self.fault(f"{lang}/{topic}.yaml", (slug, *field), f"{shown}: {message}")


Check = Callable[[Content], Iterable[Fault]]


def passages(text: Text) -> Iterator[tuple[Path_, str]]:
    """Every field of a text with its path."""
    yield ("title",), text.title
    yield ("answer",), text.answer
    if text.here:
        yield ("here",), text.here
    for name, items in (("steps", text.steps), ("more", text.more)):
        for number, item in enumerate(items):
            yield (name, number), item
    for number, change in enumerate(text.changes):
        if change.answer:
            yield ("changes", number, "answer"), change.answer
        if change.here:
            yield ("changes", number, "here"), change.here
        for name, found in (("steps", change.steps), ("more", change.more)):
            for index, item in enumerate(found or ()):
                yield ("changes", number, name, index), item


def references(content: Content) -> Iterator[Fault]:
    """Related entries, contacts and acts that an entry names must exist."""
    knowledge = content.knowledge
    for entry in knowledge.entries.values():
        topic, _, slug = entry.id.partition("/")
        file = f"entries/{topic}.yaml"
        for number, other in enumerate(entry.related):
            if other not in knowledge.entries or other == entry.id:
                yield content.fault(file, (slug, "related", number), f'{slug}.related: no other entry "{other}"')
        for number, contact in enumerate(entry.contacts):
            if contact != "embassy" and contact not in knowledge.contacts:
                yield content.fault(file, (slug, "contacts", number), f'{slug}.contacts: no contact "{contact}"')
        for number, source in enumerate(entry.sources):
            if source.act and source.act not in knowledge.acts:
                yield content.fault(file, (slug, "sources", number), f'{slug}.sources: no act "{source.act}"')
            if not source.act and not source.page:
                message = f'{slug}.sources: neither an act nor a page (add "act" or "page")'
                yield content.fault(file, (slug, "sources", number), message)


def danger_references(content: Content) -> Iterator[Fault]:
    """Kinds and groups of danger name contacts, sentences, kinds and entries that exist."""
    knowledge = content.knowledge
    for kind in knowledge.kinds.values():
        for what, names, known in (
            ("contact", kind.contacts, knowledge.contacts.keys()),
            ("sentence", kind.say, knowledge.sentences.keys()),
            ("entry", kind.entries, knowledge.entries.keys()),
        ):
            for name in names:
                if name not in known:
                    yield content.fault("danger.yaml", ("kinds", kind.id), f'kinds.{kind.id}: no {what} "{name}"')
    for group in knowledge.groups.values():
        if group.entry not in knowledge.entries:
            yield content.fault("danger.yaml", ("groups", group.id), f'groups.{group.id}: no entry "{group.entry}"')


def english_is_whole(content: Content) -> Iterator[Fault]:
    """Every entry has English words, and every text has an entry."""
    knowledge = content.knowledge
    english = knowledge.texts.get(SOURCE, {})
    for entry in knowledge.entries:
        if entry not in english:
            topic, _, slug = entry.partition("/")
            yield content.fault(
                f"entries/{topic}.yaml", (slug,), f"{slug}: has no English text (write it in en/{topic}.yaml)"
            )
    for lang, texts in knowledge.texts.items():
        for entry in texts:
            if entry not in knowledge.entries:
                yield content.at_text(lang, entry, (), "no such entry in entries/ (misspelt?)")


def placeholders_known(content: Content) -> Iterator[Fault]:
    """Every placeholder of the English text is a law value, a dated name or made by the program."""
    knowledge = content.knowledge
    known = MADE_BY_PROGRAM | knowledge.law.keys() | knowledge.terms[SOURCE].names.keys()
    for entry, text in knowledge.texts.get(SOURCE, {}).items():
        for field, passage in passages(text):
            for name in set(placeholders(passage)) - known:
                yield content.at_text(
                    SOURCE, entry, field, f"placeholder {{{name}}} is not defined in law/ or terms.yaml"
                )


def translations_agree(content: Content) -> Iterator[Fault]:
    """A translation has the fields, steps and placeholders of the English text."""
    english = content.knowledge.texts.get(SOURCE, {})
    for lang, texts in content.knowledge.texts.items():
        if lang == SOURCE:
            continue
        for entry, text in texts.items():
            if entry in english:
                yield from _agree(content, lang, entry, dict(passages(english[entry])), dict(passages(text)))


def _agree(content: Content, lang: str, entry: str, source: dict[Path_, str], own: dict[Path_, str]) -> Iterator[Fault]:
    for field in source.keys() - own.keys():
        yield content.at_text(lang, entry, field, "is missing (the English text has it)")
    for field in own.keys() - source.keys():
        yield content.at_text(lang, entry, field, "is not in the English text (remove it)")
    for field in source.keys() & own.keys():
        wanted, found = Counter(placeholders(source[field])), Counter(placeholders(own[field]))
        for name in wanted - found:
            message = f"placeholder {{{name}}} of the English text is missing (add it)"
            yield content.at_text(lang, entry, field, message)
        for name in found - wanted:
            yield content.at_text(lang, entry, field, f"placeholder {{{name}}} is not in the English text (remove it)")


def clean_texts(content: Content) -> Iterator[Fault]:
    """No numbers of law, phone numbers, markup or hidden characters in the words; lengths that fit."""
    for lang, texts in content.knowledge.texts.items():
        for entry, text in texts.items():
            for field, passage in passages(text):
                yield from (content.at_text(lang, entry, field, message) for message in _blemishes(passage))
            if len(text.title) > _TITLE_LENGTH:
                yield content.at_text(lang, entry, ("title",), f"longer than {_TITLE_LENGTH} characters")
            if sum(len(passage) for _, passage in passages(text)) > _TEXT_LENGTH:
                yield content.at_text(lang, entry, (), f"longer than {_TEXT_LENGTH} characters (Telegram's limit)")


def _blemishes(passage: str) -> Iterator[str]:
    if match := _PHONE.search(passage):
        yield f'phone number "{match.group()}" in the text (use {{tel_police}}, {{tel_ambulance}} or the contacts)'
    elif match := _AMOUNT.search(passage):
        yield f'number "{match.group()}" in the text (make it a value in law/ and use its placeholder)'
    if match := _MARKUP.search(passage):
        yield f'markup "{match.group()}" in the text (plain words only)'
    if match := _HIDDEN.search(passage):
        yield f"hidden character U+{ord(match.group()):04X} (type the words again)"
    if passage.count("{") != passage.count("}"):
        yield "unbalanced { } (a placeholder looks like {claim_years})"


def law_is_dated(content: Content) -> Iterator[Fault]:
    """Values of one number never overlap, and wages cover all prefectures."""
    knowledge = content.knowledge
    for law in knowledge.law.values():
        starts = [value.since for value in law.values]
        if len(set(starts)) < len(starts):
            yield _law_fault(content, law.id, "two values begin on the same day")
        for first, second in zip(law.values, law.values[1:], strict=False):
            if first.until is not None and first.until > second.since:
                yield _law_fault(content, law.id, "dates overlap: a value ends after the next one begins")
    missing = knowledge.prefectures.keys() - knowledge.wages.keys()
    for code in sorted(missing):
        yield content.fault("law/minimum_wage.yaml", ("prefectures",), f'prefecture "{code}" has no minimum wage')


def _law_fault(content: Content, law_id: str, message: str) -> Fault:
    for name, document in content.folder.documents.items():
        if f"{content.folder.root.name}/law/" in name and isinstance(document.data, dict) and law_id in document.data:
            return document.fault((law_id,), f"{law_id}: {message}")
    return Fault(f"{content.folder.root.name}/law", 1, f"{law_id}: {message}")


def contacts_reachable(content: Content) -> Iterator[Fault]:
    """A confirmed contact can be reached and says when it was checked; `via` names another contact."""
    for contact in content.knowledge.contacts.values():
        file = _contact_file(content, contact.id)
        if contact.via and contact.via not in content.knowledge.contacts:
            yield content.fault(file, (contact.id, "via"), f'{contact.id}.via: no contact "{contact.via}"')
        if contact.confirmed and contact.checked_on is None:
            yield content.fault(file, (contact.id,), f"{contact.id}: confirmed but without checked_on (add the date)")
        if contact.confirmed and not contact.lines and not contact.via:
            yield content.fault(file, (contact.id,), f"{contact.id}: confirmed but no line to reach it")
        for number, line in enumerate(contact.lines):
            if not (line.phone or line.url or line.email):
                message = f"{contact.id}.lines: neither phone nor url nor email"
                yield content.fault(file, (contact.id, "lines", number), message)


def _contact_file(content: Content, contact_id: str) -> str:
    prefix = f"{content.folder.root.name}/"
    for name, document in content.folder.documents.items():
        if name.startswith(f"{prefix}contacts/") and isinstance(document.data, dict) and contact_id in document.data:
            return name.removeprefix(prefix)
    return "contacts"


def examples_known(content: Content) -> Iterator[Fault]:
    """Danger examples belong to groups, calm ones to entries, that exist."""
    for name, document in content.folder.documents.items():
        parts = name.split("/")
        if len(parts) == 3 and parts[2] == "danger.yaml" and isinstance(document.data, dict):
            for group in document.data.get("danger", {}):
                if group not in content.knowledge.groups:
                    yield document.fault(("danger", group), f'danger: no group "{group}" in danger.yaml')
            for entry in document.data.get("calm", {}):
                if entry != "none" and entry not in content.knowledge.entries:
                    yield document.fault(("calm", entry), f'calm: no entry "{entry}"')


def named_everywhere(content: Content) -> Iterator[Fault]:
    """Each language that has texts names the topics, acts and sentences that English names."""
    source = content.knowledge.terms.get(SOURCE)
    for lang, texts in content.knowledge.texts.items():
        if not texts:
            continue  # a language that is not begun: `kenri status` says so
        own = content.knowledge.terms.get(lang)
        if own is None or source is None:
            yield content.fault(f"{lang}/terms.yaml", (), "file is missing (translate en/terms.yaml)")
            continue
        for part in ("topics", "acts", "say", "names"):
            for key in getattr(source, part).keys() - getattr(own, part).keys():
                yield content.fault(f"{lang}/terms.yaml", (part,), f'{part}: "{key}" of en/terms.yaml is missing')


CHECKS: tuple[Check, ...] = (
    references,
    danger_references,
    english_is_whole,
    placeholders_known,
    translations_agree,
    clean_texts,
    law_is_dated,
    contacts_reachable,
    examples_known,
    named_everywhere,
)


def run(knowledge_dir: Path, locales_dir: Path, today: date, *, stale: bool = False) -> tuple[list[Fault], int]:
    """All faults, sorted, and the number of files that were looked at."""
    knowledge, folder = read_folder(knowledge_dir)
    content = Content(knowledge, folder, read_phrasings(folder, knowledge))
    faults = list(folder.faults)
    if SOURCE in knowledge.terms:
        for check in CHECKS:
            faults += check(content)
    faults += near_faults(content.phrasings, knowledge_dir)
    catalogs, files = catalog_faults(locales_dir)
    faults += catalogs
    if stale:
        faults += due_faults(knowledge, today)
    return sorted(set(faults)), len(folder.documents) + files
