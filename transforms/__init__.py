"""Pure functions, bytes to Arrow and Arrow to Arrow. The stages, in order:

=================  ==========================================================================
``survey``         what a file is, and where its forms are (``cutting``, ``long_form``)
``together``       forms accepted from their columns (``pack``, ``elements``, ``grammar``)
``judge``          each other form accepted, or refused with findings (``diagnosis``)
``control``        control totals of a form, counted in its bytes
``shred``          accepted forms to the block tables of their release
``check``          anomalies of accepted forms, by official code
``rules``          functional rules as data, and the mechanisms that judge them
``dimona``         the Dimona in one table, and what its rules need
``relate``         block tables to relations
``contribute``     block tables and ``rates`` to contributions, declared beside computed
``rebuild``        block tables to the forms that they came from, as far as rows tell
``replay``         forms judged by two schemas, and which difference refuses them
=================  ==========================================================================

Decisions of this room
======================

**Forms are independent.** A file is cut at form boundaries by its markup; every form is judged on
its own, and memory does not grow with the file. What concerns the frame (encoding, document type,
a missing end) refuses the whole file: what is missing cannot be known.

**Nothing hostile is special.** Document types, entities, other encodings, truncation are refusals
with a code (``findings.REFUSALS``). Limits are constants with a reason (``limits``).

**Money is whole cents** between the XSD and the tables; rounding is half away from zero in
integer arithmetic (``money``). There is no float.

**Unknown is not zero.** A missing rate or a joint committee that leaves the rate open gives "not
computed" with the reason. The weakest mark of what a result rests on travels with it.

No clock, no environment, no paths, no Beam, no DuckDB here.
"""
