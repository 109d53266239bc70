#!/usr/bin/env python3
"""Tiny models with the interface of WeNet's runtime files (``final.zip``), and what PyTorch says with them.

    python wenet_runtime.py OUT              (torch 2.10, numpy)

OUT is java/torch/src/test/resources/wenet. Written for this project; the interface (names of modules, parameters and
methods, arguments, constants) is that of WeNet's runtime files, and so is what their TorchScript asks of an importer: a
table of positions that is moved at each call (a change of the module), offsets of either type, masks and caches of no
elements. The layers are variants of those in models/u2-digits/recipe/u2_model.py. Weights are random (seeded), mean and
scale of features those of u2-digits.

batch-norm        release 2: keys and values of a layer cached as one tensor; batch norm; decoders of both directions
layer-norm        release 3: keys and values cached apart; layer norm; one decoder; no forward
no-cnn            a conformer without convolutions
transformer       transformer encoder with absolute positions

FOLDER/final.zip        TorchScript, without debug files
FOLDER/units.txt        tokens, no word delimiter among them
FOLDER/CHUNK.encoder.npy, .probs.npy, .att.npy, .cnn.npy     of the utterance in chunks: c16l-1 and c4l2, and the caches behind it
FOLDER/left.npy, right.npy                                   log-probs of the decoders [n,L,V]
FOLDER/expected.json                                         the hypotheses
"""
import json
import os
import sys
import types
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../../models/u2-digits")
sys.path.insert(0, f"{FOLDER}/recipe")
for part in ("torchaudio", "torchaudio.compliance", "torchaudio.compliance.kaldi"):
    sys.modules.setdefault(part, types.ModuleType(part))            # features are read from a file here

from graph_fixtures import save                                     # noqa: E402
from u2_decode import prefix_beam, stream                           # noqa: E402
from u2_model import CtcHead, DecoderLayer, GlobalCmvn, TransformerDecoder, U2Model    # noqa: E402
from wenet_layers import (NO_KEYS, NO_MASK, Attention, ConformerLayer, Pair, PairAttention, Positions,  # noqa: E402
                          Subsampling, TransformerLayer)

UTTERANCE = "test-theo-04"
TOKENS = ["<blank>", "<unk>", *"abcdefghijklmnopqrstuvwxyz", "'", "<sos/eos>"]
HEADS, LAYERS, KERNEL, SEED = 2, 2, 5, 8


class Encoder(nn.Module):
    def __init__(self, d: int, absolute: bool, layers: List[nn.Module]):
        super().__init__()
        trained = torch.jit.load(f"{FOLDER}/model/u2-digits-float.pt").encoder.global_cmvn
        self.global_cmvn = GlobalCmvn(80)
        self.global_cmvn.load_state_dict(trained.state_dict())
        self.embed = Subsampling(d, Positions(d, absolute))
        self.encoders = nn.ModuleList(layers)
        self.after_norm = nn.LayerNorm(d)

    def of_layer(self, caches: Tensor, i: int) -> Tensor:
        return caches[i:i + 1] if caches.size(0) > 0 else caches

    def joined(self, keys: Tensor) -> Tensor:
        return keys

    def forward_chunk(self, xs: Tensor, offset: int, required_cache_size: int, att_cache: Tensor = NO_KEYS,
                      cnn_cache: Tensor = NO_KEYS, att_mask: Tensor = NO_MASK) -> Tuple[Tensor, Tensor, Tensor]:
        assert xs.size(0) == 1
        all_frames = torch.ones(1, xs.size(1), device=xs.device, dtype=torch.bool).unsqueeze(1)
        x, _, _ = self.embed(self.global_cmvn(xs), all_frames, offset)
        past = att_cache.size(2)
        keys = past + x.size(1)
        rows = self.embed.pos_enc.rows(offset - past, keys)
        start = 0                                                   # below 0: all keys are kept
        if required_cache_size >= 0:
            start = keys - min(required_cache_size, keys)
        attention: List[Tensor] = []
        convolution: List[Tensor] = []
        for i, layer in enumerate(self.encoders):
            x, z = layer.before(x)
            heard, seen = layer.self_attn(z, z, att_mask, rows, self.of_layer(att_cache, i))
            x, kept = layer.after(x + heard, cnn_cache[i] if cnn_cache.size(0) > 0 else cnn_cache)
            attention.append(self.joined(seen)[:, :, start:])
            convolution.append(kept.unsqueeze(0))
        return self.after_norm(x), torch.cat(attention), torch.cat(convolution)


class PairEncoder(Encoder):
    """The same file format outside, keys and values apart within."""

    def of_layer(self, caches: Tensor, i: int) -> Pair:
        if caches.size(0) == 0:
            return caches, caches
        half = caches.size(-1) // 2
        return caches[i:i + 1, :, :, :half], caches[i:i + 1, :, :, half:]

    def joined(self, keys: Pair) -> Tensor:
        return torch.cat(keys, dim=-1)


class CrossLayer(DecoderLayer):
    def __init__(self, d: int, ff: int):
        super().__init__(d, HEADS, ff, 0.0)
        self.self_attn = Attention(HEADS, d)
        self.src_attn = Attention(HEADS, d)

    def forward(self, x: Tensor, mask: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        z = self.norm1(x)
        x = x + self.self_attn(z, z, mask)[0]
        x = x + self.src_attn(self.norm2(x), memory, memory_mask)[0]
        return x + self.feed_forward(self.norm3(x))


class Decoder(TransformerDecoder):
    def __init__(self, vocab: int, d: int, ff: int):
        super().__init__(vocab, d, HEADS, ff, 0, 0.0)
        self.embed.append(Positions(d, True))
        self.decoders.append(CrossLayer(d, ff))
        del self.rate

    def forward(self, memory: Tensor, memory_mask: Tensor, tokens: Tensor, lens: Tensor, backwards: Tensor,
                reverse_weight: float = 0.0) -> Pair:
        place = torch.arange(tokens.size(1), device=tokens.device)
        within = (place < lens.unsqueeze(1)).unsqueeze(1)
        mask = within & (place <= place.unsqueeze(1)).unsqueeze(0)   # nothing later, nothing behind the end
        x, _ = self.embed(tokens)
        for layer in self.decoders:
            x = layer(x, mask, memory, memory_mask)
        return self.output_layer(self.after_norm(x)), torch.tensor(0.0)


class BothDecoders(nn.Module):
    def __init__(self, vocab: int, d: int, ff: int):
        super().__init__()
        self.left_decoder = Decoder(vocab, d, ff)
        self.right_decoder = Decoder(vocab, d, ff)

    def forward(self, memory: Tensor, memory_mask: Tensor, tokens: Tensor, lens: Tensor, backwards: Tensor,
                reverse_weight: float = 0.0) -> Pair:
        left, right = self.left_decoder(memory, memory_mask, tokens, lens, backwards)
        if reverse_weight > 0.0:
            right, _ = self.right_decoder(memory, memory_mask, backwards, lens, tokens)
        return left, right


class Runtime(U2Model):
    """What the runtime calls, and no forward: release 3."""
    forward = nn.Module.forward
    encode = None

    def __init__(self, vocab: int, d: int, encoder: Encoder, decoder: nn.Module):
        nn.Module.__init__(self)
        self.vocab = vocab
        self.encoder = encoder
        self.decoder = decoder
        self.ctc = CtcHead(d, vocab)

    @torch.jit.export
    def is_bidirectional_decoder(self) -> bool:
        return hasattr(self.decoder, "right_decoder")

    @torch.jit.export
    def forward_encoder_chunk(self, xs: Tensor, offset: int, required_cache_size: int, att_cache: Tensor = NO_KEYS,
                              cnn_cache: Tensor = NO_KEYS) -> Tuple[Tensor, Tensor, Tensor]:
        return self.encoder.forward_chunk(xs, offset, required_cache_size, att_cache, cnn_cache)

    def backwards(self, tokens: Tensor, lens: Tensor) -> Tensor:
        """Each row's start symbol, then its tokens from the last to the first, then eos."""
        count = (lens - 1).unsqueeze(1)
        place = torch.arange(0, int(lens.max().item()) - 1, device=tokens.device)
        within = place < count
        turned = tokens[:, 1:].gather(1, within * (count - 1 - place))
        return torch.cat([tokens[:, :1], torch.where(within, turned, self.vocab - 1)], dim=1)

    @torch.jit.export
    def forward_attention_decoder(self, hyps: Tensor, hyps_lens: Tensor, encoder_out: Tensor,
                                  reverse_weight: float = 0) -> Pair:
        n = hyps.size(0)
        assert encoder_out.size(0) == 1 and hyps_lens.size(0) == n
        shown = torch.ones(n, 1, encoder_out.size(1), dtype=torch.bool, device=encoder_out.device)
        left, right = self.decoder(encoder_out.repeat(n, 1, 1), shown, hyps, hyps_lens,
                                   self.backwards(hyps, hyps_lens), reverse_weight)
        return left.log_softmax(-1), right.log_softmax(-1)


class RuntimeWithForward(Runtime):
    """Release 2, whose files still have training's entry: a forward that is not for the runtime."""

    def forward(self, speech: Tensor, speech_lengths: Tensor, text: Tensor,
                text_lengths: Tensor) -> Dict[str, Optional[Tensor]]:
        frames, _, _ = self.encoder.forward_chunk(speech, 0, 0)
        loss = F.ctc_loss(self.ctc_activation(frames).transpose(0, 1), text, speech_lengths, text_lengths)
        nothing: Optional[Tensor] = None
        return {"loss": loss, "loss_att": nothing}


def build(kind, d):
    torch.manual_seed(SEED)
    ff, vocab, pair = 2 * d, len(TOKENS), kind == "layer-norm"
    layers = []
    for _ in range(LAYERS):
        if kind == "transformer":
            layers.append(TransformerLayer(d, ff, Attention(HEADS, d)))
        elif pair:
            layers.append(ConformerLayer(d, ff, PairAttention(HEADS, d, True, True), KERNEL, True))
        else:
            layers.append(ConformerLayer(d, ff, Attention(HEADS, d, True), KERNEL if kind == "batch-norm" else 0))
    encoder = (PairEncoder if pair else Encoder)(d, kind == "transformer", layers)
    decoder = (BothDecoders if kind == "batch-norm" else Decoder)(vocab, d, ff)
    model = (Runtime if pair else RuntimeWithForward)(vocab, d, encoder, decoder)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=1.2 / weight[0].numel() ** 0.5)
        for norm in model.modules():
            if isinstance(norm, nn.BatchNorm1d):                    # statistics as training leaves them
                norm.running_mean.normal_(std=0.3)
                norm.running_var.uniform_(0.3, 2.0)
        model.ctc.ctc_lo.bias[-1] = -30                      # eos is no unit of a hypothesis
    return model.eval()


@torch.no_grad()
def record(kind, d, out):
    os.makedirs(out, exist_ok=True)
    save(torch.jit.script(build(kind, d)), f"{out}/final.zip")
    with open(f"{out}/units.txt", "w") as f:
        f.writelines(f"{token} {i}\n" for i, token in enumerate(TOKENS))
    model = torch.jit.load(f"{out}/final.zip")
    feats = torch.from_numpy(np.load(f"{FOLDER}/reference/{UTTERANCE}.feats.npy"))
    for chunk, left in ((16, -1), (4, 2)):
        steps = list(stream(model, feats, chunk, left))
        memory = torch.cat([y for y, _, _ in steps], dim=1)
        arrays = dict(encoder=memory[0], probs=model.ctc_activation(memory)[0])
        if left >= 0:
            arrays.update(att=steps[-1][1], cnn=steps[-1][2])
        for name, array in arrays.items():
            np.save(f"{out}/c{chunk}l{left}.{name}.npy", array.numpy())
    hyps = [ids for _, ids in prefix_beam(model.ctc_activation(memory)[0], 4)]
    lens = torch.tensor([len(h) + 1 for h in hyps])
    tokens = torch.full((len(hyps), int(lens.max())), model.eos_symbol())
    for row, h in zip(tokens, hyps):
        row[:1 + len(h)] = torch.tensor([model.sos_symbol(), *h])
    for name, scores in zip(("left", "right"), model.forward_attention_decoder(tokens, lens, memory, 0.3)):
        if scores.dim() == 3:
            np.save(f"{out}/{name}.npy", scores.numpy())
    with open(f"{out}/expected.json", "w") as f:
        json.dump(dict(torch=torch.__version__, utterance=UTTERANCE, chunk=4, left=2, hyps=hyps), f)
        f.write("\n")
    print(kind, os.path.getsize(f"{out}/final.zip"), memory.shape, [len(h) for h in hyps])


if __name__ == "__main__":
    for kind, d in (("batch-norm", 12), ("layer-norm", 8), ("no-cnn", 8), ("transformer", 8)):
        record(kind, d, f"{sys.argv[1]}/{kind}")
