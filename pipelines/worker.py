"""A worker process of the local runner: Beam's own, that ends when the run does.

``python -m pipelines.worker PID``. It leaves Ctrl-C to the process that started it (``PID``), and
on Linux the kernel kills it when that process is gone, however that ended. Beam is imported only
when that is arranged: its import takes seconds, in which a run may be interrupted.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        return  # it was gone before the kernel was told to look
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(sys.argv[:1])


if __name__ == "__main__":
    main()
