"""Heads learn; a changed phrasing is noticed and fitted with the shipped encoder."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.core.entries import Level
from bot.understanding.encoder import FOLDER
from bot.understanding.heads import Head, Heads, fit, softmax
from bot.understanding.ngrams import BUCKETS, grams
from bot.understanding.refit import Store, fingerprint, refit


@dataclass(frozen=True)
class Row:
    """A labelled text."""

    lang: str
    text: str
    entry: str | None
    level: Level = Level.NORMAL


ROWS = (
    Row("en", "my wages are late", "wages/paid-late"),
    Row("vi", "lương trả chậm", "wages/paid-late"),
    Row("en", "he hits me every day", "abuse/violence", Level.URGENT),
    Row("vi", "ông ấy đánh em mỗi ngày", "abuse/violence", Level.URGENT),
    Row("en", "what a game last night", None),
    Row("vi", "trận bóng tối qua hay quá", None),
)


def test_a_regression_learns_what_can_be_told_apart() -> None:
    """Three clouds of points are separated; warm starts end at the same answer."""
    numbers = np.random.default_rng(1)
    centres = np.eye(3, 8, dtype=np.float32) * 4
    labels = [str(i % 3) for i in range(90)]
    points = np.stack([centres[int(label)] + numbers.normal(size=8) for label in labels]).astype(np.float32)
    head = fit(points, labels, penalty=1e-2)
    best = [head.labels[i] for i in head.logits(points).argmax(1)]
    assert np.mean([a == b for a, b in zip(best, labels, strict=True)]) > 0.95
    again = fit(points, labels, penalty=1e-2, start=head)
    assert np.allclose(softmax(again.logits(points)), softmax(head.logits(points)), atol=1e-2)


def test_heads_survive_their_file(tmp_path: Path) -> None:
    """Saved and loaded, they say the same within float16."""
    numbers = np.random.default_rng(2)

    def head(*labels: str) -> Head:
        weight = numbers.normal(size=(len(labels), 4)).astype(np.float32)
        return Head(labels, weight, np.zeros(len(labels), np.float32), 1.5)

    heads = Heads(np.zeros(4, np.float32), 2.0, head("a", "b"), head("normal", "urgent"), head("en", "vi"))
    heads.save(tmp_path / "heads.npz")
    found = Heads.load(tmp_path / "heads.npz")
    points = numbers.normal(size=(5, 4)).astype(np.float32)
    assert found.entry.labels == ("a", "b")
    assert np.allclose(
        found.entry.logits(found.features(points)), heads.entry.logits(heads.features(points)), atol=0.02
    )


def test_the_fingerprint_sees_texts_and_labels_not_their_order() -> None:
    """A changed word, entry or level changes it."""
    assert fingerprint(ROWS) == fingerprint(ROWS[::-1])
    assert fingerprint(ROWS) != fingerprint(ROWS[1:])
    assert fingerprint(ROWS) != fingerprint((*ROWS[:-1], Row("vi", ROWS[-1].text, "life/leisure")))


def test_refitting_learns_new_phrasings_and_keeps_known_vectors(tmp_path: Path) -> None:
    """Only new texts are embedded; the second run finds nothing to do."""
    for name in ("model.onnx", "tokenizer.json", "heads.npz", "model.json"):
        shutil.copy(FOLDER / name, tmp_path / name)
    recorded = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    recorded["penalties"] = {"entry": 1e-3, "level": 1e-3, "language": 1e-3}
    (tmp_path / "model.json").write_text(json.dumps(recorded), encoding="utf-8")
    assert refit(ROWS, tmp_path)
    assert not refit(ROWS, tmp_path)
    assert len(Store.load(tmp_path / "vectors.npz").vectors) == len(ROWS)
    assert set(Heads.load(tmp_path / "heads.npz").entry.labels) == {"wages/paid-late", "abuse/violence", "none"}


def test_grams_are_bounded_and_repeatable() -> None:
    """Buckets fit the tables, whatever the text."""
    assert set(grams("")) <= set(range(BUCKETS))
    found = grams("Công ty " * 1000)
    assert (found == grams("Công ty " * 1000)).all()
    assert found.max() < BUCKETS
    assert (grams("LUONG") == grams("lương")).all()
