"""Which columns of the block tables our programs read, found by looking on while they read.

Checks, contribution families and the stages that make tables do not list what they read: they are
run on a declaration that no rule passes by (``touchstone``), whose tables note what they are asked
for (``spy``). Rules of the Dimona are data that name their columns. What a derived table is made
of, column by column, is said in ``dmfa`` and ``dimona``; tests hold it against what was looked on
at.
"""

from collections.abc import Callable, Mapping

from schemas.impact.touched import Reader
from schemas.kind import MessageKind
from transforms.reads import dimona, dmfa
from transforms.reads.dmfa import Derived

_READERS: Mapping[str, Callable[[], tuple[Reader, ...]]] = {
    "dmfa": dmfa.readers,
    "dimona": dimona.readers,
}
_DERIVED: Mapping[str, Callable[[], Derived]] = {"dmfa": dmfa.derived, "dimona": dimona.derived}


def is_known(message: MessageKind) -> bool:
    """Whether it is known what our programs read of a message."""
    return message.name in _READERS


def readers(message: MessageKind) -> tuple[Reader, ...]:
    """What reads tables of a message; nothing where that is not known."""
    return _READERS[message.name]() if is_known(message) else ()


def derived(message: MessageKind) -> Derived:
    """The tables that programs make of those of a message, by full name: of each column, the
    columns that it is made of."""
    return _DERIVED[message.name]() if message.name in _DERIVED else {}
