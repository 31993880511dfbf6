"""Forms judged together get the verdict that each gets alone, and most of them the quick way.

``KWARTAAL_FUZZ_SECONDS`` sets how long each release is tried.
"""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from time import monotonic

import numpy as np
import pytest
from declared import Q1_2023, RELEASES, document, release_of, root_tag, usual_form
from documents import DocumentGenerator, mutate
from spelled import sprinkled

from schemas.quarter import Quarter
from transforms import together
from transforms.grammar import Grammar
from transforms.judge import judge
from transforms.ranges import Range
from transforms.together import Received, VerdictError, judge_together

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "1"))
CHANGES = (
    b"", b"<", b">", b"/", b"&", b" ", b"=", b":", b'"', b"\x00", b"\x1f", b"\xe9", b"\xc3\xa9",
    b"\xef\xbf\xbf", b"\r", b"\t", b"<Form>", b"</Form>", b"<INSS>", b"</INSS>", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<?", b"?>", b"<Form/>", b"x", b"9", b"</>", b"<>", b"//",
)  # fmt: skip


def received(form: bytes, release: Quarter = Q1_2023, root: str | None = None) -> Received:
    where = Range(0, len(form), 1, 1, 1, "")
    return Received(form, where, (root or root_tag(release)).encode(), "utf-8")


def form_in(data: bytes) -> bytes:
    return data[data.index(b"<Form") : data.rindex(b"</DmfAOriginal>")]


def by_columns(forms: Sequence[Received], release: Quarter = Q1_2023) -> int:
    """How many forms got the quick verdict."""
    _, pack = judge_together(forms, release_of(release))
    return len(pack.contents) if pack else 0


def single_forms(release: Quarter, rng: random.Random) -> Iterator[bytes]:
    """Valid documents of one form; values of most are written as nearly everybody does."""
    generator = DocumentGenerator(release_of(release).path, "DmfAOriginal")
    while True:
        for form in re.findall(rb"<Form>.*?</Form>", generator.document(rng), re.DOTALL):
            plain = re.sub(rb">\s*[+-]?([\w.:-]+)\s*<", rb">\1<", form)
            plain = re.sub(rb"&\w+;", b"e", plain)
            yield b"<DmfAOriginal>%b</DmfAOriginal>" % (plain if rng.random() < 0.8 else form)


def spoilt(data: bytes, rng: random.Random, donor: bytes) -> bytes:
    """One thing changed in a form: by what a tree knows, or any byte."""
    if rng.random() < 0.5:
        return mutate(data, rng, donor)[0]
    marks = [at for at, byte in enumerate(data) if byte in b"<>/"]
    at = rng.choice(marks[3:-2]) + rng.randint(0, 1)
    cut = rng.choice((0, 0, 1, 2, 7))
    return data[:at] + rng.choice(CHANGES) + data[at + cut :]


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_the_verdict_together_is_that_alone(release: Quarter) -> None:
    rng = random.Random(f"together {release}")
    documents = single_forms(release, rng)
    until, seen = monotonic() + SECONDS, Counter[str]()
    # Making a document takes longer than judging it twenty times.
    originals = [next(documents) for _ in range(10)]
    while monotonic() < until:
        originals[rng.randrange(len(originals))] = next(documents)
        donor = rng.choice(originals)
        forms = []
        for _ in range(rng.randint(2, 20)):
            original = rng.choice(originals)
            changed = sprinkled(original, rng) if rng.random() < 0.1 else original
            changed = spoilt(changed, rng, donor) if rng.random() < 0.4 else changed
            try:
                forms.append(received(form_in(changed), release))
            except ValueError:
                continue
        judged, pack = judge_together(forms, release_of(release))
        quick = set(map(id, pack.contents)) if pack else set()
        for one, found in zip(forms, judged, strict=True):
            alone = judge(one.data, one.where, one.root_tag, one.codec, release_of(release))
            told = [[(f.code, f.path, f.line) for f in form.findings] for form in found]
            expected = [[(f.code, f.path, f.line) for f in form.findings] for form in alone]
            assert told == expected, one.data
            is_quick = any(id(form.content) in quick for form in found)
            seen[f"{'quick' if is_quick else 'slow'} {all(f.accepted for f in found)}"] += 1
    assert seen["quick False"] == 0
    assert seen["slow False"] > 10
    assert seen["quick True"] > seen["slow True"] > 0


def test_usual_forms_are_judged_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_trusted", {})
    forms = [received(usual_form(reference=f"R{n}").encode()) for n in range(20)]
    assert by_columns(forms) == 20
    broken = received(usual_form().replace("<INSS>", "<INSS>x").encode())
    assert by_columns([*forms, broken, *forms]) == 40


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</NaturalPerson>", "</NaturalPerson>stray"),
        ("<NaturalPerson>", "<NaturalPerson>stray"),
        ("<INSS>", "<INSS>1</INSS><INSS>"),
        ("</INSS>", "</WorkerCode>"),
        ("<WorkerRecord>", "<WorkerRecord><INSS>00010100125</INSS>"),
        ("<EmployerClass>000", "<EmployerClass>0<INSS>0</INSS>00"),
        ("<EmployerDeclaration>", "<EmployerDeclarations>"),
        ("<Quarter>", "<a:Quarter>"),
        ("<Quarter>", '<Quarter a="1">'),
        ("<Quarter>", "<Quarter >"),
        ("<Quarter>2023", "<Quarter>&#50;023"),
        ("<Quarter>2023", "<Quarter>\r2023"),
        ("</Form>", ""),
        ("</Form>", "</Form></Form>"),
        ("</Form>", "</Form><Form></Form>"),
        ("<Form>", "<Form/><Form>"),
    ],
)
def test_what_is_in_doubt_is_judged_alone(old: str, new: str) -> None:
    plain = usual_form()
    assert old in plain
    other = received(plain.replace(old, new, 1).encode())
    usual = [received(usual_form(reference=letter).encode()) for letter in "ABC"]
    assert by_columns([usual[0], other, usual[1], other, usual[2]]) == 3


def test_a_root_is_trusted_once_libxml2_has_accepted_a_form_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(together, "_trusted", {})
    form = usual_form().encode()
    wrong = received(form, root=root_tag().replace(">", ' Unknown="1">'))
    typed = received(form, root=root_tag().replace(">", ' xsi:type="x">'))
    for one in (wrong, typed):
        (judged,), pack = judge_together([one], release_of())
        assert pack is None
        assert [finding.code for form in judged for finding in form.findings]
    assert by_columns([received(form)]) == 1
    assert by_columns([wrong, received(form), typed]) == 1


def test_a_text_may_hold_what_a_tag_may_not() -> None:
    """Also for the form that libxml2 judges as well."""
    forms = [received(usual_form(reference=text).encode()) for text in ("a = b", "c: d", "é 'q'")]
    assert by_columns(forms) == by_columns(forms[::-1]) == 3


def test_a_run_fails_where_libxml2_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the columns had overlooked something in the first form of a window."""
    usual = received(usual_form().encode())
    wrong = received(usual_form().replace("<Border>0</Border>", "<Border>9</Border>").encode())
    assert by_columns([usual, usual]) == 2
    monkeypatch.setattr(Grammar, "doubtful", lambda *_: np.zeros(0, dtype=np.int64))
    with pytest.raises(VerdictError, match="valid by its columns and not by the schema"):
        judge_together([wrong, usual], release_of())


def test_more_roots_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "_TRUSTED", 2)
    monkeypatch.setattr(together, "_trusted", {})
    roots = [root_tag().replace(">", f' xmlns:n{n}="urn:{n}">') for n in range(5)]
    forms = [received(usual_form().encode(), root=root) for root in roots]
    assert by_columns(forms) == 5
    assert len(together._trusted) <= 2


def test_nothing_at_all() -> None:
    assert judge_together([], release_of()) == ([], None)
    whole = document(usual_form())
    assert b"<Form>" in whole
