"""Proof by example: the smallest document that one schema accepts and the other refuses.

A document is written around the place that changed, so that the change is all there is to refuse.
The verdict is that of libxml2, on both real schemas.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from schemas.compare.change import Change, Recipe
from schemas.compare.component import Element, Schema
from schemas.compare.difference import Difference, Effect, Witness
from schemas.compare.document import Sizes, Unproved, Writer, line_of, serialised
from schemas.compare.ways import Chain

_TRIED = 3
"""How many places a proof is tried at."""


@dataclass
class Prover:
    """Finds documents that ``old`` accepts and ``new`` refuses, and the reverse."""

    old: Schema
    new: Schema
    sizes: Sizes = field(default_factory=Sizes)

    def weigh(self, element: Element) -> int:
        return self.sizes.of(element)

    def prove(self, chain: Chain, recipe: Recipe, *, is_reader: bool) -> Witness:
        """The document of a recipe, if both schemas say of it what they should; ``Unproved``
        otherwise. ``chain``: pairs of (old, new) elements from the root."""
        good, bad = (self.old, self.new) if is_reader else (self.new, self.old)
        ordered = [pair if is_reader else (pair[1], pair[0]) for pair in chain]
        writer = Writer(good, bad, self.sizes)
        root, target = writer.document(ordered, recipe)
        document = serialised(root, good)
        line = line_of(root, target)
        if not _accepts(good, document):
            raise Unproved(f"the document that was tried is not valid: {_error(good).message}")
        if _accepts(bad, serialised(root, bad)):
            raise Unproved("both schemas accept the document that was tried")
        first, last = line - 1, line + 1 + sum(1 + bool(len(node)) for node in target.iter())
        # A parent tells of a child that is missing, the next element of one that is not expected.
        for error in bad.compiled.error_log:
            if first <= error.line <= last:
                return Witness(document, str(error.message), int(error.line))
        raise Unproved(
            f"documents that show it are refused for other changes: {_error(bad).message}"
        )

    def prove_alone(self, element: Element, *, is_reader: bool) -> Witness:
        """The smallest document of a root that the other schema does not know."""
        good, bad = (self.old, self.new) if is_reader else (self.new, self.old)
        writer = Writer(good, bad, self.sizes)
        document = serialised(writer.alone(element), good)
        if not _accepts(good, document):
            raise Unproved(f"the document that was tried is not valid: {_error(good).message}")
        if _accepts(bad, document):
            raise Unproved("both schemas accept the document that was tried")
        error = _error(bad)
        return Witness(document, str(error.message), int(error.line))

    def proved(self, difference: Difference, change: Change, ways: Sequence[Chain]) -> Difference:
        """A difference with its witnesses, or with the reason why there are none. Where it was left
        open whether documents break, a document that does decides it."""
        reader, no_reader = self._shown(change.reader, change.reader_recipe, ways, True)
        writer, no_writer = self._shown(change.writer, change.writer_recipe, ways, False)
        effects = (
            Effect.BREAKS if reader else change.reader,
            Effect.BREAKS if writer else change.writer,
        )
        was_open = Effect.REVIEW in (change.reader, change.writer)
        is_settled = was_open and Effect.REVIEW not in effects
        reasons = dict.fromkeys(filter(None, (no_reader, no_writer)))
        return replace(
            difference,
            reader=effects[0],
            writer=effects[1],
            reader_witness=reader,
            writer_witness=writer,
            reason=None if is_settled else difference.reason,
            unproved="; ".join(reasons) or None,
        )

    def proved_alone(
        self, difference: Difference, old: Element | None, new: Element | None
    ) -> Difference:
        """With the smallest documents of a root that one side has and the other has not."""
        try:
            return replace(
                difference,
                reader_witness=None if old is None else self.prove_alone(old, is_reader=True),
                writer_witness=None if new is None else self.prove_alone(new, is_reader=False),
            )
        except Unproved as unproved:
            return replace(difference, unproved=str(unproved))

    def _shown(
        self, effect: Effect, recipe: Recipe | None, ways: Sequence[Chain], is_reader: bool
    ) -> tuple[Witness | None, str | None]:
        """The witness of an effect, or why there is none; neither for one that needs none."""
        if effect is Effect.KEEPS:
            return None, None
        reason = "no document reaches it" if not ways else "no small document shows it"
        for number, chain in enumerate(ways[:_TRIED] if recipe is not None else ()):
            assert recipe is not None
            try:
                return self.prove(chain, recipe, is_reader=is_reader), None
            except Unproved as unproved:
                reason = reason if number else str(unproved)
        return None, reason if effect is Effect.BREAKS else None


def _accepts(schema: Schema, document: bytes) -> bool:
    try:
        return bool(schema.compiled.validate(etree.fromstring(document)))
    except etree.XMLSchemaValidateError as error:  # libxml2 fails, seldom, on a type of its own
        raise Unproved(f"libxml2 cannot judge the document that was tried: {error}") from error


def _error(schema: Schema) -> "etree._LogEntry":
    return schema.compiled.error_log[0]
