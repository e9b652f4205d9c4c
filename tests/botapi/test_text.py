"""Text: HTML as Telegram reads it, lengths in UTF-16 units, marks found without markup."""

import pytest

from tests.botapi.errors import ApiError
from tests.botapi.text import found_entities, marked, units


def kinds(source: str) -> list[tuple[str, str]]:
    """The kinds of entities and the text of each."""
    text, entities = marked(source, "HTML", None)
    raw = text.encode("utf-16-le")
    return [(e["type"], raw[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")) for e in entities]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>a</b> <strong>b</strong>", [("bold", "a"), ("bold", "b")]),
        ("<i>a</i><em>b</em>", [("italic", "a"), ("italic", "b")]),
        ("<u>c</u><ins>d</ins>", [("underline", "c"), ("underline", "d")]),
        ("<s>a</s> <strike>b</strike> <del>c</del>", [("strikethrough", x) for x in "abc"]),
        ("🙂<code>x</code>", [("code", "x")]),
        ('<pre><code class="language-py">x</code></pre>', [("pre", "x")]),
        ("<blockquote>q</blockquote>", [("blockquote", "q")]),
        ("<blockquote expandable>r</blockquote>", [("expandable_blockquote", "r")]),
        ('<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', [("spoiler", "x"), ("spoiler", "y")]),
        ('<a href="https://x.jp/?a=1&amp;b=2">law</a>', [("text_link", "law")]),
        ("<a href='tg://user?id=7'>An</a>", [("text_mention", "An")]),
        ('<a href="not a link">plain</a>', []),
        ("<b><i>x</i> y</b>", [("bold", "x y"), ("italic", "x")]),
        ("  <b> x </b>  ", [("bold", "x")]),
        ("<b></b>x", []),
    ],
)  # fmt: skip
def test_html_becomes_entities(source: str, expected: list[tuple[str, str]]) -> None:
    """Tags become entities over the text they held."""
    assert kinds(source) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("x <", "Unclosed start tag at byte offset 2"),
        ("a <3", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=https://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, words: str) -> None:
    """Unknown, unclosed and crossing tags, and a bare `<`."""
    with pytest.raises(ApiError) as caught:
        marked(source, "HTML", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


def test_references() -> None:
    """Four names and all numbers are read; others and a bare ampersand stay, unless a test is strict."""
    assert marked("&lt;b&gt; &amp; &quot;&#26085;&#x672c;&nbsp; R&D", "HTML", None)[0] == '<b> & "日本&nbsp; R&D'
    with pytest.raises(ApiError, match="can't parse entities"):
        marked("R&D", "HTML", None, True)


def test_lengths_count_utf16_units() -> None:
    """A letter beyond the basic plane counts twice."""
    assert (units("abc"), units("日本"), units("🙂"), units("👨‍👩‍👧")) == (3, 2, 2, 8)


def test_marks_are_found_in_plain_text() -> None:
    """Commands, links, addresses, names and tags; not in the middle of words."""
    text = "🙂 /help@kenri_bot see https://otit.go.jp/x. a@b.jp @someone #topic 1/2 a/b"
    found = [(e["type"], e["offset"], e["length"]) for e in found_entities(text)]
    assert found == [
        ("bot_command", 3, 15), ("url", 23, 20), ("email", 45, 6), ("mention", 52, 8), ("hashtag", 61, 6),
    ]  # fmt: skip
