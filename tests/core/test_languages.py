"""Language tags of the outside world map onto the eleven codes."""

import pytest

from bot.core.languages import CODES, LANGUAGES, resolve


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("vi", "vi"), ("vi-VN", "vi"), ("zh-hans", "zh"), ("zh_TW", "zh"), ("zh-Hant-HK", "zh"), ("tl", "fil"),
        ("fil-PH", "fil"), ("in", "id"), ("id-ID", "id"), ("my-MM", "my"), ("EN-gb", "en"), ("ja-JP", "ja"),
        ("km", "km"), ("ne-NP", "ne"), ("mn", "mn"), ("th", "th"),
    ],
)  # fmt: skip
def test_known_tags_resolve(tag: str, code: str) -> None:
    """Telegram's and browsers' tags find their language."""
    assert resolve(tag) == code


@pytest.mark.parametrize("tag", ["", None, "de", "pt-BR", "xx", "-", "english"])
def test_other_tags_are_none_of_ours(tag: str | None) -> None:
    """A tag of no language of ours gives None, never a guess."""
    assert resolve(tag) is None


def test_eleven_languages_with_their_own_names() -> None:
    """The contract's codes, each with a name."""
    assert CODES == ("vi", "id", "fil", "my", "zh", "km", "th", "mn", "ne", "en", "ja")
    assert all(language.name for language in LANGUAGES.values())
