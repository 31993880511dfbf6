"""CPU, memory and bytes of a command with everything below it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from process_tree import CommandFailed, command_line, measure, parent, peak_memory, role_of, tree

MEGABYTE = 1_000_000
HOLDS = (
    "held = bytearray({}); held[::4096] = b'1' * len(held[::4096]); import time; time.sleep(0.5)"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_memory_is_told_for_each_process_of_a_tree() -> None:
    child = HOLDS.format(150 * MEGABYTE)
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    found = measure(python(code))
    assert len(found.peaks) == 2
    assert 150 * MEGABYTE < found.peaks[0].memory < 200 * MEGABYTE
    assert found.peaks[0].role == "other"
    assert 0 < found.peak("driver") < 100 * MEGABYTE
    assert found.peak("worker") == 0


def test_cpu_time_and_bytes_of_an_orphan_count(tmp_path: Path) -> None:
    """The parent ends at once; the grandchild works on, and is waited for."""
    (tmp_path / "read").write_bytes(bytes(30 * MEGABYTE))
    work = f"open({str(tmp_path / 'read')!r}, 'rb').read()\nn = 0\nwhile n < 5_000_000: n += 1"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    idle = measure(python("pass"))
    found = measure(python(code))
    assert found.cpu > idle.cpu + 0.1
    assert found.read > idle.read + 29 * MEGABYTE


def test_wall_time_and_output() -> None:
    found = measure(["sh", "-c", "sleep 0.3; echo done"])
    assert 0.3 <= found.wall < 2
    assert found.cpu < 0.25
    assert found.output == "done\n"


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(CommandFailed, match="it broke"):
        measure(["sh", "-c", "echo it broke >&2; exit 3"])
    assert measure(["sh", "-c", "exit 1"], accepted=(0, 1)).output == ""


def test_a_tree_is_known_by_parents() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 30 & wait"]) as shell:
        deadline = time.monotonic() + 5
        while len(tree(shell.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        (sleeping,) = tree(shell.pid) - {shell.pid}
        assert parent(sleeping) == shell.pid
        assert "sleep" in command_line(sleeping)
        assert peak_memory(sleeping) > 0
        os.kill(sleeping, signal.SIGTERM)  # the shell has waited for it, and ends
    assert peak_memory(sleeping) == peak_memory(shell.pid) == 0


def test_roles_are_told_by_command_lines() -> None:
    assert role_of("python -m pipelines.worker 4711") == "worker"
    assert role_of("python -c from multiprocessing.spawn import spawn_main") == "worker"
    assert role_of("python -c from multiprocessing.resource_tracker import main") == "other"
