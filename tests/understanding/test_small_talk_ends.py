"""A courtesy at an end of a message is a whole word of some length."""

from dataclasses import dataclass

import pytest

from bot.understanding.small_talk import SmallTalk


@dataclass(frozen=True)
class Words:
    """Courtesies of a test."""

    greeting: tuple[str, ...] = ("hello", "สวัสดี")
    thanks: tuple[str, ...] = ("ty", "thank you")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("muon chuyen cong ty", None),
        ("ok got it, thank you", "thanks"),
        ("hellos are nice", None),
        ("hello there", "greeting"),
        ("สวัสดีครับ", "greeting"),
    ],
)
def test_begins(text: str, kind: str | None) -> None:
    """`ty` is thanks in English and half of `company` in Vietnamese."""
    assert SmallTalk({"en": Words()}).begins(text) == kind
