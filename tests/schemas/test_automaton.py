"""The table of states accepts exactly the sequences of children that libxml2 accepts."""

import itertools
import random
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from schemas.automaton import DEAD, Automaton, NotRegular
from schemas.model import read_message

NAMES = ("a", "b", "c", "d")


def schema(content: str, rest: str = "") -> bytes:
    """A root with ``content``, whose elements hold digits or nothing."""
    elements = "".join(f'<xs:element name="{name}" type="xs:string"/>' for name in NAMES)
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{elements}'
        f'<xs:element name="root"><xs:complexType>{content}</xs:complexType>{rest}</xs:element>'
        "</xs:schema>"
    ).encode()


def automaton(xsd: bytes, folder: Path) -> Automaton:
    path = folder / "one.xsd"
    path.write_bytes(xsd)
    return Automaton.of(read_message(path, "root"), NAMES)


def accepts(automaton: Automaton, children: str) -> bool:
    state = int(automaton.start[0])
    for name, run in itertools.groupby(children):
        state = int(automaton.following[state, NAMES.index(name)])
        if not automaton.least[state] <= len(list(run)) <= automaton.most[state]:
            return False
    return state != DEAD and bool(automaton.ends[state])


def element(name: str, occurs: str = "") -> str:
    return f'<xs:element ref="{name}" {occurs}/>'


OPTIONAL, MANY, TWO_OR_THREE = (
    'minOccurs="0"',
    'minOccurs="0" maxOccurs="unbounded"',
    'minOccurs="2" maxOccurs="3"',
)
ATTRIBUTE = '<xs:attribute name="x" type="xs:string" use="required"/>'
MODELS = {
    "sequence": f"<xs:sequence>{element('a')}{element('b')}</xs:sequence>",
    "optional": f"<xs:sequence>{element('a', OPTIONAL)}{element('b')}{element('c', OPTIONAL)}"
    "</xs:sequence>",
    "runs": f"<xs:sequence>{element('a', TWO_OR_THREE)}{element('b', MANY)}</xs:sequence>",
    "choice": f"<xs:choice>{element('a')}{element('b', MANY)}</xs:choice>",
    "branches with the same name": "<xs:choice>"
    f"<xs:sequence>{element('a')}{element('c', OPTIONAL)}</xs:sequence>"
    f"<xs:sequence>{element('b', TWO_OR_THREE)}{element('c')}{element('d', MANY)}</xs:sequence>"
    "</xs:choice>",
    "optional group": f"<xs:sequence>{element('a')}"
    f"<xs:sequence {OPTIONAL}>{element('b')}{element('c')}</xs:sequence>"
    f"<xs:choice {OPTIONAL}>{element('d')}</xs:choice></xs:sequence>",
    "retired": f'<xs:sequence>{element("a")}{element("b", """minOccurs="0" maxOccurs="0" """)}'
    f"{element('c')}</xs:sequence>",
    "nothing": "<xs:sequence/>",
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_table_accepts_what_libxml2_accepts(model: str, tmp_path: Path) -> None:
    if model == MODELS["nothing"]:
        # A root without children has no content model; inside a message it may have one.
        model = f"<xs:sequence>{element('a', OPTIONAL)}</xs:sequence>"
    judge = etree.XMLSchema(etree.fromstring(schema(model)))
    table = automaton(schema(model), tmp_path)
    seen = set()
    for length in range(6):
        for children in itertools.product("abcd", repeat=length):
            document = "".join(f"<{name}/>" for name in children)
            verdict = judge.validate(etree.fromstring(f"<root>{document}</root>"))
            assert accepts(table, "".join(children)) == verdict, children
            seen.add(verdict)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("content", "rest"),
    [
        (f'<xs:sequence maxOccurs="2">{element("a")}{element("b")}</xs:sequence>', ""),
        (f"<xs:all>{element('a')}{element('b')}</xs:all>", ""),
        (f'<xs:sequence>{element("a")}<xs:any minOccurs="0"/></xs:sequence>', ""),
        (
            f"<xs:sequence>{element('a')}</xs:sequence>{ATTRIBUTE}",
            "",
        ),
        (
            f"<xs:sequence>{element('a', MANY)}</xs:sequence>",
            '<xs:unique name="u"><xs:selector xpath="a"/><xs:field xpath="."/></xs:unique>',
        ),
    ],
    ids=["group repeats", "all", "any", "attribute", "unique"],
)
def test_what_the_table_does_not_express_is_refused(
    content: str, rest: str, tmp_path: Path
) -> None:
    with pytest.raises(NotRegular):
        automaton(schema(content, rest), tmp_path)


def test_random_models(tmp_path: Path) -> None:
    """Groups in groups, as far as XSD finds them unambiguous."""
    rng, compared = random.Random(3), 0
    while compared < 12:
        model = group(rng, 0)
        try:
            judge = etree.XMLSchema(etree.fromstring(schema(model)))
            table = automaton(schema(model), tmp_path)
        except (etree.XMLSchemaParseError, ValueError):
            continue
        compared += 1
        for _ in range(300):
            children = "".join(rng.choices("abcd", k=rng.randint(0, 5)))
            document = "".join(f"<{name}/>" for name in children)
            verdict = judge.validate(etree.fromstring(f"<root>{document}</root>"))
            assert accepts(table, children) == verdict, (model, children)


def group(rng: random.Random, depth: int) -> str:
    kind = rng.choice(("sequence", "choice"))
    parts = [
        group(rng, depth + 1)
        if depth < 2 and rng.random() < 0.3
        else element(rng.choice(NAMES), rng.choice(("", OPTIONAL, MANY, TWO_OR_THREE)))
        for _ in range(rng.randint(1, 3))
    ]
    occurs = OPTIONAL if rng.random() < 0.2 else ""
    return f"<xs:{kind} {occurs}>{''.join(parts)}</xs:{kind}>"


def test_names_may_be_numbered_anyhow(tmp_path: Path) -> None:
    path = tmp_path / "one.xsd"
    path.write_bytes(schema(MODELS["sequence"]))
    table = Automaton.of(read_message(path, "root"), ("b", "x", "a"))
    first = table.following[table.start[0]]
    assert np.flatnonzero(first).tolist() == [2]
