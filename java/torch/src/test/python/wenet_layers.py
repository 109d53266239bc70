"""Layers of small U2 encoders for tests, those of our recipe (u2_model.py) changed to what WeNet's runtime files show.

Modes that a model is built with are ``Final``: TorchScript leaves only the branch that is used in the file. See
wenet_runtime.py, which also puts the recipe on the path.
"""
import math
from typing import Tuple, Union

import torch
import torch.nn.functional as F
import u2_model
from torch import Tensor, nn
from torch.jit import Final

POSITIONS = 100                                                     # few, so that a test can reach the end
Pair = Tuple[Tensor, Tensor]
NO_MASK = torch.ones(0, 0, 0, dtype=torch.bool)
NO_ROWS = torch.empty(0)
NO_FRAMES = torch.zeros(0, 0, 0)
NO_KEYS = torch.zeros(0, 0, 0, 0)


class Positions(nn.Module):
    """A table of sinusoids, added to the input (``absolute``) or only handed on to the attention."""
    absolute: Final[bool]

    def __init__(self, d: int, absolute: bool):
        super().__init__()
        self.absolute = absolute
        self.xscale = math.sqrt(d)
        self.max_len = POSITIONS
        self.pe = u2_model.sinusoids(u2_model.position_rates(d), 0, POSITIONS)      # an attribute, no buffer

    def rows(self, offset: Union[int, Tensor], count: int) -> Tensor:
        if isinstance(offset, int):
            assert offset + count <= self.max_len
            found = self.pe[:, offset:offset + count]
        else:
            assert offset.max() + count <= self.max_len
            if offset.dim() == 0:
                found = self.pe[:, offset:offset + count]
            else:                                                   # each stream of a batch is somewhere else
                places = offset.unsqueeze(1) + torch.arange(count, device=offset.device)
                found = F.embedding(places.clamp(min=0), self.pe[0])
        return found

    def forward(self, x: Tensor, offset: Union[int, Tensor] = 0) -> Pair:
        self.pe = self.pe.to(x.device)                              # the module changes at each call
        found = self.rows(offset, x.size(1))
        scaled = self.xscale * x
        if self.absolute:
            scaled = scaled + found
        return scaled, found


class Subsampling(u2_model.Subsampling):
    """With positions, and a mask that loses frames as the convolutions do."""

    def __init__(self, d: int, positions: Positions):
        super().__init__(u2_model.MEL_BINS, d, d)
        self.pos_enc = positions

    def forward(self, x: Tensor, mask: Tensor, offset: Union[int, Tensor] = 0) -> Tuple[Tensor, Tensor, Tensor]:
        frames, rows = self.pos_enc(self.out(self.conv(x.unsqueeze(1)).transpose(1, 2).flatten(2)), offset)
        return frames, rows, mask[:, :, 2::2][:, :, 2::2]


def shares(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over what the mask shows; a row of which it shows nothing is all zeros. No mask shows everything."""
    if mask.size(-1) > 0:
        hidden = mask.unsqueeze(1)[..., :scores.size(-1)] == 0
        return scores.masked_fill(hidden, -float("inf")).softmax(-1).masked_fill(hidden, 0.0)
    return scores.float().softmax(-1).type_as(scores)


class Attention(u2_model.Attention):
    """Keys and values of earlier chunks are one tensor [1,heads,T,2*d_k]. ``sized`` makes shapes of the input's."""
    relative: Final[bool]
    sized: Final[bool]

    def __init__(self, heads: int, d: int, relative: bool = False, sized: bool = False):
        super().__init__(d, heads)
        self.relative = relative
        self.sized = sized
        if relative:
            self.linear_pos = nn.Linear(d, d, bias=False)
            self.pos_bias_u = nn.Parameter(torch.zeros(heads, self.d_k))
            self.pos_bias_v = nn.Parameter(torch.zeros(heads, self.d_k))

    def by_heads(self, x: Tensor) -> Tensor:
        if self.sized:
            return x.view(x.size()[:-1] + torch.Size([self.heads, self.d_k])).transpose(-3, -2)
        return x.view(x.size(0), -1, self.heads, self.d_k).transpose(1, 2)

    def attend(self, query: Tensor, keys: Tensor, values: Tensor, mask: Tensor, rows: Tensor) -> Tensor:
        q = self.by_heads(self.linear_q(query))
        if self.relative:                                           # to content and place, each with its own bias
            content = (q + self.pos_bias_u.unsqueeze(1)) @ keys.transpose(-2, -1)
            place = (q + self.pos_bias_v.unsqueeze(1)) @ self.by_heads(self.linear_pos(rows)).transpose(-2, -1)
            scores = content + place
        else:
            scores = q @ keys.transpose(-2, -1)
        mixed = (shares(scores / math.sqrt(self.d_k), mask) @ values).transpose(-3, -2).contiguous()
        if self.sized:
            return self.linear_out(mixed.view(mixed.size()[:-2] + torch.Size([self.heads * self.d_k])))
        return self.linear_out(mixed.flatten(2))

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor = NO_MASK, rows: Tensor = NO_ROWS,
                cache: Tensor = NO_KEYS) -> Pair:
        keys, values = self.by_heads(self.linear_k(memory)), self.by_heads(self.linear_v(memory))
        if cache.size(0) > 0:
            old_keys, old_values = torch.split(cache, cache.size(-1) // 2, dim=-1)
            keys, values = torch.cat((old_keys, keys), 2), torch.cat((old_values, values), 2)
        return self.attend(query, keys, values, mask, rows), torch.cat((keys, values), -1)


class PairAttention(Attention):
    """Keys and values of earlier chunks are two tensors."""

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor = NO_MASK, rows: Tensor = NO_ROWS,
                cache: Pair = (NO_KEYS, NO_KEYS)) -> Tuple[Tensor, Pair]:
        keys, values = self.by_heads(self.linear_k(memory)), self.by_heads(self.linear_v(memory))
        old_keys, old_values = cache
        if old_keys.size(0) > 0:
            keys = torch.cat([old_keys, keys], dim=-2)
        if old_values.size(0) > 0:
            values = torch.cat([old_values, values], dim=-2)
        return self.attend(query, keys, values, mask, rows), (keys, values)


def silence(x: Tensor, mask: Tensor) -> Tensor:
    if mask.size(2) > 0:
        x.masked_fill_(~mask, 0.0)
    return x


class Swish(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x) * x


class Convolution(u2_model.ConvolutionModule):
    """Looks back only: the last ``lorder`` frames of a chunk are the cache of the next, zeros before the first."""
    layer_norm: Final[bool]

    def __init__(self, d: int, kernel: int, layer_norm: bool):
        super().__init__(d, kernel)
        self.layer_norm = layer_norm
        if not layer_norm:
            self.norm = nn.BatchNorm1d(d)
            self.activation = Swish()

    def forward(self, x: Tensor, mask: Tensor = NO_MASK, cache: Tensor = NO_FRAMES) -> Pair:
        x = silence(x.transpose(1, 2), mask)
        if cache.size(2) > 0:
            assert cache.size(1) == x.size(1)
            x = torch.cat((cache, x), 2)
        else:
            x = F.pad(x, (self.lorder, 0))
        assert x.size(2) > self.lorder
        kept = x[:, :, -self.lorder:]
        y = self.depthwise_conv(F.glu(self.pointwise_conv1(x), 1))
        y = self.norm(y.transpose(1, 2)).transpose(1, 2) if self.layer_norm else self.norm(y)
        y = self.pointwise_conv2(self.activation(y))
        return silence(y, mask).transpose(1, 2), kept


class ConformerLayer(u2_model.ConformerLayer):
    """What is before and behind the attention; ``kernel`` 0: no convolution."""
    convolves: Final[bool]

    def __init__(self, d: int, ff: int, attention: Attention, kernel: int, layer_norm: bool = False):
        super().__init__(d, attention.heads, ff, 1, 0.0)
        self.convolves = kernel > 0
        self.self_attn = attention
        if kernel > 0:
            self.conv_module = Convolution(d, kernel, layer_norm)
        else:
            del self.conv_module, self.norm_conv, self.norm_final

    forward = nn.Module.forward                                     # the encoder calls the parts

    def before(self, x: Tensor) -> Pair:
        x = x + 0.5 * self.feed_forward_macaron(self.norm_ff_macaron(x))
        return x, self.norm_mha(x)

    def after(self, x: Tensor, cache: Tensor, mask: Tensor = NO_MASK) -> Pair:
        kept = torch.zeros((0, 0, 0), dtype=x.dtype, device=x.device)
        if self.convolves:
            y, kept = self.conv_module(self.norm_conv(x), mask, cache)
            x = x + y
        x = x + 0.5 * self.feed_forward(self.norm_ff(x))
        return self.norm_final(x) if self.convolves else x, kept


class TransformerLayer(nn.Module):
    def __init__(self, d: int, ff: int, attention: Attention):
        super().__init__()
        self.norm1 = nn.LayerNorm(d)
        self.self_attn = attention
        self.norm2 = nn.LayerNorm(d)
        self.feed_forward = u2_model.FeedForward(d, ff, 0.0, False)

    def before(self, x: Tensor) -> Pair:
        return x, self.norm1(x)

    def after(self, x: Tensor, cache: Tensor, mask: Tensor = NO_MASK) -> Pair:
        return x + self.feed_forward(self.norm2(x)), torch.zeros((0, 0, 0), dtype=x.dtype, device=x.device)
