"""The encoder in plain PyTorch: 12 layers, hidden 384, mean pooling."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.extract import Base, Floats

PAD = 1


class Layer(nn.Module):
    """One block: attention and feed-forward, each added and normalised."""

    def __init__(self, base: Base, dropout: float) -> None:
        super().__init__()
        hidden, self.heads = base.hidden, base.heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden, base.eps)
        self.up = nn.Linear(hidden, base.inner)
        self.down = nn.Linear(base.inner, hidden)
        self.last = nn.LayerNorm(hidden, base.eps)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """`x`: texts x tokens x hidden; `bias`: 0 or a large negative number per token."""
        texts, tokens, hidden = x.shape
        query, key, value = (
            self.qkv(x).view(texts, tokens, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = self.norm(x + self.drop(self.out(seen.transpose(1, 2).reshape(texts, tokens, hidden))))
        return self.last(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Token ids to one vector per text."""

    def __init__(self, base: Base, vocabulary: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, base.hidden)
        self.position = nn.Embedding(base.positions, base.hidden)
        self.norm = nn.LayerNorm(base.hidden, base.eps)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(base, dropout) for _ in range(base.layers))

    @classmethod
    def of(cls, base: Base, keep: Sequence[int] | None = None, dropout: float = 0.1) -> "Encoder":
        """The base model's encoder with the rows of `keep` (all pieces where None), in that order."""
        tensors, hidden = base.tensors, base.hidden
        words = tensors["emb.word"].reshape(-1, hidden)
        words = words[: len(base.pieces)] if keep is None else words[np.asarray(keep)]
        encoder = cls(base, len(words), dropout)
        with torch.no_grad():
            encoder.word.weight.copy_(torch.from_numpy(words))
            place = tensors["emb.pos"].reshape(-1, hidden) + tensors["emb.type"].reshape(-1, hidden)[0]
            encoder.position.weight.copy_(torch.from_numpy(place))
            _fill(encoder.norm, tensors["emb.ln.w"], tensors["emb.ln.b"])
            for number, layer in enumerate(encoder.layers):
                _fill_layer(layer, tensors, f"l{number}.")
        return encoder

    def embed(self, ids: Tensor) -> Tensor:
        """Words and places, before the first layer."""
        return self.drop(self.norm(self.word(ids) + self.position.weight[: ids.shape[1]]))

    def run(self, x: Tensor, mask: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Layers `start` to `stop`; `mask` is true where there is a token."""
        bias = None if bool(mask.all()) else torch.zeros(mask.shape).masked_fill(~mask, -1e9)[:, None, None, :]
        for layer in list(self.layers)[start:stop]:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """One unit vector per text."""
        return pool(self.run(self.embed(ids), mask), mask)


def pool(x: Tensor, mask: Tensor) -> Tensor:
    """The mean of the tokens, at length 1."""
    weight = mask[..., None].float()
    return functional.normalize((x * weight).sum(1) / weight.sum(1), dim=1)


def pad(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Ids in one block, and where there are tokens."""
    longest = max(map(len, texts))
    ids = torch.full((len(texts), longest), PAD, dtype=torch.long)
    mask = torch.zeros(len(texts), longest, dtype=torch.bool)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.as_tensor(text, dtype=torch.long)
        mask[row, : len(text)] = True
    return ids, mask


@torch.no_grad()
def encode(encoder: Encoder, texts: Sequence[Sequence[int]], size: int = 64) -> Floats:
    """Vectors of many texts, in their order."""
    encoder.eval()
    order = np.argsort([len(text) for text in texts])
    found = np.zeros((len(texts), encoder.word.embedding_dim), np.float32)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        found[part] = encoder(*pad([texts[i] for i in part])).numpy()
    return found


def _fill(module: nn.Module, weight: Floats, bias: Floats) -> None:
    module.weight.copy_(torch.from_numpy(weight).view(module.weight.shape))
    module.bias.copy_(torch.from_numpy(bias).view(module.bias.shape))


def _fill_layer(layer: nn.Module, tensors: "dict[str, Floats]", at: str) -> None:
    _fill(
        layer.qkv,
        np.concatenate([tensors[f"{at}{name}.w"] for name in "qkv"]),
        np.concatenate([tensors[f"{at}{name}.b"] for name in "qkv"]),
    )
    for module, name in (
        (layer.out, "ao"),
        (layer.norm, "aln"),
        (layer.up, "fi"),
        (layer.down, "fo"),
        (layer.last, "oln"),
    ):
        _fill(module, tensors[f"{at}{name}.w"], tensors[f"{at}{name}.b"])
