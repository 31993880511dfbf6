"""A token with a rare byte is found where it is, however often that byte occurs."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import streamed
from transforms.streamed import Rare, Text, tag

FORM = tag("<", "Form")


@given(
    st.lists(st.sampled_from([b"<Form", b"<Form>", b"<Forms>", b"F", b"F" * 90, b" ", b"x" * 300])),
    st.integers(0, 40),
    st.none() | st.integers(0, 900),
    st.integers(1, 50),
)
def test_a_rare_token_is_found_as_by_a_pattern(
    pieces: list[bytes], start: int, length: int | None, chunk: int
) -> None:
    data = b"".join(pieces)
    stop = None if length is None else start + length
    pattern = re.compile(rb"<Form(?=[ \t\r\n/>]|\Z)")
    places = (m.start() for m in pattern.finditer(data, min(start, len(data))))
    expected = next((at for at in places if stop is None or at + 5 <= stop), -1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(streamed, "CHUNK", chunk)
        assert Text(io.BytesIO(data), 0).find_rare(FORM, start, stop) == expected


def test_a_byte_that_is_not_rare_is_given_up() -> None:
    data = b"F" * 1_000_000 + b"<Form>"
    met = _Counted(data)
    assert FORM.find(met, 0, None) == 1_000_000
    assert met.searches < 1000
    assert Rare(b"<!", 1).find(b"!" * 1000 + b"<!", 0, None) == 1000


class _Counted(bytes):
    searches = 0

    def find(self, *args: object) -> int:
        self.searches += 1
        return super().find(*args)  # type: ignore[arg-type]
