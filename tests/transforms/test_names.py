"""Names are told apart by all of their bytes."""

import numpy as np
import pytest

from transforms.names import UNKNOWN, WORD, Names

KNOWN = ("a", "Form", "INSS", "Quarter8", "NaturalPerson", "NaturalPersonSequenceNbr", "x" * 40)
ALIKE = ("LongBeginning" + "1" * 12 + "TheSameEnd", "LongBeginning" + "2" * 12 + "TheSameEnd")


def numbers(names: Names, *texts: str) -> list[int]:
    data = "".join(texts).encode()
    lengths = np.array([len(text.encode()) for text in texts])
    starts = np.cumsum(lengths) - lengths
    padded = np.frombuffer(data + bytes(WORD), np.uint8)
    return list(map(int, names.numbers(padded, starts, lengths)))


def test_every_name_has_its_number() -> None:
    names = Names.of((*KNOWN, *ALIKE))
    assert numbers(names, *KNOWN, *ALIKE) == list(range(len(KNOWN) + 2))


@pytest.mark.parametrize("name", [*KNOWN, *ALIKE])
def test_another_byte_anywhere_makes_another_name(name: str) -> None:
    names = Names.of((*KNOWN, *ALIKE))
    for at in range(len(name)):
        for other in ("_", "\x00", "é"):
            changed = name[:at] + other + name[at + 1 :]
            assert numbers(names, changed, name)[0] == UNKNOWN, changed
    assert numbers(names, name + "x", name[:-1], "")[::2] == [UNKNOWN, UNKNOWN]


def test_names_have_to_be_distinct() -> None:
    with pytest.raises(ValueError, match="distinct"):
        Names.of(("a", "b", "a"))
