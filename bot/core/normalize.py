"""Text as people type it, made comparable: cleaning, folding, and Zawgyi turned into Unicode."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

MAX_CHARS = 1_000
"""Longer messages are read from both ends: the plea is often in the first or the last sentence."""

_JUNK = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")
_LONG_RUN = re.compile(r"(.)\1{3,}", re.DOTALL)
_STRIPPABLE = ("LATIN", "CYRILLIC")
_ZAWGYI = 0.95
_D_BAR = str.maketrans("đĐ", "dD")


def clean(text: str) -> str:
    """Unicode NFC without control characters, white space folded, long runs cut to three, length bounded."""
    text = text if len(text) <= 20 * MAX_CHARS else text[: 10 * MAX_CHARS] + " " + text[-10 * MAX_CHARS :]
    text = text.encode("utf-8", "ignore").decode("utf-8")
    text = unicodedata.normalize("NFC", _JUNK.sub("", to_unicode_burmese(text)))
    text = _SPACES.sub(" ", _LONG_RUN.sub(r"\1\1\1", text)).strip()
    if len(text) > MAX_CHARS:
        half = MAX_CHARS // 2
        text = f"{text[:half]} {text[-half:]}"
    return text


def fold(text: str) -> str:
    """Case-folded NFKC without the marks of Latin and Cyrillic letters; other scripts keep their vowels."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_D_BAR)
    kept: list[str] = []
    base_is_strippable = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char) and base_is_strippable:
            continue
        if not unicodedata.combining(char):
            base_is_strippable = unicodedata.name(char, "").startswith(_STRIPPABLE)
        kept.append(char)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def words(text: str) -> list[str]:
    """Folded runs of letters, digits and marks, for spotting words in scripts that use spaces."""
    found, current = [], ""
    for char in fold(text):
        if unicodedata.category(char)[0] in "LMN":
            current += char
        elif current:
            found.append(current)
            current = ""
    return [*found, current] if current else found


@lru_cache(maxsize=1)
def _detector() -> Any:
    """google/myanmar-tools' published model; loaded at the first Burmese text only."""
    from myanmartools import ZawgyiDetector  # noqa: PLC0415

    return ZawgyiDetector()


def is_zawgyi(text: str) -> bool:
    """Whether Burmese text is in the old Zawgyi encoding (its authors' strict threshold)."""
    if not any("\u1000" <= char <= "\u109f" for char in text):
        return False
    return float(_detector().get_zawgyi_probability(text)) > _ZAWGYI


def to_unicode_burmese(text: str) -> str:
    """Zawgyi converted to Unicode; any other text unchanged."""
    if not is_zawgyi(text):
        return text
    from para import zg_to_unicode  # noqa: PLC0415 - few messages need it

    return str(zg_to_unicode(text))
