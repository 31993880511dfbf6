"""Rule files to a set of rules; refuses what does not fit together.

Every file of a folder is a mapping with some of these sections; names are unique over all files:

* ``about``: ``scope`` (the column of actions), ``table`` (the judged table), ``release`` of the
  publication that the classes are of, and ``source`` of what names none;
* ``sources``: what a source is, by a short name;
* ``texts``: what is said of an anomaly, by its last three digits (``{element}`` is put in);
* ``lists``: code lists, each code with the days on which it is allowed;
* ``presence``: when a column has to be filled or empty;
* ``rules``: the rules, by official code.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from schemas.quarter import Quarter
from schemas.rules import CLASSES, LANGUAGES, Dataset
from transforms.rates.book import RateFileError, read_yaml
from transforms.rates.values import Parameter
from transforms.rules.checking import check, used
from transforms.rules.conditions import EVERYWHERE, Condition, parse
from transforms.rules.mechanisms import references
from transforms.rules.question import Limit
from transforms.rules.rule import NOT_RUN, Certainty, Clause, Presence, Rule, RuleSet, Span

_SECTIONS = ("about", "sources", "texts", "lists", "presence", "rules")
_RULE = ("element", "level", "class", "actions", "texts", "clauses", "table")
_CLAUSE = (
    *("name", "condition", "certainty", "needs", "when", "mechanism", "with", "column"),
    *("class", "source", "reason"),
)


class RuleFileError(ValueError):
    """A rule file does not say what it must, or names what is not there."""


def read_rules(
    files: Iterable[Traversable],
    datasets: Iterable[Dataset],
    limits: Mapping[str, Parameter],
) -> RuleSet:
    """The rules of some files; ``RuleFileError`` says what is wrong, and where.

    ``datasets``: what rules may need. ``limits``: dated numbers of the law by name.
    """
    sections = _sections(files)
    about = sections["about"]
    known = {dataset.name: dataset for dataset in datasets}
    rules = RuleSet(
        {code: _rule(code, said, sections, about) for code, said in sections["rules"].items()},
        {name: _list(name, said) for name, said in sections["lists"].items()},
        dict(pair for name, said in sections["presence"].items() for pair in _presence(name, said)),
        limits,
        known,
        sections["sources"],
        about.get("scope"),
    )
    for where, wrong in check(rules):
        raise RuleFileError(f"{where}: {wrong}")
    return replace(rules, rules={rule.code: _using(rules, rule) for rule in rules.rules.values()})


def _using(rules: RuleSet, rule: Rule) -> Rule:
    """With the columns that each clause uses, and no surer than the limits that it goes by."""
    clauses = (
        replace(
            clause,
            uses=used(rules, rule, clause),
            certainty=min(clause.certainty, *_of_limits(rules, clause), Certainty.official),
        )
        for clause in rule.clauses
    )
    return replace(rule, clauses=tuple(clauses))


def _of_limits(rules: RuleSet, clause: Clause) -> Iterator[Certainty]:
    """How sure the limits are that a clause goes by: all their values, the weakest included."""
    if clause.runs:
        for name in references(clause.mechanism, clause.parameters).names[Limit]:
            yield from (Certainty(value.confidence) for value in rules.limits[name].values)


def _sections(files: Iterable[Traversable]) -> dict[str, dict[str, Any]]:
    """The sections of all files, each as one mapping."""
    found: dict[str, dict[str, Any]] = {name: {} for name in _SECTIONS}
    for file in sorted(files, key=lambda f: f.name):
        try:
            content = read_yaml(file.read_bytes(), file.name)
        except RateFileError as error:
            raise RuleFileError(str(error)) from error
        _only(content, _SECTIONS, file.name)
        for name, section in content.items():
            _only_mapping(section, f"{file.name}: {name}")
            twice = found[name].keys() & section.keys()
            if twice:
                raise RuleFileError(f"{file.name}: {name}: {min(twice)} stands elsewhere too")
            found[name] |= section
    return found


def _rule(code: str, said: Any, sections: Mapping[str, Any], about: Mapping[str, Any]) -> Rule:
    _only_mapping(said, code)
    _only(said, _RULE, code)
    element = _text(said, "element", code)
    clauses = said.get("clauses")
    if not isinstance(clauses, list) or not clauses:
        raise RuleFileError(f"{code}: clauses: a list of at least one is expected")
    return Rule(
        code,
        element,
        _text(said, "level", code),
        said.get("table", about.get("table")),
        _classes(said.get("class"), about, code),
        tuple(said.get("actions", ())),
        _texts(code, said.get("texts"), sections["texts"], element),
        tuple(_clause(one, code, about) for one in clauses),
    )


def _classes(said: Any, about: Mapping[str, Any], code: str) -> Mapping[Quarter, str]:
    """By release; a class alone is that of the release that the files are about."""
    by_release = said if isinstance(said, dict) else {about.get("release"): said}
    for class_ in by_release.values():
        if class_ not in CLASSES:
            raise RuleFileError(f"{code}: class {class_!r} is none of {', '.join(CLASSES)}")
    return {Quarter.parse(str(release)): str(c) for release, c in by_release.items()}


def _texts(code: str, own: Any, shared: Mapping[str, Any], element: str) -> Mapping[str, str]:
    texts = own or shared.get(code[-3:])
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise RuleFileError(f"{code}: texts are needed in {', '.join(LANGUAGES)}")
    return {language: texts[language].format(element=element) for language in LANGUAGES}


def _clause(said: Any, code: str, about: Mapping[str, Any]) -> Clause:
    _only_mapping(said, code)
    name = said.get("name")
    where = f"{code} {name}" if name else code
    _only(said, _CLAUSE, where)
    mechanism = _text(said, "mechanism", where)
    reason = said.get("reason")
    if (mechanism == NOT_RUN) != isinstance(reason, str):
        raise RuleFileError(f"{where}: a reason stands where a clause is not run, and only there")
    certainty = said.get("certainty")
    if certainty not in Certainty.__members__:
        names = ", ".join(Certainty.__members__)
        raise RuleFileError(f"{where}: certainty {certainty!r} is none of {names}")
    parameters = said.get("with", {})
    _only_mapping(parameters or {"": None}, f"{where}: with")
    return Clause(
        name,
        _text(said, "condition", where),
        Certainty[certainty],
        tuple(said.get("needs", ())),
        _condition(said.get("when"), where),
        mechanism,
        {key: tuple(v) if isinstance(v, list) else v for key, v in parameters.items()},
        said.get("column"),
        said.get("class"),
        said.get("source") or about.get("source", ""),
        reason,
    )


def _condition(said: Any, where: str) -> Condition:
    if said is None:
        return EVERYWHERE
    try:
        return parse(said)
    except ValueError as error:
        raise RuleFileError(f"{where}: when: {error}") from error


def _list(name: str, said: Any) -> Mapping[str, tuple[Span, ...]]:
    """Codes with their spans; a code without any is always allowed."""
    _only_mapping(said, name)
    return {str(code): tuple(_spans(f"{name} {code}", spans)) for code, spans in said.items()}


def _spans(where: str, said: Any) -> Iterator[Span]:
    for span in [{}] if said is None else said if isinstance(said, list) else [said]:
        _only(span, ("from", "until"), where)
        if any(type(day) is not date for day in span.values()):
            raise RuleFileError(f"{where}: from and until are dates")
        yield Span(span.get("from"), span.get("until"))


def _presence(name: str, said: Any) -> Iterator[tuple[str, Presence]]:
    """A table by each of its columns: those that it lists, else the one that it is named after."""
    _only_mapping(said, name)
    _only(said, ("columns", "rows"), name)
    rows = []
    for row in said["rows"]:
        demand = [key for key in row if key in ("mandatory", "forbidden", "optional")]
        if len(demand) != 1 or len(row) != 1:
            raise RuleFileError(f"{name}: a row says mandatory, forbidden or optional")
        condition = _condition(row[demand[0]], name)
        rows.append((condition, demand[0]))
    for column in said.get("columns", [name]):
        yield column, Presence(column, tuple(rows))


def _only(said: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    unknown = set(said) - set(keys)
    if unknown:
        raise RuleFileError(f"{where}: unknown keys {', '.join(sorted(map(str, unknown)))}")


def _only_mapping(said: Any, where: str) -> None:
    if not isinstance(said, dict) or not said:
        raise RuleFileError(f"{where}: a mapping is expected")


def _text(said: Mapping[str, Any], key: str, where: str) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RuleFileError(f"{where}: {key} is missing, or no text")
    return value
