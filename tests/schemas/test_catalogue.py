"""Which release judges a document, and that every official one can."""

from pathlib import Path

import pytest
from declared import CATALOGUE, DMFA, Q1_2023, Q2_2022

from schemas.catalogue import Catalogue
from schemas.kind import MessageKind
from schemas.kinds import KINDS, MESSAGES, kind_named, message_named
from schemas.model import SchemaError
from schemas.quarter import Quarter
from schemas.registry import register


def test_shipped_releases() -> None:
    assert list(CATALOGUE.releases(DMFA)) == [Q2_2022, Q1_2023]
    for quarter, release in CATALOGUE.releases(DMFA).items():
        assert (release.quarter, release.label) == (quarter, quarter.slash)
        assert release.shipped
        assert release.path.is_file()


@pytest.mark.parametrize(
    ("label", "judged_by"),
    [("2022/2", "2022/2"), ("2022/3", "2022/2"), ("2022/4", "2022/2"), ("2023/1", "2023/1")],
)
def test_labels_and_aliases(label: str, judged_by: str) -> None:
    found = CATALOGUE.find(DMFA, Quarter.parse(label))
    assert found is not None
    assert found.label == judged_by


@pytest.mark.parametrize("label", ["2003/1", "2022/1", "2023/2", "9999/4"])
def test_other_labels_are_not_known(label: str) -> None:
    assert CATALOGUE.find(DMFA, Quarter.parse(label)) is None


@pytest.mark.parametrize(
    ("location", "judged_by"),
    [
        ("DmfAOriginal_20222.xsd", "2022/2"),
        ("DmfAOriginal_20223.xsd", "2022/2"),
        ("  DmfAOriginal_20231.xsd\n", "2023/1"),
        ("./xsd/DmfAOriginal_20231.xsd", "2023/1"),
        (r"..\xsd\DmfAOriginal_20231.xsd", "2023/1"),
        ("https://www.example.org/a/DmfAOriginal_20231.xsd", "2023/1"),
    ],
)
def test_a_file_name_names_a_release(location: str, judged_by: str) -> None:
    found = CATALOGUE.named(DMFA, location)
    assert found is not None
    assert found.label == judged_by


@pytest.mark.parametrize(
    "location",
    [
        "",
        "DmfAOriginal.xsd",
        "DmfAOriginal_2023.xsd",
        "DmfAOriginal_20235.xsd",
        "DmfAOriginal_20231.xsd.bak",
        "DmfAOriginal_20231xxsd",
        "xDmfAOriginal_20231.xsd",
        "DmfAUpdate_20231.xsd",
        "DmfAOriginal_20231.xsd/other.xsd",
        "DmfAOriginal_{}.xsd",
    ],
)
def test_other_names_name_nothing(location: str) -> None:
    assert CATALOGUE.named(DMFA, location) is None


def test_releases_have_fingerprints_of_their_own() -> None:
    prints = {release.fingerprint for release in CATALOGUE.releases(DMFA).values()}
    assert len(prints) == 2
    assert CATALOGUE.fingerprint(DMFA) == Catalogue().fingerprint(DMFA)


def test_an_empty_registry_changes_nothing(tmp_path: Path) -> None:
    found = Catalogue(tmp_path)
    assert found.fingerprint(DMFA) == CATALOGUE.fingerprint(DMFA)
    assert found.tables(DMFA) == CATALOGUE.tables(DMFA)


def test_kinds_are_found_by_name() -> None:
    assert [kind_named(kind.name) for kind in KINDS] == list(KINDS)
    with pytest.raises(LookupError, match="dmfa"):
        kind_named("limosa")


def test_messages_are_found_by_name() -> None:
    assert [message_named(message.name) for message in MESSAGES] == list(MESSAGES)
    with pytest.raises(LookupError, match="dmfa, dimona, acrf"):
        message_named("limosa")


def test_a_message_without_runs_is_no_kind() -> None:
    for message in MESSAGES[len(KINDS) :]:
        with pytest.raises(LookupError, match=f"no run takes {message.name} in.*: runs take dmfa"):
            kind_named(message.name)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_every_label_of_a_message_has_a_release(message: MessageKind) -> None:
    assert list(CATALOGUE.releases(message)) == list(message.releases)
    for label in (*message.releases, *message.aliases):
        found = CATALOGUE.named(message, message.file_name(label))
        assert found is not None
        assert found.quarter == message.aliases.get(label, label)
        assert found.validator is not None
    others = [other for other in MESSAGES if other is not message]
    assert not any(other.release_of_file(message.file_name(Q1_2023)) for other in others)


# --- the official series -------------------------------------------------------------------------

SERIES = [Quarter(year, number) for year in range(2003, 2024) for number in (1, 2, 3, 4)][:81]


def official(shared: Path, quarter: Quarter) -> Path:
    series = shared / "official" / "xsd" / "dmfa" / "series-original"
    return series / DMFA.file_name(quarter)


def test_the_series_is_whole(shared: Path) -> None:
    folder = official(shared, Q1_2023).parent
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        DMFA.file_name(quarter) for quarter in SERIES
    )


@pytest.mark.parametrize("quarter", sorted({*SERIES[::3], *DMFA.releases}), ids=str)
def test_official_releases_can_be_registered(
    quarter: Quarter, shared: Path, tmp_path: Path
) -> None:
    """And a block has the same table in it as in the shipped releases. One of three releases: each
    is compared with the next one elsewhere (``test_compare_reference``)."""
    file = official(shared, quarter)
    if quarter in DMFA.releases:
        with pytest.raises(SchemaError, match="part of kwartaal"):
            register(file, tmp_path)
        return
    register(file, tmp_path)
    catalogue = Catalogue(tmp_path)
    release = catalogue.find(DMFA, quarter)
    assert release is not None
    assert (release.quarter, release.shipped) == (quarter, False)
    assert release.validator is not None
    names = {block.path: block.table.name for block in release.layout}
    shipped = CATALOGUE.releases(DMFA)[Q1_2023]
    known = {block.path: block.table.name for block in shipped.layout}
    assert all(names[path] == known[path] for path in names.keys() & known.keys())
    assert {"natural_person", "worker_record", "occupation", "remun"} <= set(names.values())
    keys = {key.column for block in release.layout for key in block.keys}
    assert keys == {"quarter", "employer", "inss", "employer_class", "worker_code"}
