#!/usr/bin/env python3
"""Makes ../huggingface, a folder of transformers with the digits model's encoder (by hand only).

    python huggingface.py --out ..        (needs torch, torchaudio, transformers, soundfile; about 10 minutes)

transformers' Wav2Vec2ForCTC has a linear layer where the digits model has three (SpeechBrain's `enc`). So the last two encoder
layers, the norm and a linear head are trained to give the digits model's own log-probs on calib/ and noisy copies of it; all
else is the digits model. Weights are stored in 16 bits. Test data is decoded once, at the end, by transformers itself.
"""
import argparse
import json
import os

import numpy as np
import soundfile as sf
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchaudio

from digits_model import CONV_KERNEL, CONV_STRIDE, TOKENS, AsrModel, fold_weight_norm, greedy
from train_digits import CONFIG

FROZEN = 2                     # encoder layers that stay as they are
EPOCHS, BATCH, RATE = 24, 4, 8e-4


def recordings(out, name):
    rows = [r.split("\t") for r in open(f"{out}/{name}/{name}.tsv").read().splitlines()[1:]]
    return [(r[0], torch.from_numpy(sf.read(f"{out}/{name}/{r[2]}", dtype="float32")[0]), r[3]) for r in rows]


def noisy(x, rng):
    x = x * 10 ** (rng.uniform(-8, 8) / 20)
    if rng.random() < 0.6:
        x = torchaudio.functional.resample(x, int(16000 * rng.choice([0.9, 0.95, 1.05, 1.1])), 16000)
    noise = torch.from_numpy(rng.standard_normal(len(x)).astype(np.float32))
    return x + noise * x.pow(2).mean().sqrt() * 10 ** (-rng.uniform(8, 60) / 20)


@torch.no_grad()
def teach(model, x):
    """The input of the layers that are trained, and the log-probs they are to give."""
    inner = model.encoder.wav2vec2.model
    x = F.layer_norm(x[None], [len(x)], None, None, 1e-7)
    h = inner.feature_projection(inner.feature_extractor(x).transpose(1, 2))
    h = h + inner.encoder.pos_conv_embed(h)
    for layer in inner.encoder.layers[:FROZEN]:
        h = layer(h, None)
    y = h
    for layer in inner.encoder.layers[FROZEN:]:
        y = layer(y, None)
    return h, torch.log_softmax(model.ctc_lin(model.encoder.enc(inner.encoder.layer_norm(y))), -1)[0]


def distil(model, data, rng):
    encoder = model.encoder.wav2vec2.model.encoder
    layers, norm, head = encoder.layers[FROZEN:], encoder.layer_norm, nn.Linear(192, len(TOKENS))
    params = [*layers.parameters(), *norm.parameters(), *head.parameters()]
    for p in params:
        p.requires_grad_(True)
    optimizer = torch.optim.AdamW(params, RATE, weight_decay=1e-3)
    steps, total = 0, EPOCHS * -(-len(data) // BATCH)
    for _ in range(EPOCHS):
        order = rng.permutation(len(data))
        for i in range(0, len(order), BATCH):
            for g in optimizer.param_groups:
                g["lr"] = RATE * min(1, (steps + 1) / 50) * 0.5 * (1 + np.cos(np.pi * steps / total))
            optimizer.zero_grad()
            for k in order[i : i + BATCH]:
                h, y = data[k]
                for layer in layers:
                    h = layer(h, None)
                F.kl_div(torch.log_softmax(head(norm(h)), -1)[0], y, log_target=True, reduction="batchmean").div(BATCH).backward()
            nn.utils.clip_grad_norm_(params, 1.0)
            optimizer.step()
            steps += 1
    return head


def write(model, head, folder):
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

    config = Wav2Vec2Config(
        vocab_size=len(TOKENS), hidden_size=192, num_hidden_layers=4, num_attention_heads=4, intermediate_size=768,
        conv_dim=[128] * 7, conv_kernel=CONV_KERNEL, conv_stride=CONV_STRIDE, conv_bias=True, feat_extract_norm="layer",
        do_stable_layer_norm=True, num_conv_pos_embeddings=32, num_conv_pos_embedding_groups=8, layerdrop=0.0, pad_token_id=0)
    student = Wav2Vec2ForCTC(config)
    own = {f"wav2vec2.{k}": v for k, v in model.encoder.wav2vec2.model.state_dict().items()}
    weight = own.pop("wav2vec2.encoder.pos_conv_embed.conv.weight")
    parametrized = "wav2vec2.encoder.pos_conv_embed.conv.parametrizations.weight.original"
    own[parametrized + "0"], own[parametrized + "1"] = weight.norm(dim=(0, 1), keepdim=True), weight
    own["lm_head.weight"], own["lm_head.bias"] = head.weight.data, head.bias.data
    missing, unexpected = student.load_state_dict(own, strict=False)
    assert not unexpected and all("masked_spec_embed" in m for m in missing), (missing, unexpected)
    student.half().save_pretrained(folder)
    Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True).save_pretrained(folder)
    json.dump({t: i for i, t in enumerate(TOKENS)}, open(f"{folder}/vocab.json", "w"), indent=1)
    settings = dict(tokenizer_class="Wav2Vec2CTCTokenizer", pad_token=TOKENS[0], word_delimiter_token="|", unk_token=None)
    json.dump(settings, open(f"{folder}/tokenizer_config.json", "w"), indent=1)


def errors(hypothesis, text):
    a, b = hypothesis.split(), text.split()
    d = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        p, d[0] = d[:], i
        for j, y in enumerate(b, 1):
            d[j] = min(p[j] + 1, d[j - 1] + 1, p[j - 1] + (x != y))
    return d[-1]


@torch.no_grad()
def judge(out, folder):
    """What transformers says of the test set: greedy words, and log-probs of one recording."""
    from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

    model, extractor = Wav2Vec2ForCTC.from_pretrained(folder, dtype=torch.float32).eval(), Wav2Vec2FeatureExtractor.from_pretrained(folder)
    wrong = words = 0
    for name, x, text in recordings(out, "test"):
        y = torch.log_softmax(model(extractor(x.numpy(), sampling_rate=16000, return_tensors="pt").input_values).logits, -1)
        if words == 0:
            np.save(f"{folder}/{name}.npy", y[0].numpy())
        wrong, words = wrong + errors(greedy(y)[0], text), words + len(text.split())
    print(f"greedy: {wrong} of {words} words wrong, {100 * wrong / words:.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="..")
    parser.add_argument("--tuned", help="a file of layers, norm and head that were trained before")
    args = parser.parse_args()
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    model = fold_weight_norm(AsrModel(**CONFIG))
    model.load_state_dict(torch.jit.load(f"{args.out}/model/digits-float.pt").state_dict())
    model.eval()
    if args.tuned:
        tuned = torch.load(args.tuned)
        encoder, head = model.encoder.wav2vec2.model.encoder, nn.Linear(192, len(TOKENS))
        encoder.layers[FROZEN:].load_state_dict(tuned["layers"])
        encoder.layer_norm.load_state_dict(tuned["norm"])
        head.load_state_dict(tuned["head"])
    else:
        calib = recordings(args.out, "calib")
        data = [teach(model, x if copy == 0 else noisy(x, rng)) for copy in range(5) for _, x, _ in calib]
        head = distil(model, data, rng)
    folder = f"{args.out}/huggingface"
    os.makedirs(folder, exist_ok=True)
    write(model, head, folder)
    judge(args.out, folder)


if __name__ == "__main__":
    main()
