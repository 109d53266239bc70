#!/usr/bin/env python3
"""ONNX parts of the model and their parity with TorchScript.

    python export_onnx.py --digits ../digits            # onnx/*.onnx, onnx/parity.json

encoder.onnx        first chunk: att_cache of 0 frames [N,H,0,2K], cnn_cache of zeros, offset 0
encoder_dummy.onnx  for runtimes without empty tensors: att_cache always begins with one frame that
                    takes no part; first chunk: one frame of zeros and offset 1 (the dummy counts)
ctc.onnx, decoder.onnx
"""
import argparse
import json
import os
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn

from train_u2 import load_trained
from u2_decode import chunks_of, fbank
from u2_model import CONFIG, TOKENS


class Encoder(nn.Module):
    """forward_encoder_chunk for tracing: no branches, ints as scalar tensors.  ``dummy`` is the number
    of leading frames of att_cache (in and out) that take no part and that offset counts."""

    def __init__(self, encoder, dummy):
        super().__init__()
        self.encoder, self.dummy = encoder, dummy

    def forward(self, chunk, offset, required_cache_size, att_cache, cnn_cache):
        n = self.dummy
        y, kv, tail = self.encoder.forward_chunk(chunk, offset - n, att_cache[:, :, n:], cnn_cache)
        keep = torch.where(required_cache_size < 0, kv.shape[2], required_cache_size)
        start = torch.clamp(kv.shape[2] - keep, min=0)
        return y, torch.cat([att_cache[:, :, :n], kv[:, :, start:]], dim=2), tail


class Decoder(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, hyps, hyps_lens, encoder_out):
        return self.model.forward_attention_decoder(hyps, hyps_lens, encoder_out, 0.0)


def save(module, inputs, path, names, outputs, axes, facts):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, inputs, path, input_names=names, output_names=outputs, dynamic_axes=axes,
                          opset_version=17, do_constant_folding=True, dynamo=False)
    graph = onnx.load(path)
    onnx.helper.set_model_props(graph, {k: str(v) for k, v in facts.items()})
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == names, [i.name for i in session.get_inputs()]
    return session


def distance(a, b):
    """Largest deviation, absolute and relative to the largest magnitude of the tensor."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape, (a.shape, b.shape)
    worst = float(np.abs(a - b).max()) if a.size else 0.0
    return worst, worst / max(1e-30, float(np.abs(a).max()) if a.size else 1.0)


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--digits", default="../digits")
    parser.add_argument("--out", default=".")
    args = parser.parse_args()
    sys.path.insert(0, args.digits)
    from train_digits import read_set
    torch.set_num_threads(1)
    folder = f"{args.out}/onnx"
    os.makedirs(folder, exist_ok=True)
    model, c = load_trained(args.out), CONFIG
    k2 = 2 * c["d"] // c["heads"]
    facts = dict(subsampling_rate=model.subsampling_rate(), right_context=model.right_context(),
                 sos_symbol=model.sos_symbol(), eos_symbol=model.eos_symbol(), is_bidirectional_decoder=0,
                 output_size=c["d"], num_blocks=c["layers"], head=c["heads"], cnn_module_kernel=c["kernel"],
                 feature_size=80, vocab_size=len(TOKENS))
    att_cache = torch.randn(c["layers"], c["heads"], 33, k2)
    cnn_cache = torch.randn(c["layers"], 1, c["d"], c["kernel"] - 1)
    names = ["chunk", "offset", "required_cache_size", "att_cache", "cnn_cache"]
    outputs = ["output", "r_att_cache", "r_cnn_cache"]
    axes = dict(chunk={1: "T"}, att_cache={2: "T_CACHE"}, output={1: "S"}, r_att_cache={2: "R_CACHE"})
    sessions = {n: save(Encoder(model.encoder, n).eval(),
                        (torch.randn(1, 67, 80), torch.tensor(40), torch.tensor(64), att_cache, cnn_cache),
                        f"{folder}/encoder{'_dummy' if n else ''}.onnx", names, outputs, axes,
                        dict(facts, dummy_frames=n)) for n in (0, 1)}
    ctc = save(model.ctc, (torch.randn(1, 16, c["d"]),), f"{folder}/ctc.onnx", ["hidden"], ["probs"],
               dict(hidden={1: "S"}, probs={1: "S"}), facts)
    hyps = torch.randint(1, 17, (10, 20))
    decoder = save(Decoder(model).eval(), (hyps, torch.randint(15, 21, (10,)), torch.randn(1, 75, c["d"])),
                   f"{folder}/decoder.onnx", ["hyps", "hyps_lens", "encoder_out"], ["score", "r_score"],
                   dict(hyps={0: "NBEST", 1: "L"}, hyps_lens={0: "NBEST"}, encoder_out={1: "S"},
                        score={0: "NBEST", 1: "L"}), facts)

    script = torch.jit.load(f"{args.out}/model/u2-digits-float.pt")
    feats = [fbank(w) for _, _, w in read_set(args.digits, "test")[::12]]
    worst = {}

    def note(what, ours, theirs):
        worst[what] = tuple(max(a, b) for a, b in zip(worst.get(what, (0.0, 0.0)), distance(ours, theirs)))

    for chunk, left in ((16, -1), (16, 4), (8, 4), (4, 0), (7, 3)):
        for one in feats:
            t_att, t_cnn, offset = torch.zeros(0, 0, 0, 0), torch.zeros(0, 0, 0, 0), 0
            state = {n: (np.zeros((c["layers"], c["heads"], n, k2), np.float32),
                         np.zeros(tuple(cnn_cache.shape), np.float32)) for n in sessions}
            for start, end in chunks_of(len(one), chunk):
                xs = one[None, start:end]
                y, t_att, t_cnn = script.forward_encoder_chunk(xs, offset, chunk * left, t_att, t_cnn)
                for n, session in sessions.items():
                    o, att, cnn = session.run(None, dict(
                        chunk=xs.numpy(), offset=np.array(offset + n), required_cache_size=np.array(chunk * left),
                        att_cache=state[n][0], cnn_cache=state[n][1]))
                    state[n] = att, cnn
                    label = "encoder_dummy" if n else "encoder"
                    note(f"{label} output", y, o)
                    note(f"{label} att_cache", t_att, att[:, :, n:])
                    note(f"{label} cnn_cache", t_cnn, cnn)
                note("ctc", script.ctc_activation(y), ctc.run(None, dict(hidden=y.numpy()))[0])
                offset += y.size(1)
    for n, size, frames in ((10, 20, 75), (1, 1, 20), (3, 41, 160)):
        hyps, lens = torch.randint(1, 17, (n, size)), torch.randint(1, size + 1, (n,))
        hyps[:, 0] = model.sos_symbol()
        memory = script.encode(feats[0].unsqueeze(0), torch.tensor([len(feats[0])]), -1, -1)[0].repeat(1, 5, 1)[:, :frames]
        note("decoder", script.forward_attention_decoder(hyps, lens, memory, 0.0)[0],
             decoder.run(None, dict(hyps=hyps.numpy(), hyps_lens=lens.numpy(), encoder_out=memory.numpy()))[0])
    result = {k: dict(max_abs=a, max_rel_to_peak=r) for k, (a, r) in worst.items()}
    for k, v in result.items():
        print(k, v)
    with open(f"{folder}/parity.json", "w") as f:
        json.dump(dict(onnx=onnx.__version__, onnxruntime=onnxruntime.__version__, torch=torch.__version__, opset=17,
                       bytes={n: os.path.getsize(f"{folder}/{n}") for n in sorted(os.listdir(folder)) if n.endswith(".onnx")},
                       deviation=result), f, indent=1)
        f.write("\n")
    assert all(v["max_rel_to_peak"] <= 1e-5 for v in result.values()), result


if __name__ == "__main__":
    main()
