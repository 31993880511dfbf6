"""Synthetic quarters: DmfA declarations of employers that do not exist.

The generator replaces what no project may have: real declarations. It yields bytes, knows no
paths and no clock, and holds some forms in memory, never a quarter.

* Employer ``i`` depends on the seed alone (number, sector, size, jobs and who holds them), its
  declaration on seed, quarter and ``i``. Any process may make any range, in any order, and get
  the same bytes; the same employers and mostly the same workers come back every quarter.
* Sizes depend on ``i`` only, so that volumes do not change with the seed (``sizes.py``).
* How often things occur is data with a source each: ``figures.yaml``. What an employer looks up
  before it declares something (a wage limit, an age) comes from the rate book (``law.py``).
* Amounts are those that ``transforms.contribute`` computes from the form itself and from what the
  generator knows beside it (``facts.py``). Forms are written with marks in place of amounts, filled
  together (``batch.py``), and made text. Where the rules give no answer, the shape of
  ``figures.yaml`` stays.
* What can be wrong in a declaration is one table: ``defects.DEFECTS``.

The way in: ``plan.py`` (``Plan``, ``forms``, ``drafts``) and ``documents.py`` (``documents``).
"""
