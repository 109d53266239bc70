"""Writes the PyTorch reference of the calibration tests. Run by hand from the repository's root; needs torch 2.10, soundfile.

    python java/torch/src/test/python/make_reference.py java/torch/src/test/resources/pytorch
"""
import copy
import sys

import numpy as np
import soundfile as sf
import torch
import torch.nn as nn
from torch.ao.quantization import DeQuantStub, QuantStub, convert, get_default_qconfig, prepare

sys.path.insert(0, "models/digits/recipe")
from digits_model import AsrModel, fold_weight_norm  # noqa: E402

W2V = "encoder.wav2vec2.model."
STATIC = [W2V + "feature_extractor", W2V + "feature_projection"]
# without conv 0, whose rounding makes the output chaotic
STABLE = [f"{W2V}feature_extractor.conv_layers.{i}" for i in range(1, 7)] + STATIC[1:]


class StaticQuant(nn.Module):
    """The tutorial's wrapper."""

    def __init__(self, model):
        super().__init__()
        self.quant, self.model, self.dequant = QuantStub(), model, DeQuantStub()

    def forward(self, x):
        return self.dequant(self.model(self.quant(x)))


def set_module(model, path, new):
    parent, _, leaf = path.rpartition(".")
    setattr(model.get_submodule(parent), leaf, new)


def audio(split, utt):
    return torch.from_numpy(sf.read(f"models/digits/{split}/{utt}.flac", dtype="float32")[0]).unsqueeze(0)


def quantize(model, paths, engine, ids):
    torch.backends.quantized.engine = engine
    int8 = copy.deepcopy(model)
    for path in paths:
        wrapped = StaticQuant(int8.get_submodule(path))
        wrapped.qconfig = get_default_qconfig(engine)
        set_module(int8, path, prepare(wrapped.eval()))
    for utt in ids:
        int8(audio("calib", utt))
    for path in paths:
        set_module(int8, path, convert(int8.get_submodule(path)))
    return int8


def main():
    torch.set_num_threads(1)
    model = fold_weight_norm(AsrModel([128] * 7))
    model.load_state_dict(torch.jit.load("models/digits/model/digits-float.pt").state_dict())
    model.eval().requires_grad_(False)
    ids = [r.split("\t")[0] for r in open("models/digits/calib/calib.tsv").read().splitlines()[1:]][::10]
    rows = ["backend\tpath\tscale\tzeroPoint"]
    for engine in ("fbgemm", "qnnpack"):
        log_probs = quantize(model, STABLE, engine, ids)(audio("test", "test-nicolas-00"))[0]
        np.save(f"{sys.argv[1]}/static-{engine}.npy", log_probs.numpy())
        int8 = quantize(model, STATIC, engine, ids)
        for name, module in int8.named_modules():
            if hasattr(module, "scale") and hasattr(module, "zero_point"):
                path = name.replace("feature_extractor.model", "feature_extractor")
                path = path.replace("feature_projection.model", "feature_projection")
                rows.append(f"{engine}\t{path}\t{float(module.scale)!r}\t{int(module.zero_point)}")
    open(f"{sys.argv[1]}/scales.tsv", "w").write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
