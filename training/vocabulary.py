"""The 250,000 pieces of the base model cut down to our scripts, as a `tokenizer.json` for the library `tokenizers`."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from training.extract import Base

CAPS = {
    "myanmar": 9_999,
    "khmer": 9_999,
    "thai": 9_999,
    "devanagari": 4_500,
    "cyrillic": 3_500,
    "kana": 9_999,
    "han": 4_000,
    "latin": 17_000,
    "signs": 800,
}
"""Pieces of two or more characters kept per script, the most frequent first; single characters all stay."""

_RANGES = (
    ("myanmar", 0x1000, 0x109F),
    ("myanmar", 0xAA60, 0xAA7F),
    ("khmer", 0x1780, 0x17FF),
    ("thai", 0x0E00, 0x0E7F),
    ("devanagari", 0x0900, 0x097F),
    ("cyrillic", 0x0400, 0x052F),
    ("kana", 0x3040, 0x30FF),
    ("han", 0x3400, 0x4DBF),
    ("han", 0x4E00, 0x9FFF),
)
_SPECIALS = 4
_SPACE = "▁"
_BLANKS = "[\u0009-\u000d\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
"""What the base model's normalisation makes a space, beside NFKC; other control characters never arrive here."""


def script(piece: str) -> str:
    """The script of a piece; `signs` for digits, punctuation and emoji, `other` where it is none of ours."""
    found = {_script(char) for char in piece.replace(_SPACE, "")} - {"signs"}
    if not found:
        return "signs"
    if found == {"han", "kana"}:
        return "kana"
    return found.pop() if len(found) == 1 else "other"


def _script(char: str) -> str:
    for name, first, last in _RANGES:
        if first <= ord(char) <= last:
            return name
    if char.isalpha():
        return "latin" if unicodedata.name(char, "").startswith("LATIN") else "other"
    return "signs"


def choose(base: Base, texts: Iterable[str]) -> list[int]:
    """Ids to keep, in their old order: special ones, those that occur in our texts, then the most frequent."""
    words = tokenizer(base, range(len(base.pieces)))
    seen = {i for found in words.encode_batch([f"query: {text}" for text in texts]) for i in found.ids}
    keep = set(range(_SPECIALS)) | {i for i in seen if script(base.pieces[i]) != "other"}
    counts: Counter[str] = Counter()
    for number in range(_SPECIALS, len(base.pieces)):
        piece = base.pieces[number]
        name = script(piece)
        if name == "other" or piece == "<mask>":
            continue
        single = len(piece.replace(_SPACE, "")) <= 1
        if single or counts[name] < CAPS[name]:
            keep.add(number)
            counts[name] += not single
    return sorted(keep)


def tokenizer(base: Base, keep: Sequence[int]) -> Tokenizer:
    """The base model's tokenizer with the pieces of `keep`, in that order."""
    pieces = [(base.pieces[i], float(base.scores[i])) for i in keep]
    made = Tokenizer(models.Unigram(pieces, unk_id=base.unk, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", base.bos), ("</s>", base.eos)]
    )
    return made


def save(words: Tokenizer, path: Path) -> None:
    """`tokenizer.json` without white space, scores rounded: a third of the size."""
    data = json.loads(words.to_str())
    data["model"]["vocab"] = [[piece, round(score, 4)] for piece, score in data["model"]["vocab"]]
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
