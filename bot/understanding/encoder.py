"""Texts to vectors by the small fine-tuned encoder in `model/`, with onnxruntime on one thread."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import ModelUnavailable

Floats = NDArray[np.float32]
FOLDER = Path(__file__).parent / "model"
MAX_TOKENS = 128
PREFIX = "query: "


class Encoder:
    """The encoder and its tokenizer; safe to use from several threads at once."""

    def __init__(self, folder: Path = FOLDER, threads: int = 1) -> None:
        try:
            import onnxruntime  # noqa: PLC0415 - absent on some platforms; the bot then works without it
            from tokenizers import Tokenizer  # noqa: PLC0415

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._words = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._prefix = self._words.encode(PREFIX.strip()).ids[:-1]
        except Exception as error:
            raise ModelUnavailable(f"the sentence encoder cannot be loaded: {type(error).__name__}: {error}") from error

    def vector(self, text: str) -> Floats:
        """The unit vector of a text, already clean."""
        windows = self.windows(self._words.encode(PREFIX + text).ids)
        found = np.stack([self._run([window])[0] for window in windows])
        return unit(found.mean(0)) if len(found) > 1 else found[0]

    def vectors(self, texts: Sequence[str], batch: int = 32) -> Floats:
        """Unit vectors of many texts, one row each; texts of equal length share a run."""
        windows = [
            (row, w) for row, text in enumerate(texts) for w in self.windows(self._words.encode(PREFIX + text).ids)
        ]
        order = sorted(range(len(windows)), key=lambda i: len(windows[i][1]))
        sums = np.zeros((len(texts), self._session.get_outputs()[0].shape[1]), np.float32)
        start = 0
        while start < len(order):
            length = len(windows[order[start]][1])
            stop = start
            while stop < len(order) and stop - start < batch and len(windows[order[stop]][1]) == length:
                stop += 1
            part = [windows[i] for i in order[start:stop]]
            np.add.at(sums, [row for row, _ in part], self._run([ids for _, ids in part]))
            start = stop
        return unit(sums)

    def windows(self, ids: list[int]) -> list[list[int]]:
        """The ids as they are, or the beginning and the end of a text that is too long for one look."""
        if len(ids) <= MAX_TOKENS:
            return [ids]
        return [[*ids[: MAX_TOKENS - 1], ids[-1]], [*self._prefix, *ids[-(MAX_TOKENS - len(self._prefix)) :]]]

    def _run(self, ids: Sequence[Sequence[int]]) -> Floats:
        found: Floats = self._session.run(None, {"ids": np.asarray(ids, np.int64)})[0]
        return found


def unit(vectors: Floats) -> Floats:
    """Rows at length 1."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Floats = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return found
