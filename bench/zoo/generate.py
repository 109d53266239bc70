#!/usr/bin/env python3
"""Writes small models of each family as folder, TorchScript and ONNX, of other encoders as TorchScript, with inputs and PyTorch's results: generate.py OUT [part of a name ...].

By hand only: needs torch, torchaudio, transformers, onnx, onnxscript.
"""
import json, os, shutil, sys, warnings

warnings.filterwarnings("ignore")
import numpy as np
import torch
import transformers

from encoders import ENCODERS, Recogniser
from families import FOLDERS, HOPS, RATE, LogMel, Logits, Script, randomize, speech
from zipformer import Zipformer

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
OUT = sys.argv[1]
LENGTHS = (16400, 25840)
TOKENS = ["<pad>", "|"] + [chr(ord("a") + i) for i in range(26)] + ["'", "-", ".", ","]


def features(extractor, samples):
    """What the extractor gives, without the frames that its mask takes away: [1, T] or [1, T, F]."""
    given = extractor(samples, sampling_rate=RATE, return_tensors="pt")
    if "input_values" in given:
        return given["input_values"]
    mask = given.get("attention_mask")
    return given["input_features"][:, : int(mask.sum())] if mask is not None else given["input_features"]


def log_probs(logits):
    return torch.log_softmax(logits, -1)[0].numpy()


def write(name, make, front_end):
    folder = os.path.join(OUT, name.replace(" ", "-"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/folder")
    torch.manual_seed(0)
    model, extractor = make()
    randomize(model)
    model.save_pretrained(folder + "/folder")
    extractor.save_pretrained(folder + "/folder")
    json.dump({t: i for i, t in enumerate(TOKENS)}, open(folder + "/folder/vocab.json", "w"))
    for i, samples in enumerate(LENGTHS):
        wav = speech(samples)
        np.save(f"{folder}/in{i}.npy", wav)
        with torch.no_grad():
            np.save(f"{folder}/folder.ref{i}.npy", log_probs(Logits(model).eval()(features(extractor, wav))))
    waves = front_end == "normalize"
    stack = getattr(extractor, "stride", 1)
    script = Script(model, None if waves else LogMel(80, stack)).eval()
    with torch.no_grad():
        traced = torch.jit.trace(script, torch.from_numpy(speech(LENGTHS[0]))[None], check_trace=False)
        traced.save(folder + "/model.pt")
        for i, samples in enumerate(LENGTHS):
            np.save(f"{folder}/pt.ref{i}.npy", script(torch.from_numpy(speech(samples))[None])[0].numpy())
    json.dump({"tokens": TOKENS, "blank": 0, "word_delimiter": "|", "sample_rate": RATE, "frame_hop": HOPS.get(name, 320), "frame_window": 400},
              open(folder + "/model.tokens.json", "w"))
    json.dump({"name": name, "frontend": front_end}, open(folder + "/about.json", "w"))
    example = features(extractor, speech(LENGTHS[0]))
    for exporter, dynamo in (("script", False), ("dynamo", True)):
        path = f"{folder}/{exporter}.onnx"
        try:
            time = {1: "time"}
            extra = dict(dynamic_shapes={"x": {1: torch.export.Dim.AUTO}}, opset_version=18) if dynamo else \
                dict(dynamic_axes={"x": time, "logits": time}, opset_version=17)
            torch.onnx.export(Logits(model).eval(), (example,), path, input_names=["x"], output_names=["logits"], dynamo=dynamo, **extra)
        except Exception as e:  # an exporter's own limits are part of the table
            open(f"{path}.failed", "w").write(f"{type(e).__name__}: {e.__cause__ or e}"[:2000])
    print(name, flush=True)


def write_scripts(name, make, hop):
    """An encoder of TorchScript alone, traced and scripted."""
    folder = os.path.join(OUT, name.replace(" ", "-"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    torch.manual_seed(0)
    model = Recogniser(make()).eval()
    randomize(model)
    torch.jit.script(model).save(folder + "/scripted.pt")
    with torch.no_grad():
        for i, samples in enumerate(LENGTHS):
            np.save(f"{folder}/in{i}.npy", speech(samples))
            np.save(f"{folder}/pt.ref{i}.npy", model(torch.from_numpy(speech(samples))[None])[0].numpy())
        torch.jit.trace(model, torch.from_numpy(speech(LENGTHS[0]))[None], check_trace=False).save(folder + "/model.pt")
    for file in ("model", "scripted"):
        json.dump({"tokens": TOKENS, "blank": 0, "word_delimiter": "|", "sample_rate": RATE, "frame_hop": hop, "frame_window": 720},
                  open(f"{folder}/{file}.tokens.json", "w"))
    json.dump({"name": name, "frontend": "none"}, open(folder + "/about.json", "w"))
    print(name, flush=True)


def wanted(name):
    return len(sys.argv) < 3 or any(part in name for part in sys.argv[2:])


for name, (make, front_end) in FOLDERS.items():
    if wanted(name):
        write(name, make, front_end)
for name, make in ENCODERS.items():
    if wanted(name):
        write_scripts(name, make, 320)
if wanted("Zipformer"):
    write_scripts("Zipformer", Zipformer, 640)
