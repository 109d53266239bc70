#!/usr/bin/env python3
"""Measures QuantVoice's archives on Spark: see README.md. Needs ./qv batch to be built, and nothing but Python's own library."""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import bad_files
import plot
from spark_processes import ROOT, Cluster, Memory, java, make

QV = str(ROOT / "qv")


def batch(source, out, *options, heap=None, master="local[2]"):
    env = dict(os.environ)
    if heap:
        env["QV_JAVA_OPTS"] = f"-Xmx{heap}"
    command = [QV, "batch", str(source), "-o", str(out), "--master", master, "--format", "jsonl", "--json", *options]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def summary(process):
    text = process.communicate()[0]
    assert process.returncode == 0, f"exit code {process.returncode}"
    return json.loads(text)


def rows(out):
    """All rows that are committed, without order; confidences to nine digits, because cuts change the order of their sums."""
    lines = [line for f in pathlib.Path(out).glob("part-*") for line in f.read_text().splitlines()]
    return sorted(json.dumps(json.loads(line, parse_float=lambda number: round(float(number), 9))) for line in lines)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def check_small(out, files, bad):
    found = [json.loads(row) for row in rows(out)]
    failed = [r for r in found if "error" in r]
    heard = {r["path"] for r in found if "error" not in r}
    keys = [(r["path"], r.get("segment")) for r in found]
    assert len(keys) == len(set(keys)), "a row twice"
    assert len(heard) == files - bad and len(failed) == bad, (len(heard), len(failed))
    types = sorted({r["error"]["type"] for r in failed})
    print(f"{len(heard)} results, {len(failed)} errors, of types {types}")


def small(work, arguments):
    """10,000 short recordings, 50 of them bad in ten ways: in one process with a heap of 1 GB, and on two executors."""
    source, count, bad = work / "small", arguments.count, arguments.count // 200
    make("small", source, count, 1)
    bad_files.replace(source, bad)
    process = batch(source, fresh(work / "small-out"), heap="1g")
    with Memory(lambda: [process.pid]) as memory:
        found = summary(process)
    check_small(work / "small-out", count, bad)
    print(f"local[2], heap 1 GB: hearing {found['seconds']:.1f} s;", *memory.table())
    with Cluster(fresh(work / "cluster")) as cluster, Memory(cluster.executors) as memory:
        out, begin = fresh(work / "small-cluster"), time.time()
        subprocess.run(cluster.job(source, "-o", out, "--format", "jsonl", driver=["-Xmx1g"]), check=True,
                       stderr=open(work / "small-cluster.log", "w"))
        print(f"two executors: {time.time() - begin:.1f} s")
    check_small(out, count, bad)
    print("\n".join(memory.table()))
    assert rows(out) == rows(work / "small-out"), "rows of the cluster and of one process differ"


def resume(work, arguments):
    """Ended by SIGKILL at random moments and taken up; five outputs, one of them ended five times."""
    source = work / "resume"
    make("long", source, 1, 2, 2)
    make("small", source / "cuts", 1000, 3)
    begin = time.time()
    summary(batch(source, fresh(work / "resume-whole")))
    took, whole, chance = time.time() - begin, rows(work / "resume-whole"), random.Random(arguments.seed)
    setting = "-Dspark.quantvoice.waveSeconds=3"
    for trial in range(5):
        out = fresh(work / f"resume-{trial}")
        for _ in range(5 if trial == 4 else 1):
            os.environ["QV_JAVA_OPTS"] = setting
            process = batch(source, out, "--resume")
            wait = chance.uniform(0.2, 1) * took
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"trial {trial}: SIGKILL after {wait:.1f} of {took:.1f} s, {len(rows(out))} of {len(whole)} rows there")
        found = summary(batch(source, out, "--resume"))
        assert rows(out) == whole, f"trial {trial}: the union differs from a whole run"
        print(f"trial {trial}: {found['doneBefore']} done before, {found['heard']} heard; the union equals a whole run")


def growth(work, arguments):
    """Hours of audio x 1, 2, 4 in one process with two cores; the same on one and on two executors."""
    points = []
    for hours in (arguments.hours, 2 * arguments.hours, 4 * arguments.hours):
        source = work / f"growth-{hours:g}"
        make("long", source, hours, 6, 4)
        found = summary(batch(source, fresh(work / "growth-out")))
        points.append((found["audioSeconds"] / 3600, found["seconds"]))
        print(f"{points[-1][0]:.2f} h of audio: {found['seconds']:.1f} s (RTF {found['rtf']:.4f})")
    (ROOT / "docs/images/batch-growth.svg").write_text(plot.svg(points))
    for cores, each in (((1,), 1), ((1, 1), 1), ((2,), 2)):
        with Cluster(fresh(work / "cluster"), cores) as cluster:
            begin = time.time()
            log = work / f"growth-{len(cores)}x{each}.log"
            job = cluster.job(source, "-o", fresh(work / "growth-out"), executor_cores=each)
            subprocess.run(job, check=True, stderr=open(log, "w"))
            told = [line for line in log.read_text().splitlines() if "recordings:" in line][-1]
            print(f"{len(cores)} executors of {each} cores: {time.time() - begin:.1f} s in all; {told.split('INFO')[-1]}")


def streaming(work, arguments):
    """Recordings moved into a folder while a query runs, which is ended by SIGKILL twice and started again."""
    source, folder = work / "arrive", fresh(work / "landing")
    make("small", source, 200, 5)
    folder.mkdir()
    (folder / "in").mkdir()
    command = java(ROOT / "bench/archives/LandingRun.java", folder / "in", folder / "out", folder / "checkpoint",
                   options=["-Dspark.master=local[2]", "-Dspark.ui.enabled=false", "-Dspark.driver.host=localhost"])
    log = open(work / "landing.log", "w")
    run = subprocess.Popen(command, stderr=log)
    for i, file in enumerate(sorted(source.rglob("*.wav"))):
        os.link(file, folder / "outside.wav")
        (folder / "outside.wav").rename(folder / "in" / file.name)
        time.sleep(0.2)
        if i in (80, 150):
            run.kill()
            run.wait()
            print(f"SIGKILL after {i + 1} had arrived")
            run = subprocess.Popen(command, stderr=log)
    run.kill()
    run.wait()
    told = subprocess.run([*command, "once"], check=True, stdout=subprocess.PIPE, stderr=log, text=True).stdout
    print(told.strip())
    assert told.startswith("200 recordings, 0 rows twice"), told


def cluster(work, arguments):
    """Executors ended by SIGKILL three times in the middle of a job on a standalone cluster."""
    source = work / "resume"
    make("long", source, 1, 2, 2)
    make("small", source / "cuts", 1000, 3)
    summary(batch(source, fresh(work / "cluster-whole")))
    with Cluster(fresh(work / "cluster")) as spark:
        out = fresh(work / "cluster-out")
        job = spark.job(source, "-o", out, "--format", "jsonl", "--part", 60, driver=["-Dspark.quantvoice.waveSeconds=10"])
        process = subprocess.Popen(job, stderr=open(work / "cluster.log", "w"))
        while process.poll() is None and not (out.exists() and rows(out)):
            time.sleep(0.1)
        for _ in range(3):
            time.sleep(arguments.pause)
            victim = random.choice(spark.executors())
            os.kill(victim, signal.SIGKILL)
            print(f"SIGKILL to executor {victim}, {len(rows(out))} rows there")
            assert process.poll() is None, "the job had ended"
        assert process.wait() == 0
    assert rows(out) == rows(work / "cluster-whole"), "rows differ from an undisturbed run"
    print(f"{len(rows(out))} rows, those of an undisturbed run")


def throughput(work, arguments):
    """The same files by qv transcribe in one process and by qv batch, each the best of some runs."""
    source = work / f"growth-{arguments.hours:g}"
    make("long", source, arguments.hours, 6, 4)
    files = [str(f) for f in sorted(source.rglob("*.wav"))]
    model = ["--model", arguments.model]
    best = {}
    for _ in range(arguments.runs):
        begin = time.time()
        told = subprocess.run([QV, "transcribe", "--threads", "2", *model, *files], check=True, capture_output=True, text=True)
        alone = time.time() - begin
        begin = time.time()
        found = summary(batch(source, fresh(work / "throughput-out"), *model))
        both = time.time() - begin
        for name, seconds in (("transcribe", alone), ("batch", both), ("hearing", found["seconds"])):
            best[name] = min(seconds, best.get(name, seconds))
        print(f"transcribe {alone:.1f} s, batch {both:.1f} s of which hearing {found['seconds']:.1f} s;", told.stderr.splitlines()[-1])
    print(f"{arguments.hours:g} h: whole processes {best['transcribe'] / best['batch']:.2f}, hearing {best['transcribe'] / best['hearing']:.2f}")


def main():
    commands = {f.__name__: f for f in (small, resume, growth, streaming, cluster, throughput)}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=[*commands, "all"])
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "bench/archives/work", help="archives and outputs")
    parser.add_argument("--count", type=int, default=10_000, help="short recordings")
    parser.add_argument("--hours", type=float, default=1, help="of the shortest archive")
    parser.add_argument("--runs", type=int, default=3, help="of throughput")
    parser.add_argument("--model", default="digits", help="of throughput")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--pause", type=float, default=3, help="seconds between two executors' ends")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    for name, command in commands.items():
        if arguments.what in (name, "all"):
            print(f"# {name}: {command.__doc__}", flush=True)
            command(arguments.work.resolve(), arguments)


if __name__ == "__main__":
    main()
