"""Scripts say which languages are possible; the model and the hint choose among them."""

import pytest

from bot.core.languages import CODES
from bot.understanding.language import judge, possible

CASES = (
    ("လစာ မရသေးဘူး", ("my",)),
    ("ខ្ញុំមិនបានប្រាក់ខែ", ("km",)),
    ("ไม่ได้เงินเดือน", ("th",)),
    ("तलब पाएको छैन", ("ne",)),
    ("цалин аваагүй", ("mn",)),
    ("cty nợ lương", ("vi",)),
    ("shachou が ไม่จ่าย เงินเดือน", ("th",)),
    ("残業 ရှိလား ဒီနေ့", ("my",)),
    ("きゅうりょうをもらっていません", ("ja",)),
    ("公司不给工资", ("zh", "ja")),
    ("社長が不给工资", ("zh", "ja")),
    ("gaji 給料 belum dibayar", CODES),
    ("123", CODES),
    ("", CODES),
)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_letters_say_which_languages_are_possible(text: str, expected: tuple[str, ...]) -> None:
    """Two letters of a script that only one of our languages uses decide; Latin letters leave it open."""
    assert possible(text) == expected


def test_plain_latin_letters_are_not_chinese() -> None:
    """Everything but Chinese is typed in Latin letters."""
    assert "zh" not in possible("gaji belum dibayar")
    assert "id" in possible("gaji belum dibayar")


def test_the_hint_is_a_weak_prior() -> None:
    """It decides where the model does not know, and not against a clear model or a script."""
    level = dict.fromkeys(CODES, 1 / len(CODES))
    assert max((found := judge("ok", level, "id")), key=lambda code: found[code]) == "id"
    sure = {**dict.fromkeys(CODES, 0.01), "fil": 0.9}
    assert max((found := judge("sige po", sure, "id")), key=lambda code: found[code]) == "fil"
    assert max((found := judge("လစာ မရသေးဘူး", level, "vi")), key=lambda code: found[code]) == "my"


@pytest.mark.parametrize("text", ["", "လစာ", "gaji", "給料"])
def test_probabilities_sum_to_one(text: str) -> None:
    """Every language keeps a small chance."""
    found = judge(text, {})
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) > 0
