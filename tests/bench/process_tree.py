"""What a command costs with everything that it starts: wall, CPU, bytes read, memory a process.

Linux only. CPU time and bytes are exact: whatever the command leaves behind is handed to this
process by the kernel, and counted when it is reaped. Peaks are those that the kernel keeps
(``VmHWM``), looked at ten times a second: a process that grows in its last moment is told a little
small. Only one command is measured at a time.
"""

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

INTERVAL = 0.1
"""Seconds between two looks at the memory."""
PROC = Path("/proc")
WORKER_MARKS = ("pipelines.worker", "multiprocessing.spawn", "multiprocessing-fork")
_PR_SET_CHILD_SUBREAPER = 36
_KIB = 1024
_MESSAGE = 2000


class CommandFailed(RuntimeError):
    """A measured command ended with an exit code that means failure."""


@dataclass(frozen=True)
class Peak:
    """Largest resident memory of one process, in bytes; ``role``: driver, worker or other."""

    role: str
    memory: int


@dataclass(frozen=True)
class Measured:
    """One command: seconds of wall clock and CPU (user and system, all processes), bytes read by
    calls to the kernel (not those of mapped files; this process's own looks add about 0.3 MB a
    second), peaks with the largest first."""

    wall: float
    cpu: float
    read: int
    peaks: tuple[Peak, ...]
    output: str

    def peak(self, role: str) -> int:
        """The largest peak of a role; 0 where no such process was seen."""
        return max((peak.memory for peak in self.peaks if peak.role == role), default=0)


def measure(command: Sequence[str], accepted: tuple[int, ...] = (0,)) -> Measured:
    """Runs a command to its end. ``CommandFailed`` tells the end of its stderr."""
    _adopt_orphans()
    others = children(os.getpid())
    cpu, read = _spent()
    with TemporaryFile() as output, TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=errors)
        with _Watch(child.pid) as watch:
            code = child.wait()
            wall = time.perf_counter() - start
            _reap(others)
        after_cpu, after_read = _spent()
        if code not in accepted:
            raise CommandFailed(f"{' '.join(command)[:200]}: exit code {code}\n{_tail(errors)}")
        output.seek(0)
        text = output.read().decode()
    return Measured(wall, after_cpu - cpu, after_read - read, watch.peaks(), text)


class _Watch:
    """Looks at the memory of a process and of all below it, in a thread of its own."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._seen: dict[int, Peak] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def peaks(self) -> tuple[Peak, ...]:
        return tuple(sorted(self._seen.values(), key=lambda peak: -peak.memory))

    def _look(self) -> None:
        while True:
            for pid in tree(self._root):
                memory = peak_memory(pid)
                if memory:
                    # A process that is replaced (exec) starts anew; its role may change as well.
                    self._seen[pid] = Peak(self._role(pid), memory)
            if self._done.wait(INTERVAL):
                return

    def _role(self, pid: int) -> str:
        return "driver" if pid == self._root else role_of(command_line(pid))


def role_of(command: str) -> str:
    """``worker`` for the processes that do the work of a run or of a pool."""
    return "worker" if any(mark in command for mark in WORKER_MARKS) else "other"


def command_line(pid: int) -> str:
    return _read(PROC / str(pid) / "cmdline").replace(b"\0", b" ").decode(errors="replace")


def children(pid: int) -> set[int]:
    return _families().get(pid, set())


def tree(root: int) -> set[int]:
    """A process and everything below it that is alive."""
    below = _families()
    found, ahead = set[int](), [root]
    while ahead:
        pid = ahead.pop()
        found.add(pid)
        ahead += below.get(pid, ())
    return found


def _families() -> dict[int, set[int]]:
    """Children by parent, of the whole machine."""
    below: dict[int, set[int]] = {}
    for pid in (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()):
        below.setdefault(parent(pid), set()).add(pid)
    return below


def parent(pid: int) -> int:
    """0 when the process is gone. The name before it in ``stat`` may hold blanks and brackets."""
    stat = _read(PROC / str(pid) / "stat").decode(errors="replace")
    return int(stat.rpartition(")")[2].split()[1]) if stat else 0


def peak_memory(pid: int) -> int:
    """``VmHWM`` of a process in bytes, 0 when it is gone."""
    for line in _read(PROC / str(pid) / "status").decode(errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * _KIB
    return 0


def _read(path: Path) -> bytes:
    """A file of ``/proc``; nothing when its process is gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _adopt_orphans() -> None:
    """Processes below this one that lose their parent become its own children."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _reap(others: set[int]) -> None:
    """Waits for everything that the command left to this process, which has ``others`` as well."""
    me = os.getpid()
    while left := children(me) - others:
        for pid in left:
            os.waitpid(pid, 0)


def _spent() -> tuple[float, int]:
    """CPU seconds of all children that ended, and bytes that they and this process read."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    counts = dict(line.split(": ") for line in (PROC / "self" / "io").read_text().splitlines())
    return used.ru_utime + used.ru_stime, int(counts["rchar"])


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - _MESSAGE))
    return errors.read().decode(errors="replace")
