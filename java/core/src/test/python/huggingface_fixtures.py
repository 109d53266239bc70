#!/usr/bin/env python3
"""Writes ../resources/huggingface/*.json: small models of transformers, what they look like in a folder, and their results.

By hand only (needs torch, transformers, safetensors):

    python huggingface_fixtures.py [name ...] [--folders DIR]

A fixture holds config.json, the feature extractor's settings, the names and shapes of the parameters, and log-probs for a
few lengths. The parameters' values are not stored: both sides make them from their names (see values() here and
FixtureFolder in Java), so that a fixture takes some kilobytes. With --folders the whole folders are written as well.
"""
import json, os, sys, tempfile, warnings, zlib

warnings.filterwarnings("ignore")
import numpy as np
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import *

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.environ.get("OUT", os.path.join(HERE, "..", "resources", "huggingface"))
V = 8
LENGTHS = (3000, 6421)


def uniform(name, count):
    """Numbers in [-1, 1) that depend on the name and the index alone: splitmix64 of the name's CRC and the index."""
    seed = np.uint64(zlib.crc32(name.encode()))
    with np.errstate(over="ignore"):
        z = (seed << np.uint64(32)) + np.arange(1, count + 1, dtype=np.uint64)
        z = z * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0 ** -23 - 1.0


def values(name, shape):
    """A parameter: matrices of about unit gain, norms about 1, variances above 1, biases small."""
    u = uniform(name, int(np.prod(shape, dtype=np.int64)))
    last = name.rsplit(".", 1)[-1]
    if last == "running_var":
        u = 1.25 + 0.25 * u
    elif last in ("original0", "weight_g", "gru_rel_pos_const"):
        u = 1.0 + 0.3 * u
    elif len(shape) > 1:
        u = u * (3.0 / np.prod(shape[1:])) ** 0.5
    elif last == "weight":
        u = 1.0 + 0.2 * u
    else:
        u = 0.1 * u
    return u.astype(np.float32).reshape(shape)


def waveform(samples):
    """Noise whose level changes every 500 samples."""
    level = 0.02 + 0.1 * np.abs(uniform("level", samples // 500 + 1))
    return (uniform("waveform", samples) * np.repeat(level, 500)[:samples]).astype(np.float32)


def old_spelling(name):
    return name.replace("parametrizations.weight.original0", "weight_g").replace("parametrizations.weight.original1", "weight_v")


def folder(model, extractor, path, rename=lambda n: n, dtype=torch.float32):
    """Saves the model with the values that its names give it; returns it as transformers reads it back."""
    model.save_pretrained(path)
    extractor.save_pretrained(path)
    with safe_open(f"{path}/model.safetensors", "pt") as f:
        tensors = {n: f.get_tensor(n) for n in f.keys()}
    made = {}
    for name, t in tensors.items():
        new = rename(name)
        made[new] = torch.from_numpy(values(new, tuple(t.shape))).to(dtype) if t.is_floating_point() else t
    save_file(made, f"{path}/model.safetensors", {"format": "pt"})
    return {n: list(t.shape) for n, t in made.items() if t.is_floating_point()}


def fixture(name, make, extractor, rename=lambda n: n, frames=None, lengths=LENGTHS):
    only = [a for a in sys.argv[1:] if not a.startswith("--") and a != folders]
    if only and not any(o in name for o in only):
        return
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(folders, name) if folders else scratch
        os.makedirs(path, exist_ok=True)
        model = make()
        shapes = folder(model, extractor, path, rename)
        model = type(model).from_pretrained(path, dtype=torch.float32).eval()
        runs = []
        for n in lengths:
            inputs = extractor(waveform(n), sampling_rate=16000, return_tensors="pt")
            mask = inputs.pop("attention_mask", None) if "input_values" in inputs else inputs.get("attention_mask")
            with torch.no_grad():
                y = torch.log_softmax(model(**inputs).logits, -1)[0]
            if mask is not None and frames is not None:
                y = y[: frames(model, mask)]
            runs.append(dict(samples=n, logProbs=[[float(f"{v:.6g}") for v in row] for row in y.tolist()]))
        files = {f: json.load(open(f"{path}/{f}")) for f in sorted(os.listdir(path)) if f.endswith(".json")}
    spread = np.std([v for r in runs[-1]["logProbs"] for v in r])
    with open(f"{OUT}/{name}.json", "w") as f:
        f.write("{\n")
        f.write(f' "transformers": "{transformers.__version__}",\n "files": {{\n')
        f.write(",\n".join(f'  "{k}": {json.dumps(v)}' for k, v in files.items()))
        f.write('\n },\n "parameters": {\n')
        f.write(",\n".join(f'  "{k}": {v}' for k, v in shapes.items()))
        f.write('\n },\n "runs": [\n')
        f.write(",\n".join("  " + json.dumps(r) for r in runs))
        f.write("\n ]\n}\n")
    print(f"{name}: {len(shapes)} parameters, frames {[len(r['logProbs']) for r in runs]}, spread {spread:.2f}", flush=True)


folders = sys.argv[sys.argv.index("--folders") + 1] if "--folders" in sys.argv else None
os.makedirs(OUT, exist_ok=True)
SMALL = dict(vocab_size=V, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32,
             conv_dim=(8, 12, 12, 12, 12, 12, 12), num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=4)
RAW = Wav2Vec2FeatureExtractor(do_normalize=False)
NORMED = Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)
STABLE = dict(feat_extract_norm="layer", do_stable_layer_norm=True)


def wave(name, cls, config, extractor=NORMED, rename=lambda n: n, **kw):
    fixture(name, lambda: cls(config(**{**SMALL, **kw})), extractor, rename)


def wav2vec2():
    make = lambda name, **kw: wave("wav2vec2-" + name, Wav2Vec2ForCTC, Wav2Vec2Config, **kw)
    make("base")
    make("large", conv_bias=True, **STABLE)
    make("raw-old-spelling", extractor=RAW, rename=old_spelling, feat_extract_norm="layer")
    make("group-stable", do_stable_layer_norm=True, num_conv_pos_embeddings=7, hidden_act="gelu_new", layer_norm_eps=1e-3)
    make("conv-bias-group", conv_bias=True, feat_extract_activation="relu", hidden_act="quick_gelu")
    make("conv-adapter", add_adapter=True, num_adapter_layers=2, output_hidden_size=20, **STABLE)
    make("conv-adapter-same-size", add_adapter=True, num_adapter_layers=1, adapter_kernel_size=5, adapter_stride=3)
    make("language-adapter", adapter_attn_dim=6, **STABLE)
    make("language-adapter-post-norm", adapter_attn_dim=6)
    make("other-convolutions", conv_dim=(8, 10, 12), conv_stride=(10, 8, 4), conv_kernel=(20, 16, 8), hidden_act="mish")
    for act in ("leaky_relu", "relu2", "relu6", "silu", "tanh", "sigmoid", "linear", "hardswish", "gelu_10", "gelu_fast"):
        make("activation-" + act.replace("_", "-"), num_hidden_layers=1, conv_dim=(8,) * 7, hidden_act=act,
             feat_extract_activation="gelu" if act in ("relu2", "linear") else act)


def relatives():
    hubert = lambda name, **kw: wave("hubert-" + name, HubertForCTC, HubertConfig, **kw)
    hubert("base")
    hubert("large", conv_bias=True, **STABLE)
    hubert("batch-norm", conv_pos_batch_norm=True)
    hubert("no-projection-norm", feat_proj_layer_norm=False, extractor=RAW)
    hubert("language-adapter", adapter_attn_dim=6, **STABLE)
    wavlm = lambda name, **kw: wave("wavlm-" + name, WavLMForCTC, WavLMConfig, **kw)
    wavlm("base")
    wavlm("large", conv_bias=True, **STABLE)
    wavlm("few-buckets", num_buckets=8, max_bucket_distance=10, add_adapter=True, num_adapter_layers=1, output_hidden_size=20)
    data2vec = lambda name, **kw: wave("data2vec-" + name, Data2VecAudioForCTC, Data2VecAudioConfig,
                                       **{**dict(num_conv_pos_embeddings=3, conv_pos_kernel_size=7), **kw})
    data2vec("base")
    data2vec("even-kernel-adapter", conv_pos_kernel_size=6, conv_bias=True, add_adapter=True, num_adapter_layers=1)
    unispeech = lambda name, **kw: wave("unispeech-" + name, UniSpeechForCTC, UniSpeechConfig, num_ctc_classes=V, **kw)
    unispeech("base")
    unispeech("large", **STABLE)
    sat = lambda name, **kw: wave("unispeech-sat-" + name, UniSpeechSatForCTC, UniSpeechSatConfig, **kw)
    sat("base")
    sat("large", conv_bias=True, **STABLE)


def squeezed():
    sew = lambda name, **kw: wave("sew-" + name, SEWForCTC, SEWConfig, **{**dict(
        conv_dim=(8, 8, 8, 12, 12, 12, 12), conv_kernel=(10, 3, 1, 3, 3, 2, 2), conv_stride=(5, 2, 1, 2, 2, 2, 4)), **kw})
    sew("base")
    sew("layer-norm", feat_extract_norm="layer", conv_bias=True, num_conv_pos_embeddings=7, hidden_act="gelu_fast")
    sew("squeeze-three-same-size", squeeze_factor=3, conv_dim=(8, 8, 8, 12, 12, 12, 24))


def conformers():
    kw = dict(conv_depthwise_kernel_size=7)
    for pos in ("relative", "rotary", None):
        wave(f"conformer-{pos or 'none'}", Wav2Vec2ConformerForCTC, Wav2Vec2ConformerConfig,
             position_embeddings_type=pos, num_hidden_layers=2, **kw)
    wave("conformer-layer-norm-adapter", Wav2Vec2ConformerForCTC, Wav2Vec2ConformerConfig, conv_bias=True, feat_extract_norm="layer",
         hidden_act="swish", layer_norm_eps=1e-3, rotary_embedding_base=500, position_embeddings_type="rotary",
         add_adapter=True, num_adapter_layers=1, output_hidden_size=20, **kw)


MEL_LENGTHS = (8000, 12345)


def bert():
    def make(name, lengths=MEL_LENGTHS, **kw):
        config = {**dict(vocab_size=V, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32,
                         feature_projection_input_dim=32, conv_depthwise_kernel_size=7, left_max_position_embeddings=9,
                         right_max_position_embeddings=4), **kw}
        extractor = SeamlessM4TFeatureExtractor(feature_size=16, num_mel_bins=16)
        fixture("bert-" + name, lambda: Wav2Vec2BertForCTC(Wav2Vec2BertConfig(**config)), extractor, lengths=lengths,
                frames=None if kw.get("add_adapter") else lambda m, mask: int(mask.sum()))
    make("relative-key")
    make("relative", position_embeddings_type="relative")
    make("rotary", position_embeddings_type="rotary", hidden_act="gelu")
    make("none", position_embeddings_type=None, layer_norm_eps=1e-3)
    make("adapter", lengths=(8000, 12145), add_adapter=True, num_adapter_layers=2, output_hidden_size=18)
    make("adapter-ffn", lengths=(8000, 12145), add_adapter=True, num_adapter_layers=1, adapter_act="gelu", adapter_kernel_size=5,
         adapter_stride=3, use_intermediate_ffn_before_adapter=True)


def encoder(prefix, model, config, inner, extractor, **base):
    def make(name, bins=16, vocabulary=V, **kw):
        enc = {**base, **dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32, num_mel_bins=bins), **kw}
        fixture(f"{prefix}-{name}", lambda: model(config(vocab_size=vocabulary, encoder_config=enc, pad_token_id=vocabulary - 1)),
                extractor(feature_size=bins), lengths=MEL_LENGTHS,
                frames=lambda m, mask: int(m._get_output_attention_mask(mask).sum()))
    return make


def mel_encoders():
    parakeet = encoder("parakeet", ParakeetForCTC, ParakeetCTCConfig, None, ParakeetFeatureExtractor, subsampling_conv_channels=8)
    parakeet("base")
    parakeet("no-bias-no-scale", attention_bias=False, convolution_bias=False, scale_input=False, hidden_act="gelu")
    parakeet("four-times", subsampling_factor=4, conv_kernel_size=5, bins=12)
    # What NeMo can say too (nemo_fixtures.py): feed-forward layers of a whole multiple of the width.
    parakeet("nemo", intermediate_size=96)
    parakeet("nemo-hybrid", intermediate_size=48, attention_bias=False, convolution_bias=False, scale_input=False, subsampling_factor=4,
             conv_kernel_size=5, bins=12)
    lasr = encoder("lasr", LasrForCTC, LasrCTCConfig, None, LasrFeatureExtractor, subsampling_conv_channels=12)
    lasr("base")
    lasr("bias-odd-kernel", attention_bias=True, convolution_bias=True, conv_kernel_size=7, hidden_act="gelu",
         feed_forward_residual_weights=(1.25, 0.75), conv_residual_weights=(1.5, 0.5), bins=20)


def features():
    """../resources/features/transformers.json: what the extractors give for half a second."""
    x = np.round(waveform(8100).astype(np.float64), 6).astype(np.float32)
    out = dict(samples=[float(f"{v:.6f}") for v in x])
    extractors = dict(kaldi=SeamlessM4TFeatureExtractor(), nemo=ParakeetFeatureExtractor(), lasr=LasrFeatureExtractor())
    for bins in (80, 128):
        extractors[f"whisper-{bins}"] = WhisperFeatureExtractor(feature_size=bins)
    for name, e in extractors.items():
        whole = dict(padding="do_not_pad", truncation=False) if name.startswith("whisper") else {}
        made = e(x, sampling_rate=16000, return_tensors="pt", **whole)
        y = made["input_features"][0]
        if name.startswith("whisper"):
            y = y.T  # Whisper's have the bins first
        if made.get("attention_mask") is not None:
            y = y[: int(made["attention_mask"].sum())]
        out[name] = [float(f"{v:.6g}") for v in y.flatten().tolist()]
    os.makedirs(f"{OUT}/../features", exist_ok=True)
    json.dump(out, open(f"{OUT}/../features/transformers.json", "w"))


if __name__ == "__main__":
    if "features" in sys.argv:
        sys.exit(features())
    features()
    wav2vec2()
    relatives()
    squeezed()
    conformers()
    bert()
    mel_encoders()
