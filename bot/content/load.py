"""From the files of `knowledge/` to core records. Faults are collected; a folder with faults is refused."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from rapidfuzz import process

from bot.content import schema
from bot.content.knowledge import Knowledge, Phrasing, Terms
from bot.content.records import act_of, contact_of, entry_of, law_of, meanings_of, terms_of, text_of, wages_of, words_of
from bot.content.yamlfile import Document, Path_, read
from bot.core.danger import DangerWords, Group, Kind, Sentence
from bot.core.entries import Entry, Level
from bot.core.languages import CODES
from bot.core.law import LawValue
from bot.core.prefectures import Prefecture
from bot.errors import ContentError, Fault

T = TypeVar("T")
MANNERS = ("plain", "casual", "story", "mixed")
_NOT_TOPICS = {"danger", "terms", "words"}


class Folder:
    """A knowledge folder being read: its documents, and the faults found so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}

    def document(self, path: Path) -> Document | None:
        """A file as a document, read once."""
        name = self.name(path)
        if name not in self.documents:
            found = read(path, name, self.faults)
            if found is None:
                return None
            self.documents[name] = found
        return self.documents[name]

    def name(self, path: Path) -> str:
        """A path as maintainers see it: `knowledge/my/wages.yaml`."""
        return f"{self.root.name}/{path.relative_to(self.root).as_posix()}"

    def parse(self, path: Path, model: Any) -> Any:
        """One file as a model; None with faults noted where it does not fit."""
        document = self.document(path) if path.exists() else None
        if document is None:
            if not path.exists():
                self.faults.append(Fault(self.name(path), 1, "file is missing"))
            return None
        try:
            return _adapter(model).validate_python(document.data)
        except ValidationError as error:
            self.faults += [_fault(document, item, model) for item in error.errors()]
            return None

    def table(self, paths: Iterable[Path], model: type[T]) -> dict[tuple[str, str], T]:
        """Files of `key: record` as one table by (file stem, key); a faulty record does not take others along."""
        found: dict[tuple[str, str], T] = {}
        for path in sorted(paths):
            for key, record in self.records(path, model).items():
                found[path.stem, key] = record
        return found

    def records(self, path: Path, model: type[T]) -> dict[str, T]:
        """One file of `key: record`."""
        document = self.document(path)
        if document is None:
            return {}
        if not isinstance(document.data, dict):
            self.faults.append(document.fault((), "a list of entries is expected (write `name:` and indent below it)"))
            return {}
        adapter: TypeAdapter[T] = _adapter(model)  # type: ignore[arg-type]  # classes are hashable
        found: dict[str, T] = {}
        for key, data in document.data.items():
            try:
                found[key] = adapter.validate_python(data)
            except ValidationError as error:
                self.faults += [_fault(document, item, model, (key,)) for item in error.errors()]
        return found


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _fault(document: Document, item: Any, model: Any, under: Path_ = ()) -> Fault:
    kind, message = item["type"], item["msg"]
    path = _path(document, (*under, *item["loc"]), keep_last=kind in ("missing", "extra_forbidden"))
    shown = ".".join(str(part) for part in path)
    if kind == "extra_forbidden":
        near = process.extractOne(str(path[-1]), _known_keys(model), score_cutoff=60)
        hint = f'did you mean "{near[0]}"?' if near else "remove it"
        return document.fault(path, f'{shown}: unknown key "{path[-1]}" ({hint})')
    if kind == "missing":
        return document.fault(path[:-1], f'{shown}: key "{path[-1]}" is missing (add it)')
    return document.fault(path, f"{shown}: {message.removeprefix('Value error, ')}")


def _path(document: Document, loc: Path_, *, keep_last: bool) -> Path_:
    """The keys of `loc` that stand in the file: pydantic also names the branch of a union there."""
    found: Path_ = ()
    for step in loc:
        if (*found, step) in document.marks:
            found = (*found, step)
    return (*found, loc[-1]) if keep_last and found[-1:] != loc[-1:] else found


@cache
def _known_keys(model: Any) -> tuple[str, ...]:
    names: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            names.update(node.get("properties", {}))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(_adapter(model).json_schema())
    return tuple(sorted(names))


def read_folder(root: Path, languages: Iterable[str] = CODES) -> tuple[Knowledge, Folder]:
    """Read everything but the phrasings; faults are in the returned folder."""
    folder = Folder(root)
    wanted = tuple(languages)
    entries = {
        f"{topic}/{slug}": entry_of(f"{topic}/{slug}", record)
        for (topic, slug), record in folder.table((root / "entries").glob("*.yaml"), schema.EntryFile).items()
    }
    texts = {}
    terms: dict[str, Terms] = {}
    words: dict[str, DangerWords] = {}
    for lang in wanted:
        if not (root / lang).is_dir():
            continue
        paths = [path for path in (root / lang).glob("*.yaml") if path.stem not in _NOT_TOPICS]
        table = folder.table(paths, schema.TextFile)
        texts[lang] = {f"{topic}/{slug}": text_of(record) for (topic, slug), record in table.items()}
        if (root / lang / "terms.yaml").exists():
            _put(terms, lang, folder.parse(root / lang / "terms.yaml", schema.TermsFile), terms_of)
        if (root / lang / "words.yaml").exists():
            _put(words, lang, folder.parse(root / lang / "words.yaml", schema.DangerWordsFile), words_of)
    law_files = [p for p in (root / "law").glob("*.yaml") if p.stem not in ("minimum_wage", "acts")]
    law: dict[str, LawValue] = {}
    for (stem, key), record in folder.table(law_files, schema.LawFile).items():
        if key in law:
            document = folder.documents[f"{root.name}/law/{stem}.yaml"]
            folder.faults.append(document.fault((key,), f'law value "{key}" is defined in another file too'))
        law[key] = law_of(key, record)
    wages = folder.parse(root / "law" / "minimum_wage.yaml", schema.WagesFile)
    acts = folder.parse(root / "law" / "acts.yaml", dict[str, schema.ActFile]) or {}
    contact_table = folder.table((root / "contacts").glob("*.yaml"), schema.ContactFile)
    prefectures = folder.parse(root / "prefectures.yaml", dict[schema.PrefectureCode, schema.PrefectureFile]) or {}
    danger = folder.parse(root / "danger.yaml", schema.DangerFile)
    sentences = folder.parse(root / "phrasebook" / "say.yaml", dict[str, schema.SentenceFile]) or {}
    knowledge = Knowledge(
        root=root,
        entries=entries,
        texts=texts,
        terms=terms,
        law=law,
        wages=wages_of(wages) if wages else {},
        acts={key: act_of(key, record, terms) for key, record in acts.items()},
        contacts={key: contact_of(key, record, terms) for (_, key), record in contact_table.items()},
        prefectures={key: Prefecture(key, record.names, record.also) for key, record in prefectures.items()},
        kinds={k: Kind(k, r.contacts, r.say, r.entries) for k, r in (danger.kinds if danger else {}).items()},
        groups={k: Group(k, r.level, r.kinds, r.entry) for k, r in (danger.groups if danger else {}).items()},
        sentences={
            key: Sentence(key, r.ja, r.kana, r.romaji, meanings_of(key, terms), r.number)
            for key, r in sentences.items()
        },
        words=words,
    )
    return knowledge, folder


def load(root: Path, languages: Iterable[str] = CODES) -> Knowledge:
    """The knowledge base, or a ContentError with every fault of form in it."""
    knowledge, folder = read_folder(root, languages)
    if folder.faults:
        raise ContentError(sorted(folder.faults))
    return knowledge


def read_phrasings(folder: Folder, knowledge: Knowledge) -> list[Phrasing]:
    """All phrasings and examples of all languages, in the order of the files."""
    found: list[Phrasing] = []
    for lang in CODES:
        for path in sorted((folder.root / lang / "phrasings").glob("*.yaml")):
            table = folder.records(path, schema.PhrasingsFile)
            for slug, record in table.items():
                entry = knowledge.entries.get(f"{path.stem}/{slug}")
                if entry is None:
                    document = folder.documents[folder.name(path)]
                    folder.faults.append(document.fault((slug,), f'no entry "{path.stem}/{slug}" in entries/'))
                    continue
                found += _phrasings(lang, entry, record)
        if (folder.root / lang / "danger.yaml").exists():
            examples = folder.parse(folder.root / lang / "danger.yaml", schema.ExamplesFile)
            found += _examples(lang, examples, knowledge.groups) if examples else []
    return found


def phrasings(root: Path) -> list[Phrasing]:
    """All phrasings, or a ContentError."""
    knowledge, folder = read_folder(root, ())
    found = read_phrasings(folder, knowledge)
    if folder.faults:
        raise ContentError(sorted(folder.faults))
    return found


def _phrasings(lang: str, entry: Entry, record: schema.PhrasingsFile) -> Iterable[Phrasing]:
    for manner in MANNERS:
        for item in getattr(record, manner):
            if isinstance(item, str):
                yield Phrasing(lang, item, entry.id, entry.level, manner)
            else:
                yield Phrasing(lang, item.text, entry.id, item.level, manner)


def _examples(lang: str, examples: schema.ExamplesFile, groups: Mapping[str, Group]) -> Iterable[Phrasing]:
    for name, texts in examples.danger.items():
        group = groups.get(name)
        if group is not None:
            for text in texts:
                yield Phrasing(lang, text, group.entry, group.level, "urgent", "urgent", name)
    for name, texts in examples.calm.items():
        for text in texts:
            yield Phrasing(lang, text, None if name == "none" else name, Level.NORMAL, "calm", "calm")
    for name, texts in examples.other.items():
        for text in texts:
            yield Phrasing(lang, text, None, Level.NORMAL, "other", "other", name)


def _put(table: dict[str, Any], lang: str, record: Any, make: Callable[[Any], Any]) -> None:
    if record is not None:
        table[lang] = make(record)
