"""Releases of the schema that the generator can write: those that kwartaal ships."""

from dataclasses import dataclass

from schemas.dmfa import DMFA
from schemas.quarter import Quarter

ROOT = DMFA.root

_AGENCY_BLOCKS_SINCE = Quarter(2023, 1)
"""The release that brought UsingEmployer and EmployerCompensation."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the schema, with what it has and its predecessors had not."""

    label: Quarter

    @property
    def agency_users(self) -> bool:
        return self.label >= _AGENCY_BLOCKS_SINCE

    @property
    def compensations(self) -> bool:
        return self.label >= _AGENCY_BLOCKS_SINCE

    @property
    def schema(self) -> str:
        """Name of the schema as a document gives it, without ``.xsd``."""
        return DMFA.file_name(self.label).removesuffix(".xsd")


RELEASES = tuple(Release(label) for label in sorted({*DMFA.releases, *DMFA.aliases}))
"""Releases that the generator can write, in order of time."""


def release_of(quarter: Quarter) -> Release:
    """The last release that came out by the quarter; the first one for older quarters."""
    known = [release for release in RELEASES if release.label <= quarter]
    return known[-1] if known else RELEASES[0]


def release_labelled(label: Quarter) -> Release:
    """``ValueError`` when it is none of ``RELEASES``."""
    for release in RELEASES:
        if release.label == label:
            return release
    known = ", ".join(release.label.slash for release in RELEASES)
    raise ValueError(f"release {label.slash} cannot be written; known are {known}")
