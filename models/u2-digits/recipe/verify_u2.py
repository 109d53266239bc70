#!/usr/bin/env python3
"""Loads model/u2-digits-float.pt with nothing but torch and checks contract, batches and references.

    python verify_u2.py [folder]
"""
import json
import sys

import numpy as np
import torch

out = sys.argv[1] if len(sys.argv) > 1 else "."
model = torch.jit.load(f"{out}/model/u2-digits-float.pt")
facts = json.load(open(f"{out}/model/tokens.json"))
reference = json.load(open(f"{out}/reference/reference.json"))
assert not [m for m in sys.modules if m.startswith(("u2_", "train_"))] and not model.training
assert (model.subsampling_rate(), model.right_context()) == (4, 6)
assert model.sos_symbol() == model.eos_symbol() == len(facts["tokens"]) - 1 == facts["sos"]
assert model.is_bidirectional_decoder() is False
empty = torch.zeros(0, 0, 0, 0)
worst = dict(batch=0.0, streams=0.0, log_probs=0.0, caches=0.0, attention=0.0, empty_caches=0.0)


def note(what, a, b):
    assert a.shape == b.shape, (what, a.shape, b.shape)
    worst[what] = max(worst[what], (a - b).abs().max().item())


def array(name):
    return torch.from_numpy(np.load(f"{out}/reference/{name}"))


with torch.no_grad():
    for t in (7, 8, 10, 11, 66, 67, 68, 500, 3000):                                # dynamic T
        y, n = model(torch.randn(1, t, 80), torch.tensor([t]))
        assert y.shape == (1, ((t - 1) // 2 - 1) // 2, 18) and int(n) == y.size(1)
        assert torch.allclose(y.exp().sum(-1), torch.ones(1), atol=1e-4)
    feats = [array(u["feats"]["file"]) for u in reference["utterances"]]
    lens = torch.tensor([len(f) for f in feats])
    padded = torch.nn.utils.rnn.pad_sequence(feats, batch_first=True, padding_value=3.0)
    y, n = model(padded, lens)
    for i, u in enumerate(reference["utterances"]):                                # padded batch = alone
        note("batch", y[i, :int(n[i])], array(u["full_context"]["log_probs"]["file"]))
    for f, u in zip(feats, reference["utterances"]):
        for s in u["streams"]:
            att, cnn, outs = empty, empty, []
            for i, step in enumerate(s["steps"]):
                a, b = step["feature_frames"]
                x, required = f[None, a:b], s["required_cache_size"]
                if i == 0:                                                         # dummies of the same meaning
                    z, _, _ = model.forward_encoder_chunk(x, 0, required, torch.zeros(6, 4, 0, 64), torch.zeros(6, 1, 128, 14))
                y, att, cnn = model.forward_encoder_chunk(x, step["offset"], required, att, cnn)
                if i == 0:
                    note("empty_caches", y, z)
                assert [list(v.shape) for v in (y, att, cnn)] == [step["out"], step["att_cache"], step["cnn_cache"]]
                outs.append(y)
            if u is reference["utterances"][0]:
                stem = s["encoder_out"]["file"].replace(".encoder_out.npy", "")
                note("caches", att, array(f"{stem}.att_cache.npy"))
                note("caches", cnn, array(f"{stem}.cnn_cache.npy"))
            y = torch.cat(outs, 1)
            note("streams", y[0], array(s["encoder_out"]["file"]))
            note("log_probs", model.ctc_activation(y)[0], array(s["log_probs"]["file"]))
            for h in s["nbest"]:                                                   # one by one, unpadded
                ids = torch.tensor([[model.sos_symbol()] + h["tokens"]])
                p, r = model.forward_attention_decoder(ids, torch.tensor([ids.size(1)]), y, 0.0)
                assert p.shape == (1, ids.size(1), 18) and r.dim() == 0
                score = p[0, torch.arange(ids.size(1)), torch.tensor(h["tokens"] + [model.eos_symbol()])].sum()
                note("attention", score, torch.tensor(h["attention"]))
            totals = [h["total"] for h in s["nbest"]]
            assert s["best"] == totals.index(max(totals)) and s["text"] == s["nbest"][s["best"]]["text"]
print("largest deviations", worst)
assert max(worst.values()) < 2e-4
print("OK")
