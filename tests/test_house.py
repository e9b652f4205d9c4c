"""The house: imports run one way, libraries stay in their rooms, words and numbers stay in the files for them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.conversation.steps import COMMANDS
from tests.conftest import ROOT

BOT = ROOT / "bot"
MODULES = sorted(path for path in BOT.rglob("*.py") if "data" not in path.parts)

# fmt: off
ALLOWED: dict[str, set[str]] = {
    "core": {"core", "errors"},
    "content": {"content", "core", "errors"},
    "understanding": {"understanding", "core", "errors"},
    "storage": {"storage", "core", "errors"},
    "assistant": {"content", "core", "errors"},
    "evaluation": {"assistant", "core", "errors"},
    "conversation": {"conversation", "assistant", "content", "storage", "core", "errors"},
    "terminal": {"conversation", "assistant", "storage", "core"},
    "handlers": {"handlers", "conversation", "assistant", "content", "storage", "core", "errors", "log"},
    "web": set(),
    "log": set(),
    "config": {"errors"},
    "errors": set(),
    "app": {"assistant", "config", "content", "understanding", "errors"},
    "maintenance": {"config", "storage", "errors"},
    "service": {
        "app", "assistant", "config", "conversation", "handlers", "log", "maintenance", "storage", "web", "core",
    },
    "cli": {
        "app", "assistant", "config", "content", "core", "errors", "evaluation", "log", "maintenance", "service",
        "terminal",
    },
    "__main__": {"cli"},
    "__init__": set(),
}
# fmt: on
"""Which rooms a room may import; `errors` has no imports of its own."""

LIBRARIES: dict[str, set[str]] = {
    "telegram": {"handlers", "service"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "aiosqlite": {"storage"},
    "cryptography": {"storage"},
    "yaml": {"content"},
    "pydantic": {"content", "config"},
    "pydantic_settings": {"config"},
    "numpy": {"understanding"},
    "onnxruntime": {"understanding"},
    "tokenizers": {"understanding"},
    "aiohttp": {"web"},
    "prometheus_client": {"web", "service"},
    "typer": {"cli"},
    "click": {"cli"},
    "rich": {"terminal"},
    "structlog": {"log", "handlers", "service", "maintenance"},
    "httpx": {"handlers"},
    "holidays": {"assistant"},
    "torch": set(),
    "sklearn": set(),
    "training": set(),
}
"""Which rooms may import a library; the model's training libraries are in none."""


def room_of(path: Path) -> str:
    """A module's room: its folder in bot/, or its own name at the top."""
    parts = path.relative_to(BOT).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                (f"{node.module}.{alias.name}" for alias in node.names) if node.module == "bot" else [node.module]
            )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BOT)))
def test_imports_run_one_way(path: Path) -> None:
    """A module imports only from the rooms its own room may see, and only that room's libraries."""
    room = room_of(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "bot" and rest:
            assert rest.split(".")[0] in ALLOWED[room], f"{room} may not import bot.{rest}"
        elif top in LIBRARIES:
            assert room in LIBRARIES[top], f"{room} may not import {top}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BOT)))
def test_no_phone_numbers_in_code(path: Path) -> None:
    """Phone numbers stand only in knowledge/contacts/."""
    assert not re.search(r"0120-\d|0570-\d|(?<![\d.])0\d-\d{4}-\d{4}", path.read_text(encoding="utf-8"))


def _public(body: list[ast.stmt], where: str) -> Iterator[tuple[str, ast.AST]]:
    """Public functions, classes and methods of a module or class body; functions inside functions are private."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{where}:{node.name}", node
            if isinstance(node, ast.ClassDef) and "Protocol" not in {ast.unparse(base) for base in node.bases}:
                yield from _public(node.body, f"{where}:{node.name}")


def test_every_module_and_public_function_says_what_it_is() -> None:
    """A docstring for each, in a sentence at least."""
    silent = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = [(path.name, tree), *_public(tree.body, path.name)]
        silent += [name for name, node in found if ast.get_docstring(node) is None]  # type: ignore[arg-type]
    assert silent == []


def test_every_setting_is_in_the_readme() -> None:
    """No undocumented setting."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in readme] == []


def test_every_command_of_the_contract_is_there() -> None:
    """The trainee's commands, in the order Telegram shows them."""
    assert list(COMMANDS) == ["start", "language", "topics", "contacts", "case", "privacy", "forget", "hide", "help"]


def test_the_makefile_stays_short() -> None:
    """A task file of under forty lines."""
    assert len((ROOT / "Makefile").read_text(encoding="utf-8").splitlines()) < 45
