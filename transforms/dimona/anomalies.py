"""The rules of the Dimona: those of ``schemas/dimona/rules``, with the limits of the rate book.

``transforms.rules.run.run(dimona_rules(), tables)`` judges the rows of ``flat.messages``. What else
rules need stands beside these rows or in tables of its own (``schemas.dimona.rule_data``):
``stored`` puts the period that a declaration names beside it, ``deadlines`` whether it came late,
``quotas`` what it adds to a quota. A declaration changes what the next one meets, so
whoever folds them in order of reception runs those of different workers together, or asks for
single rules by code.
"""

from functools import cache
from importlib.resources import files

from schemas.dimona.rule_data import DATASETS
from transforms.rates.book import rate_book
from transforms.rules.reading import read_rules
from transforms.rules.rule import RuleSet


@cache
def dimona_rules() -> RuleSet:
    """The rules that kwartaal ships."""
    folder = files("schemas") / "dimona" / "rules"
    found = (file for file in folder.iterdir() if file.name.endswith(".yaml"))
    return read_rules(found, DATASETS, rate_book().parameters)
