"""Small ONNX models of both of PyTorch's exporters, and what ONNX Runtime computes with them.

    python onnx_fixtures.py OUT [NAME ...]        all models, or those whose name holds one of the texts

Needs PyTorch 2.10, transformers 5, onnx, onnxscript and onnxruntime. The weights are random. OUT gets NAME.onnx, NAME.1.npy and
NAME.2.npy, which are the first output for the waveforms in1.npy and in2.npy. The fixtures in resources/onnx were made with it.
"""
import os, sys, warnings
warnings.filterwarnings("ignore")
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F, onnx, onnxruntime as ort
from onnxruntime.quantization import quantize_dynamic, quantize_static, CalibrationDataReader, QuantType, QuantFormat

torch.set_num_threads(1)
OUT = sys.argv[1]
ONLY = sys.argv[2:]
V = 12
LENGTHS = (4000, 6321)
os.makedirs(OUT, exist_ok=True)


def wave(n, seed):
    g = np.random.default_rng(seed)
    t = np.arange(n) / 16000
    return ((0.02 + 0.06 * (1 + np.sin(9 * t))) * g.standard_normal(n)).astype(np.float32)[None]


INPUTS = [wave(n, i) for i, n in enumerate(LENGTHS)]
for i, x in enumerate(INPUTS):
    np.save(f"{OUT}/in{i + 1}.npy", x)


class Front(nn.Module):
    """Strided convolutions: samples to frames of width features."""

    def __init__(self, width, norm="group", act=F.gelu):
        super().__init__()
        self.act, self.kind = act, norm
        self.convs = nn.ModuleList([nn.Conv1d(1, width, 10, 5, bias=False), nn.Conv1d(width, width, 8, 8), nn.Conv1d(width, width, 4, 4)])
        self.norm = nn.GroupNorm(width, width) if norm == "group" else nn.LayerNorm(width)

    def forward(self, x):
        x = self.convs[0](x[:, None])
        x = self.norm(x) if self.kind == "group" else self.norm(x.transpose(1, 2)).transpose(1, 2)
        x = self.act(x)
        for c in self.convs[1:]:
            x = self.act(c(x))
        return x.transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, d, heads, sdpa=True):
        super().__init__()
        self.h, self.sdpa = heads, sdpa
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d, d) for _ in range(4))

    def forward(self, x, mask=None):
        b, t, d = x.shape
        q, k, v = (p(x).view(b, t, self.h, d // self.h).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        if self.sdpa:
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        else:
            s = q @ k.transpose(-1, -2) / (d // self.h) ** 0.5
            if mask is not None:
                s = s.masked_fill(~mask, float("-inf"))
            y = s.softmax(-1) @ v
        return self.out_proj(y.transpose(1, 2).reshape(b, t, d))


class Layer(nn.Module):
    def __init__(self, d, heads, sdpa=True):
        super().__init__()
        self.attention = Attention(d, heads, sdpa)
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.intermediate_dense, self.output_dense = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.attention(x, mask))
        return self.norm2(x + self.output_dense(F.gelu(self.intermediate_dense(x))))


class Transformer(nn.Module):
    def __init__(self, sdpa=True, norm="group", normalize=False):
        super().__init__()
        self.normalize = normalize
        self.feature_extractor = Front(24, norm)
        self.projection = nn.Linear(24, 32)
        self.pos_conv = nn.Conv1d(32, 32, 8, padding=4, groups=4)
        self.layers = nn.ModuleList([Layer(32, 4, sdpa) for _ in range(2)])
        self.head = nn.Linear(32, V)

    def forward(self, wav):
        if self.normalize:
            wav = (wav - wav.mean(-1, keepdim=True)) / torch.sqrt(wav.var(-1, unbiased=False, keepdim=True) + 1e-7)
        x = self.projection(self.feature_extractor(wav))
        x = x + F.gelu(self.pos_conv(x.transpose(1, 2))[:, :, :-1]).transpose(1, 2)
        for layer in self.layers:
            x = layer(x)
        return self.head(x).log_softmax(-1)


class Conformer(nn.Module):
    """Half-step feed-forward, relative positions with a shift, GLU, depthwise convolution, batch norm; conv2d subsampling of frames."""

    class Block(nn.Module):
        def __init__(self, d, heads):
            super().__init__()
            self.h = heads
            self.norm_ff, self.norm_att, self.norm_conv, self.norm_out = (nn.LayerNorm(d) for _ in range(4))
            self.ff1, self.ff2 = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)
            self.linear_q, self.linear_k, self.linear_v, self.linear_out = (nn.Linear(d, d) for _ in range(4))
            self.linear_pos = nn.Linear(d, d, bias=False)
            self.pos_bias_u, self.pos_bias_v = (nn.Parameter(0.1 * torch.randn(heads, d // heads)) for _ in range(2))
            self.pointwise1, self.pointwise2 = nn.Conv1d(d, 2 * d, 1), nn.Conv1d(d, d, 1)
            self.depthwise, self.batch_norm = nn.Conv1d(d, d, 7, padding=3, groups=d), nn.BatchNorm1d(d)

        def shift(self, x):
            b, h, t, n = x.shape
            x = F.pad(x, (1, 0)).view(b, h, n + 1, t)
            return x[:, :, 1:].view(b, h, t, n)[..., : n // 2 + 1]

        def attend(self, x, pos):
            b, t, d = x.shape
            k = d // self.h
            q = self.linear_q(x).view(b, t, self.h, k)
            key = self.linear_k(x).view(b, t, self.h, k).transpose(1, 2)
            value = self.linear_v(x).view(b, t, self.h, k).transpose(1, 2)
            p = self.linear_pos(pos).view(1, -1, self.h, k).transpose(1, 2)
            ac = (q + self.pos_bias_u).transpose(1, 2) @ key.transpose(-2, -1)
            bd = self.shift((q + self.pos_bias_v).transpose(1, 2) @ p.transpose(-2, -1))
            y = ((ac + bd) / k ** 0.5).softmax(-1) @ value
            return self.linear_out(y.transpose(1, 2).reshape(b, t, d))

        def forward(self, x, pos):
            x = x + 0.5 * self.ff2(F.silu(self.ff1(self.norm_ff(x))))
            x = x + self.attend(self.norm_att(x), pos)
            y = F.glu(self.pointwise1(self.norm_conv(x).transpose(1, 2)), 1)
            y = self.pointwise2(F.silu(self.batch_norm(self.depthwise(y))))
            return self.norm_out(x + y.transpose(1, 2))

    def __init__(self):
        super().__init__()
        d = 24
        self.frames = nn.Conv1d(1, 16, 400, 160, bias=False)
        self.conv = nn.Sequential(nn.Conv2d(1, 8, 3, 2), nn.ReLU(), nn.Conv2d(8, 8, 3, 2), nn.ReLU())
        self.out = nn.Linear(8 * 3, d)
        self.blocks = nn.ModuleList([Conformer.Block(d, 3) for _ in range(2)])
        self.register_buffer("div", torch.exp(torch.arange(0, d, 2) * -(np.log(10000.0) / d)), persistent=False)
        self.head = nn.Conv1d(d, V, 1)

    def positions(self, t):
        at = torch.arange(t - 1, -t, -1)[:, None] * self.div
        return torch.stack([at.sin(), at.cos()], -1).flatten(1)[None]

    def forward(self, wav):
        x = torch.log(self.frames(wav[:, None]) ** 2 + 1e-3).transpose(1, 2)
        x = self.conv(x[:, None])
        b, c, t, f = x.shape
        x = self.out(x.transpose(1, 2).reshape(b, t, c * f))
        pos = self.positions(t)
        for block in self.blocks:
            x = block(x, pos)
        return self.head(x.transpose(1, 2)).transpose(1, 2).log_softmax(-1)


class Recurrent(nn.Module):
    """Linear, LSTM of two layers and directions, GRU, layer norm; ends in logits."""

    def __init__(self):
        super().__init__()
        self.front = Front(16, "layer", F.relu)
        self.lstm = nn.LSTM(16, 12, 2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(24, 16, batch_first=True)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, V)

    def forward(self, wav):
        x, _ = self.lstm(self.front(wav))
        x, _ = self.gru(x)
        return self.head(F.leaky_relu(self.norm(x)))


class Masked(nn.Module):
    """A length in samples beside the waveform, a padding mask from it, and a causal mask."""

    def __init__(self, relative=False):
        super().__init__()
        self.relative = relative
        self.front = Front(24)
        self.layers = nn.ModuleList([Layer(24, 3, False)])
        self.head = nn.Linear(24, V)

    def forward(self, wav, lengths):
        x = self.front(wav)
        t = x.shape[1]
        n = lengths
        if self.relative:
            n = torch.round(lengths * t).to(torch.int64)
        else:
            for k, s in ((10, 5), (8, 8), (4, 4)):
                n = torch.div(n - k, s, rounding_mode="floor") + 1
        place = torch.arange(t)
        padding = place[None] < n[:, None]
        near = (place[:, None] - place[None]).abs() < 5
        x = self.layers[0](x, padding[:, None, None] & near)
        return self.head(x).log_softmax(-1)


class Mel(nn.Module):
    """torch.stft, a mel bank, log, mean and variance, then convolutions."""

    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(256))
        self.register_buffer("bank", torch.rand(20, 129) * 0.1)
        self.conv1, self.conv2 = nn.Conv1d(20, 32, 5, 2, 2), nn.Conv1d(32, 32, 3, padding=1)
        self.norm, self.prelu, self.head = nn.BatchNorm1d(32), nn.PReLU(32), nn.Linear(32, V)

    def forward(self, wav):
        s = torch.stft(wav, 256, 128, window=self.window, center=True, return_complex=False)
        x = torch.log(self.bank @ (s ** 2).sum(-1) + 1e-4)
        x = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
        x = self.prelu(self.norm(self.conv1(x)))
        x = x + F.hardswish(self.conv2(x))
        x = F.avg_pool1d(x, 3, 1, 1) + F.max_pool1d(x, 3, 1, 1)
        return self.head(x.transpose(1, 2)).log_softmax(-1)


class Pieces(nn.Module):
    """einsum, chunk, split, gather, where, pad modes, clamp, pow, expand, transposed convolution, instance norm, cumsum, flip."""

    def __init__(self):
        super().__init__()
        self.front = Front(16, "layer", F.elu)
        self.up, self.down = nn.ConvTranspose1d(16, 8, 4, 2, 1), nn.Conv1d(8, 16, 4, 2, 1)
        self.inst, self.head = nn.InstanceNorm1d(16, affine=True), nn.Linear(16, V)
        self.table, self.mix = nn.Embedding(64, 16), nn.Parameter(0.1 * torch.randn(4, 4, 4))

    def forward(self, wav):
        x = self.front(wav)
        b, t, d = x.shape
        x = x + self.table(torch.arange(t) % 7)
        y = torch.einsum("btgi,gij->btgj", x.view(b, t, 4, 4), self.mix).reshape(b, t, d)
        a, c = y.chunk(2, -1)
        first, rest = torch.split(x, [4, 12], -1)
        x = torch.cat([a.clamp(-1, 1), c.abs().pow(1.5), first, rest[..., :0]], -1)[..., :16] + torch.cat([rest, first], -1)
        z = x.transpose(1, 2)
        z = F.pad(F.pad(z, (2, 2), mode="reflect"), (1, 1), mode="replicate")[..., 3:-3]
        z = z + self.down(torch.tanh(self.up(z)))[..., :t]
        z = self.inst(z)
        w = torch.where(z > 0, z, 0.3 * z) + 0.01 * z.flip(-1) + 0.001 * z.cumsum(-1)
        w = w * torch.rsqrt(w.pow(2).mean(1, keepdim=True) + 1e-6) + w.max(1, keepdim=True)[0].expand(-1, d, -1)
        return self.head(w.transpose(1, 2)).log_softmax(-1)


class Features(nn.Module):
    """NeMo's form: features [batch, bins, frames] and their number, tokens last."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(80, 32, 5, 2, 2), nn.BatchNorm1d(32), nn.ReLU(), nn.Conv1d(32, 32, 3, 2, 1), nn.ReLU())
        self.layer, self.head = Layer(32, 4), nn.Linear(32, V)

    def forward(self, audio_signal, length):
        x = self.conv(audio_signal).transpose(1, 2)
        n = torch.div(torch.div(length - 1, 2, rounding_mode="floor"), 2, rounding_mode="floor") + 1
        mask = torch.arange(x.shape[1])[None] < n[:, None]
        x = self.layer(x, mask[:, None, None])
        return self.head(x.masked_fill(~mask[..., None], 0.0)).log_softmax(-1)


def randomized(m, seed=3):
    torch.manual_seed(seed)
    for p in m.parameters():
        if p.dim() <= 1:
            p.data += 0.1 * torch.randn(p.shape)
    for k in m.modules():
        if isinstance(k, nn.modules.batchnorm._BatchNorm):
            k.running_mean += 0.1 * torch.randn(k.running_mean.shape)
            k.running_var *= 1 + 0.3 * torch.rand(k.running_var.shape)
    return m.eval()


def make(seed, build):
    torch.manual_seed(seed)
    return randomized(build())


def transformers_model(name):
    import transformers as t
    t.logging.set_verbosity_error()
    small = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, vocab_size=V, conv_dim=(16,) * 7,
                 num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=4, layerdrop=0.0, initializer_range=0.1)
    if name == "w2v2":
        m = t.Wav2Vec2ForCTC(t.Wav2Vec2Config(**small, attn_implementation="sdpa"))
    elif name == "w2v2-stable":
        m = t.Wav2Vec2ForCTC(t.Wav2Vec2Config(**small, feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True, attn_implementation="eager"))
    elif name == "wavlm":
        m = t.WavLMForCTC(t.WavLMConfig(**small))
    elif name == "conf-rel":
        m = t.Wav2Vec2ConformerForCTC(t.Wav2Vec2ConformerConfig(**small, position_embeddings_type="relative", conv_depthwise_kernel_size=7, attn_implementation="eager"))
    elif name == "conf-rot":
        m = t.Wav2Vec2ConformerForCTC(t.Wav2Vec2ConformerConfig(**small, position_embeddings_type="rotary", conv_depthwise_kernel_size=7, attn_implementation="eager"))
    elif name == "sew":
        m = t.SEWForCTC(t.SEWConfig(**{**small, "conv_dim": (16,) * 13}, squeeze_factor=2, attn_implementation="eager"))

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = m

        def forward(self, input_values):
            return self.model(input_values, return_dict=False)[0]
    return Wrapped()


def arguments(name, x):
    """What the model is given for a waveform."""
    n = x.shape[1]
    if name.startswith("masked-rel"):
        return (torch.tensor(x), torch.ones(1))
    if name.startswith("masked"):
        return (torch.tensor(x), torch.tensor([n]))
    if name.startswith("features"):
        g = np.random.default_rng(n)
        frames = n // 160
        return (torch.tensor(g.standard_normal((1, 80, frames)).astype(np.float32)), torch.tensor([frames]))
    return (torch.tensor(x),)


def run(path, name, x):
    s = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    return s.run(None, {i.name: a.numpy() for i, a in zip(s.get_inputs(), arguments(name, x))})[0]


def stripped(path, name):
    """Without the stack traces that the newer exporter notes with every node; with the metadata that NeMo's files have."""
    m = onnx.load(path)
    for node in m.graph.node:
        kept = [p for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.ClearField("doc_string")
    for value in list(m.graph.value_info) + list(m.graph.initializer) + list(m.graph.input) + list(m.graph.output):
        del value.metadata_props[:]
    del m.graph.value_info[:]
    if name.startswith("features"):
        for key, value in (("model_type", "EncDecCTCModelBPE"), ("normalize_type", "per_feature"), ("subsampling_factor", "4")):
            m.metadata_props.add(key=key, value=value)
    onnx.save(m, path)


def finish(name, model=None):
    path = f"{OUT}/{name}.onnx"
    stripped(path, name)
    for i, x in enumerate(INPUTS):
        y = run(path, name, x)
        if model is not None:
            with torch.no_grad():
                print(f"  {name} {i + 1}: {y.shape}, ONNX Runtime and PyTorch differ by {np.abs(y - model(*arguments(name, x)).numpy()).max():.2e}")
        np.save(f"{OUT}/{name}.{i + 1}.npy", y)
    print(name, os.path.getsize(path))


def wanted(name):
    return not ONLY or any(o in name for o in ONLY)


def export(name, build, opset=17, dynamo=False, axes=True, seed=1, **more):
    if not wanted(name):
        return
    try:
        model = make(seed, build)
        args = arguments(name, INPUTS[0])
        path = f"{OUT}/{name}.onnx"
        names = ["wavs", "lengths"][: len(args)] if not name.startswith("features") else ["audio_signal", "length"]
        last = 2 if name.startswith("features") else 1
        with torch.no_grad():
            if dynamo:
                shapes = tuple([{0: torch.export.Dim.DYNAMIC, last: torch.export.Dim.DYNAMIC}] + [{0: torch.export.Dim.DYNAMIC}] * (len(args) - 1))
                shapes = tuple([{last: torch.export.Dim.DYNAMIC}] + [{}] * (len(args) - 1))
                torch.onnx.export(model, args, path, dynamo=True, opset_version=opset, input_names=names, output_names=["logits"],
                                  dynamic_shapes=shapes, external_data=False, verbose=False, **more)
            else:
                dyn = {n: ({0: "batch", last: "time"} if i == 0 else {0: "batch"}) for i, n in enumerate(names)} if axes else None
                torch.onnx.export(model, args, path, dynamo=False, opset_version=opset, input_names=names, output_names=["logits"],
                                  dynamic_axes=dyn, **more)
        finish(name, model)
    except Exception as e:
        print("FAILED", name, type(e).__name__, str(e)[:300].replace("\n", " "))


class Reader(CalibrationDataReader):
    def __init__(self):
        self.left = [{"wavs": x} for x in INPUTS]

    def get_next(self):
        return self.left.pop() if self.left else None


for dyn in (False, True):
    e = "dynamo" if dyn else "script"
    for opset in ((11, 13, 17, 20) if not dyn else (18, 20, 21)):
        export(f"transformer-{e}{opset}", lambda opset=opset: Transformer(opset >= 14, "group", True), opset, dyn)
    o = 18 if dyn else 17
    export(f"transformer-eager-{e}", lambda: Transformer(False, "layer"), o, dyn)
    export(f"conformer-{e}", Conformer, o, dyn)
    export(f"recurrent-{e}", Recurrent, o, dyn)
    export(f"masked-{e}", Masked, o, dyn)
    export(f"masked-rel-{e}", lambda: Masked(True), o, dyn)
    export(f"mel-{e}", Mel, o, dyn)
    export(f"pieces-{e}", Pieces, o, dyn)
    export(f"features-{e}", Features, o, dyn)
    for name in ("w2v2", "w2v2-stable", "wavlm", "conf-rel", "conf-rot", "sew"):
        export(f"hf-{name}-{e}", lambda: transformers_model(name), o, dyn)
export("transformer-script11-unfolded", lambda: Transformer(False, "group", True), 11, False, do_constant_folding=False)

base = f"{OUT}/transformer-script13.onnx"
if os.path.exists(base):
    from onnxruntime.quantization.shape_inference import quant_pre_process
    pre = f"{OUT}/pre.onnx"
    quant_pre_process(base, pre, skip_symbolic_shape=True)
    for name, kind in (("int8-dynamic-s8", QuantType.QInt8), ("int8-dynamic-u8", QuantType.QUInt8)):
        if wanted(name):
            quantize_dynamic(base, f"{OUT}/{name}.onnx", weight_type=kind, per_channel=kind == QuantType.QInt8)
            finish(name)
    for name, form, channel, act in (("int8-qdq", QuantFormat.QDQ, True, QuantType.QUInt8), ("int8-qdq-s8", QuantFormat.QDQ, False, QuantType.QInt8),
                                     ("int8-qoperator", QuantFormat.QOperator, True, QuantType.QUInt8)):
        if wanted(name):
            quantize_static(pre, f"{OUT}/{name}.onnx", Reader(), quant_format=form, per_channel=channel, activation_type=act,
                            weight_type=QuantType.QInt8, op_types_to_quantize=["Conv", "MatMul", "Gemm"])
            finish(name)
    if wanted("float16"):
        from onnxruntime.transformers.float16 import convert_float_to_float16
        onnx.save(convert_float_to_float16(onnx.load(base), keep_io_types=True), f"{OUT}/float16.onnx")
        finish("float16")
    os.remove(pre)
