"""The models with random weights, wav2vec 2.0 and Parakeet of two sizes each, and what each contender makes of them."""
import json
import os
import subprocess
import wave

PARAKEETS = {
    "parakeet-110m": dict(hidden_size=512, num_hidden_layers=17, intermediate_size=2048),
    "parakeet-0.6b": dict(hidden_size=1024, num_hidden_layers=24, intermediate_size=4096),
}
SIZES = ("base", "large", *PARAKEETS)
RATE = 16000
MEL_BINS, MEL_RATE = 80, 100
CALIBRATION_SECONDS = 6
CALIBRATION_RECORDINGS = 3
TOKEN_LIST = dict(blank=0, word_delimiter="|", sample_rate=RATE, frame_hop=320, frame_window=400, min_samples=400)


def noise(seed, seconds):
    import numpy as np

    return (np.random.default_rng(seed).standard_normal((1, int(seconds * RATE))) * 0.1).astype(np.float32)


def example(size, seed, seconds):
    """What the ONNX file takes: samples, or features where QuantVoice alone computes them from samples within its time."""
    import numpy as np

    if size not in PARAKEETS:
        return noise(seed, seconds)
    frames = int(seconds * MEL_RATE)
    return np.random.default_rng(seed).standard_normal((1, frames, MEL_BINS)).astype(np.float32)


def source(size):
    """What QuantVoice reads: a Hugging Face folder, or a traced model that PyTorch is timed on too."""
    return "folder" if size in PARAKEETS else "float.pt"


def make(folder, size, qv):
    """Makes what is missing in the folder; a file that is there is kept."""
    os.makedirs(folder, exist_ok=True)
    first = parakeet_and_onnx if size in PARAKEETS else torchscript_and_onnx
    steps = [(source(size), first), ("ov-int8.xml", openvino_int8), ("ort-int8.onnx", onnxruntime_int8)]
    for name, step in steps:
        if not os.path.exists(os.path.join(folder, name)):
            print(f"{size}: {name}", flush=True)
            step(folder, size)
    if not os.path.exists(os.path.join(folder, "qv-int8.qv")):
        print(f"{size}: qv-int8.qv", flush=True)
        quantvoice_int8(folder, size, qv)


def wav2vec2(size):
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    torch.manual_seed(0)
    shape = {}
    if size == "large":
        shape = dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
    config = Wav2Vec2Config(
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        conv_bias=True,
        vocab_size=32,
        attn_implementation="eager",
        layerdrop=0.0,
        **shape,
    )
    return Wav2Vec2ForCTC(config).eval()


def parakeet_and_onnx(folder, size):
    """FastConformer with a CTC head as a Hugging Face folder for QuantVoice, and as ONNX of features for the others."""
    import torch
    from transformers import ParakeetCTCConfig, ParakeetFeatureExtractor, ParakeetForCTC

    class LogProbs(torch.nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.model = inner

        def forward(self, features):
            return torch.log_softmax(self.model(input_features=features, return_dict=False)[0], -1)

    torch.manual_seed(0)
    tokens = 1025
    encoder = dict(PARAKEETS[size], num_attention_heads=8, num_mel_bins=MEL_BINS, layerdrop=0.0)
    config = ParakeetCTCConfig(vocab_size=tokens, pad_token_id=tokens - 1, encoder_config=encoder)
    model = ParakeetForCTC(config).eval()
    model.set_attn_implementation("eager")
    with torch.no_grad():
        export_onnx(LogProbs(model).eval(), torch.from_numpy(example(size, 1, 5)), folder)
    target = os.path.join(folder, "folder")
    model.save_pretrained(target)
    ParakeetFeatureExtractor(feature_size=MEL_BINS).save_pretrained(target)
    with open(os.path.join(target, "vocab.json"), "w", encoding="utf-8") as out:
        json.dump(dict({f"t{i}": i for i in range(tokens - 1)}, **{"<pad>": tokens - 1}), out)


def export_onnx(model, inputs, folder):
    import torch

    torch.onnx.export(
        model,
        (inputs,),
        os.path.join(folder, "model.onnx"),
        input_names=["wav"],
        output_names=["logprobs"],
        dynamic_axes={"wav": {1: "samples"}, "logprobs": {1: "frames"}},
        opset_version=17,
        dynamo=False,
    )


def torchscript_and_onnx(folder, size):
    """One traced model for QuantVoice and PyTorch, and the same as ONNX, whose other files come from it."""
    import torch

    class LogProbs(torch.nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.model = inner

        def forward(self, wav):
            return torch.log_softmax(self.model(wav, return_dict=False)[0], -1)

    wrapped = LogProbs(wav2vec2(size)).eval()
    inputs = torch.from_numpy(example(size, 1, 5))
    with torch.no_grad():
        export_onnx(wrapped, inputs, folder)
        torch.jit.trace(wrapped, inputs, check_trace=False).save(os.path.join(folder, "float.pt"))


def openvino_int8(folder, size):
    """Static int8 with NNCF's ranges for transformers."""
    import nncf
    import openvino as ov

    model = ov.Core().read_model(os.path.join(folder, "model.onnx"))
    data = [example(size, seed, CALIBRATION_SECONDS) for seed in range(CALIBRATION_RECORDINGS)]
    quantized = nncf.quantize(
        model, nncf.Dataset(data), model_type=nncf.ModelType.TRANSFORMER, subset_size=CALIBRATION_RECORDINGS
    )
    ov.save_model(quantized, os.path.join(folder, "ov-int8.xml"))


def onnxruntime_int8(folder, size):
    """Dynamic int8 of the matrix products, which is what ONNX Runtime is fastest with."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        os.path.join(folder, "model.onnx"),
        os.path.join(folder, "ort-int8.onnx"),
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
        use_external_data_format=size == "parakeet-0.6b",
    )


def quantvoice_int8(folder, size, qv):
    """Static int8 of every layer, calibrated on noise as OpenVINO's is."""
    corpus = os.path.join(folder, "noise.tsv")
    with open(corpus, "w", encoding="utf-8") as tsv:
        tsv.write("id\tspeaker\tfile\ttext\n")
        for seed in range(CALIBRATION_RECORDINGS):
            write_wave(os.path.join(folder, f"noise{seed}.wav"), noise(seed, CALIBRATION_SECONDS)[0])
            tsv.write(f"noise{seed}\tnoise\tnoise{seed}.wav\tnoise\n")
    letters = list("abcdefghijklmnopqrstuvwxyz")
    tokens = ["<blank>", "|", "'", "-", "<unk>", "<s>"] + letters
    with open(os.path.join(folder, "tokens.json"), "w", encoding="utf-8") as out:
        json.dump(dict(TOKEN_LIST, tokens=tokens), out)
    target = os.path.join(folder, "qv-int8.qv")
    layers = "" if size in PARAKEETS else "model"
    quantize = [qv, "quantize", os.path.join(folder, source(size)), "--static", layers]
    subprocess.run([*quantize, "--calibrate", corpus, "-o", target], check=True)


def write_wave(path, samples):
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
