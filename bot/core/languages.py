"""The eleven languages and how the tags of the outside world map onto them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language as stored and reported: `code` is ours, `locale` is Babel's, `name` is its own name."""

    code: str
    locale: str
    name: str


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("vi", "vi", "Tiếng Việt"),
        Language("id", "id", "Bahasa Indonesia"),
        Language("fil", "fil", "Filipino"),
        Language("my", "my", "မြန်မာ"),
        Language("zh", "zh_Hans", "中文"),
        Language("km", "km", "ខ្មែរ"),
        Language("th", "th", "ไทย"),
        Language("mn", "mn", "Монгол"),
        Language("ne", "ne", "नेपाली"),
        Language("en", "en", "English"),
        Language("ja", "ja", "日本語"),
    )
}
CODES: tuple[str, ...] = tuple(LANGUAGES)
SOURCE = "en"

_ALIASES = {
    "tl": "fil", "ph": "fil", "in": "id", "ms": "id", "jv": "id", "su": "id", "bur": "my", "mya": "my",
    "cn": "zh", "yue": "zh", "cmn": "zh", "kh": "km", "khm": "km", "tha": "th", "mon": "mn", "nep": "ne",
    "np": "ne", "vie": "vi", "ind": "id", "tgl": "fil", "zho": "zh", "jp": "ja", "jpn": "ja", "eng": "en",
    "vn": "vi",
}  # fmt: skip


def resolve(tag: str | None) -> str | None:
    """The code for a language tag such as `zh-hans`, `zh_TW`, `tl` or `vi-VN`; None if it is none of ours."""
    if not tag:
        return None
    base = tag.strip().replace("_", "-").split("-", 1)[0].casefold()
    base = _ALIASES.get(base, base)
    return base if base in LANGUAGES else None


def locale_of(code: str) -> str:
    """Babel's locale identifier for one of our codes."""
    return LANGUAGES[code].locale
