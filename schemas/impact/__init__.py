"""What a change of a message touches of what was built on its tables.

``touched`` is the vocabulary of the outcome, ``messages`` finds the message that a schema is a
release of, ``tables`` compares the tables of two releases. Who reads these tables is known to
others: views and queries to ``warehouse``, checks and families to ``transforms``, institutions to
``schemas.institutions``; ``pipelines.impact`` asks them all.
"""
