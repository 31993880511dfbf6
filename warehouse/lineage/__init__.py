"""What SQL reads: the columns behind the columns of views, statements and saved queries.

===========  ==================================================================================
``queries``  texts to look at: our views and statements, files that somebody names
``parsing``  a text to the statements in it, each as one SELECT of all that it reads
``names``    which table a name means: of the schema, of a view or of what a statement made
``scopes``   a query with its table before every column, and stars spelled out
``tracing``  the columns of one query, followed to the tables that no query makes
``reads``    what was found: columns with their uses
``lineage``  all of it over many texts, through the views and tables that these make
``judging``  changes of tables laid on what is read: what breaks, what changes
``by_name``  the same for schemas that have no tables here, as far as names tell
===========  ==================================================================================

The parser is ``sqlglot`` in its DuckDB dialect. What it does not understand is told, with the
reason; what it does is resolved by the columns of the tables, so that ``*`` and bare names mean
what they mean to DuckDB.
"""
