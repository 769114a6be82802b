"""A pool of worker processes, started on demand."""

import atexit
import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, local

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Workers:
    """Runs fences in other processes; each thread of the pool minds one.

    All numbers are computed with one thread for each process, so that they are
    the same however many processes there are.
    """

    def __init__(self, count: int) -> None:
        self.pool = ThreadPoolExecutor(count, thread_name_prefix="press")
        self.mine = local()
        self.processes: list[subprocess.Popen] = []
        self.lock = Lock()
        atexit.register(self.close)

    def submit(self, code: str, options: str = "") -> Future:
        """Run a fence as soon as a process is free; see press.worker."""
        return self.pool.submit(self._run, {"code": code, "options": options})

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        with self.lock:
            for process in self.processes:
                process.kill()
                process.wait()

    def _run(self, job: dict) -> dict:
        process = self._process()
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            ended = process.wait()
            return {
                "error": "an end of its process",
                "said": f"exit code {ended}",
                "line": 1,
                "inside": "",
                "digest": None,
            }

    def _process(self) -> subprocess.Popen:
        process = getattr(self.mine, "process", None)
        if process is None or process.poll() is not None:
            process = self.mine.process = self._start()
        return process

    def _start(self) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", "press.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | ONE_THREAD,
        )
        with self.lock:
            self.processes.append(process)
        return process


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
