"""The saved queries of whoever works here: the ``.sql`` files of a git repository."""

import subprocess
from pathlib import Path


def saved_queries(folder: Path) -> tuple[Path, ...]:
    """The ``.sql`` files that the git repository around a folder keeps; none where there is no
    repository, or no git."""
    try:
        top = Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n"))
        listed = _git(folder, "ls-files", "-z", "--full-name", ":/*.sql")
    except (OSError, subprocess.CalledProcessError):
        return ()
    paths = (top / name for name in listed.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def _git(folder: Path, *asked: str) -> str:
    command = ("git", "-C", str(folder), *asked)
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    return done.stdout
