"""Runners of other makes, as processes of their own on this machine."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from operators import QUARTER

_PATIENCE = 60.0
_BIN = Path(sys.executable).parent
_PATH = f"{_BIN}{os.pathsep}{os.environ['PATH']}"
_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("KWARTAAL_")}
_ENVIRONMENT |= {"PATH": _PATH}


@contextmanager
def dask_cluster(folder: Path, workers: int, preload: Path) -> Iterator[str]:
    """The address of a scheduler with workers that load ``preload`` first."""
    told = folder / "scheduler.json"
    known = f"--scheduler-file={told}"
    quiet = ("--no-dashboard", "--host=127.0.0.1")
    with ExitStack() as started:
        scheduler = (_BIN / "dask", "scheduler", known, "--port=0", *quiet)
        started.enter_context(_process(folder / "scheduler.log", *scheduler))
        for number in range(workers):
            worker = (_BIN / "dask", "worker", known, "--no-nanny", "--nthreads=2", *quiet)
            place = (f"--local-directory={folder / str(number)}", f"--preload={preload}")
            started.enter_context(_process(folder / f"worker-{number}.log", *worker, *place))
        _wait_for(told.exists)
        yield json.loads(told.read_text())["address"]


@contextmanager
def job_service(folder: Path) -> Iterator[str]:
    """The endpoint of Beam's own portable job service."""
    told = folder / "port"
    module = "apache_beam.runners.portability.local_job_service_main"
    command = (sys.executable, "-m", module, f"--port_file={told}")
    with _process(folder / "job-service.log", *command):
        _wait_for(told.exists)
        yield f"localhost:{told.read_text()}"


@contextmanager
def worker_pool(folder: Path) -> Iterator[str]:
    """The address of a pool that starts worker processes when a runner asks for them."""
    port = _free_port()
    module = "apache_beam.runners.worker.worker_pool_main"
    command = (sys.executable, "-m", module, f"--service_port={port}")
    with _process(folder / "pool.log", *command):
        _wait_for(lambda: _answers(port))
        yield f"localhost:{port}"


@contextmanager
def _process(log: Path, *command: str | Path) -> Iterator[None]:
    with log.open("wb") as output:
        started = subprocess.Popen(
            [*map(str, command)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(started.pid, 9)
            started.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("localhost", port)) == 0


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not start"
        time.sleep(0.05)


def kwartaal_run(lake: Path, files: Path, *beam_args: str) -> subprocess.CompletedProcess[str]:
    """``kwartaal run`` as an operator types it, with Beam's options behind ``--``."""
    command = [_BIN / "kwartaal", "run", "dmfa", "--quarter", str(QUARTER), "--input", files]
    return subprocess.run(
        [*map(str, command), "--lake", str(lake), "--", *beam_args],
        capture_output=True,
        text=True,
        env=_ENVIRONMENT,
        timeout=120,
    )
