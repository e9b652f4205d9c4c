"""Fingerprints tell which translations are older than their English."""

import shutil
from pathlib import Path

from bot.content.fingerprint import stale_fields
from bot.content.load import load
from bot.content.stamp import stamp
from tests.content.test_faults import MINI


def test_a_stamped_translation_is_stale_when_its_english_changes(tmp_path: Path) -> None:
    """Only the field that changed is named; stamping twice writes nothing."""
    root = tmp_path / "knowledge"
    shutil.copytree(MINI, root)
    before = (root / "vi/wages.yaml").read_text(encoding="utf-8")
    assert stamp(load(root), "vi") == [root / "vi/wages.yaml"]
    assert stamp(load(root), "vi") == []
    after = (root / "vi/wages.yaml").read_text(encoding="utf-8")
    assert [line for line in after.splitlines() if "made_from" not in line] == before.splitlines()
    english = root / "en/wages.yaml"
    english.write_text(english.read_text(encoding="utf-8").replace("must pay you", "has to pay you"), encoding="utf-8")
    texts = load(root).texts
    assert stale_fields(texts["en"]["wages/unpaid"], texts["vi"]["wages/unpaid"]) == ["answer"]
