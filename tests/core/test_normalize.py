"""Cleaning and folding keep what people mean and never fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.normalize import MAX_CHARS, clean, fold, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đánh NHAU", "danh nhau"), ("lương tháng", "luong thang"), ("ＡＢＣ", "abc"), ("Өдөр", "өдөр"),
        ("ငွေ", "ငွေ"), ("เงินเดือน", "เงินเดือน"), ("तलब", "तलब"), ("がぎぐ", "がぎぐ"),
    ],
)  # fmt: skip
def test_fold(text: str, folded: str) -> None:
    """Marks of Latin letters go; vowel signs and voicing marks of other scripts stay."""
    assert fold(text) == folded


@given(st.text(max_size=3000))
def test_clean_is_bounded_and_stable(text: str) -> None:
    """Any text is cleaned to a bounded length, and cleaning twice changes nothing."""
    cleaned = clean(text)
    assert len(cleaned) <= MAX_CHARS + 1
    assert clean(cleaned) == cleaned


def test_both_ends_of_a_long_message_are_kept() -> None:
    """The plea may stand in the first or in the last sentence."""
    cleaned = clean("first " + "filler words here " * 900 + " last")
    assert cleaned.startswith("first")
    assert cleaned.endswith("last")


def test_words_keep_combining_marks() -> None:
    """Devanagari vowel signs belong to their word."""
    assert words("मालिकले तलब दिएन!") == ["मालिकले", "तलब", "दिएन"]


@pytest.mark.parametrize(
    ("zawgyi", "burmese"),
    [("ကၽြန္ေတာ္ လစာ မရေသးဘူး", "ကျွန်တော် လစာ မရသေးဘူး"), ("အလုပ္ရွင္က ပတ္စပို႔ သိမ္းထားတယ္", "အလုပ်ရှင်က ပတ်စပို့ သိမ်းထားတယ်")],
)
def test_zawgyi_becomes_unicode(zawgyi: str, burmese: str) -> None:
    """Old phones still type Zawgyi; Unicode Burmese is left as it is."""
    assert clean(zawgyi) == burmese
    assert clean(burmese) == burmese
