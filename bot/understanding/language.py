"""Which language a message is in: the script says which are possible, the model chooses among them."""

from collections import Counter
from collections.abc import Mapping

from bot.core.languages import CODES

_SCRIPTS = (
    ("my", 0x1000, 0x109F),
    ("my", 0xA9E0, 0xA9FF),
    ("my", 0xAA60, 0xAA7F),
    ("km", 0x1780, 0x17FF),
    ("th", 0x0E00, 0x0E7F),
    ("ne", 0x0900, 0x097F),
    ("mn", 0x0400, 0x052F),
    ("kana", 0x3041, 0x30FA),
    ("kana", 0xFF66, 0xFF9D),
    ("han", 0x3400, 0x4DBF),
    ("han", 0x4E00, 0x9FFF),
    ("vi", 0x1EA0, 0x1EF9),
)
_VIETNAMESE = frozenset("ăđơưĂĐƠƯ")
_OWN = ("my", "km", "th", "ne", "mn")
_LATIN = tuple(code for code in CODES if code != "zh")
_SURE = 0.98
HINT_WEIGHT = 2.0
"""How many times likelier the person's chosen language is made."""


def letters(text: str) -> Counter[str]:
    """How many letters of each script; `latin` counts plain Latin ones, `vi` those that only Vietnamese has."""
    found: Counter[str] = Counter()
    for char in text:
        if char.isascii():
            found["latin"] += char.isalpha()
        elif char in _VIETNAMESE:
            found["vi"] += 1
        else:
            found[_script(char)] += 1
    return found


def _script(char: str) -> str:
    code = ord(char)
    for name, first, last in _SCRIPTS:
        if first <= code <= last:
            return name
    return "latin" if char.isalpha() else "other"


def possible(text: str) -> tuple[str, ...]:
    """The languages that a message can be in, by its letters; all of them where there are none."""
    found = letters(text)
    own = [code for code in _OWN if found[code] >= 2]
    if own:
        return (max(own, key=lambda code: found[code]),)
    if found["vi"]:
        return ("vi",)
    if found["kana"] or found["han"]:
        eastern = ("ja",) if found["kana"] > 2 * found["han"] + found["latin"] else ("zh", "ja")
        return eastern if found["latin"] < 3 else CODES
    return _LATIN if found["latin"] else CODES


def judge(text: str, chances: Mapping[str, float], hint: str | None = None) -> dict[str, float]:
    """Probabilities of all languages, from the model's `chances`, the script and the person's chosen language."""
    allowed = possible(text)
    weights = {code: chances.get(code, 0.0) + 1e-4 for code in allowed}
    if hint in weights:
        weights[hint] *= HINT_WEIGHT
    total = sum(weights.values())
    rest = (1 - _SURE) / len(CODES)
    return {code: rest + _SURE * weights.get(code, 0.0) / total for code in CODES}
