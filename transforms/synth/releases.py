"""Releases of the schema that the generator can write."""

from dataclasses import dataclass

from schemas.quarter import Quarter

ROOT = "DmfAOriginal"


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the schema, with what it has and its predecessors had not."""

    label: Quarter
    agency_users: bool
    compensations: bool

    @property
    def schema(self) -> str:
        """Name of the schema as a document gives it, without ``.xsd``."""
        return f"{ROOT}_{self.label.wire}"


RELEASES = (
    Release(Quarter(2022, 2), agency_users=False, compensations=False),
    Release(Quarter(2022, 3), agency_users=False, compensations=False),
    Release(Quarter(2022, 4), agency_users=False, compensations=False),
    Release(Quarter(2023, 1), agency_users=True, compensations=True),
)
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
