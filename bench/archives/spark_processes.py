"""Starts QuantVoice on Spark: in one process, or on a standalone cluster whose master, workers and executors are processes."""

import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPENED = ["lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util", "util.concurrent", "util.concurrent.atomic"]
OPENED_SUN = ["nio.ch", "nio.cs", "security.action", "util.calendar"]


def class_path(logging=True):
    """The jars that ./qv batch runs with. Spark's first: it takes no other Jackson than its own."""
    own = [str(j) for j in (ROOT / "java/spark/target").glob("quantvoice-spark-*.jar") if "-javadoc" not in j.name and "-sources" not in j.name]
    spark = (ROOT / "java/spark/target/spark-class-path.txt").read_text().strip().split(":")
    rest = (ROOT / "java/cli/target/class-path.txt").read_text().strip().split(":")
    skipped = "slf4j-simple" if logging else "log4j-slf4j2-impl"
    return ":".join(j for j in own + spark + rest if skipped not in j)


def java(main, *arguments, options=()):
    opens = [f"--add-opens=java.base/java.{p}=ALL-UNNAMED" for p in OPENED]
    opens += [f"--add-opens=java.base/sun.{p}=ALL-UNNAMED" for p in OPENED_SUN]
    return ["java", f"-Dquantvoice.root={ROOT}", *opens, *options, "-cp", class_path(), str(main), *map(str, arguments)]


def make(*arguments):
    """An archive, unless its folder is there."""
    if not pathlib.Path(arguments[1]).exists():
        subprocess.run(java(ROOT / "bench/archives/MakeArchive.java", *arguments), check=True)


def resident_mb(pid):
    """Memory of a process that is resident, in MB; 0 if it has ended."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass  # it has ended between being listed and being read
    return 0


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(p) for p in task.read_text().split()]
    return found


class Memory(threading.Thread):
    """Samples processes every second: pids() says which."""

    def __init__(self, pids):
        super().__init__(daemon=True)
        self.pids, self.samples, self.going, self.begin = pids, {}, True, time.time()

    def run(self):
        while self.going:
            for pid in self.pids():
                self.samples.setdefault(pid, []).append((time.time() - self.begin, resident_mb(pid)))
            time.sleep(1)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.join()

    def table(self):
        """Of each process: MB at a quarter, a half, three quarters and the end of its life, and the most."""
        rows = []
        for pid, samples in self.samples.items():
            sizes = [mb for _, mb in samples if mb > 0]
            if len(sizes) >= 4:
                quarters = [sizes[len(sizes) * q // 4 - 1] for q in (1, 2, 3, 4)]
                rows.append(f"pid {pid}: " + " ".join(f"{mb:.0f}" for mb in quarters) + f" MB, at most {max(sizes):.0f}")
        return rows


class Cluster:
    """A master and workers with so many cores each."""

    def __init__(self, folder, cores=(1, 1), memory="2g"):
        self.folder = pathlib.Path(folder)
        (self.folder / "home/jars").mkdir(parents=True, exist_ok=True)
        self.port = self.free_port()
        self.address = f"spark://127.0.0.1:{self.port}"
        self.master = self.start("master", "org.apache.spark.deploy.master.Master", "--port", self.port)
        self.wait()
        self.workers = [
            self.start(f"worker{i}", "org.apache.spark.deploy.worker.Worker", "--port", 0, "--cores", c, "--memory", memory,
                       "--work-dir", self.folder / f"work{i}", self.address)
            for i, c in enumerate(cores)]

    @staticmethod
    def free_port():
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    def start(self, name, main, *arguments):
        env = dict(os.environ, SPARK_HOME=str(self.folder / "home"), SPARK_SCALA_VERSION="2.13", SPARK_LOCAL_IP="127.0.0.1")
        command = java(main, "--host", "127.0.0.1", "--webui-port", 0, *arguments, options=["-Xmx256m"])
        log = open(self.folder / f"{name}.log", "w")
        return subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)

    def wait(self):
        for _ in range(600):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"no master; see {self.folder}/master.log")

    def executors(self):
        return [pid for w in self.workers for pid in children(w.pid)]

    def job(self, *arguments, executor_cores=1, executor_memory="1g", driver=()):
        """A TranscribeJob on this cluster, with its own process as the driver."""
        settings = {"master": self.address, "executor.cores": executor_cores, "executor.memory": executor_memory,
                    "executor.extraClassPath": class_path(), "ui.enabled": "false",
                    "driver.host": "127.0.0.1", "driver.bindAddress": "127.0.0.1"}
        options = [f"-Dspark.{k}={v}" for k, v in settings.items()]
        return java("org.quantvoice.spark.TranscribeJob", *arguments, options=[*options, *driver])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.executors():
            os.kill(pid, signal.SIGKILL)
        for process in [*self.workers, self.master]:
            process.kill()
            process.wait()
