"""Any message gets a well-formed reading, with the model and without it."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.danger import DangerWords
from bot.core.entries import Level
from bot.core.languages import CODES
from bot.core.reading import Reading
from bot.errors import ModelUnavailable
from bot.understanding.encoder import FOLDER, MAX_TOKENS, Encoder
from bot.understanding.heads import Heads
from bot.understanding.reader import Reader

WORDS = {"en": DangerWords({}, {}, greeting=("hello", "good morning"), thanks=("thank you",))}


def _knowledge() -> SimpleNamespace:
    entries = set(Heads.load(FOLDER / "heads.npz").entry.labels) - {"none"}
    return SimpleNamespace(entries=entries, words=WORDS)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(_knowledge())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A reader whose encoder file is missing."""
    folder = tmp_path_factory.mktemp("model")
    for name in ("ngrams.npz", "model.json", "heads.npz"):
        shutil.copy(FOLDER / name, folder / name)
    return Reader.load(_knowledge(), folder)


def _check(found: Reading) -> None:
    assert set(found.languages) == set(CODES)
    assert sum(found.languages.values()) == pytest.approx(1, abs=1e-3)
    assert set(found.levels) == set(Level)
    assert sum(found.levels.values()) == pytest.approx(1, abs=1e-3)
    assert 0 <= found.foreign <= 1 + 1e-6
    scores = [item.score for item in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-6 for score in scores)


ODD = ("", " ", "🙂🙂", "?", "a", "0", "\x00\x07", "\u202eשלום مرحبا", "x" * 10_000, "သူ " * 3_000, "\ud800", "😭" * 500)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_messages_are_read(reader: Reader, bare: Reader, text: str) -> None:
    """Empty, emoji only, very long, right to left, control characters, half of a surrogate pair."""
    for each in (reader, bare):
        _check(each.read(text))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), hint=st.sampled_from([None, *CODES, "xx"]))
def test_any_text_is_read(reader: Reader, text: str, hint: str | None) -> None:
    """No text of any script makes reading fail."""
    _check(reader.read(text, hint))


def test_reading_is_repeatable(reader: Reader) -> None:
    """The same message gives the same reading, alone or among others."""
    texts = ["My company did not pay me for three months", "công ty không trả lương", "残業代をもらっていません"]
    assert reader.read_many(texts) == [reader.read(text) for text in texts]


def test_an_unpaid_wage_is_recognised(reader: Reader) -> None:
    """A plain question finds its entry among the first three."""
    found = reader.read("Công ty nợ lương em ba tháng rồi không trả")
    assert "wages/unpaid" in [item.entry for item in found.candidates[:3]]
    assert max(found.languages, key=lambda code: found.languages[code]) == "vi"


def test_greetings_and_thanks_are_small_talk(reader: Reader) -> None:
    """A greeting alone is none of our subjects and no danger."""
    assert reader.read("Good morning!").small_talk == "greeting"
    assert reader.read("THANK YOU").small_talk == "thanks"
    assert reader.read("hello").foreign == 1.0
    assert reader.read("hello").urgent == 0.0


def test_a_reading_never_repeats_the_message(reader: Reader) -> None:
    """Evidence is for maintainers and holds no words of the person."""
    found = reader.read("Quaxolotl took my passport yesterday")
    assert "Quaxolotl" not in " ".join(found.evidence.values())


def test_without_the_encoder_reading_is_degraded_and_cautious(reader: Reader, bare: Reader) -> None:
    """The bot goes on with n-grams, says why, and answers at once only when very sure."""
    assert reader.degraded is None
    assert bare.degraded is not None
    assert "encoder" in bare.degraded
    assert bare.thresholds.answer > reader.thresholds.answer
    assert bare.read("Công ty nợ lương em ba tháng rồi không trả").candidates


def test_a_missing_encoder_raises_its_own_error(tmp_path: Path) -> None:
    """Other failures of loading become ModelUnavailable."""
    with pytest.raises(ModelUnavailable):
        Encoder(tmp_path)


def test_entries_that_were_removed_are_not_offered() -> None:
    """Candidates are entries of the knowledge base at hand."""
    small = Reader.load(SimpleNamespace(entries={"wages/unpaid"}, words=WORDS))
    found = small.read("My company did not pay me for three months")
    assert [item.entry for item in found.candidates] == ["wages/unpaid"]


def test_vectors_have_length_one_and_batches_agree() -> None:
    """One text or many, short or longer than one window: the same unit vectors, nearly."""
    encoder = Encoder()
    texts = ["short", "my boss hit me " * 60, "給料", "short"]
    many = encoder.vectors(texts)
    assert many.shape == (4, 384)
    assert np.allclose(np.linalg.norm(many, axis=1), 1, atol=1e-4)
    for row, text in zip(many, texts, strict=True):
        assert float(row @ encoder.vector(text)) > 0.98


def test_long_texts_are_read_at_both_ends() -> None:
    """Two windows of bounded length, each with the prefix."""
    encoder = Encoder()
    windows = encoder.windows([*encoder.windows([0, 1, 2])[0], *range(10, 400), 2])
    assert [len(window) for window in windows] == [MAX_TOKENS, MAX_TOKENS]
