#!/usr/bin/env python3
"""Runs qv on what generate.py wrote and prints the table of docs/models.md: table.py QV MODELS [part of a name ...].

By hand only: needs numpy and onnxruntime. Exit code 1 if anything that is read is wrong. Each cell is measured:
imports: qv import; parity: largest difference of log-probabilities to PyTorch's, at two lengths; int8: cosine of centred log-probabilities
of qv quantize's file (of qv run --dynamic, if the model is imported for each length); ONNX out: largest difference of qv export's file in ONNX Runtime; streaming: qv eval --live.
"""
import glob, json, os, subprocess, sys, tempfile, wave

import numpy as np

QV, MODELS, ONLY = sys.argv[1], sys.argv[2], sys.argv[3:]
PARITY = 1e-4
SOURCES = (("folder", "folder", "folder"), (".pt", "model.pt", "pt"), (".pt, scripted", "scripted.pt", "pt"), ("ONNX, older exporter", "script.onnx", "folder"),
           ("ONNX, newer exporter", "dynamo.onnx", "folder"))
failed = []


def qv(*args):
    p = subprocess.run([QV, *map(str, args)], capture_output=True, text=True, timeout=600)
    lines = [l for l in p.stderr.strip().splitlines() if l.startswith("qv:") or "got " in l] or p.stderr.strip().splitlines() or [""]
    return p.returncode, lines[-1]


def difference(a, b):
    return float(np.abs(a.reshape(-1) - b.reshape(-1)).max()) if a.size == b.size else float("inf")


def cosine(a, b):
    a, b = (x - x.mean(-1, keepdims=True) for x in (a.reshape(b.shape), b))
    return float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-30))


def parity(model, folder, reference, scratch, *options):
    worst = 0.0
    for i in (0, 1):
        out = f"{scratch}/out.npy"
        code, error = qv("run", "--model", model, f"{folder}/in{i}.npy", "-o", out, *options)
        if code:
            return None, error
        worst = max(worst, difference(np.load(out), np.load(f"{folder}/{reference}.ref{i}.npy")))
    return worst, ""


def int8(model, folder, reference, scratch):
    code, error = qv("quantize", model, "-o", f"{scratch}/int8.qv")
    code, error = qv("run", "--model", f"{scratch}/int8.qv", f"{folder}/in1.npy", "-o", f"{scratch}/out.npy") if not code else (code, error)
    return (f"{cosine(np.load(scratch + '/out.npy'), np.load(f'{folder}/{reference}.ref1.npy')):.4f}", "") if not code else ("no", error)


def onnx_out(model, folder, reference, scratch):
    code, error = qv("export", "--model", model, "--to", "onnx", "-o", f"{scratch}/out.onnx")
    if code:
        return "no", error
    import onnxruntime
    try:
        session = onnxruntime.InferenceSession(f"{scratch}/out.onnx", providers=["CPUExecutionProvider"])
        wav = np.load(f"{folder}/in1.npy")[None]
        got = session.run(None, {session.get_inputs()[0].name: wav})[0]
    except Exception as e:  # such as a trace that holds for one length
        return "no", f"ONNX Runtime: {e}"
    worst = difference(got, np.load(f"{folder}/{reference}.ref1.npy"))
    if worst > PARITY:
        failed.append(f"{model} as ONNX: {worst}")
    return f"{worst:.0e}", ""


def streaming(model, folder, scratch):
    samples = np.load(f"{folder}/in1.npy")
    with wave.open(f"{scratch}/a.wav", "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    with open(f"{scratch}/a.tsv", "w") as out:
        out.write("id\tspeaker\tfile\ttext\na\ts\ta.wav\tabc\n")
    code, error = qv("eval", "--live", f"{scratch}/a.tsv", "--model", model)
    return ("windows", "") if not code else ("no", error)


def for_each_length(path, folder, reference, scratch):
    """A model that is imported for each length: it runs from its own file, and is quantized as it is opened."""
    worst, error = parity(path, folder, reference, scratch, "--engine", "NATIVE", "--no-fallback")
    if worst is None or worst > PARITY:
        failed.append(f"{path}: {worst} {error}")
    out = f"{scratch}/int8.npy"
    code, said = qv("run", "--model", path, f"{folder}/in1.npy", "-o", out, "--engine", "NATIVE", "--no-fallback", "--dynamic", "front,encoder,head")
    close = f"{cosine(np.load(out), np.load(f'{folder}/{reference}.ref1.npy')):.4f}" if not code else "no"
    cells = [("for each length", ""), (f"{worst:.0e}" if worst is not None else "no", error), (close, said if code else ""),
             onnx_out(path, folder, reference, scratch), streaming(path, folder, scratch)]
    return [c for c, _ in cells], [e for _, e in cells if e]


def row(folder, source, file, reference, front_end):
    path = f"{folder}/{file}"
    if not os.path.exists(path):
        return ["-"] * 5, ["the exporter writes no such file"]
    with tempfile.TemporaryDirectory() as scratch:
        model = f"{scratch}/model.qv"
        named = ["--frontend", front_end] if file.endswith(".onnx") else []
        tokens = ["--vocabulary", f"{folder}/model.tokens.json"] if file.endswith(".onnx") else []
        code, error = qv("import", path, "-o", model, *named, *tokens)
        if code and "another graph for each length" in error:
            return for_each_length(path, folder, reference, scratch)
        if code:
            return ["no"] + ["-"] * 4, [error]
        worst, error = parity(model, folder, reference, scratch)
        if worst is None or worst > PARITY:
            failed.append(f"{path}: {worst} {error}")
        cells = [("yes", ""), (f"{worst:.0e}" if worst is not None else "no", error), int8(model, folder, reference, scratch),
                 onnx_out(model, folder, reference, scratch), streaming(model, folder, scratch)]
        return [c for c, _ in cells], [e for _, e in cells if e]


print("| family | source | imports | parity | int8 cosine | ONNX out | streaming |\n| --- | --- | --- | --- | --- | --- | --- |")
for about in sorted(glob.glob(f"{MODELS}/*/about.json")):
    folder = os.path.dirname(about)
    settings = json.load(open(about))
    if ONLY and not any(part in settings["name"] for part in ONLY):
        continue
    alone = os.path.exists(f"{folder}/scripted.pt")  # these have no folder, and transformers' models are traced
    for source, file, reference in SOURCES:
        if alone != (file == "scripted.pt") and file != "model.pt":
            continue
        cells, errors = row(folder, source, file, reference, settings["frontend"])
        print(f"| {settings['name']} | {source} | {' | '.join(cells)} |", flush=True)
        for error in errors:
            print(f"{settings['name']}, {source}: {error}", file=sys.stderr, flush=True)
print("\n".join(failed), file=sys.stderr)
sys.exit(bool(failed))
