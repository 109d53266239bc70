#!/usr/bin/env python3
"""Reference numbers for other runtimes, made with model/u2-digits-float.pt alone.

    python reference_u2.py --digits ../digits           # reference/
"""
import argparse
import json
import os
import sys

import numpy as np
import torch

from u2_decode import FBANK, SETTINGS, attention_scores, chunks_of, fbank, greedy, prefix_beam, stream, text_of
from u2_model import TOKENS

# the shortest; rescoring decides (jackson, lucas); prefix search unlike best path (theo, 8/4); a long one
UTTERANCES = ["test-nicolas-17", "test-jackson-18", "test-lucas-16", "test-theo-04", "test-george-15"]


def save(path, x):
    np.save(path, x.numpy())
    return dict(file=os.path.basename(path), shape=list(x.shape))


def one_stream(model, feats, chunk, left, prefix, with_caches):
    outs, steps = [], []
    for i, (out, att, cnn) in enumerate(stream(model, feats, chunk, left)):
        start, end = chunks_of(len(feats), chunk)[i]
        steps.append(dict(offset=sum(o.size(1) for o in outs), feature_frames=[start, end], out=list(out.shape),
                          att_cache=list(att.shape), cnn_cache=list(cnn.shape)))
        outs.append(out)
    if with_caches:                             # behind the last chunk
        save(f"{prefix}.att_cache.npy", att)
        save(f"{prefix}.cnn_cache.npy", cnn)
    out = torch.cat(outs, 1)
    log_probs = model.ctc_activation(out)
    nbest = prefix_beam(log_probs[0], 10)
    attention = attention_scores(model, nbest, out)
    totals = [a + 0.5 * c for a, (c, _) in zip(attention, nbest)]
    best = totals.index(max(totals))
    whole, _ = model.encode(feats.unsqueeze(0), torch.tensor([len(feats)]), chunk, left)
    return dict(chunk=chunk, left=left, required_cache_size=chunk * left, steps=steps,
                encoder_out=save(f"{prefix}.encoder_out.npy", out[0]),
                log_probs=save(f"{prefix}.log_probs.npy", log_probs[0]),
                greedy=dict(tokens=greedy(log_probs[0]), text=text_of(greedy(log_probs[0]))),
                nbest=[dict(tokens=ids, text=text_of(ids), ctc=c, attention=a, total=t)
                       for (c, ids), a, t in zip(nbest, attention, totals)],
                best=best, text=text_of(nbest[best][1]),
                max_abs_difference_to_masked_whole=(whole - out).abs().max().item())


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--digits", default="../digits")
    parser.add_argument("--out", default=".")
    parser.add_argument("--check", type=int, default=120, help="utterances of the comparison of streaming and masking")
    args = parser.parse_args()
    sys.path.insert(0, args.digits)
    from train_digits import read_set
    torch.set_num_threads(1)
    folder = f"{args.out}/reference"
    os.makedirs(folder, exist_ok=True)
    model = torch.jit.load(f"{args.out}/model/u2-digits-float.pt")
    test = read_set(args.digits, "test")
    wavs = {u: (text, wav) for u, text, wav in test}
    result = dict(torch=torch.__version__, tokens=TOKENS, fbank=dict(FBANK, dither=0.0, waveform_scale=32768),
                  beam=10, ctc_weight=0.5, utterances=[])
    for utt in UTTERANCES:
        text, wav = wavs[utt]
        feats = fbank(wav)
        full, _ = model.encode(feats.unsqueeze(0), torch.tensor([len(feats)]), -1, -1)
        entry = dict(id=utt, text=text, samples=len(wav), feats=save(f"{folder}/{utt}.feats.npy", feats),
                     full_context=dict(encoder_out=save(f"{folder}/{utt}.full.encoder_out.npy", full[0]),
                                       log_probs=save(f"{folder}/{utt}.full.log_probs.npy", model.ctc_activation(full)[0])),
                     streams=[one_stream(model, feats, chunk, left, f"{folder}/{utt}.c{chunk}l{left}",
                                         utt == UTTERANCES[0]) for chunk, left in ((16, -1), (8, 4))])
        result["utterances"].append(entry)
        print(utt, "|", text, "|", [s["text"] for s in entry["streams"]])
    with open(f"{folder}/reference.json", "w") as f:
        json.dump(result, f, indent=1)
        f.write("\n")

    check = {}
    for chunk, left in SETTINGS[1:] + [(1, -1), (5, 0), (25, 2)]:
        worst = 0.0
        for _, _, wav in test[:args.check]:
            feats = fbank(wav)
            whole, frames = model.encode(feats.unsqueeze(0), torch.tensor([len(feats)]), chunk, left)
            parts = torch.cat([out for out, _, _ in stream(model, feats, chunk, left)], 1)
            assert parts.shape == whole.shape and int(frames[0]) == whole.size(1)
            worst = max(worst, (whole - parts).abs().max().item())
        check[f"chunk {chunk} left {left}"] = worst
        print("streaming against masked whole:", chunk, left, worst, flush=True)
    with open(f"{folder}/check.json", "w") as f:
        json.dump(dict(utterances=len(test[:args.check]), max_abs_difference=check, limit=1e-4), f, indent=1)
        f.write("\n")
    assert max(check.values()) <= 1e-4


if __name__ == "__main__":
    main()
