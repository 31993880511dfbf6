"""Judges what was declared by two schemas: which forms a change would refuse, and why.

=================  ==========================================================================
``forms``          forms of a message that is known here, judged many at a time
``documents``      documents of any other schema, each judged as a whole
``verdict``        both verdicts on one tree, and what the schema says that alone refuses it
``steps``          what libxml2 said of an element: where it is, without the values in it
``attribute``      which difference of a comparison an error follows from
``tally``          counts by difference with a few examples, which add up over workers
=================  ==========================================================================

The two schemas are sides (``schemas.given``), and both are always judged: a form that the old
schema refuses as well does not *newly* fail. Values of documents are in none of the results, but
for codes that a schema lists.
"""
