"""Elements come back as they went, whoever encodes them."""

import os
import pickle
from dataclasses import replace
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.coders import VarIntCoder, registry
from apache_beam.pipeline import AppliedPTransform, PipelineVisitor
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.coders import RecordCoder, register
from pipelines.graph import QuarterRun
from pipelines.work import Batch, Job, Receipt, SurveyedFile, SurveyedFiles
from schemas.quarter import Quarter
from transforms.survey import Survey

MADE = {
    SurveyedFiles: st.from_type(SurveyedFiles),
    Batch: st.from_type(Batch),
    Receipt: st.builds(
        Receipt,
        parts=st.dictionaries(st.text(), st.from_type(tuple[str, ...])),
        seconds=st.dictionaries(st.text(), st.floats(allow_nan=False)),
    ),
}


@pytest.mark.parametrize("kind", MADE)
@settings(max_examples=25)
@given(data=st.data())
def test_an_element_comes_back(kind: type[Any], data: st.DataObject) -> None:
    element = data.draw(MADE[kind])
    coder = RecordCoder(kind)
    assert coder.decode(coder.encode(element)) == element
    elsewhere = pickle.loads(pickle.dumps((coder, element)))
    assert elsewhere[0].encode(elsewhere[1]) == coder.encode(element)
    assert coder.estimate_size(element) > 0


def test_a_path_that_is_no_text_comes_back() -> None:
    survey = Survey("00", 1, "latin-1", b"\xff\x00", None, (), 0)
    file = SurveyedFile(os.fsdecode(b"/in/\xff\xfe.xml"), survey, "")
    coder = RecordCoder(SurveyedFile)
    assert coder.decode(coder.encode(file)) == file
    assert coder.encode(replace(file, path="/in/other.xml")) != coder.encode(file)


class _Types(PipelineVisitor):  # type: ignore[misc]
    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def visit_transform(self, transform_node: AppliedPTransform) -> None:
        for output in transform_node.outputs.values():
            self.found[transform_node.full_label] = output.element_type


def test_nothing_of_the_graph_is_left_to_pickle() -> None:
    register(*MADE)
    pipeline = beam.Pipeline(runner="FnApiRunner")
    _ = pipeline | "Run" >> QuarterRun(Job("run", "dmfa", Quarter(2023, 1), "home"), ("in",))
    types = _Types()
    pipeline.visit(types)
    for step, kind in (
        ("Run/Survey", SurveyedFiles),
        ("Run/Plan", Batch),
        ("Run/Validate, shred, relate, contribute, write", Receipt),
    ):
        coder = registry.get_coder(types.found[step])
        assert coder.value_coder() == RecordCoder(kind)
        assert coder.key_coder() == VarIntCoder()
        assert coder.is_deterministic()
