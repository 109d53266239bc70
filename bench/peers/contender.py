"""Times one contender in a process of its own: python contender.py FOLDER SIZE NAME THREADS RUNS SECONDS...

The environment holds it to an instruction set before it loads. Prints a JSON object a length.
"""
import json
import os
import resource
import sys
import time
import warnings

import models

WARM_UP_RUNS, WARM_UP_SECONDS = 10, 2.0


def torch_runner(folder, size, name, threads):
    import torch

    torch.set_num_threads(threads)
    if name == "torch-f32":
        model = torch.jit.load(os.path.join(folder, "float.pt")).eval()
    else:
        torch.backends.quantized.engine = "x86" if "x86" in torch.backends.quantized.supported_engines else "qnnpack"
        model = models.wav2vec2(size)
        model.wav2vec2.encoder.layers = torch.ao.quantization.quantize_dynamic(
            model.wav2vec2.encoder.layers, {torch.nn.Linear}, dtype=torch.qint8
        )

    def run(samples):
        with torch.inference_mode():
            model(torch.from_numpy(samples))

    return run


def onnxruntime_runner(folder, size, name, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    file = {"ort-f32": "model.onnx", "ort-int8": "ort-int8.onnx"}[name]
    session = ort.InferenceSession(os.path.join(folder, file), options, providers=["CPUExecutionProvider"])
    return lambda samples: session.run(None, {"wav": samples})


def openvino_runner(folder, size, name, threads):
    import openvino as ov

    config = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    # Held to fewer instructions than the CPU has, it still would choose BF16, and then find no kernel for it.
    if name == "ov-f32" or "ONEDNN_MAX_CPU_ISA" in os.environ:
        config["INFERENCE_PRECISION_HINT"] = "f32"
    file = {"ov-f32": "model.onnx", "ov-int8": "ov-int8.xml"}[name]
    core = ov.Core()
    model = core.compile_model(core.read_model(os.path.join(folder, file)), "CPU", config)
    return lambda samples: model([samples])


RUNNERS = {
    "torch-f32": torch_runner,
    "torch-int8": torch_runner,
    "ort-f32": onnxruntime_runner,
    "ort-int8": onnxruntime_runner,
    "ov-f32": openvino_runner,
    "ov-int8": openvino_runner,
}


def measure(run, size, seconds, runs):
    """Seconds of each run, the shortest first, after the same warm-up as `qv bench` has."""
    samples, times, warm = models.example(size, 1, seconds), [], 0.0

    def timed():
        start = time.perf_counter()
        run(samples)
        return time.perf_counter() - start

    for _ in range(WARM_UP_RUNS):
        if warm < WARM_UP_SECONDS:
            warm += timed()
    for _ in range(runs):
        times.append(timed())
    return sorted(times)


def main():
    folder, size, name, threads, runs, *lengths = sys.argv[1:]
    warnings.filterwarnings("ignore")
    run = RUNNERS[name](folder, size, name, int(threads))
    for seconds in sorted(map(float, lengths)):
        times = measure(run, size, seconds, int(runs))
        print(
            json.dumps(
                dict(
                    seconds=seconds,
                    rtf=times[0] / seconds,
                    rtfMedian=times[len(times) // 2] / seconds,
                    peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                )
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
