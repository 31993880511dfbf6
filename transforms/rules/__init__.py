"""Functional rules as data, judged by columns: what is wrong although the schema allows it.

Rules of a kind of declaration stand in a folder of YAML files; nothing here knows one of them.

==============  ===============================================================================
``rule``        what a rule is, and the set of rules of a kind
``reading``     YAML files to a set of rules; refuses what does not fit together
``conditions``  for which rows a clause holds: values, presence and limits of columns
``columns``     a table's columns as numpy sees them, each made once
``mechanisms``  the ways in which something can be wrong, in one visible table
``run``         a set of rules on tables: what was found, and which rules could not be run
``singly``      the same on rows that come one by one (mechanisms in ``rowwise``), judged against
                rows that come and go (``known``)
==============  ===============================================================================

A rule is an official code with clauses. A clause is a condition in words, how sure it is, the data
it needs, and the mechanism that judges it; it is judged where its rule applies and its ``when``
holds. A clause whose data is not there is told as not run, and so is one of which it is known only
that it exists: unknown is never passed. Of a row, a code is told once, by the first clause.

Mechanisms take and give whole columns; a row costs a fraction of a microsecond a clause, but a run
costs milliseconds however few rows it has. Where each row changes what the next one meets,
mechanisms of the same names take a row, in tens of microseconds for all clauses; tests hold both
together.
"""
