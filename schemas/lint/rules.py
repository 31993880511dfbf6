"""The rules of a schema's health: what each is called, how grave it is, what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """The schema cannot serve, or contradicts itself."""
    WARNING = "warning"
    """It serves, but most likely does not say what its author meant."""
    NOTE = "note"
    """Meant or not: somebody who uses it should know."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class Rule(StrEnum):
    """The value is the stable name, for ``--disable`` and for tools that track findings."""

    # the files
    UNREADABLE = "unreadable"
    NOT_WELL_FORMED = "not-well-formed"
    DOCUMENT_TYPE = "document-type"
    NOT_A_SCHEMA = "not-a-schema"
    BROKEN_INCLUDE = "broken-include"
    REMOTE_INCLUDE = "remote-include"
    CIRCULAR_INCLUDE = "circular-include"
    CHAMELEON_INCLUDE = "chameleon-include"
    IMPORT_WITHOUT_LOCATION = "import-without-location"
    # the declarations
    DECLARED_TWICE = "declared-twice"
    UNDECLARED = "undeclared"
    NOT_IMPORTED = "not-imported"
    INVALID_SCHEMA = "invalid-schema"
    NOT_PORTABLE = "not-portable"
    UNQUALIFIED_LOCALS = "unqualified-locals"
    ANY_ROOT = "any-root"
    UNREACHABLE = "unreachable"
    SEVERAL_TYPES = "several-types"
    # the content of elements
    AMBIGUOUS_CONTENT = "ambiguous-content"
    INCONSISTENT_TYPES = "inconsistent-types"
    ENDLESS_CONTENT = "endless-content"
    UNBOUNDED_RECURSION = "unbounded-recursion"
    EMPTY_CONTENT = "empty-content"
    EMPTY_VALUE = "empty-value"
    ABSENT_OR_NIL = "absent-or-nil"
    INVALID_DEFAULT = "invalid-default"
    # the values of simple types
    CONTRADICTING_FACETS = "contradicting-facets"
    NO_VALUE = "no-value"
    ENUMERATION_TWICE = "enumeration-twice"
    ENUMERATION_OUTSIDE = "enumeration-outside"
    IDLE_FACET = "idle-facet"
    SUSPICIOUS_PATTERN = "suspicious-pattern"
    LOST_ZEROS = "lost-zeros"
    NOT_LOOKED_AT = "not-looked-at"


@dataclass(frozen=True, slots=True)
class About:
    severity: Severity
    title: str


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES: Mapping[Rule, About] = {
    Rule.UNREADABLE: About(_E, "The file cannot be read"),
    Rule.NOT_WELL_FORMED: About(_E, "The file is not well-formed XML"),
    Rule.DOCUMENT_TYPE: About(_E, "The file has a document type declaration, which is refused"),
    Rule.NOT_A_SCHEMA: About(_E, "The file is not an XML schema"),
    Rule.BROKEN_INCLUDE: About(_E, "What is included or imported cannot be used"),
    Rule.REMOTE_INCLUDE: About(_N, "What is included or imported lies elsewhere: not looked into"),
    Rule.CIRCULAR_INCLUDE: About(_W, "Files include each other"),
    Rule.CHAMELEON_INCLUDE: About(_N, "An included file takes the namespace of the includer"),
    Rule.IMPORT_WITHOUT_LOCATION: About(_N, "An import does not say where the schema is"),
    Rule.DECLARED_TWICE: About(_E, "A name is declared twice"),
    Rule.UNDECLARED: About(_E, "A name is referred to that nothing declares"),
    Rule.NOT_IMPORTED: About(_E, "A namespace is referred to that the file does not import"),
    Rule.INVALID_SCHEMA: About(_E, "The schema breaks a rule of XML Schema"),
    Rule.NOT_PORTABLE: About(_W, "The schema loads with some processors and not with others"),
    Rule.UNQUALIFIED_LOCALS: About(_W, "Elements inside others are in no namespace"),
    Rule.ANY_ROOT: About(_W, "Documents may begin with almost any element"),
    Rule.UNREACHABLE: About(_W, "A declaration that no document can use"),
    Rule.SEVERAL_TYPES: About(_N, "One name has different types at different places"),
    Rule.AMBIGUOUS_CONTENT: About(_E, "A reader cannot tell which declaration an element follows"),
    Rule.INCONSISTENT_TYPES: About(_E, "One name has different types in the same content"),
    Rule.ENDLESS_CONTENT: About(_E, "No finite document can satisfy the content"),
    Rule.UNBOUNDED_RECURSION: About(_N, "Elements may nest without end"),
    Rule.EMPTY_CONTENT: About(_N, "An element may stand there with nothing in it"),
    Rule.EMPTY_VALUE: About(_N, "Required elements may be empty"),
    Rule.ABSENT_OR_NIL: About(_N, "Absent and nil are two ways to say the same"),
    Rule.INVALID_DEFAULT: About(_E, "A default or fixed value is not valid"),
    Rule.CONTRADICTING_FACETS: About(_E, "Facets contradict each other"),
    Rule.NO_VALUE: About(_E, "No value at all is valid"),
    Rule.ENUMERATION_TWICE: About(_W, "A value is listed twice"),
    Rule.ENUMERATION_OUTSIDE: About(_W, "A listed value is refused by another facet"),
    Rule.IDLE_FACET: About(_N, "A facet that never decides"),
    Rule.SUSPICIOUS_PATTERN: About(_W, "A pattern that most likely says something else"),
    Rule.LOST_ZEROS: About(_W, "Leading zeros mean something in the text but not in the value"),
    Rule.NOT_LOOKED_AT: About(_N, "Something could not be looked at"),
}
"""All rules. ``--disable`` knows these names, ``SARIF`` and others can list them."""
