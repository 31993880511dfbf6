"""What changed between two XML schemas, and what that breaks.

Knows nothing of any message: whatever XSD 1.0 can say is compared by what it means for documents.
``comparison.compare`` is the way in, ``difference`` the vocabulary of what comes out.

    component, particle, read, simple    what a schema declares, as plain data from xmlschema
    language, search, pattern, scale     regular languages: is one within another, and what is not
    declared, content, facets, keys ...  what changed at one element, each change judged alone
    ways                                 which elements pair up, and where documents show them
    document, proof                      the smallest document that shows a change, tried by libxml2
    policy, policy_file, checked         what a change may do, and what was found of it
    lists, listing, validity ...         code lists and tables of checks, told in the same words

Nothing is guessed: an effect is proved by inclusion of languages, or by a document or a value, or
it is left to a person (``Effect.REVIEW``). Left out: ``block`` and ``final``, the content of types
that only ``xsi:type`` can name (that there are other ones is told), QNames under prefixes that mean
another namespace, and XSD 1.1. libxml2 has the last word on documents; where it departs from the
standard (it admits one *local* element that has ``maxOccurs="0"``) a verdict has no witness.
"""
