"""What a declarer is told about a form that is wrong, and that its neighbours are not."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import process_time

import pytest
from declared import (
    INSS,
    Q1_2023,
    Q2_2022,
    RELEASES,
    compensation,
    contribution,
    document,
    form,
    occupation,
    outcome,
    person,
    record,
    release_of,
    remun,
    service,
    student,
    unrelated,
    usual_form,
    zone,
)
from lxml import etree

from schemas.quarter import Quarter
from transforms import judge, limits
from transforms.findings import Finding

SECOND = usual_form(inss=INSS[1], reference="B")
DECLARED = "/DmfAOriginal/Form[2]/EmployerDeclaration"
RECORD = f"{DECLARED}/NaturalPerson/WorkerRecord"
OCCUPATION = f"{RECORD}/Occupation"


@dataclass(frozen=True)
class Story:
    """`old` becomes `new` in the second form; the finding is in the line that holds `at`."""

    name: str
    old: str
    new: str
    code: str
    path: str | None
    value: str | None = None
    at: str | None = None


def changed(name: str, element: str, old: str, new: str, suffix: str, path: str) -> Story:
    """Another value in a zone: the code starts with its number, the finding has its path."""
    at = f"<{element}/>" if new == "/" else None
    written = at or zone(element, new)
    place = f"{path}/{element}"
    return Story(name, zone(element, old), written, suffix, place, "" if at else new, at)


def moved(name: str, old: str, new: str, code: str, path: str, at: str | None = None) -> Story:
    """Another structure: there is no value to show."""
    return Story(name, old, new, code, path, None, at)


def broken(name: str, old: str, new: str) -> Story:
    return Story(name, old, new, "xml-syntax", None)


FORM = "/DmfAOriginal/Form[2]"
REORGANISED = (
    "<ReorgMeasureInformation><ReorganisationMeasure>501</ReorganisationMeasure>"
    "<ReorganisationMeasurePercentage>10</ReorganisationMeasurePercentage>"
    "</ReorgMeasureInformation>"
)
VALUES = (
    changed("inss not numeric", "INSS", INSS[1], "8507X", "00024-002", f"{DECLARED}/NaturalPerson"),
    changed("inss too short", "INSS", INSS[1], "850730", "00024-003", f"{DECLARED}/NaturalPerson"),
    changed("amount empty", "RemunAmount", "900000", "", "00070-001", f"{OCCUPATION}/Remun"),
    changed("amount closed", "RemunAmount", "900000", "/", "00070-001", f"{OCCUPATION}/Remun"),
    changed("euro", "RemunAmount", "900000", "9000.00", "00070-002", f"{OCCUPATION}/Remun"),
    changed("negative", "RemunAmount", "900000", "-1", "00070-008", f"{OCCUPATION}/Remun"),
    changed(
        "too large", "RemunAmount", "900000", "123456789012", "00070-008", f"{OCCUPATION}/Remun"
    ),
    changed("border above", "Border", "0", "9", "00040-008", RECORD),
    changed("class too short", "EmployerClass", "000", "0", "00036-003", RECORD),
    changed("another message", "Identification", "DMFA", "DMFX", "00296-008", FORM),
    changed("no such day", "FormCreationDate", "2023-04-20", "2023-02-30", "00218-003", FORM),
    changed("time zone", "FormCreationDate", "2023-04-20", "2023-04-20Z", "00218-003", FORM),
    changed("no time", "FormCreationHour", "16:38:00.000", "16h38", "00299-003", FORM),
    changed("empty date", "OccupationStartingDate", "2020-01-01", "/", "00044-001", OCCUPATION),
    changed("five quarters", "Quarter", "20231", "20235", "00013-003", DECLARED),
    changed("before DmfA", "Quarter", "20231", "20024", "00013-008", DECLARED),
    changed("long reference", "ReferenceNbr", "B", "B" * 300, "00222-093", f"{FORM}/Reference"),
    changed("over seven days", "WorkingDaysSystem", "500", "701", "00047-008", OCCUPATION),
)
BORDER = zone("Border", 0)
STRUCTURE = (
    moved("lacks a zone", BORDER, "", "00040-001", OCCUPATION, "<Occupation>"),
    moved(
        "lacks the last zone, behind optional ones",
        zone("RemunAmount", "900000"),
        "",
        "00070-001",
        f"{OCCUPATION}/Remun",
        "<Remun>",
    ),
    moved(
        "foreign name space",
        BORDER,
        BORDER + '<z:Extra xmlns:z="urn:z"/>',
        "90012-146",
        f"{RECORD}/z:Extra",
    ),
    moved("twice", BORDER, BORDER + BORDER, "00040-090", f"{RECORD}/Border[2]"),
    moved(
        "too many blocks",
        "</Remun>",
        "</Remun>" + REORGANISED * 3,
        "90438-090",
        f"{OCCUPATION}/ReorgMeasureInformation[3]",
    ),
    Story("unknown", BORDER, BORDER + zone("SIS", 1), "90012-146", f"{RECORD}/SIS", "1"),
    Story("lower case", BORDER, zone("border", 0), "90012-146", f"{RECORD}/border", "0"),
    Story(
        "zone of another block",
        BORDER,
        BORDER + zone("CompanyID", 0),
        "90012-146",
        f"{RECORD}/CompanyID",
        "0",
    ),
    moved(
        "student and occupation",
        "</WorkerContribution>",
        "</WorkerContribution>" + student(1, 1, hours=1).replace("\n", ""),
        "90003-091",
        f"{RECORD}/StudentContribution",
    ),
    moved("attribute", BORDER, BORDER.replace(">", ' a="1">', 1), "00040-146", f"{RECORD}/Border"),
    moved("text", "<Service>", "<Service>x", "90018-146", f"{OCCUPATION}/Service"),
    moved(
        "foreign type",
        "<Service>",
        '<Service xsi:type="RemunType">',
        "90018-146",
        f"{OCCUPATION}/Service",
    ),
)
NOT_XML = (
    broken("wrong end tag", BORDER, "<Border>0</Bord>"),
    broken("lone ampersand", zone("ReferenceNbr", "B"), zone("ReferenceNbr", "B & C")),
    broken("lone less-than", zone("ReferenceNbr", "B"), zone("ReferenceNbr", "B < C")),
    broken("unknown entity", zone("ReferenceNbr", "B"), zone("ReferenceNbr", "&who;")),
    broken("control character", zone("ReferenceNbr", "B"), zone("ReferenceNbr", "\x01")),
    broken("unknown prefix", BORDER, "<x:Border>0</x:Border>"),
    broken("double hyphen", BORDER, f"{BORDER}<!-- a -- b -->"),
)
STORIES = (*VALUES, *STRUCTURE, *NOT_XML)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("story", STORIES, ids=[s.name for s in STORIES])
def test_one_error_is_one_finding(story: Story, newline: str) -> None:
    assert SECOND.count(story.old) == 1
    second = SECOND.replace(story.old, story.new)
    text = document(usual_form(reference="A"), second, usual_form(reference="C")).decode()
    found = outcome(text.replace("\n", newline).encode())

    finding = the_one_finding(found.codes(), [form.findings for form in found.judged])

    before = text[: text.index(second) + second.index(story.at or story.new)]
    assert (finding.code, finding.line) == (story.code, before.count("\n") + 1)
    assert finding.path == story.path
    assert finding.value == (None if story.value is None else story.value[:200])
    if story.path is not None:
        assert (finding.zone, finding.suffix) == tuple(story.code.split("-"))
    assert finding.severity == "B"


def the_one_finding(codes: list[list[str]], findings: list[tuple[Finding, ...]]) -> Finding:
    """The finding of the second of three forms, the only one there is."""
    assert [len(form) for form in codes] == [0, 1, 0]
    return findings[1][0]


def test_a_form_tells_all_that_is_wrong_with_it() -> None:
    wrong = SECOND.replace(BORDER, zone("Border", 9)).replace("DMFA", "X")
    wrong = wrong.replace("<RemunAmount>900000", "<RemunAmount>-1")
    found = outcome(document(wrong))
    assert found.codes() == [["00296-008", "00040-008", "00070-008"]]


def test_a_list_of_findings_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "FINDINGS_PER_FORM", 10)
    pay = [remun(-1)] * 30
    (codes,) = outcome(document(form(person(record(occupation(*pay)))))).codes()
    assert codes == ["00070-008"] * 10 + ["too-many-findings"]
    assert limits.FINDINGS_PER_FORM == 1000


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_forms_have_their_place_in_the_file(release: Quarter) -> None:
    forms = [usual_form(reference=letter) for letter in "ABC"]
    data = document(*forms, release=release)
    found = outcome(data).judged
    for number, (judged, text) in enumerate(zip(found, forms, strict=True), 1):
        assert judged.accepted
        assert judged.form_no == number
        assert data[judged.start : judged.end].decode() == text
        assert judged.content.strip().decode() == text
        assert judged.line == data.count(b"\n", 0, judged.start) + 1


def test_lines_count_from_the_file_when_the_root_tag_has_several() -> None:
    data = document(usual_form(), SECOND.replace(BORDER, zone("Border", 9)))
    data = data.replace(b" xsi:no", b"\n    xsi:no", 1)
    good, bad = outcome(data).judged
    assert good.element is not None
    assert (good.element.sourceline or 0) + good.line_shift == good.line
    (finding,) = bad.findings
    assert finding.line == data.count(b"\n", 0, data.index(zone("Border", 9).encode())) + 1


@pytest.mark.parametrize("between", ["<Fax>1</Fax>", "some text", "<![CDATA[x]]>", "&#65;"])
def test_what_stands_between_forms_is_refused_alone(between: str) -> None:
    text = document(usual_form(), f"{between}", usual_form()).decode()
    found = outcome(text.encode())
    assert found.codes() == [[], ["stray-content"], []]
    assert found.judged[1].findings[0].line == text[: text.index(between)].count("\n") + 1


@pytest.mark.parametrize("between", ["<!-- a -->", "<?a b?>", " \t\n", "<![CDATA[ \n]]>", "&#32;"])
def test_what_leaves_no_content_may_stand_between_forms(between: str) -> None:
    assert outcome(document(usual_form(), between, usual_form())).accepted


@pytest.mark.parametrize("broken", ["<Form>", "<Form", "</Form>", "<Form><Form/>"])
def test_a_broken_form_takes_no_neighbour_along(broken: str) -> None:
    found = outcome(document(usual_form(), broken, usual_form()))
    codes = found.codes()
    assert (codes[0], codes[-1]) == ([], [])
    assert all(codes[1:-1])


FOREIGN = usual_form().replace("<Form>", '<Form xmlns="urn:other">')


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_foreign_form_hides_no_error_of_others(at: int) -> None:
    """Behind a child that may not be there a schema processor looks no further."""
    wrong = SECOND.replace(BORDER, zone("Border", 9))
    forms = [usual_form(), wrong, usual_form()]
    forms.insert(at, FOREIGN)
    found = outcome(document(*forms))
    assert [bool(codes) for codes in found.codes()] == [text in (FOREIGN, wrong) for text in forms]


@pytest.mark.parametrize(
    "hostile",
    [
        "<a>" * 1000 + "</a>" * 1000,
        "<a>" * 100_000,
        zone("Street", "x" * 11_000_000),
        "&lt;" * 5000,
        "<a " + " ".join(f'b{n}="1"' for n in range(5000)) + "/>",
    ],
    ids=["deep", "deeper and open", "long text", "many references", "many attributes"],
)
def test_a_hostile_form_is_refused_alone(hostile: str) -> None:
    found = outcome(document(usual_form(), form(hostile), usual_form()))
    assert [bool(codes) for codes in found.codes()] == [False, True, False]


def test_explaining_many_errors_takes_no_longer_than_finding_them() -> None:
    """libxml2 spends time on the path of every error; that cannot be had for less."""
    wrong = remun(1).replace("<RemunSequenceNbr>1<", "<RemunSequenceNbr>x<").replace("\n", "")
    data = document(form(person(record(occupation(*[wrong] * 6000)))))
    tree = etree.fromstring(data)
    started = process_time()
    assert not release_of().validator.validate(tree)
    found = process_time()
    assert not outcome(data).accepted
    assert process_time() - found < 0.5 + 2 * (found - started)


def test_a_root_that_is_wrong_is_said_for_every_form() -> None:
    data = document(usual_form(), usual_form()).replace(b"<DmfAOriginal ", b'<DmfAOriginal a="1" ')
    assert outcome(data).codes() == [["90169-146"], ["90169-146"]]


def test_an_accepted_form_comes_with_its_tree() -> None:
    accepted, refused = outcome(document(usual_form(), SECOND.replace(BORDER, ""))).judged
    assert accepted.element is not None
    assert accepted.element.findtext("EmployerDeclaration/NaturalPerson/INSS") == INSS[0]
    assert refused.element is None


def test_latin_1_is_judged_and_kept_as_utf_8() -> None:
    text = document(usual_form(reference="Défilé")).decode().replace("UTF-8", "ISO-8859-1")
    found = outcome(text.encode("iso-8859-1"))
    assert found.accepted
    assert "Défilé".encode() in found.judged[0].content


@pytest.mark.parametrize(
    ("declared", "content"),
    [("UTF-8", b"caf\xe9"), ("US-ASCII", "café".encode()), ("US-ASCII", b"caf\xe9")],
)
def test_bytes_that_do_not_follow_the_encoding_refuse_their_form(
    declared: str, content: bytes
) -> None:
    data = document(usual_form(), SECOND, usual_form()).replace(b"UTF-8", declared.encode())
    data = data.replace(b"<ReferenceNbr>B<", b"<ReferenceNbr>" + content + b"<")
    found = outcome(data)
    assert found.codes() == [[], ["encoding"], []]
    assert found.judged[1].findings[0].line == data.count(b"\n", 0, data.index(content)) + 1


# --- ranges and size -----------------------------------------------------------------------------

MIXED = [
    usual_form(reference=f"F{number}")
    if number % 4
    else SECOND.replace(BORDER, zone("Border", number))
    for number in range(3, 40)
]


@pytest.mark.parametrize("together", [2, 5, 60])
@pytest.mark.parametrize("spoilt", ["", "<Form><a></Form>", "stray"])
def test_ranges_change_nothing(together: int, spoilt: str) -> None:
    """Forms judged one by one have the findings of forms judged together."""
    data = document(*MIXED[:20], "<!-- a\nb -->", spoilt, *MIXED[20:])
    one_by_one = outcome(data)
    ranges = one_by_one.survey.ranges
    assert len(ranges) > 5
    groups = [ranges[at : at + together] for at in range(0, len(ranges), together)]
    at_once = [
        judged
        for group in groups
        for judged in judge.judge(
            data[group[0].start : group[-1].end],
            replace(group[0], end=group[-1].end, forms=len(group)),
            one_by_one.survey.root_tag,
            "utf-8",
            release_of(Q1_2023),
        )
    ]
    assert [described(form) for form in at_once] == [described(form) for form in one_by_one.judged]
    assert one_by_one.survey.forms == len(at_once)


def described(judged: judge.Judged) -> tuple[object, ...]:
    element = judged.element
    line = None if element is None else (element.sourceline or 0) + judged.line_shift
    place = (judged.form_no, judged.line, judged.start, judged.end, judged.content.strip())
    return (*place, judged.findings, line)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_lines_beyond_65535(newline: str) -> None:
    worked = occupation(
        *(service(100) for _ in range(13_500)),
        *(remun(100) for _ in range(2)),
    )
    large = form(person(record(worked, contribution(1, 1))))
    wrong = SECOND.replace(BORDER, zone("Border", 9)).replace("500</Work", "800</Work")
    text = document(large, wrong, usual_form()).decode()
    found = outcome(text.replace("\n", newline).encode())
    lines = [text[: text.index(at)].count("\n") + 1 for at in (">9</Border", ">800</Work")]
    assert lines[0] > 65_535
    assert found.codes() == [[], ["00040-008", "00047-008"], []]
    assert [finding.line for finding in found.judged[1].findings] == lines
    last = found.judged[2]
    assert last.element is not None
    expected = text[: text.rindex("<Form>")].count("\n") + 1
    assert (last.element.sourceline or 0) + last.line_shift == last.line == expected


def test_the_release_that_a_document_names_judges_it() -> None:
    """The compensation block came in 2023/1."""
    text = form(unrelated(100), compensation(50), net=50)
    assert outcome(document(text, release=Q1_2023)).accepted
    assert outcome(document(text, release=Q2_2022)).codes() == [["90007-146"]]


def test_all_errors_are_told_also_behind_one_that_stops_the_schema_processor() -> None:
    """An unknown zone, and behind it a wrong number, a wrong code, and another unknown zone."""
    bad = (
        SECOND.replace("<INSS>", "<SIS>1</SIS><INSS>x")
        .replace(zone("EmployerClass", "000"), zone("EmployerClass", "A"))
        .replace(BORDER, BORDER + zone("Colour", "red"))
        .replace(zone("RemunAmount", "900000"), zone("RemunAmount", "-1"))
    )
    (_, judged, _) = outcome(document(usual_form(), bad, usual_form(reference="C"))).judged
    assert [(f.code, (f.path or "").rpartition("/")[2]) for f in judged.findings] == [
        ("90017-146", "SIS"),
        ("00024-002", "INSS"),
        ("00036-002", "EmployerClass"),
        ("90012-146", "Colour"),
        ("00070-008", "RemunAmount"),
    ]
    assert all((f.path or "").startswith("/DmfAOriginal/Form[2]/") for f in judged.findings)


def test_verdicts_of_threads_do_not_mix() -> None:
    """A runner may judge in several threads of one process."""
    sound, bad = document(*MIXED[:1]), document(SECOND.replace(BORDER, zone("Border", 9)))

    def verdicts(number: int) -> list[bool]:
        data = bad if number % 2 else sound
        return [outcome(data).judged[0].accepted for _ in range(60)]

    with ThreadPoolExecutor(4) as pool:
        for number, accepted in enumerate(pool.map(verdicts, range(8))):
            assert accepted == [number % 2 == 0] * 60
