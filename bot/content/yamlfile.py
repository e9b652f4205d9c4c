"""YAML read strictly: every scalar is text, keys never repeat, and each place keeps its line and column."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Fault

Path_ = tuple[str | int, ...]
Marks = Mapping[Path_, tuple[int, int]]

_BaseLoader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BaseLoader):  # type: ignore[misc]  # chosen at run time: libyaml where the wheel has it
    """A safe loader without implicit types: `no` stays a word, `0120` a number to dial, `22:30` a time."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the name and form that PyYAML asks for


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain data; `marks` gives (line, column), from 1, for each path of keys and indexes."""

    file: str
    data: Any
    marks: Marks

    def fault(self, path: Path_, message: str) -> Fault:
        """A fault at a path, or at the nearest enclosing place that exists in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        line, column = self.marks.get(path, (1, 1))
        return Fault(self.file, line, message, column)


def read(path: Path, name: str, faults: list[Fault]) -> Document | None:
    """The file as a document; None if it cannot be read, with the reason added to `faults`."""
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        faults.append(Fault(name, 1, f"not UTF-8 at byte {error.start} (save the file as UTF-8)"))
        return None
    except OSError as error:
        faults.append(Fault(name, 1, f"cannot be read: {error.strerror}"))
        return None
    try:
        node = yaml.compose(source, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"not YAML: {error.problem} (look at quotes, colons and indentation)"
        faults.append(Fault(name, line, message, column))
        return None
    except yaml.YAMLError as error:
        faults.append(Fault(name, 1, f"not YAML: {str(error).splitlines()[0]}"))
        return None
    marks: dict[Path_, tuple[int, int]] = {}
    data = _plain(node, (), marks, name, faults) if node is not None else {}
    return Document(name, data, marks)


def _plain(node: yaml.Node, path: Path_, marks: dict[Path_, tuple[int, int]], name: str, faults: list[Fault]) -> Any:
    marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), marks, name, faults) for i, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if key in found:
            first = marks[(*path, key)][0]
            message = f'key "{key}" stands twice, first on line {first} (remove or rename one)'
            faults.append(Fault(name, line, message, column))
            continue
        marks[(*path, key)] = (line, column)
        found[key] = _plain(value_node, (*path, key), marks, name, faults)
    return found
