"""Synthetic quarters: DmfA declarations of employers that do not exist.

The generator replaces what no project may have: real declarations. It yields bytes, knows no
paths and no clock, and holds one form in memory, never a quarter.

* Employer ``i`` depends on the seed alone (number, sector, size, jobs and who holds them), its
  declaration on seed, quarter and ``i``. Any process may make any range, in any order, and get
  the same bytes; the same employers and mostly the same workers come back every quarter.
* Sizes depend on ``i`` only, so that volumes do not change with the seed (``sizes.py``).
* How often things occur and how large amounts are is data with a source each: ``figures.yaml``.
  These are shapes, not law. Only ordinary contribution lines are exact: they come from
  ``transforms.contribute.schemes``; where that knows no rate, a plausible share is used.
* What can be wrong in a declaration is one table: ``defects.DEFECTS``.

The way in: ``plan.py`` (``Plan``, ``forms``, ``drafts``) and ``documents.py`` (``documents``).
"""
