#!/usr/bin/env python3
"""Trains and exports the streaming U2 digit recogniser; the data come from ../digits (see README.md).

    python train_u2.py train  --fsdd ../fsdd --digits ../digits --minutes 42     # work/checkpoint.pt
    python train_u2.py export                                                    # model/
"""
import argparse
import json
import math
import os
import queue
import sys
import threading
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from u2_decode import FBANK, fbank, greedy, text_of
from u2_model import CONFIG, DELIMITER, MEL_BINS, SAMPLE_RATE, TOKENS, WORDS, U2Model, chunk_mask, valid_frames

SILENCE = 10                                    # frame class of the auxiliary head; 0-9 are the digits
SHORT, LONG = (24, 2.4, 5), (12, 4.8, 9)        # utterances, seconds, most digits of a batch
IGNORE = -100


# ------------------------------------------------------------------ batches

def spec_augment(rng, feats, fill):
    """Up to four stretches of 80 ms and two bands of 10 bins become the mean."""
    for _ in range(int(rng.integers(0, 5))):
        width = int(rng.integers(1, 9))
        at = int(rng.integers(0, max(1, len(feats) - width)))
        feats[at:at + width] = fill
    for _ in range(int(rng.integers(0, 3))):
        width = int(rng.integers(1, 11))
        at = int(rng.integers(0, MEL_BINS - width))
        feats[:, at:at + width] = fill[at:at + width]
    return feats


def make_batch(composer, shape, fill):
    """``fill`` [80] is the mean feature; None switches augmentation of the features off."""
    rng, (size, seconds, most) = composer.rng, shape
    samples = int(seconds * SAMPLE_RATE)
    frames = (samples - 400) // 160 + 1
    encoded = ((frames - 1) // 2 - 1) // 2
    longest = 6 * most                          # units: at most 5 a word and a delimiter; then eos
    feats, lens = torch.zeros(size, frames, MEL_BINS), torch.zeros(size, dtype=torch.long)
    labels = np.full((size, encoded), SILENCE, np.int64)
    centres = np.arange(encoded) * 640 + 680    # middle of the 85 ms that an encoder frame is made from
    tokens_in = torch.zeros(size, longest, dtype=torch.long)
    tokens_out = torch.full((size, longest), IGNORE)
    targets, target_lens = [], []
    for i in range(size):
        x, spans, digits = composer.utterance(samples, most)
        gain = 10 ** (rng.uniform(-12, 6) / 20)
        one = fbank(torch.from_numpy(np.clip(x * np.float32(gain), -1, 0.99997)), dither=float(rng.uniform(0, 1)))
        lens[i] = len(one)
        feats[i, :len(one)] = one if fill is None else spec_augment(rng, one, fill)
        for (a, b), digit in zip(spans, digits):
            labels[i, (centres >= a) & (centres < b)] = digit
        labels[i, centres + 680 > len(x)] = IGNORE
        ids = [TOKENS.index(c) for c in DELIMITER.join(WORDS[d] for d in digits)]
        tokens_in[i, :len(ids) + 1] = torch.tensor([len(TOKENS) - 1] + ids)
        tokens_out[i, :len(ids) + 1] = torch.tensor(ids + [len(TOKENS) - 1])
        targets += ids
        target_lens.append(len(ids))
    return (feats, lens, torch.from_numpy(labels), tokens_in, tokens_out, torch.tensor(targets),
            torch.tensor(target_lens))


# ----------------------------------------------------------------- training

class Trainee(nn.Module):
    """U2Model plus a frame classifier on the encoder that gets training off the ground."""

    def __init__(self, model):
        super().__init__()
        self.u2 = model
        self.top = nn.Linear(CONFIG["d"], 11)

    def forward(self, feats, pos, mask, tokens, token_lens, memory_mask):
        encoder = self.u2.encoder
        y, _, _ = encoder.layers(encoder.subsample(feats), encoder.dropout(pos), mask, None, None)
        return self.u2.ctc.ctc_lo(y), self.u2.decoder(tokens, token_lens, y, memory_mask), self.top(y)


def initialise(model):
    for m in model.modules():
        if isinstance(m, (nn.Linear, nn.Conv1d, nn.Conv2d)):
            nn.init.xavier_uniform_(m.weight)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, nn.Embedding):
            nn.init.normal_(m.weight, 0.0, m.embedding_dim ** -0.5)


def draw_chunk(rng):
    """Dynamic chunks: full context in 40 % of the steps, else 1-25 frames (40 ms - 1 s), every
    second time with a limited history of 0-8 chunks."""
    if rng.random() < 0.4:
        return -1, -1
    return int(rng.integers(1, 26)), -1 if rng.random() < 0.5 else int(rng.integers(0, 9))


def losses(trainee, batch, chunk, left, offset):
    feats, lens, labels, tokens_in, tokens_out, targets, target_lens = batch
    encoder = trainee.u2.encoder
    frames = encoder.out_lens(lens)
    size = ((feats.size(1) - 1) // 2 - 1) // 2
    keys = valid_frames(frames, size).unsqueeze(1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ctc, att, top = trainee(feats, encoder.positions(offset, size), keys & chunk_mask(size, chunk, left, feats.device),
                                tokens_in, target_lens + 1, keys)
    log_probs = torch.log_softmax(ctc.float(), -1).transpose(0, 1)
    return (F.ctc_loss(log_probs, targets, frames, target_lens, zero_infinity=True),
            F.cross_entropy(att.float().transpose(1, 2), tokens_out, ignore_index=IGNORE, label_smoothing=0.1),
            F.cross_entropy(top.float().transpose(1, 2), labels, ignore_index=IGNORE))


def train(args):
    sys.path.insert(0, args.digits)
    from train_digits import TRAIN, Composer, dev_set
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    os.makedirs(f"{args.out}/work", exist_ok=True)
    composer = Composer(args.fsdd, TRAIN, seed=args.seed)
    dev = [(text, fbank(wav)) for _, text, wav in dev_set(args.fsdd)]
    print(f"{sum(len(v) for v in composer.pool.values())} training takes (5 speeds)", flush=True)

    model = U2Model(**CONFIG, dropout=0.1)
    initialise(model)
    sample = torch.cat([f[:n] for _ in range(12) for f, n in zip(*make_batch(composer, SHORT, None)[:2])]).double()
    model.encoder.global_cmvn.mean.copy_(sample.mean(0))
    model.encoder.global_cmvn.istd.copy_(1.0 / sample.std(0))
    fill = model.encoder.global_cmvn.mean.clone()
    trainee = Trainee(model)
    print(f"{sum(p.numel() for p in model.parameters())} parameters, CMVN from {len(sample)} frames", flush=True)

    decay = [p for p in trainee.parameters() if p.ndim > 1]
    rest = [p for p in trainee.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([dict(params=decay, weight_decay=0.02), dict(params=rest, weight_decay=0.0)],
                                  lr=args.lr, betas=(0.9, 0.98))
    ema = {k: v.detach().clone() for k, v in model.state_dict().items()}
    batches, rng = queue.Queue(4), np.random.default_rng(args.seed + 1)

    def produce():                              # short batches first, later every third one is long
        for i in range(10 ** 9):
            batches.put(make_batch(composer, LONG if i > 600 and i % 3 == 0 else SHORT, fill))

    threading.Thread(target=produce, daemon=True).start()
    active, step, done, sums, shown = 0.0, 0, 0.0, np.zeros(4), time.time()
    while done < 1.0:
        start = time.time()
        batch = batches.get()
        for group in optimiser.param_groups:
            group["lr"] = args.lr * min(1.0, (step + 1) / 400) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))
        trainee.train()
        offset = 0 if rng.random() < 0.5 else int(rng.integers(0, 1500))         # up to a minute into a stream
        ctc, att, top = losses(trainee, batch, *draw_chunk(rng), offset)
        loss = 0.5 * ctc + 0.5 * att + max(0.0, 1.0 - done / 0.5) * top
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(trainee.parameters(), 5.0)
        if torch.isfinite(norm):
            optimiser.step()
        step += 1
        k = 1 - min(0.999, 1 - 1 / (step + 1))
        for name, v in model.state_dict().items():
            ema[name].lerp_(v.detach(), k)
        sums += [ctc.item(), att.item(), top.item(), float(norm)]
        active += min(10.0, time.time() - start)                                 # a SIGSTOP does not count
        done = max(step / args.steps, active / (60 * args.minutes))
        if step % 100 == 0:
            c, a, t, g = sums / 100
            print(f"step {step} done {done:.3f} active {active:.0f}s wall/100 {time.time() - shown:.0f}s "
                  f"ctc {c:.4f} att {a:.4f} top {t:.3f} grad {g:.2f}", flush=True)
            sums, shown = np.zeros(4), time.time()
        if step % args.report == 0 or done >= 1.0:
            report(args, ema, dev, step)
    print("finished", flush=True)
    os._exit(0)


@torch.no_grad()
def report(args, state, dev, step):
    from train_digits import error_rate
    model = U2Model(**CONFIG)
    model.load_state_dict(state)
    model.eval()
    line = f"  dev after {step} steps, greedy WER %:"
    for chunk, left in ((-1, -1), (16, -1), (4, 4)):
        pairs = []
        for text, feats in dev:
            y, _ = model.encode(feats.unsqueeze(0), torch.tensor([len(feats)]), chunk, left)
            pairs.append((text, text_of(greedy(model.ctc_activation(y)[0]))))
        line += f" {chunk}/{left}: {100 * error_rate(pairs, str.split):.2f}"
    print(line, f"e.g. {pairs[0]}", flush=True)
    torch.save(dict(model=model.state_dict(), steps=step), f"{args.out}/work/checkpoint.pt")


# ------------------------------------------------------------------- export

def load_trained(out):
    model = U2Model(**CONFIG)
    model.load_state_dict(torch.load(f"{out}/work/checkpoint.pt", weights_only=True)["model"])
    for p in model.parameters():
        p.requires_grad_(False)
    return model.eval()


def export(args):
    os.makedirs(f"{args.out}/model", exist_ok=True)
    model = load_trained(args.out)
    path = f"{args.out}/model/u2-digits-float.pt"
    torch.jit.script(model).save(path)
    with open(f"{args.out}/model/units.txt", "w") as f:
        f.writelines(f"{token} {i}\n" for i, token in enumerate(TOKENS))
    facts = dict(tokens=TOKENS, blank=0, word_delimiter=DELIMITER, sos=model.sos_symbol(), eos=model.eos_symbol(),
                 bidirectional_decoder=model.is_bidirectional_decoder(),
                 subsampling_rate=model.subsampling_rate(), right_context=model.right_context(),
                 encoder_frame_ms=40, sample_rate=SAMPLE_RATE,
                 encoder=dict(width=CONFIG["d"], heads=CONFIG["heads"], layers=CONFIG["layers"],
                              cnn_kernel=CONFIG["kernel"], causal=True,
                              att_cache=["layers", "heads", "cached frames", 2 * CONFIG["d"] // CONFIG["heads"]],
                              cnn_cache=[CONFIG["layers"], 1, CONFIG["d"], CONFIG["kernel"] - 1]),
                 features=dict(FBANK, kind="kaldi fbank", scale=32768, dither=0.0, log="natural",
                               floor=float(torch.finfo(torch.float32).eps), cmvn="inside the model"),
                 decoding=dict(chunk_sizes_trained=[1, 25], chunk=16, left_chunks=-1, beam=10, ctc_weight=0.5,
                               rescoring_weight=1.0, reverse_weight=0.0))
    with open(f"{args.out}/model/tokens.json", "w") as f:
        json.dump(facts, f, indent=1)
        f.write("\n")
    print(path, os.path.getsize(path), "bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["train", "export"])
    parser.add_argument("--fsdd", default="../fsdd")
    parser.add_argument("--digits", default="../digits", help="folder of train_digits.py")
    parser.add_argument("--out", default=".")
    parser.add_argument("--minutes", type=float, default=42, help="stop after so many minutes of training...")
    parser.add_argument("--steps", type=int, default=9000, help="...or so many steps, whichever comes first")
    parser.add_argument("--report", type=int, default=600)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    dict(train=train, export=export)[arguments.command](arguments)
