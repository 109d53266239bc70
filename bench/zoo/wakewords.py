"""Prepares the ONNX files of the package openwakeword for AnyGraphTest: python wakewords.py MODELS OUT

MODELS is the folder resources/models of the package (0.4.0 has the files in it; they are under CC BY-NC-SA 4.0, so none of them is here).
OUT gets each file but the Silero one (a step of a stream, which OnnxVoiceActivityTest tests) with two inputs, and with what ONNX Runtime gives for them.

    python wakewords.py site-packages/openwakeword/resources/models "$PWD/wakewords"
    mvn -pl java/core -am test -Dtest=AnyGraphTest -Dsurefire.failIfNoSpecifiedTests=false \\
        -Dqv.surefire.args=-Dquantvoice.wakewords="$PWD/wakewords"
"""
import glob
import os
import shutil
import sys

import numpy as np
import onnxruntime as ort

LENGTHS = {1: 12_800, 2: 17_280}  # samples, where a model takes samples


def prepare(file, out):
    name = os.path.basename(file)[: -len(".onnx")]
    session = ort.InferenceSession(file, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    shutil.copy(file, os.path.join(out, name + ".onnx"))
    for length in (1, 2):
        free = [size for size in given.shape if not isinstance(size, int)]
        shape = [size if isinstance(size, int) else length for size in given.shape]
        if len(free) == 2:  # [batch, samples]
            shape = [1, LENGTHS[length]]
        x = np.random.default_rng(length).standard_normal(shape).astype(np.float32)
        if len(free) == 2:
            x *= 3000  # samples as whole numbers of 16 bits, as the package has them
        save(out, f"{name}.{length}.in", x)
        save(out, f"{name}.{length}.out", session.run(None, {given.name: x})[0])


def save(out, name, values):
    np.save(os.path.join(out, name + ".npy"), np.ascontiguousarray(values, dtype="<f4"))


def main(models, out):
    os.makedirs(out, exist_ok=True)
    for file in sorted(glob.glob(os.path.join(models, "*.onnx"))):
        if "silero" not in file:
            prepare(file, out)
            print(os.path.basename(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
