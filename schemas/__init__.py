"""What may enter and what may be stored.

Decisions of this room
======================

**The XSD is the contract.** Table layouts, column types, parent keys and column comments come
from it (``model``, ``layout``). A zone that a new release adds is a column without any code.
Zones and blocks are found by path, never by name: names repeat across branches.

**What an XSD does not say** stands beside it, once: units and titles of zones in
``<folder>/zones.yaml`` by official zone number (titles in Dutch and French in
``<folder>/titles.yaml``), and in the specification of the message what a form
is, which zones make keys, which releases have the same contract.

**A message is what has releases; a kind is a message that runs take in.** Answers that are only
written are messages without tables: some of their zones repeat, and one admits any element.

**A release is a folder that never changes**: ``<home>/releases/<year>-<quarter>/``. Its files
are ours, with the official element names and facets, so that official documents are judged the
same. Each zone restricts its library type anonymously: with a named type on the element a
document could name that type in ``xsi:type``, which the official schema does not allow.

**The verdict is libxml2's**, through lxml, compiled once per process: it validates 54 to 72 MB/s a
core where xmlschema does 0.8 to 2.4. xmlschema only reads schemas here. Of what is plainly written
and valid beyond doubt, ``automaton`` and ``transforms.grammar`` say yes in its place.

To add a message: a folder with its specification, and its name in ``kinds.MESSAGES``; what runs
take in is also in ``kinds.KINDS``. To add a release: its folder, its quarter in the message's
``releases``; the tests compare it with the official one.

Imports no sibling.
"""
