"""JUnit XML: a suite for each schema, a case for each difference."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from schemas.compare.checked import Checked, Outcome
from schemas.compare.policy import Judged, Level
from schemas.formats.words import printable, sentence, subject

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(outcome: Outcome) -> str:
    """What is not allowed fails, what is waived is skipped, a defective schema is an error.

    Nothing takes time and no host is named, so that the same outcome is the same file.
    """
    suites = Element("testsuites", name="kwartaal schema")
    for one in outcome.checked:
        suites.append(_suite(one))
    if outcome.remarks:
        suites.append(_remarks(outcome.remarks))
    _count(suites, list(suites.iter("testcase")))
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode")


def _suite(checked: Checked) -> Element:
    suite = Element("testsuite", name=_xml(checked.file))
    cases = [*_problems(checked), *(_case(checked.file, one) for one in checked.judged)]
    suite.extend(cases or [_named(checked.file, "no difference")])
    _count(suite, list(suite))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _problems(checked: Checked) -> Iterator[Element]:
    for number, problem in enumerate(checked.problems, 1):
        case = _named(checked.file, f"the schema itself ({number})")
        if problem.level is Level.ERROR:
            SubElement(case, "error", message=_xml(problem.text), type="schema")
        else:
            SubElement(case, "system-out").text = _xml(problem.text)
        yield case


def _case(file: str, judged: Judged) -> Element:
    difference = judged.difference
    case = _named(file, f"{subject(difference)} at {difference.path} [{difference.id}]")
    text = _xml(sentence(judged))
    message = _xml(printable(judged.reason or subject(difference)))
    if judged.level is Level.ERROR:
        failure = SubElement(case, "failure", message=message, type=difference.verdict)
        failure.text = text
    elif judged.waiver:
        SubElement(case, "skipped", message=message)
    else:
        SubElement(case, "system-out").text = text
    return case


def _remarks(remarks: tuple[str, ...]) -> Element:
    suite = Element("testsuite", name="policy", tests="1", failures="0", errors="0", skipped="0")
    case = _named("policy", "waivers")
    SubElement(case, "system-out").text = _xml("\n".join(remarks))
    suite.set("time", "0")
    suite.append(case)
    return suite


def _named(file: str, name: str) -> Element:
    """A testcase. Dots of a class name are read as packages by some, so that none is left."""
    return Element("testcase", classname=_xml(file.replace(".", "_")), name=_xml(name), time="0")


def _count(element: Element, cases: list[Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", str(sum(case.find("error") is not None for case in cases)))
    element.set("time", "0")


def _xml(text: str) -> str:
    """Without what XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
