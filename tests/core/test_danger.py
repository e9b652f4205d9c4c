"""Danger words are found whatever stands around them, and only as whole words where a script has words."""

import pytest

from bot.core.danger import DangerWords, Lexicon
from bot.core.entries import Level

LEXICON = Lexicon(
    {
        "en": DangerWords({"suicide": ("want to die",)}, {"documents": ("took my passport",)}),
        "ne": DangerWords({"suicide": ("मर्न मन लाग्यो",)}, {}),
        "th": DangerWords({"suicide": ("อยากตาย", "yak tai")}, {}),
        "vi": DangerWords({"violence": ("đang đánh em",)}, {}),
    }
)


@pytest.mark.parametrize(
    ("text", "level", "kinds"),
    [
        ("I want to die.", Level.EMERGENCY, ("suicide",)),
        ("“want to die”…", Level.EMERGENCY, ("suicide",)),
        ("they took my passport, I want to die", Level.EMERGENCY, ("suicide", "documents")),
        ("i want to diet", Level.NORMAL, ()),
        ("मलाई मर्न मन लाग्यो।", Level.EMERGENCY, ("suicide",)),
        ("หนูอยากตายแล้ว", Level.EMERGENCY, ("suicide",)),
        ("หนู yak tai", Level.EMERGENCY, ("suicide",)),
        ("sep dang danh em", Level.EMERGENCY, ("violence",)),
        ("SẾP ĐANG ĐÁNH EM!!!", Level.EMERGENCY, ("violence",)),
        ("", Level.NORMAL, ()),
    ],
)
def test_spot(text: str, level: Level, kinds: tuple[str, ...]) -> None:
    """The gravest level and all kinds, gravest first."""
    found = LEXICON.spot(text)
    assert (found.level, found.kinds) == (level, kinds)
