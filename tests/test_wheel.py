"""The built wheel carries knowledge, catalogs and model, and answers from any directory."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT


def test_the_wheel_answers_from_anywhere(tmp_path: Path) -> None:
    """Built and unpacked in an empty folder, `ask` finds everything it needs inside."""
    built = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(built, check=True, capture_output=True, timeout=300)
    [wheel] = tmp_path.glob("*.whl")
    inside = tmp_path / "inside"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(inside)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--json", "--lang", "en", "my company did not pay me"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(inside)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"]
    names = {path.relative_to(inside).as_posix() for path in inside.rglob("*")}
    assert {"bot/data/knowledge/en/wages.yaml", "bot/data/locales/vi/LC_MESSAGES/kenri.mo"} <= names
    assert {"bot/understanding/model/model.onnx", "bot/understanding/model/tokenizer.json"} <= names
