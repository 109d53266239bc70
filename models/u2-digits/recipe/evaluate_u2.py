#!/usr/bin/env python3
"""Word error rates, dynamic int8 for comparison, and speed.

    python evaluate_u2.py --digits ../digits            # results.json, work/u2-digits-int8.pt
"""
import argparse
import json
import os
import sys
import time

import torch
import torch.nn as nn

from train_u2 import load_trained
from u2_decode import SETTINGS, encode, fbank, prefix_beam, recognise, rescore


def rate(pairs, error_rate):
    return dict(wer=round(100 * error_rate(pairs, str.split), 3), cer=round(100 * error_rate(pairs, list), 3),
                wrong=sum(a != b for a, b in pairs))


def evaluate(model, sets, settings, error_rate):
    """Every setting and method on every set; sets: name -> [(utterance, text, feats)]."""
    result = {}
    for chunk, left in settings:
        row = result[f"chunk {chunk} left {left}" if chunk > 0 else "full context"] = {}
        for name, data in sets.items():
            hyps = [recognise(model, feats, chunk, left) for _, _, feats in data]
            row[name] = {m: rate([(text, h[m]) for (_, text, _), h in zip(data, hyps)], error_rate)
                         for m in ("greedy", "prefix", "rescored")}
            row[name]["wrong_rescored"] = {u: h["rescored"] for (u, text, _), h in zip(data, hyps) if text != h["rescored"]}
        print(list(result)[-1], {n: {m: v["wer"] for m, v in r.items() if m != "wrong_rescored"} for n, r in row.items()},
              flush=True)
    return result


def streams(model, data, seconds, error_rate, chunk, left):
    """Utterances glued together to sessions of about ``seconds``: positions far behind training's."""
    pairs, feats, text = [], [], []
    for i, (_, words, one) in enumerate(data):
        feats.append(one)
        text.append(words)
        if sum(map(len, feats)) >= 100 * seconds or i + 1 == len(data):
            pairs.append((" ".join(text), recognise(model, torch.cat(feats), chunk, left)["greedy"]))
            feats, text = [], []
    return dict(sessions=len(pairs), seconds=seconds, greedy=rate(pairs, error_rate))


@torch.no_grad()
def speed(model, data, wavs):
    """Real-time factors of one thread, best of three passes."""
    audio, result = sum(len(w) for w in wavs) / 16000, {}

    def best(f, items):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            kept = [f(*item) for item in items]
            times.append(time.perf_counter() - start)
        return round(min(times) / audio, 5), kept

    result["fbank"], _ = best(fbank, [(w,) for w in wavs])
    for chunk, left in ((-1, -1), (16, -1), (8, 4), (4, 4)):
        name = f"encoder chunk {chunk} left {left}" if chunk > 0 else "encoder full context"
        result[name], outs = best(lambda f: encode(model, f, chunk, left), [(f,) for _, _, f in data])
        if chunk == 16:
            log_probs = [model.ctc_activation(o)[0] for o in outs]
            result["prefix beam 10 (Python)"], nbest = best(prefix_beam, [(p,) for p in log_probs])
            result["rescoring of 10"], _ = best(lambda n, o: rescore(model, n, o), list(zip(nbest, outs)))
    return dict(audio_seconds=round(audio, 1), threads=1, load_average=os.getloadavg(), rtf=result)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--digits", default="../digits")
    parser.add_argument("--out", default=".")
    parser.add_argument("--quick", action="store_true", help="ten test utterances, two settings")
    args = parser.parse_args()
    sys.path.insert(0, args.digits)
    from train_digits import error_rate, read_set
    torch.set_num_threads(1)
    torch.backends.quantized.engine = "fbgemm"
    model = load_trained(args.out)
    test = read_set(args.digits, "test")
    settings = SETTINGS
    if args.quick:
        test, settings = test[::12], SETTINGS[:2]
    sets = dict(test=[(u, t, fbank(w)) for u, t, w in test])
    script = torch.jit.load(f"{args.out}/model/u2-digits-float.pt")
    int8 = torch.ao.quantization.quantize_dynamic(load_trained(args.out), {nn.Linear}, dtype=torch.qint8)
    os.makedirs(f"{args.out}/work", exist_ok=True)
    torch.jit.script(int8).save(f"{args.out}/work/u2-digits-int8.pt")
    wavs = [w for _, _, w in test]
    result = dict(torch=torch.__version__, parameters=sum(p.numel() for p in model.parameters()),
                  utterances={n: len(d) for n, d in sets.items()},
                  words={n: sum(len(t.split()) for _, t, _ in d) for n, d in sets.items()},
                  torchscript_bytes=os.path.getsize(f"{args.out}/model/u2-digits-float.pt"),
                  int8_torchscript_bytes=os.path.getsize(f"{args.out}/work/u2-digits-int8.pt"))
    result["speed_float"] = speed(script, sets["test"], wavs)
    result["speed_dynamic_int8"] = speed(int8, sets["test"], wavs)
    print(result["speed_float"], result["speed_dynamic_int8"], flush=True)
    result["float"] = evaluate(script, sets, settings, error_rate)
    print("dynamic int8 (every Linear, fbgemm)")
    result["dynamic_int8"] = evaluate(int8, sets, settings, error_rate)
    with torch.no_grad():
        result["long_streams"] = {f"chunk {c} left {l}": streams(script, sets["test"], 60, error_rate, c, l)
                                  for c, l in ((16, -1), (16, 4), (8, 4))}
    print(result["long_streams"])
    with open(f"{args.out}/{'quick' if args.quick else 'results'}.json", "w") as f:
        json.dump(result, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
