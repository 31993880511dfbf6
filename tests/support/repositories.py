"""Git repositories of schemas in a folder, for tests."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Repo:
    root: Path

    @classmethod
    def begun(cls, root: Path) -> "Repo":
        root.mkdir(parents=True, exist_ok=True)
        repo = cls(root)
        repo.git("init", "--quiet", "--initial-branch=main")
        return repo

    def git(self, *command: str) -> str:
        done = subprocess.run(
            ("git", "-C", str(self.root), *command),
            env=os.environ | _IDENTITY,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"git {' '.join(command)}: {done.stderr}"
        return done.stdout.strip()

    def write(self, **files: str) -> None:
        """Files by path: ``{"orders/order.xsd": text}`` as keyword arguments of a mapping."""
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def remove(self, *paths: str) -> None:
        for path in paths:
            (self.root / path).unlink()

    def commit(self, **files: str) -> str:
        """All that is in the folder, after these files were written; the name of the commit."""
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "more")
        return self.git("rev-parse", "HEAD")

    def clone(self, to: Path, *options: str) -> "Repo":
        self.git("clone", "--quiet", *options, self.root.as_uri(), str(to))
        return Repo(to)


def schema(*declarations: str) -> str:
    """A schema without a namespace, in three lines and one for each declaration."""
    lines = "\n".join(declarations)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n{lines}\n</xs:schema>\n'
    )


def element(name: str, *content: str) -> str:
    """A declaration of an element with a sequence of others."""
    return (
        f'<xs:element name="{name}"><xs:complexType><xs:sequence>{"".join(content)}'
        "</xs:sequence></xs:complexType></xs:element>"
    )


def leaf(name: str, kind: str = "xs:string", occurs: str = "") -> str:
    return f'<xs:element name="{name}" type="{kind}"{occurs}/>'


def codes(name: str, *values: str) -> str:
    """A simple type that has these values."""
    listed = "".join(f'<xs:enumeration value="{value}"/>' for value in values)
    return (
        f'<xs:simpleType name="{name}"><xs:restriction base="xs:string">{listed}'
        "</xs:restriction></xs:simpleType>"
    )


def include(path: str) -> str:
    return f'<xs:include schemaLocation="{path}"/>'


OPTIONAL = ' minOccurs="0"'
