"""What is asked of git: revisions, the files in them, what differs from the working tree."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_ENVIRONMENT = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class GitError(Exception):
    """What was asked for is not there; says what to do about it where it can."""


@dataclass(frozen=True)
class Repository:
    """A git repository with a working tree. ``root``: its top folder."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> "Repository":
        """The repository that a folder is in."""
        done = _git(folder, "rev-parse", "--show-toplevel")
        if done.returncode:
            raise GitError(f"{folder.absolute()} is not in a git repository: {_said(done)}")
        return cls(Path(os.fsdecode(done.stdout).rstrip("\n")))

    def commit(self, revision: str) -> str:
        """The full name of a commit."""
        return self._verified(revision, "commit")

    def tree(self, revision: str) -> str:
        """The full name of the tree of a commit or tag, or of a tree itself."""
        return self._verified(revision, "tree")

    def has(self, revision: str) -> bool:
        return not _git(self.root, *_parsed(revision, "commit")).returncode

    def _verified(self, revision: str, what: str) -> str:
        done = _git(self.root, *_parsed(revision, what))
        if done.returncode:
            why = "; the clone is shallow: fetch more of its history" if self.is_shallow else ""
            raise GitError(f"{self.root.name} has no revision {revision!r}{why}")
        return os.fsdecode(done.stdout).strip()

    @property
    def is_shallow(self) -> bool:
        return _git(self.root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def merge_base(self, revision: str) -> str | None:
        """Where HEAD left another line of work; None when nothing known is common to both."""
        done = _git(self.root, "merge-base", "--end-of-options", revision, "HEAD")
        return os.fsdecode(done.stdout).strip() if not done.returncode else None

    def main_branch(self) -> str | None:
        """The branch that others start from: that of the remote first."""
        return next((name for name in _MAIN if self.has(name)), None)

    def changed(self, commit: str) -> set[str]:
        """Files of a commit that are not in the working tree as they were, and files that are new
        there, except ignored ones."""
        options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative")
        differing = self._names("diff", *options, commit, "--")
        return {*differing, *self._names("ls-files", "-z", "--others", "--exclude-standard")}

    def files(self) -> set[str]:
        """Files of the working tree, except ignored ones."""
        names = self._names("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return {name for name in names if (self.root / name).is_file()}

    def files_of(self, commit: str) -> set[str]:
        return set(self._names("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit))

    def _names(self, *command: str) -> Iterator[str]:
        done = _git(self.root, *command)
        if done.returncode:
            raise GitError(f"git {command[0]}: {_said(done)}")
        return (os.fsdecode(name) for name in done.stdout.split(b"\0") if name)

    def read(self, tree: str, paths: Iterable[str]) -> dict[str, bytes]:
        """The content of files of a commit or tree; those that it does not have are left out.

        Symbolic links inside the tree are followed, as a checkout would have them.
        """
        asked = [path for path in paths if "\n" not in path]
        lines = "".join(f"{tree}:{path}\n" for path in asked)
        command = ("cat-file", "--batch", "--follow-symlinks")
        done = _git(self.root, *command, given=os.fsencode(lines))
        if done.returncode:
            raise GitError(f"git cat-file: {_said(done)}")
        contents = dict(zip(asked, _objects(done.stdout, len(asked)), strict=True))
        return {path: content for path, content in contents.items() if content is not None}


def _objects(output: bytes, number: int) -> Iterator[bytes | None]:
    """What ``cat-file --batch`` answers: a line ``name type size``, the content and a newline; or
    ``name missing``; or, of a link that leads nowhere, ``dangling size`` and its target."""
    at = 0
    for _ in range(number):
        end = output.index(b"\n", at)
        *_, kind, size = output[at:end].rsplit(b" ", 2)
        at = end + 1
        if size == b"missing" or not size.isdigit():
            yield None
            continue
        content = output[at : at + int(size)]
        at += int(size) + 1
        yield content if kind == b"blob" else None


def _parsed(revision: str, what: str) -> tuple[str, ...]:
    return ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{{what}}}")


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = os.fsdecode(done.stderr).strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git ended with code {done.returncode}"


def _git(folder: Path, *command: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 (a list: no shell reads it)
            ("git", "-C", str(folder), *command),  # noqa: S607 (git is where PATH has it)
            input=given,
            capture_output=True,
            check=False,
            env=os.environ | _ENVIRONMENT,
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed, or not in PATH") from error
