"""Change notices for those who make the documents, in Dutch, French and English.

A notice is made of a ``Comparison`` and of our own texts alone, so that it can be sent as it is.
Its readers think in zones and blocks with numbers, in what is mandatory, in codes and lengths; no
word of XSD is in it. What a schema does not number is called by its element name.

``grouping`` puts together what belongs together, ``saying`` has a sentence for every kind of
difference, ``telling`` and ``summary`` make the parts, ``notice`` the whole.
"""

from schemas.notice.notice import notice
from schemas.notice.texts import LANGUAGES

__all__ = ["LANGUAGES", "notice"]
