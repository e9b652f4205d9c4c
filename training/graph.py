"""The encoder as one ONNX graph: token ids in, unit vector out; matrices int8 per channel, words 4-bit (lossless)."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.encoder import Encoder, Layer
from training.extract import Floats

BLOCK = 32
OPSET = 17
Packed = tuple[NDArray[np.uint8], NDArray[np.float16]]


def pack(words: Floats) -> Packed:
    """Rows as Q4_0 again: exact for the base model's rows, which come from such blocks."""
    blocks = words.reshape(len(words), -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[..., None], 2)
    scale = (largest / -8).astype(np.float16)
    step = np.where(scale == 0, 1, scale).astype(np.float32)
    steps = np.rint(blocks / step)
    if steps.max() > 7:
        steps = np.where(steps.max(2, keepdims=True) > 7, np.rint(-blocks / step), steps)
        scale = np.where(np.rint(blocks / step).max(2, keepdims=True) > 7, -scale, scale)
    nibbles = (np.clip(steps, -8, 7) + 8).astype(np.uint8)
    return (nibbles[..., :16] | nibbles[..., 16:] << 4).reshape(len(words), -1), scale[..., 0]


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[np.generic]) -> str:
        """A constant's name."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        """A node; the name of its (first) output."""
        names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def linear(self, x: str, weight: Floats, bias: Floats) -> str:
        """A matrix and its bias."""
        return self.add("Add", self.add("MatMul", x, self.constant(weight.T)), self.constant(bias))

    def norm(self, x: str, weight: Floats, bias: Floats, eps: float) -> str:
        """Layer normalisation."""
        return self.add("LayerNormalization", x, self.constant(weight), self.constant(bias), axis=-1, epsilon=eps)


def _numbers(tensor: object) -> Floats:
    return tensor.detach().numpy().astype(np.float32)  # type: ignore[attr-defined, no-any-return]


def _words(graph: _Graph, encoder: Encoder) -> str:
    """4-bit rows looked up, unpacked and scaled."""
    packed, scale = pack(_numbers(encoder.word.weight))
    hidden = encoder.word.embedding_dim
    rows = graph.add("Gather", graph.constant(packed.reshape(len(packed), -1, 16)), "ids")
    low = graph.add("Mod", rows, graph.constant(np.array(16, np.uint8)))
    high = graph.add("BitShift", rows, graph.constant(np.array(4, np.uint8)), direction="RIGHT")
    both = graph.add("Cast", graph.add("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
    steps = graph.add("Sub", both, graph.constant(np.array(8, np.float32)))
    sizes = graph.add("Cast", graph.add("Gather", graph.constant(scale[..., None]), "ids"), to=TensorProto.FLOAT)
    return graph.add("Reshape", graph.add("Mul", steps, sizes), graph.constant(np.array([0, 0, hidden])))


def _embed(graph: _Graph, encoder: Encoder, tokens: int) -> str:
    length = graph.add("Shape", "ids", start=1, end=2)
    places = graph.add(
        "Slice",
        graph.constant(_numbers(encoder.position.weight)[:tokens]),
        graph.constant(np.array([0])),
        length,
    )
    norm = encoder.norm
    return graph.norm(
        graph.add("Add", _words(graph, encoder), places), _numbers(norm.weight), _numbers(norm.bias), norm.eps
    )


def _layer(graph: _Graph, layer: Layer, x: str) -> str:
    heads, hidden = layer.heads, layer.out.in_features
    weight, bias = _numbers(layer.qkv.weight).copy(), _numbers(layer.qkv.bias).copy()
    root = np.float32(np.sqrt(hidden // heads))
    weight[:hidden] /= root
    bias[:hidden] /= root
    parts = graph.add(
        "Reshape", graph.linear(x, weight, bias), graph.constant(np.array([0, 0, 3, heads, hidden // heads]))
    )
    query, key, value = (graph.add("Gather", parts, graph.constant(np.array(number)), axis=2) for number in range(3))
    query = graph.add("Transpose", query, perm=[0, 2, 1, 3])
    key = graph.add("Transpose", key, perm=[0, 2, 3, 1])
    value = graph.add("Transpose", value, perm=[0, 2, 1, 3])
    weights = graph.add("Softmax", graph.add("MatMul", query, key), axis=-1)
    seen = graph.add("Transpose", graph.add("MatMul", weights, value), perm=[0, 2, 1, 3])
    seen = graph.add("Reshape", seen, graph.constant(np.array([0, 0, hidden])))
    out = graph.linear(seen, _numbers(layer.out.weight), _numbers(layer.out.bias))
    norm, last = layer.norm, layer.last
    x = graph.norm(graph.add("Add", x, out), _numbers(norm.weight), _numbers(norm.bias), norm.eps)
    up = graph.linear(x, _numbers(layer.up.weight), _numbers(layer.up.bias))
    bell = graph.add("Erf", graph.add("Div", up, graph.constant(np.array(np.sqrt(2), np.float32))))
    bell = graph.add("Add", bell, graph.constant(np.array(1, np.float32)))
    bell = graph.add("Mul", graph.add("Mul", up, bell), graph.constant(np.array(0.5, np.float32)))
    down = graph.linear(bell, _numbers(layer.down.weight), _numbers(layer.down.bias))
    return graph.norm(graph.add("Add", x, down), _numbers(last.weight), _numbers(last.bias), last.eps)


def build(encoder: Encoder, tokens: int = 128) -> onnx.ModelProto:
    """The float model; all texts of a batch have equal length, so that no mask is needed."""
    graph = _Graph()
    x = _embed(graph, encoder, tokens)
    for layer in encoder.layers:
        x = _layer(graph, layer, x)
    mean = graph.add("ReduceMean", x, axes=[1], keepdims=0)
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["vector"], axis=-1, p=2))
    made = helper.make_graph(
        graph.nodes,
        "kenri-encoder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", encoder.word.embedding_dim])],
        graph.constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def save(encoder: Encoder, path: Path, reduce_range: bool = True) -> None:
    """The int8 model at `path`.

    `reduce_range`: 7-bit weights, since processors without VNNI add pairs of 8-bit products with saturation.
    """
    whole = path.with_suffix(".float.onnx")
    onnx.save(build(encoder), whole)
    quantize_dynamic(
        whole,
        path,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=reduce_range,
        weight_type=QuantType.QInt8,
    )
    whole.unlink()
