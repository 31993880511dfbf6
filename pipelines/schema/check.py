"""Schemas that have changed since a commit, compared and judged by a policy."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.schema.changes import Changed, changed_schemas
from pipelines.schema.git import GitError, Repository
from pipelines.schema.sources import Source, exported, told
from schemas.compare.checked import Change, Checked, Outcome, Problem
from schemas.compare.comparison import compare_schemas
from schemas.compare.component import Schema
from schemas.compare.history import with_history
from schemas.compare.particle import local
from schemas.compare.policy import Level, Policy, Sort, judge, waiver_remarks
from schemas.compare.predecessor import predecessor
from schemas.model import SchemaError


@dataclass(frozen=True)
class Base:
    """What a working tree is compared with. ``commit``: None when there is nothing to compare with,
    and ``remark`` says why."""

    label: str
    commit: str | None
    remark: str | None = None


def base(repository: Repository, policy: Policy, against: str | None = None) -> Base:
    """Where the working tree has left ``against``: their merge base.

    Without it the main branch is taken; and where nothing has changed since that, because this is
    the main branch, the commit before the last one. ``GitError`` when ``against`` is not there.
    """
    if against is not None:
        return _merge_base(repository, against)
    found = _merge_base(repository, repository.main_branch() or "HEAD")
    if found.commit != repository.commit("HEAD") or _is_touched(repository, policy):
        return found
    if repository.has("HEAD~1"):
        return _named("HEAD~1", repository.commit("HEAD~1"))
    why = "the clone is shallow" if repository.is_shallow else "there is no earlier commit"
    return Base("nothing", None, f"nothing to compare with: {why}; no schema was checked")


def _is_touched(repository: Repository, policy: Policy) -> bool:
    """Whether schemas are changed that are not committed."""
    return any(map(policy.looks_at, repository.changed("HEAD")))


def _merge_base(repository: Repository, revision: str) -> Base:
    commit = repository.commit(revision)
    common = repository.merge_base(commit)
    if common:
        return _named(revision, common)
    said = f"HEAD and {revision} have no common commit here: compared with {revision} itself"
    return Base(_named(revision, commit).label, commit, said)


def _named(revision: str, commit: str) -> Base:
    return Base(f"{revision} ({commit[:10]})", commit)


def check(
    repository: Repository,
    base: Base,
    policy: Policy,
    today: date,
    within: Sequence[str] = (),
    *,
    with_proofs: bool = True,
) -> Outcome:
    """Every schema that has changed, with what the policy says. A defective one stops no other."""
    remarks = [base.remark] if base.remark else []
    if base.commit is None:
        return Outcome((), base.label, tuple(remarks))
    _all_known(repository, base, within)
    found = changed_schemas(repository, base.commit, policy, within)
    checking = _Checking(repository, base.commit, policy, today, with_proofs)
    checked = tuple(checking.checked(one) for one in found)
    judged = [judged for one in checked for judged in one.judged]
    remarks += waiver_remarks(policy, judged, today, is_whole=not within)
    return Outcome(checked, base.label, tuple(remarks))


def _all_known(repository: Repository, base: Base, within: Sequence[str]) -> None:
    """A mistyped name would find nothing, and look like nothing wrong."""
    gone = [path for path in within if not (repository.root / path).exists()]
    known = repository.files_of(base.commit or "HEAD") if gone else ()
    for path in gone:
        if not any(file == path or file.startswith(f"{path}/") for file in known):
            raise GitError(f"{path} is neither in the working tree nor in {base.label}")


@dataclass(frozen=True)
class _Checking:
    repository: Repository
    commit: str
    policy: Policy
    today: date
    with_proofs: bool

    def checked(self, changed: Changed) -> Checked:
        if changed.change is Change.DELETED:
            return self._deleted(changed)
        new = Source(self.repository.root / changed.file, changed.file, self.repository.root)
        sort = self.policy.sort_of(changed.file, is_new=changed.change is Change.NEW)
        if changed.before is None:
            return Checked(changed.file, None, changed.change, sort, problems=(self._alone(new),))
        with ExitStack() as stack:
            old = self._before(changed.before, changed.is_committed, stack)
            return self._compared(changed, sort, old, new)

    def _deleted(self, changed: Changed) -> Checked:
        level = Level.NOTE if self.policy.deletion else Level.ERROR
        problem = Problem(level, "deleted: what names it can no longer be judged by it")
        return Checked(changed.file, self._label(changed.file), changed.change, problems=(problem,))

    def _alone(self, new: Source) -> Problem:
        found = loaded(new, self.policy)
        if isinstance(found, Problem):
            return found
        return Problem(Level.NOTE, "new, and follows no schema that is known")

    def _before(self, file: str, is_committed: bool, stack: ExitStack) -> Source:
        if is_committed:
            label = self._label(file)
            return stack.enter_context(exported(self.repository, self.commit, file, label))
        return Source(self.repository.root / file, file, self.repository.root)

    def _label(self, file: str) -> str:
        return f"{self.commit[:10]}:{file}"

    def _compared(self, changed: Changed, sort: Sort, old: Source, new: Source) -> Checked:
        checked = Checked(changed.file, old.label, changed.change, sort)
        after = loaded(new, self.policy)
        if isinstance(after, Problem):
            return replace(checked, problems=(after,))
        before = loaded(old, self.policy)
        if isinstance(before, Problem):
            said = f"not compared, as it was defective before: {before.text}"
            return replace(checked, problems=(Problem(Level.WARNING, said),))
        try:
            found = compare_schemas(
                before,
                after,
                (old.label, new.label),
                self._roots(before, after),
                with_proofs=self.with_proofs,
            )
        except SchemaError as error:
            said = f"not compared: {new.said(old.said(str(error)))}"
            return replace(checked, problems=(Problem(Level.ERROR, said),))
        try:
            found = with_history(found, self._earlier(changed.before or changed.file))
        except SchemaError as error:
            said = f"what was in use before was not looked at: {error}"
            checked = replace(checked, problems=(Problem(Level.NOTE, said),))
        comparison = told(found, old, new)
        judged = judge(comparison.differences, sort, changed.file, self.policy, self.today)
        return replace(checked, comparison=comparison, judged=judged)

    def _earlier(self, file: str) -> Iterator[Path]:
        """The schemas of the working tree that a file follows, the newest first."""
        files = [one for one in self.repository.files() if self.policy.looks_at(one)]
        before = predecessor(file, files, self.policy.releases)
        while before is not None:
            yield self.repository.root / before
            before = predecessor(before, files, self.policy.releases)

    def _roots(self, old: Schema, new: Schema) -> list[str]:
        """Those of the policy that one of the two declares: a policy is for many schemas."""
        declared = {local(name) for schema in (old, new) for name in schema.globals}
        return [root for root in self.policy.roots if root in declared]


def loaded(source: Source, policy: Policy) -> Schema | Problem:
    """A schema, or why it cannot be used."""
    try:
        return Schema(source.path, number=policy.number)
    except SchemaError as error:
        return Problem(Level.ERROR, f"defective: {source.said(str(error))}")
    except UnicodeError:
        return Problem(Level.ERROR, "defective: the name of the file is no UTF-8 text")
