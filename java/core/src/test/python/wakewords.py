"""../resources/onnx/wakewords: models with random weights and the operators of openwakeword's, with what ONNX Runtime gives.

    python wakewords.py          (numpy, onnx, onnxruntime)
"""
import os

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources", "onnx", "wakewords")
random = np.random.default_rng(5)


class Graph:
    """Nodes and constants of a model with one input."""

    def __init__(self, name, shape):
        self.name, self.shape, self.nodes, self.constants = name, shape, [], []

    def constant(self, values, type=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=type), name))
        return name

    def weight(self, *shape):
        return self.constant(random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]) or 1))

    def add(self, op, *inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def run(self, result, x):
        return self.session(result, "").run(None, {"input": x})[0]

    def session(self, result, file):
        given = helper.make_tensor_value_info("input", TensorProto.FLOAT, self.shape)
        made = helper.make_tensor_value_info(result, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, self.name, [given], [made], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
        if file:
            onnx.save(model, file)
        return ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def write(self, result, inputs):
        session = self.session(result, os.path.join(OUT, self.name + ".onnx"))
        for number, x in enumerate(inputs, 1):
            for side, values in (("in", x), ("out", session.run(None, {"input": x})[0])):
                np.save(os.path.join(OUT, f"{self.name}.{number}.{side}.npy"), np.ascontiguousarray(values, dtype="<f4"))


def normal(*shape):
    return random.standard_normal(shape).astype(np.float32)


def spectrogram():
    """Decibels within 80 of the loudest: a Clip whose bound is computed."""
    g = Graph("spectrogram", ["batch", "samples"])
    axis = g.constant([1], np.int64)
    signal = g.add("Unsqueeze", "input", axis)
    parts = []
    angle = 2 * np.pi * np.outer(np.arange(17), np.arange(32)) / 32
    for wave in (np.cos(angle), np.sin(angle)):
        kernel = g.constant((wave * np.hanning(32))[:, None])
        part = g.add("Conv", signal, kernel, dilations=[1], group=1, kernel_shape=[32], pads=[0, 0], strides=[10])
        rows = g.add("Transpose", g.add("Unsqueeze", part, axis), perm=[0, 1, 3, 2])
        parts.append(g.add("Pow", rows, g.constant(2.0)))
    mel = g.add("MatMul", g.add("Add", *parts), g.constant(np.abs(random.standard_normal((17, 6)))))
    logarithm = g.add("Log", g.add("Clip", mel, g.constant(1e-10), g.constant(3e38)))
    decibels = g.add("Div", g.add("Mul", logarithm, g.constant(10.0)), g.constant(np.log(10)))
    least = g.add("Sub", g.add("ReduceMax", decibels, keepdims=0), g.constant(80.0))
    g.write(g.add("Clip", decibels, g.add("Cast", least, to=TensorProto.FLOAT), g.constant(3e38)), [normal(1, n) * 3000 for n in (100, 259)])


def embedding():
    g = Graph("embedding", ["batch", 13, 16, 1])
    x = g.add("Pad", "input", g.constant([0, 0, 1, 0, 0, 0, 1, 0], np.int64))
    x = g.add("Reshape", x, g.constant([-1, 1, 13, 18], np.int64))
    x = g.add("Relu", g.add("Conv", x, g.weight(4, 1, 3, 3), kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], group=1))
    x = g.add("BatchNormalization", x, *(g.constant(np.abs(random.standard_normal(4)) + 0.5) for _ in range(4)), epsilon=1e-3)
    low = g.constant(np.full((1, 1, 1, 1), -0.25))
    x = g.add("Max", g.add("LeakyRelu", x, alpha=0.2), low)
    for kernel, pads in (([1, 3], [0, 1, 0, 1]), ([3, 1], [0, 0, 0, 0])):
        x = g.add("Conv", x, g.weight(4, 4, *kernel), g.weight(4), kernel_shape=kernel, pads=pads, strides=[1, 1], dilations=[1, 1], group=1)
        x = g.add("Max", g.add("LeakyRelu", x, alpha=0.2), low)
    x = g.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = g.add("Conv", x, g.weight(5, 4, 4, 8), kernel_shape=[4, 8], strides=[1, 1], dilations=[1, 1], group=1)
    g.write(g.add("Reshape", x, g.constant([-1, 1, 1, 5], np.int64)), [normal(n, 13, 16, 1) for n in (1, 2)])


def norm(g, x, size):
    less = g.add("Sub", x, g.add("ReduceMean", x, axes=[-1]))
    variance = g.add("ReduceMean", g.add("Pow", less, g.constant(2.0)), axes=[-1])
    scaled = g.add("Div", less, g.add("Sqrt", g.add("Add", variance, g.constant(1e-5))))
    return g.add("Add", g.add("Mul", scaled, g.weight(size)), g.weight(size))


def branch(name, nodes, result):
    return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)])


def classifier():
    """A second look where the first is sure: an If that only the run decides."""
    g = Graph("classifier", [1, 4, 6])
    x = g.add("Flatten", "input", axis=1)
    for _ in range(2):
        size = 8
        width = 24 if _ == 0 else size
        x = g.add("Relu", norm(g, g.add("Gemm", x, g.weight(size, width), g.weight(size), alpha=1.0, beta=1.0, transB=1), size))
    p = g.add("Sigmoid", g.add("Gemm", x, g.constant(2 * normal(1, 8)), g.constant([0]), alpha=1.0, beta=1.0, transB=1))
    sure = g.add("Cast", g.add("GreaterOrEqual", p, g.constant(0.5)), to=TensorProto.BOOL)
    second, bias = g.weight(1, 8), g.weight(1)
    yes = [
        helper.make_node("Gemm", [x, second, bias], ["y0"], alpha=1.0, beta=1.0, transB=1),
        helper.make_node("Sigmoid", ["y0"], ["y1"]),
    ]
    no = [helper.make_node("Identity", [p], ["n0"])]
    result = g.add("If", sure, then_branch=branch("yes", yes, "y1"), else_branch=branch("no", no, "n0"))
    tried = [normal(1, 4, 6) * 3 for _ in range(400)]
    sure = [float(g.run(p, x)[0, 0]) for x in tried]
    g.write(result, [tried[int(np.argmin(sure))], tried[int(np.argmax(sure))]])
    assert min(sure) < 0.45 and max(sure) > 0.55, (min(sure), max(sure))


def recurrent():
    g = Graph("recurrent", ["batch", 6, 5])
    x = g.add("Transpose", "input", perm=[1, 0, 2])
    one, zero = g.constant([1], np.int64), g.constant([0], np.int64)
    sizes = g.add("Cast", g.add("Shape", "input"), to=TensorProto.INT32)
    batch = g.add("Slice", sizes, zero, one, zero)
    shape = g.add("Cast", g.add("Concat", batch, g.constant([3], np.int32), axis=0), to=TensorProto.INT64)
    state = g.add("Unsqueeze", g.add("Expand", g.constant(0.0), shape), zero)
    states = g.add("Concat", state, state, axis=0)
    weights = g.weight(2, 12, 5), g.weight(2, 12, 3), g.weight(2, 24)
    y = g.add("LSTM", x, *weights, "", states, states, outputs=3, direction="bidirectional", hidden_size=3)[0]
    ahead = g.add("Squeeze", g.add("Slice", y, zero, one, one), one)
    last = g.add("Squeeze", g.add("Slice", ahead, g.constant([-1], np.int64), g.constant([2**31 - 1], np.int64), zero), zero)
    g.write(g.add("Sigmoid", g.add("Add", g.add("MatMul", last, g.weight(3, 1)), g.weight(1))), [normal(1, 6, 5) for _ in range(2)])


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    for make in (spectrogram, embedding, classifier, recurrent):
        make()
