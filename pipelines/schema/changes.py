"""Which schemas have changed since a commit: they themselves, or a file that they are made of."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pipelines.schema.git import Repository
from schemas.compare.checked import Change
from schemas.compare.policy import Policy
from schemas.compare.predecessor import predecessor
from schemas.compare.references import Read, closure, entries


@dataclass(frozen=True)
class Changed:
    """A schema that documents are judged by. ``before``: the file that it is compared with, which
    ``is_committed`` in the older commit or lies in the working tree."""

    file: str
    change: Change
    before: str | None = None
    is_committed: bool = True


class Side:
    """The schemas of a commit or of the working tree. ``made_of``: what each is made of."""

    def __init__(self, files: Collection[str], read: Read, policy: Policy) -> None:
        self.read = read
        looked_at = sorted(filter(policy.looks_at, files))
        self.made_of = {file: frozenset(closure(file, read)) for file in looked_at}

    @cached_property
    def entries(self) -> set[str]:
        return entries(self.made_of)


def changed_schemas(
    repository: Repository, commit: str, policy: Policy, within: Sequence[str] = ()
) -> list[Changed]:
    """In order of their files; only those in or made of files below ``within``, if given."""
    touched = repository.changed(commit)
    if not touched:
        return []
    old = _committed(repository, commit, policy)
    new = Side(repository.files(), _from_working_tree(repository), policy)
    found = [*_kept(old, new, touched), *_come_and_gone(old, new, touched, policy)]
    return sorted(
        (one for one in found if not within or _lies_in(one, old, new, within)),
        key=lambda one: one.file,
    )


def _committed(repository: Repository, commit: str, policy: Policy) -> Side:
    files = repository.files_of(commit)
    contents = repository.read(commit, filter(policy.looks_at, files))

    def read(path: str) -> bytes | None:
        if path not in contents and path in files:
            contents.update(repository.read(commit, (path,)))
        return contents.get(path)

    return Side(files, read, policy)


def _from_working_tree(repository: Repository) -> Read:
    @cache
    def read(path: str) -> bytes | None:
        file = repository.root / path
        return file.read_bytes() if file.is_file() else None

    return read


def _kept(old: Side, new: Side, touched: set[str]) -> Iterator[Changed]:
    """Files that were there and are there, and of which any part was touched."""
    for file in (old.entries | new.entries) & old.made_of.keys() & new.made_of.keys():
        if touched & (old.made_of[file] | new.made_of[file]):
            yield Changed(file, Change.CHANGED, file)


def _come_and_gone(old: Side, new: Side, touched: set[str], policy: Policy) -> Iterator[Changed]:
    """What is not there because only a part of the tree was checked out is not gone."""
    come = sorted(new.entries - old.made_of.keys())
    gone = sorted((old.entries - new.made_of.keys()) & touched)
    moved = _moved(come, gone, old, new)
    for file in come:
        if file in moved:
            yield Changed(file, Change.MOVED, moved[file])
        else:
            yield _new(file, old, new, policy)
    for file in set(gone) - set(moved.values()):
        yield Changed(file, Change.DELETED)


def _new(file: str, old: Side, new: Side, policy: Policy) -> Changed:
    """A new file with the one that it follows: as it was published, or new like itself."""
    others = (old.entries | new.entries) - {file}
    before = predecessor(file, others, policy.releases)
    return Changed(file, Change.NEW, before, before in old.made_of)


def _moved(come: Sequence[str], gone: Sequence[str], old: Side, new: Side) -> dict[str, str]:
    """Where a new file was before: a file that is gone and has the same content; of the others,
    one that has the same name and is the only one."""
    moved = _paired(come, gone, new.read, old.read)
    left = [file for file in come if file not in moved]
    without = [file for file in gone if file not in moved.values()]
    return moved | _paired(left, without, _name, _name)


def _paired(
    come: Sequence[str],
    gone: Sequence[str],
    trait: Callable[[str], object],
    old_trait: Callable[[str], object],
) -> dict[str, str]:
    """New and gone files that share what no other new or gone file has."""
    new_traits = {file: trait(file) for file in come}
    old_traits = {file: old_trait(file) for file in gone}
    numbers = Counter(new_traits.values()) + Counter(old_traits.values())
    origins = {found: file for file, found in old_traits.items() if numbers[found] == 2}
    return {file: origins[found] for file, found in new_traits.items() if found in origins}


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _lies_in(changed: Changed, old: Side, new: Side, within: Sequence[str]) -> bool:
    parts = {changed.file, *new.made_of.get(changed.file, ()), *old.made_of.get(changed.file, ())}
    if changed.before and changed.change is Change.MOVED:
        parts.add(changed.before)
    return any(part == path or part.startswith(f"{path}/") for part in parts for path in within)
