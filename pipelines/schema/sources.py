"""What a person types as a schema: a file, a release that is known, or a file of a git revision.

bookshop.xsd                        a file
dmfa@2023/1                         a release, as `kwartaal schema list` shows it
HEAD~1:schemas/bookshop.xsd         a file of a revision, from the top of its repository
v1.2:./bookshop.xsd                 the same from where you are, as git has it
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.schema.git import GitError, Repository
from schemas.catalogue import Catalogue
from schemas.compare.difference import Comparison, Difference, Location
from schemas.compare.references import closure
from schemas.kind import MessageKind
from schemas.kinds import message_named
from schemas.messages import message_of
from schemas.quarter import Quarter

_RELEASE = re.compile(r"(?P<name>\w+)@(?P<quarter>[^:]+)")

_REVISION = re.compile(r"(?P<revision>(?:@\{[^}]*\}|[^:])+):(?P<path>.+)", re.DOTALL)


class SourceError(ValueError):
    """There is no such schema; says what was looked for."""


@dataclass(frozen=True)
class Source:
    """A schema at ``path``, with its includes where it names them. ``label``: what it was asked as.
    Its files are told relative to ``root``, with ``prefix`` before. ``release``: what it is a
    release of, where it was asked for as one."""

    path: Path
    label: str
    root: Path
    prefix: Path = Path()
    release: tuple[MessageKind, Quarter] | None = None

    @property
    def begins(self) -> str | None:
        """The element that documents of a release begin with."""
        return None if self.named is None else self.named[0].root

    @cached_property
    def named(self) -> tuple[MessageKind, Quarter] | None:
        """The release that it is, or that its file name says of a message that it describes."""
        if self.release is not None:
            return self.release
        kind = message_of(self.path)
        quarter = None if kind is None else kind.release_of_file(self.path.name)
        return None if kind is None or quarter is None else (kind, quarter)

    def told(self, file: Path) -> Path:
        """A file as a person knows it: without the folder that it was put in to be read."""
        whole = file.resolve()
        root = self.root.resolve()
        return self.prefix / whole.relative_to(root) if whole.is_relative_to(root) else whole

    def said(self, text: str) -> str:
        """A message about its files with their names as a person knows them."""
        for root in {self.root, self.root.resolve()}:
            text = text.replace(f"{root.absolute().as_uri()}/", "").replace(f"{root}/", "")
        return text


@contextmanager
def source(text: str, registry: Path | None, folder: Path | None = None) -> Iterator[Source]:
    """The schema that a text names, for as long as it is needed; ``SourceError`` without one.

    A file comes first. ``folder`` is where relative names begin: the working directory.
    """
    here = folder or Path.cwd()
    if (here / text).is_file():
        yield _file(text, here)
    elif ":" in text:
        with _of_revision(text, here) as found:
            yield found
    elif match := _RELEASE.fullmatch(text):
        yield _release(match["name"], match["quarter"], registry, here)
    else:
        raise SourceError(
            f"no file {text!r}; a release is written dmfa@2023/1, a file of a git revision"
            " HEAD~1:folder/file.xsd"
        )


def _file(text: str, here: Path) -> Source:
    path = here / text
    if path.resolve().is_relative_to(here.resolve()):
        return Source(path, text, here)
    return Source(path, text, path.parent, Path(text).parent)


def _release(name: str, quarter: str, registry: Path | None, here: Path) -> Source:
    try:
        message, label = message_named(name), Quarter.parse(quarter)
    except (LookupError, ValueError) as error:
        raise SourceError(str(error.args[0])) from error
    catalogue = Catalogue(registry)
    found = catalogue.find(message, label)
    if found is None:
        known = ", ".join(q.slash for q in catalogue.releases(message))
        raise SourceError(f"no release {label.slash} of {name} is known: {known}")
    return Source(found.path, f"{name}@{label.slash}", here, release=(message, label))


@contextmanager
def _of_revision(text: str, here: Path) -> Iterator[Source]:
    match = _REVISION.fullmatch(text)
    if match is None:
        raise SourceError(f"{text!r}: a revision comes before the colon: HEAD:folder/file.xsd")
    try:
        repository = Repository.around(here)
        tree = repository.tree(match["revision"])
        path = _from_top(match["path"], here, repository)
        with exported(repository, tree, path, text) as found:
            yield found
    except GitError as error:
        raise SourceError(f"{text!r} is no file, and no file of a git revision: {error}") from error


def _from_top(path: str, here: Path, repository: Repository) -> str:
    if not path.startswith(("./", "../")):
        return posixpath.normpath(path)
    below = here.resolve().relative_to(repository.root.resolve()).as_posix()
    return posixpath.normpath(posixpath.join(below, path))


@contextmanager
def exported(repository: Repository, tree: str, path: str, label: str) -> Iterator[Source]:
    """A schema of a commit or tree with all that it is made of, in a folder that is removed after.

    ``SourceError`` when the tree has no such file.
    """

    def read(wanted: str) -> bytes | None:
        return repository.read(tree, (wanted,)).get(wanted)

    files = closure(path, read)
    if path not in files:
        raise SourceError(f"{label}: the revision has no file {path!r}")
    with TemporaryDirectory(prefix="kwartaal-") as name:
        folder = Path(name).resolve()
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        yield Source(folder / path, label, folder)


def told(comparison: Comparison, old: Source, new: Source) -> Comparison:
    """A comparison with its locations as a person knows them."""

    def at(location: Location | None, source: Source) -> Location | None:
        return location and Location(source.told(location.file), location.line)

    def retold(one: Difference) -> Difference:
        return replace(one, old_at=at(one.old_at, old), new_at=at(one.new_at, new))

    return replace(comparison, differences=tuple(map(retold, comparison.differences)))
