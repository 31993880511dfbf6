"""What changed between two XML schemas, and what that breaks.

Knows nothing of any message: whatever XSD 1.0 can say is compared by what it means for documents.
``difference`` is the vocabulary of the outcome, ``comparison.compare`` the way to it.
"""
