"""The schemas of a release accept exactly the documents that the official schema accepts.

``KWARTAAL_DOCUMENTS`` is the number of random documents of each release, for a long run.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from documents import (
    ANYTHING,
    MUTATIONS,
    XSD,
    XSI,
    DocumentGenerator,
    Element,
    Group,
    Particle,
    Values,
    mutate,
    reachable,
    read_element,
)
from lxml import etree
from published import ALIASES, RELEASES, Contract, declared

from schemas.dimona import DIMONA, NOTIFICATION
from schemas.dmfa import DMFA

# The aliases of DmfA have the very file of their release (see the last test): nothing to draw.
CONTRACTS = [*RELEASES, *(alias for alias in ALIASES if alias.message is not DMFA)]
LONG = int(os.environ.get("KWARTAAL_DOCUMENTS", "0"))
MUTATIONS_PER_DOCUMENT = 10


def documents_of(contract: Contract) -> int:
    """How many random documents: fewer of the messages that are small, or large each time."""
    return LONG or {DMFA: 280, DIMONA: 240, NOTIFICATION: 60}.get(contract.message, 120)


@dataclass(frozen=True)
class Release:
    """One release: the official schema, ours, and random documents drawn from either."""

    contract: Contract
    official: etree.XMLSchema
    own: etree.XMLSchema
    official_model: Element
    own_model: Element
    official_file: Path
    documents: tuple[bytes, ...]

    @property
    def root(self) -> str:
        return self.contract.message.root

    @property
    def elements(self) -> list[Element]:
        """The elements that some document holds; one published zone has no valid text."""
        found = reachable(self.official_model)
        return [element for element in found if element.values is None or element.values.exist]


def drawn(contract: Contract, shared: Path) -> Release:
    official, own, root = contract.official(shared), contract.own, contract.message.root
    rng = random.Random(f"documents {contract}")
    documents = [
        generator.document(rng)
        for generator in (DocumentGenerator(official, root), DocumentGenerator(own, root))
        for _ in range(documents_of(contract) // 2)
    ]
    return Release(
        contract,
        etree.XMLSchema(file=str(official)),
        etree.XMLSchema(file=str(own)),
        read_element(official, root),
        read_element(own, root),
        official,
        tuple(documents),
    )


@pytest.fixture(scope="module", params=CONTRACTS, ids=str)
def release(request: pytest.FixtureRequest, shared: Path) -> Release:
    return drawn(request.param, shared)


def accepts(schema: etree.XMLSchema, document: bytes, root_name: str) -> bool:
    """The verdict on a document: well-formed, valid, and with the right root element."""
    try:
        root = etree.fromstring(document)
    except etree.XMLSyntaxError:
        return False
    return root.tag == root_name and schema.validate(root.getroottree())


def verdicts(release: Release, document: bytes) -> tuple[bool, bool]:
    """(official verdict, own verdict)"""
    schemas = release.official, release.own
    official, own = (accepts(schema, document, release.root) for schema in schemas)
    return official, own


def test_generated_documents_are_valid_in_both(release: Release) -> None:
    assert len(release.documents) == documents_of(release.contract)
    for document in release.documents:
        assert verdicts(release, document) == (True, True), document.decode()


def test_generated_documents_hold_every_element(release: Release) -> None:
    seen = {
        str(node.tag)
        for document in release.documents
        for node in etree.fromstring(document).iter("*")
    }
    assert seen - {ANYTHING} == {element.name for element in release.elements}


def test_verdicts_on_mutations_are_equal(release: Release) -> None:
    rng = random.Random("mutations")
    valid, by_class = Counter[bool](), Counter[str]()
    for document in release.documents:
        donor = rng.choice(release.documents)
        for _ in range(MUTATIONS_PER_DOCUMENT):
            mutated, name = mutate(document, rng, donor)
            official, own = verdicts(release, mutated)
            assert official == own, f"{name}: official {official}, own {own}\n{mutated!r}"
            valid[official] += 1
            by_class[name] += 1
    assert valid.total() == MUTATIONS_PER_DOCUMENT * len(release.documents)
    assert valid[False] >= 0.25 * valid.total()
    assert valid[True] >= 0.10 * valid.total()
    assert set(by_class) == {name for name, _ in MUTATIONS}


def test_xsi_type_never_reaches_the_type_library(release: Release) -> None:
    """A zone that names its own type of the library is refused, as by the official schema."""
    types = zone_types(release.contract.own)
    for zone, base in types.items() & {(e.name, types.get(e.name, "")) for e in release.elements}:
        root, node = smallest_with(release, zone)
        node.set(f"{{{XSI}}}type", base)
        assert verdicts(release, etree.tostring(root)) == (False, False), (zone, base)


def test_xsi_type_on_blocks_is_equal(release: Release) -> None:
    """Every block with every name of a complex type: accepted for its own type only, or never."""
    blocks = sorted(e.name for e in release.elements if e.content is not None)
    accepted = set()
    for block in blocks:
        root, node = smallest_with(release, block)
        for name in blocks:
            node.set(f"{{{XSI}}}type", f"{name}Type")
            official, own = verdicts(release, etree.tostring(root))
            assert official == own, (block, name)
            if own:
                assert name == block
                accepted.add(block)
    assert accepted == {e.get("name") for e in declared(release.official_file) if e.get("type")}


def test_no_element_can_be_nil(release: Release) -> None:
    for element in release.elements:
        for value, keep in (("false", True), ("true", True), ("true", False)):
            root, node = smallest_with(release, element.name)
            if not keep:
                node.text = None
                del node[:]
            node.set(f"{{{XSI}}}nil", value)
            assert verdicts(release, etree.tostring(root)) == (False, False), element.name


def test_retired_zones_are_refused_everywhere(release: Release) -> None:
    """The official schema keeps zones with maxOccurs 0, ours leaves them out: no difference."""
    rng = random.Random("retired")
    for block in reachable(release.official_model):
        for retired in retired_zones(block.content) if block.content else ():
            root, node = smallest_with(release, block.name)
            added = etree.Element(retired.name)
            added.text = retired.values.draw(rng) if retired.values else None
            for position in range(len(node) + 1):
                node.insert(position, added)
                assert verdicts(release, etree.tostring(root)) == (False, False), retired.name
                node.remove(added)


def retired_zones(group: Group) -> Iterator[Element]:
    for part in group.parts:
        if isinstance(part.term, Group):
            yield from retired_zones(part.term)
        elif part.high == 0:
            yield part.term


def test_facets_are_equal(release: Release) -> None:
    official, own = ({e.name: e.values for e in reachable(m) if e.values} for m in models(release))
    assert {name: facets(v) for name, v in official.items()} == {
        name: facets(v) for name, v in own.items()
    }


def test_content_models_are_equal(release: Release) -> None:
    official, own = (
        {e.name: flat(e.content) for e in reachable(m) if e.content} for m in models(release)
    )
    assert official == own


@pytest.mark.parametrize("alias", [a for a in ALIASES if a.message is DMFA], ids=str)
def test_aliases_of_dmfa_were_published_unchanged(alias: Contract, shared: Path) -> None:
    released = Contract(DMFA, DMFA.aliases[alias.label])
    assert alias.official(shared).read_bytes() == released.official(shared).read_bytes()


def smallest_with(release: Release, name: str) -> tuple[etree._Element, etree._Element]:
    """(root, element): the smallest document that holds an element of this name, and one such."""
    start = f"<{name}>".encode()
    root = etree.fromstring(min((d for d in release.documents if start in d), key=len))
    return root, next(root.iter(name))


def models(release: Release) -> tuple[Element, Element]:
    return release.official_model, release.own_model


def live(group: Group) -> list[Particle]:
    """The particles that can occur; the official schema keeps retired ones with maxOccurs 0."""
    return [part for part in group.parts if part.high != 0]


Flat = tuple[object, ...]


def flat(group: Group) -> Flat:
    """A content model without retired particles and without sequences that only group."""
    return (group.kind, *(item for part in live(group) for item in flat_part(part, group.kind)))


def flat_part(part: Particle, kind: str) -> Iterator[object]:
    term = part.term
    if isinstance(term, Element):
        yield part.low, part.high, term.name
    elif (part.low, part.high, term.kind) == (1, 1, kind):
        yield from flat(term)[1:]
    else:
        yield part.low, part.high, flat(term)


def facets(values: Values) -> dict[str, list[str]]:
    """The facets of a zone and its built-in type; a bound is a number: 000 is 0."""
    plain = {name: sorted(texts) for name, texts in values.facets.items()}
    if values.builtin == "integer" and "minInclusive" in plain:
        plain["minInclusive"] = [str(int(text)) for text in plain["minInclusive"]]
    return plain | {"builtin": [values.builtin]}


def zone_types(schema: Path) -> dict[str, str]:
    """The type of the library beside a schema that each zone restricts, by zone name."""
    library = etree.parse(schema.with_name("types.xsd")).iter(f"{{{XSD}}}simpleType")
    found = {}
    for zone in declared(schema.with_name("zones.xsd")):
        (restriction,) = zone.iter(f"{{{XSD}}}restriction")
        found[str(zone.get("name"))] = str(restriction.get("base"))
    assert set(found.values()) == {str(simple.get("name")) for simple in library}
    return found
