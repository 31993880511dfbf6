"""The saved queries of whoever works here: the ``.sql`` files of a git repository."""

from pathlib import Path

from pipelines.schema.git import GitError, Repository


def saved_queries(folder: Path) -> tuple[Path, ...]:
    """The ``.sql`` files of the working tree around a folder, but for ignored ones; none where
    there is no repository, or no git."""
    try:
        repository = Repository.around(folder)
        names = repository.files()
    except (GitError, OSError):
        return ()
    return tuple(repository.root / name for name in sorted(names) if name.endswith(".sql"))
