#!/usr/bin/env python3
"""A tiny U2 model with decoders in both directions, and what PyTorch says with it.

    python u2_bidirectional.py OUT              (torch 2.10, numpy)

OUT is java/torch/src/test/resources/u2-bidirectional. Weights are random (seeded), but for the mean and scale of
features, which are u2-digits'. Methods and what they take and give are those of WeNet's runtime interface; the
right-to-left decoder hears each hypothesis reversed behind its own length, and only if ``reverse_weight`` is
above 0.

model.pt          TorchScript
encoder.npy       [S,D] encoder output of one utterance in chunks
left.npy          [n,L,V] log-probs of the left-to-right decoder for the n-best list
right.npy         the same of the right-to-left decoder
expected.json     the n-best list (best first), its CTC scores, and scores with each reverse weight
"""
import json
import os
import sys
import types
from typing import Tuple

import numpy as np
import torch
import torch.nn as nn
from torch import Tensor

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../../models/u2-digits")
sys.path.insert(0, f"{FOLDER}/recipe")
for part in ("torchaudio", "torchaudio.compliance", "torchaudio.compliance.kaldi"):
    sys.modules.setdefault(part, types.ModuleType(part))            # features are read from a file here

from graph_fixtures import save                                     # noqa: E402
from u2_decode import encode, prefix_beam, text_of                  # noqa: E402
from u2_model import TransformerDecoder, U2Model                    # noqa: E402

UTTERANCE = "test-theo-04"
CHUNK, LEFT, CTC_WEIGHT = 16, 4, 0.5
SEED = 30                                                           # each reverse weight has another winner


class BiTransformerDecoder(nn.Module):
    def __init__(self, vocab: int, d: int, heads: int, ff: int, layers: int):
        super().__init__()
        self.left_decoder = TransformerDecoder(vocab, d, heads, ff, layers, 0.0)
        self.right_decoder = TransformerDecoder(vocab, d, heads, ff, layers, 0.0)

    def forward(self, memory: Tensor, tokens: Tensor, reversed_tokens: Tensor, lens: Tensor,
                reverse_weight: float) -> Tuple[Tensor, Tensor]:
        left = self.left_decoder(tokens, lens, memory, None)
        right = torch.tensor(0.0)
        if reverse_weight > 0.0:
            right = self.right_decoder(reversed_tokens, lens, memory, None)
        return left, right


class BidirectionalU2(U2Model):
    def __init__(self, d: int, heads: int, ff: int, **more: int):
        super().__init__(d=d, heads=heads, ff=ff, decoder_ff=ff, decoder_layers=1, dropout=0.0, **more)
        self.decoder = BiTransformerDecoder(self.vocab, d, heads, ff, 1)

    @torch.jit.export
    def forward_attention_decoder(self, hyps: Tensor, hyps_lens: Tensor, encoder_out: Tensor,
                                  reverse_weight: float = 0.0) -> Tuple[Tensor, Tensor]:
        lens = hyps_lens - 1                                     # without sos
        longest = torch.max(lens)
        at = torch.arange(0, longest, 1).to(encoder_out.device)
        inside = lens.unsqueeze(1) > at                          # [n,L-1]
        index = (lens.unsqueeze(1) - 1 - at) * inside
        backward = torch.where(inside, torch.gather(hyps[:, 1:], 1, index), self.vocab - 1)
        backward = torch.cat([hyps[:, 0:1], backward], dim=1)
        memory = encoder_out.repeat(hyps.size(0), 1, 1)
        left, right = self.decoder(memory, hyps, backward, hyps_lens, reverse_weight)
        return torch.log_softmax(left, dim=-1), torch.log_softmax(right, dim=-1)

    @torch.jit.export
    def is_bidirectional_decoder(self) -> bool:
        return True


def build(seed=SEED):
    """Random weights of such sizes that hypotheses differ and both decoders have opinions."""
    torch.manual_seed(seed)
    model = BidirectionalU2(d=32, heads=2, ff=32, layers=1, kernel=5, channels=4).eval()
    trained = torch.jit.load(f"{FOLDER}/model/u2-digits-float.pt")
    with torch.no_grad():
        model.encoder.global_cmvn.mean.copy_(trained.encoder.global_cmvn.mean)
        model.encoder.global_cmvn.istd.copy_(trained.encoder.global_cmvn.istd)
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                nn.init.normal_(weight, std=1.5 / weight[0].numel() ** 0.5)
        for decoder in (model.decoder.left_decoder, model.decoder.right_decoder):
            nn.init.normal_(decoder.embed[0].weight, std=0.2)
            nn.init.normal_(decoder.output_layer.weight, std=0.5)
        model.ctc.ctc_lo.bias[model.vocab - 1] = -30                # eos is no unit of a hypothesis
    return model


@torch.no_grad()
def main(out):
    os.makedirs(out, exist_ok=True)
    save(torch.jit.script(build()), f"{out}/model.pt")
    model = torch.jit.load(f"{out}/model.pt")
    feats = torch.from_numpy(np.load(f"{FOLDER}/reference/{UTTERANCE}.feats.npy"))
    memory = encode(model, feats, CHUNK, LEFT)
    nbest = prefix_beam(model.ctc_activation(memory)[0])
    hyps = [ids for _, ids in nbest]
    lens = torch.tensor([len(h) + 1 for h in hyps])
    tokens = torch.full((len(hyps), int(lens.max())), model.sos_symbol())
    for i, h in enumerate(hyps):
        tokens[i, 1:1 + len(h)] = torch.tensor(h, dtype=torch.long)
    left, right = model.forward_attention_decoder(tokens, lens, memory, 0.5)
    assert model.forward_attention_decoder(tokens, lens, memory, 0.0)[1].dim() == 0
    eos = model.eos_symbol()

    def total(log_probs, i, ids):
        return sum(log_probs[i, j, unit].item() for j, unit in enumerate(ids + [eos]))

    scores = {}
    for weight in (0.0, 0.3, 1.0):
        scores[str(weight)] = [(1 - weight) * total(left, i, h) + weight * total(right, i, h[::-1])
                               + CTC_WEIGHT * nbest[i][0] for i, h in enumerate(hyps)]
        best = int(np.argmax(scores[str(weight)]))
        print(weight, best, scores[str(weight)][best], text_of(hyps[best]))
    np.save(f"{out}/encoder.npy", memory[0].numpy())
    np.save(f"{out}/left.npy", left.numpy())
    np.save(f"{out}/right.npy", right.numpy())
    with open(f"{out}/expected.json", "w") as f:
        json.dump(dict(torch=torch.__version__, utterance=UTTERANCE, chunk=CHUNK, left=LEFT, hyps=hyps,
                       ctc=[s for s, _ in nbest], scores=scores), f)
        f.write("\n")
    for h, s in zip(hyps, nbest):
        print(s[0], text_of(h))


if __name__ == "__main__":
    main(*sys.argv[1:])
