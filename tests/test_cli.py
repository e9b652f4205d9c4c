"""The command line as programs rely on it: JSON shapes, exit codes, one clear line for bad usage."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def kenri(*args: str, stdin: str = "", cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real command; nothing of the caller's environment but the path reaches it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *args],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env={"PATH": "/usr/bin:/bin", **env},
        timeout=120,
        check=False,
    )


SHAPE = {"lang", "lang_confidence", "kind", "entry", "candidates", "level", "danger", "contacts", "answer"}


def test_ask_json_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    """One object, from any directory."""
    done = kenri("ask", "--json", "cty e 2 thang r chua tra luong", cwd=tmp_path, PYTHONPATH=str(ROOT))
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(found) == SHAPE
    assert found["lang"] == "vi"
    assert found["kind"] in ("answer", "suggest", "none")
    assert (found["entry"] is None) == (found["kind"] != "answer")
    assert all(set(item) == {"entry", "score"} and 0 <= item["score"] <= 1 for item in found["candidates"])
    scores = [item["score"] for item in found["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 5


def test_batch_keeps_ids_and_order() -> None:
    """Lines in, lines out; `lang` and `on` are honoured; a bad line is answered in its place."""
    rows = [
        {"id": "a", "text": "How much is the minimum wage in Okinawa?", "on": "2026-11-22"},
        {"id": "b", "text": "How much is the minimum wage in Okinawa?", "on": "2026-12-02T09:00"},
        {"id": "c", "text": "ok", "lang": "th"},
        {"id": "d", "text": ""},
        {"id": "e", "text": "x" * 10_000},
    ]
    done = kenri("ask", "--batch", stdin="".join(json.dumps(row) + "\n" for row in rows))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [item["id"] for item in found] == list("abcde")
    assert all(set(item) == SHAPE | {"id"} for item in found)
    assert found[2]["lang"] == "th"
    assert found[3]["kind"] == "none"


def test_a_bad_line_does_not_stop_the_batch() -> None:
    """Every other line is answered; the exit code says that there was a fault."""
    done = kenri("ask", "--batch", stdin='{"id": 1, "text": "hello"}\nnot json\n{"id": 3, "text": "hello"}\n')
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [item.get("id") for item in found] == [1, None, 3]
    assert "line 2" in done.stderr


@pytest.mark.parametrize(
    ("args", "env", "words"),
    [
        (["ask"], {}, "give a TEXT"),
        (["ask", "--lang", "xx", "hello"], {}, "no language 'xx'"),
        (["ask", "--on", "tomorrow", "hello"], {}, "is not a date"),
        (["ask", "--prefecture", "48", "hello"], {}, "no prefecture '48'"),
        (["frobnicate"], {}, "frobnicate"),
        (["run"], {}, "TELEGRAM_TOKEN: is missing"),
        (["run"], {"TELEGRAM_TOKEN": "1:a", "PORT": "x", "DATABASE_URL": "mysql://", "LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        (["ask", "hello"], {"KNOWLEDGE_DIR": "/nowhere"}, "KNOWLEDGE_DIR"),
    ],
)
def test_bad_usage_is_one_clear_line(args: list[str], env: dict[str, str], words: str, tmp_path: Path) -> None:
    """Exit code 2, one line on stderr, no traceback."""
    done = kenri(*args, cwd=tmp_path, PYTHONPATH=str(ROOT), **env)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_all_faults_of_the_settings_together(tmp_path: Path) -> None:
    """Nobody mends one setting at a time."""
    env = {"PORT": "x", "DATABASE_URL": "mysql://", "LOG_LEVEL": "LOUD"}
    done = kenri("ask", "hello", cwd=tmp_path, PYTHONPATH=str(ROOT), **env)
    assert all(name in done.stderr for name in env)


def test_eval_reads_the_contracts_rows(tmp_path: Path) -> None:
    """The measures are printed; a broken row is named with its line."""
    row = {
        "id": "1", "part": "questions", "lang": "en", "style": "plain", "text": "My company did not pay me",
        "entry": "wages/unpaid", "also": [], "level": "serious",
    }  # fmt: skip
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(json.dumps(row) + "\n", encoding="utf-8")
    bad.write_text('{"lang": "en"}\n', encoding="utf-8")
    assert "R@1" in kenri("eval", str(good)).stdout
    done = kenri("eval", str(bad))
    assert done.returncode == 1
    assert f"{bad}:1:" in done.stderr


def test_database_commands(tmp_path: Path) -> None:
    """Migrations, retention and export work on a new database."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'kenri.db'}"}
    assert kenri("db", "upgrade", **env).returncode == 0
    assert kenri("purge", **env).returncode == 0
    export = kenri("export", **env)
    assert export.returncode == 0
    assert export.stdout.splitlines()[0].startswith("day,")
