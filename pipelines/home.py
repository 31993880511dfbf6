"""What all jobs are made of: a run, its directory in the lake, and the releases it judges by."""

from functools import lru_cache
from pathlib import Path

from schemas.catalogue import Catalogue
from warehouse.files import Place, place


class AtHome:
    """A run with a directory of its own. ``home``: its address; ``registry``: folder of registered
    releases."""

    run_id: str
    home: str
    registry: str | None

    @property
    def catalogue(self) -> Catalogue:
        return _catalogue(self.registry, self.run_id)

    @property
    def place(self) -> Place:
        """The run's directory."""
        return place(self.home)

    def folder(self, name: str) -> Place:
        """A folder of the run, made when it is not there."""
        folder = self.place / name
        folder.make()
        return folder


@lru_cache(maxsize=2)
def _catalogue(registry: str | None, run_id: str) -> Catalogue:
    """One catalogue a process and run: a worker may outlive a run and a registry may change."""
    return Catalogue(Path(registry) if registry else None)
