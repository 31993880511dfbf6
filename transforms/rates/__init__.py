"""Legal numbers as data: one YAML file a topic, so that all numbers of a rule stand together.

A file names its topic and holds parameters: what the number is, its unit, and its values in order
of time. ``from`` is the first day, ``until`` the last (absent: until the next value, or still in
force). ``confidence`` is

* ``sourced``: read in the cited text;
* ``derived``: computed from sourced values by a stated rule, or sourced without a date;
* ``unverified``: from memory or by analogy; it stays marked in every result that rests on it.

A day without a value is a day for which nothing is known: asking for it raises ``NoRate``, and
what depends on it is reported as not computed.

``units`` says which numbers a unit allows, ``values`` what a parameter answers, ``reading`` which
files are refused, ``book`` is all of it together, ``overlay`` lays what-if values over a book.
"""
