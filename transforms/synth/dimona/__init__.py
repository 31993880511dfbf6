"""Synthetic Dimona: how the jobs of a synthetic DmfA were declared when they began and ended.

* The DmfA comes first: ``jobs`` writes the persons of its form with the same draws, and reads who
  works from when to when. Amounts are left out. What is drawn here has a generator of its own.
* ``declare`` says how each kind of job is declared, ``traffic`` what goes wrong and is put right
  in time, ``refused`` what rules refuse. Together they leave periods that agree with the DmfA,
  but for what is asked for by name (``defects``), which the truth tells with its consequences.
* ``plan`` puts declarations into files in order of reception. All of a quarter is received in it,
  so that quarters follow each other; what is open at the end is handed to the next one.
* ``message`` is a declaration before it is text, ``wire`` the text, ``timing`` the hours.
"""
