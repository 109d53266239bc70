#!/usr/bin/env python3
"""QuantVoice beside OpenVINO, ONNX Runtime and PyTorch, on the same models, lengths, threads and instruction sets.

    ./peers.py setup                    a virtual environment here with what requirements.txt names (about 8 GB)
    ./peers.py make base large          the models with random weights (6 GB of memory for large)
    ./peers.py run base --seconds 10,30 --tiers best,avx2
    ./peers.py table                    the results so far again

Each round runs every contender once, each in a process of its own, so that a busy minute meets all of them; the table
has the fastest round of each. Results are added to results.jsonl as they come.
"""
import argparse
import json
import os
import subprocess
import sys
import venv

import models
import table
import tiers

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")


def python_of_venv():
    return os.path.join(VENV, "bin", "python")


def setup(options):
    venv.create(VENV, with_pip=True)
    subprocess.run(
        [python_of_venv(), "-m", "pip", "install", "-r", os.path.join(HERE, "requirements.txt")], check=True
    )


def make(options):
    code = "import sys, models; models.make(*sys.argv[1:])"
    for size in options.sizes:
        folder = os.path.join(options.models, size)
        subprocess.run([options.python, "-c", code, folder, size, options.qv], cwd=HERE, check=True)


def command(options, size, contender, tier):
    folder = os.path.join(options.models, size)
    lengths = [f"{s:g}" for s in options.seconds]
    if not contender.startswith("qv-"):
        program = [options.python, os.path.join(HERE, "contender.py"), folder, size, contender]
        return program + [str(options.threads), str(options.runs)] + lengths
    file = {"qv-int8": "qv-int8.qv", "qv-f32": models.source(size)}[contender]
    program = [options.qv, "bench", "--json", "--model", os.path.join(folder, file), "--engine", "native", "--no-fallback"]
    program += ["--threads", str(options.threads), "--runs", str(options.runs), "--lengths", ",".join(lengths)]
    name = tiers.qv_tier(tier)
    return program + (["--isa", name] if name else [])


def parse(contender, text):
    if not contender.startswith("qv-"):
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [
        dict(
            seconds=each["audioSeconds"],
            rtf=each["rtfMin"],
            rtfMedian=each["rtfMedian"],
            peakBytes=each["peakRssBytes"],
        )
        for each in json.loads(text)["lengths"]
    ]


def measure(options, size, contender, tier):
    """The results of one process; a contender that fails is told and left out, the others go on."""
    done = subprocess.run(
        command(options, size, contender, tier),
        env={**os.environ, **tiers.environment(tier)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        print(f"{size} {tier} {contender} FAILED: " + "\n".join(done.stderr.strip().splitlines()[-3:]), file=sys.stderr)
        return []
    return [dict(size=size, tier=tier, contender=contender, **each) for each in parse(contender, done.stdout)]


def run(options):
    for number in range(options.rounds):
        for size in options.sizes:
            for tier in options.tiers:
                for contender in options.contenders:
                    if not tiers.can_hold(contender, tier):
                        continue
                    for result in measure(options, size, contender, tier):
                        print(f"round {number + 1}: {json.dumps(result)}", file=sys.stderr, flush=True)
                        with open(options.results, "a", encoding="utf-8") as out:
                            out.write(json.dumps(result) + "\n")
    show(options)


def show(options):
    with open(options.results, encoding="utf-8") as lines:
        results = [json.loads(line) for line in lines]
    print("RTF (ours / theirs):\n\n" + table.markdown(results))
    print("\nPeak resident memory in MB, loading included:\n")
    print(table.markdown(results, lambda result: f"{result['peakBytes'] / 1e6:.0f}", with_ratio=False))


def names(allowed):
    def read(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"got '{name}'; expected some of {','.join(allowed)}")
        return chosen

    return read


def lengths(text):
    return sorted(float(each) for each in text.split(","))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["setup", "make", "run", "table"])
    parser.add_argument("sizes", nargs="*", help="base, large (default: base)")
    parser.add_argument("--seconds", type=lengths, default=[10.0, 30.0], help="lengths of audio (default: 10,30)")
    parser.add_argument("--tiers", type=names(tuple(tiers.TIERS)), default=["best"], help=", ".join(tiers.TIERS))
    parser.add_argument("--contenders", type=names(tuple(table.NAMES)), default=list(table.NAMES))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5, help="of each length in each round (default: 5)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--models", default=os.path.join(HERE, "models"), help="their folder")
    parser.add_argument("--results", default=os.path.join(HERE, "results.jsonl"))
    parser.add_argument("--python", default=python_of_venv(), help="one that has what requirements.txt names")
    parser.add_argument("--qv", default=os.path.join(HERE, "..", "..", "qv"))
    return parser.parse_args()


if __name__ == "__main__":
    chosen = arguments()
    chosen.sizes = chosen.sizes or ["base"]
    for size in chosen.sizes:
        if size not in models.SIZES:
            sys.exit(f"error: got the size '{size}'; expected some of {', '.join(models.SIZES)}")
    {"setup": setup, "make": make, "run": run, "table": show}[chosen.verb](chosen)
