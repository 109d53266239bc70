#!/usr/bin/env python3
"""Writes ../resources/huggingface/nemo/*.nemo: the parakeet fixtures as NeMo saves models, and ones that must be refused.

By hand only (needs torch and PyYAML; NeMo itself is not needed: its names stand in transformers' convert_nemo_to_hf.py):

    python nemo_fixtures.py

Values of parameters are those of the fixtures of the same names, so that transformers' results hold for these files too.
"""
import collections, gzip, io, json, os, re, tarfile

import torch
import yaml

from huggingface_fixtures import HERE, values

OUT = os.path.join(HERE, "..", "resources", "huggingface", "nemo")
NAMES = [
    (r"^encoder\.subsampling\.layers\.", "encoder.pre_encode.conv."),
    (r"^encoder\.subsampling\.linear\.", "encoder.pre_encode.out."),
    (r"\.conv\.norm\.", ".conv.batch_norm."),
    (r"\.self_attn\.([qkv])_proj\.", r".self_attn.linear_\1."),
    (r"\.self_attn\.o_proj\.", ".self_attn.linear_out."),
    (r"\.self_attn\.relative_k_proj\.", ".self_attn.linear_pos."),
    (r"\.self_attn\.bias_([uv])$", r".self_attn.pos_bias_\1"),
]


def fixture(name):
    return json.load(open(os.path.join(OUT, "..", name + ".json")))


def theirs(name, head):
    for pattern, replacement in NAMES:
        name = re.sub(pattern, replacement, name)
    return re.sub(r"^ctc_head\.", head + "decoder_layers.0.", name)


def state(fix, head):
    tensors = collections.OrderedDict()
    tensors["preprocessor.featurizer.window"] = torch.hann_window(400, periodic=False)
    tensors["preprocessor.featurizer.fb"] = torch.zeros(1, 257, 16).transpose(1, 2)  # a view, which nothing reads
    for name, shape in fix["parameters"].items():
        tensors[theirs(name, head)] = torch.from_numpy(values(name, shape))
        if name.endswith("running_var"):
            tensors[theirs(name, head).replace("running_var", "num_batches_tracked")] = torch.tensor(7)
    tensors._metadata = collections.OrderedDict([("", {"version": 1})])
    return tensors


def saved(tensors):
    out = io.BytesIO()
    torch.save(tensors, out)
    return out.getvalue()


def pieces(tokens):
    """A SentencePiece model: of each piece text and score."""
    out = b""
    for token in tokens:
        text = token.encode()
        piece = b"\x0a" + bytes([len(text)]) + text + b"\x15\0\0\0\0"
        out += b"\x0a" + bytes([len(piece)]) + piece
    return out


def config(fix, target, **encoder):
    c = fix["files"]["config.json"]["encoder_config"]
    preprocessor = fix["files"]["preprocessor_config.json"]
    return {
        "sample_rate": 16000,
        "log_prediction": True,
        "train_ds": {"manifest_filepath": "???", "batch_size": 8, "shuffle": True, "bucketing": None,
                     "text": "a line that is so long that PyYAML cuts it, with 'quotations' and a colon: all in all far more than eighty signs"},
        "preprocessor": {
            "_target_": "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
            "sample_rate": 16000, "normalize": "per_feature", "window_size": 0.025, "window_stride": 0.01, "window": "hann",
            "features": preprocessor["feature_size"], "n_fft": 512, "log": True, "frame_splicing": 1, "dither": 1.0e-05,
            "pad_to": 0, "pad_value": 0.0,
        },
        "spec_augment": {"_target_": "nemo.collections.asr.modules.SpectrogramAugmentation", "freq_masks": 2, "time_width": 0.05},
        "encoder": {
            "_target_": "nemo.collections.asr.modules.ConformerEncoder",
            "feat_in": c["num_mel_bins"], "feat_out": -1, "n_layers": c["num_hidden_layers"], "d_model": c["hidden_size"],
            "use_bias": c["attention_bias"], "subsampling": "dw_striding", "subsampling_factor": c["subsampling_factor"],
            "subsampling_conv_channels": c["subsampling_conv_channels"], "causal_downsampling": False, "reduction": None,
            "reduction_position": None, "reduction_factor": 1, "ff_expansion_factor": c["intermediate_size"] // c["hidden_size"], "self_attention_model": "rel_pos",
            "n_heads": c["num_attention_heads"], "att_context_size": [-1, -1], "att_context_style": "regular",
            "xscaling": c["scale_input"], "untie_biases": True, "pos_emb_max_len": 5000, "conv_kernel_size": c["conv_kernel_size"],
            "conv_norm_type": "batch_norm", "conv_context_size": None, "dropout": 0.1, "dropout_pre_encoder": 0.1,
            "dropout_emb": 0.0, "dropout_att": 0.1, "stochastic_depth_drop_prob": 0.0, "stochastic_depth_mode": "linear",
            "stochastic_depth_start_layer": 1, **encoder,
        },
        "optim": {"name": "adamw", "lr": 0.001, "betas": [0.9, 0.98], "sched": {"warmup_steps": 15000, "min_lr": 1e-4}},
        "target": "nemo.collections.asr.models." + target,
        "nemo_version": "2.0.0",
    }


def write(name, files, packed=False):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            info.mtime = 1700000000.5  # not whole, so that a pax header goes before each file
            tar.addfile(info, io.BytesIO(content))
    content = out.getvalue().rstrip(b"\0")
    content += b"\0" * (-len(content) % 512 + 1024)
    with open(os.path.join(OUT, name + ".nemo"), "wb") as file:
        file.write(gzip.compress(content, mtime=0) if packed else content)


def text(value):
    return yaml.dump(value, default_flow_style=False, allow_unicode=True, sort_keys=False).encode()


os.makedirs(OUT, exist_ok=True)
TOKENS = ["<unk>", "▁a", "b", "c", "▁", "'", "d"]
plain = fixture("parakeet-nemo")
bpe = config(plain, "ctc_bpe_models.EncDecCTCModelBPE")
bpe["tokenizer"] = {"dir": None, "type": "bpe", "model_path": "nemo:0a1b_tokenizer.model", "vocab_path": "nemo:0a1b_vocab.txt"}
bpe["decoder"] = {"_target_": "nemo.collections.asr.modules.ConvASRDecoder", "feat_in": None, "num_classes": 7, "vocabulary": TOKENS}
parts = {"./0a1b_tokenizer.model": pieces(TOKENS), "./model_config.yaml": text(bpe), "./model_weights.ckpt": saved(state(plain, "decoder."))}
write("ctc-bpe", parts)

other = fixture("parakeet-nemo-hybrid")
hybrid = config(other, "hybrid_rnnt_ctc_models.EncDecHybridRNNTCTCModel")
hybrid["decoder"] = {"_target_": "nemo.collections.asr.modules.RNNTDecoder", "prednet": {"pred_hidden": 4}}
hybrid["aux_ctc"] = {"ctc_loss_weight": 0.3, "decoder": {"_target_": "nemo.collections.asr.modules.ConvASRDecoder", "num_classes": 7,
                                                         "vocabulary": [" ", "a", "b", "'", "é", '"', "#"]}}
both = state(other, "ctc_decoder.")
both["decoder.prediction.embed.weight"] = torch.zeros(8, 4)
both["joint.enc.weight"] = torch.zeros(4, 24)
write("hybrid-char", {"model_config.yaml": text(hybrid), "model_weights.ckpt": saved(both)}, packed=True)

# Documents of PyYAML in several styles, and what it reads in them.
LONG = "one text that is longer than eighty signs, so that it goes on in the next line: with # and 'quotations' and \"more\""
VALUE = {
    "texts": ["plain", LONG, "", "null", "true", "12", "1.5", "- no item", "a: b", "#", "'", '"', "▁é", "tab\tline\n", " ", "~", "?", "@", "a #b", "c:"],
    "numbers": [0, -1, 12, 1.5, -0.25],
    "others": [None, True, False, [], {}, [[]], [[1, 2], [3]], [{"a": 1, "b": [2]}, {"c": None}]],
    "nested": {"a": {"b": {"c": [1, {"d": "e"}]}}, "key with spaces": 1, "key: colon": 2, "'quoted'": 3, "#key": 4},
}
HAND = """\
# remarks are left out
a: 1 # here too
b:   text with spaces   # and here
c: 'single ''quoted'' # no remark' # a remark
list:
- x
- - y
  - z
-
  k: v
  w: [1, 'two, 2', "three\\t3", {a: b, "c": 'd'}]
indented:
    - p
    - q: 1
      r: 2
folded: first
  second
  third
literal: |
  one
  two
empty:
last: ~
"""
documents = [yaml.dump(VALUE, default_flow_style=style, allow_unicode=unicode, sort_keys=False, width=width)
             for style in (False, None, True) for unicode in (True, False) for width in (80, 30)]
pairs = [{"yaml": d, "json": json.dumps(yaml.safe_load(d), ensure_ascii=False, separators=(",", ":"))} for d in documents + [HAND.replace("literal: |", "literal: |-")]]
json.dump(pairs, open(os.path.join(OUT, "yaml.json"), "w"), ensure_ascii=False, indent=0)
