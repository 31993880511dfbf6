"""Who is measured: the floor, ``kwartaal run``, a bare pool, and peers that happen to be installed.

Each is a command line that does its work on the files of a corpus. Those of kwartaal leave a lake.
"""

import json
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from corpora import KWARTAAL, Contents, Corpus

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA

HERE = Path(__file__).parent
FILES_A_COMMAND = 2000
"""Files that one xmllint gets at most: a command line has an end."""
_SHARES = 8
"""Commands that the floor is cut into at least, so that both processes end at the same time."""


class WrongWork(RuntimeError):
    """A contender did not do the work that it is measured for."""


def nothing_told(output: str, contents: Contents) -> Mapping[str, float]:
    """The floor speaks by its exit code alone."""
    del output, contents
    return {}


def accepted_all(output: str, contents: Contents) -> Mapping[str, float]:
    """Seconds by stage from the summary of a run."""
    return _stages(output, contents.forms)


def accepted_none(output: str, contents: Contents) -> Mapping[str, float]:
    """Nothing was new."""
    del contents
    return _stages(output, 0)


def counted_records(output: str, contents: Contents) -> Mapping[str, float]:
    if int(output) != contents.records:
        raise WrongWork(f"{output.strip()} worker records were counted, not {contents.records}")
    return {}


def _stages(output: str, forms: int) -> Mapping[str, float]:
    summary = json.loads(output)
    if summary["forms_accepted"] != forms:
        raise WrongWork(f"{summary['forms_accepted']} forms were accepted, not {forms}")
    stages: Mapping[str, float] = summary["stages"]
    return stages


@dataclass(frozen=True)
class Contender:
    """``command``: corpus, lake and processes to a command line. ``told``: from its output the
    seconds by stage, ``WrongWork`` when it did not do what it should. ``absent``: why it is not
    here."""

    name: str
    command: Callable[[Corpus, Path, int], Sequence[str]]
    told: Callable[[str, Contents], Mapping[str, float]]
    absent: str | None = None


def floor(corpus: Corpus, lake: Path, processes: int) -> Sequence[str]:
    """libxml2 alone. Files are handed out as processes get free; one file is one process."""
    del lake
    release = Catalogue().find(DMFA, corpus.quarter)
    assert release is not None
    number = corpus.contents.files
    share = max(1, min(FILES_A_COMMAND, number // _SHARES))
    lint = ["xmllint", "--sax", "--noout", "--huge", "--schema", str(release.path)]
    listed = f"find {shlex.quote(str(corpus.files))} -type f -print0"
    spread = shlex.join(["xargs", "-0", "-P", str(processes), "-n", str(share), *lint])
    return ["sh", "-c", f"{listed} | {spread}"]


def ours(corpus: Corpus, lake: Path, processes: int) -> Sequence[str]:
    command = [KWARTAAL, "run", "dmfa", "--quarter", str(corpus.quarter), "--format", "json"]
    command += ["--input", str(corpus.files), "--lake", str(lake)]
    return [*command, "--", f"--direct_num_workers={processes}"]


def pool(corpus: Corpus, lake: Path, processes: int) -> Sequence[str]:
    command = [sys.executable, str(HERE / "bare_pool.py"), "--quarter", str(corpus.quarter)]
    command += ["--input", str(corpus.files), "--lake", str(lake)]
    return [*command, "--processes", str(processes)]


def peer(name: str) -> Callable[[Corpus, Path, int], Sequence[str]]:
    def command(corpus: Corpus, lake: Path, processes: int) -> Sequence[str]:
        del lake
        return [sys.executable, str(HERE / "peers.py"), name, str(corpus.files), str(processes)]

    return command


def _without_program(name: str, package: str) -> str | None:
    return None if shutil.which(name) else f"{name} is not installed (Debian's {package})"


def _without_module(name: str) -> str | None:
    return None if find_spec(name) else f"the Python package {name} is not installed"


FLOOR = Contender("floor", floor, nothing_told, _without_program("xmllint", "libxml2-utils"))
RUN = Contender("run", ours, accepted_all)
AGAIN = Contender("again", ours, accepted_none)
POOL = Contender("pool", pool, accepted_all)
PEERS = (
    Contender(
        "spark",
        peer("spark"),
        counted_records,
        _without_module("pyspark") or _without_program("java", "default-jre-headless"),
    ),
    Contender("pandas", peer("pandas"), counted_records, _without_module("pandas")),
    Contender("iterparse", peer("iterparse"), counted_records),
)
"""They read and count worker records only: nothing is validated, computed or written."""
