"""``kwartaal schema check``, and the workflow and the hook that others copy."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from repositories import Repo, codes, element, include, leaf, schema
from schema_commands import (
    DEFECTIVE,
    MALFORMED,
    NARROWED,
    OLD,
    REWRITTEN,
    ROOT,
    WIDENED,
    refused,
    run,
)

from schemas.formats import CHECK_FORMATS


def test_nothing_has_changed(repo: Repo) -> None:
    repo.commit(**{"README.md": "a shop"})
    assert run("check").stdout.startswith("no schema has changed since HEAD~1 (")


def test_a_fix_may_not_narrow(repo: Repo) -> None:
    repo.write(**{"book-1.xsd": NARROWED})
    told = run("check", code=1).stdout
    assert "book-1.xsd: changed (fix), compared with " in told
    assert "narrowing is not allowed in a fix" in told
    assert "1 changed schema since main (" in told
    repo.write(**{"book-1.xsd": REWRITTEN})
    assert "no difference" in run("check").stdout


def test_a_release_may_widen(repo: Repo) -> None:
    repo.write(**{"book-2.xsd": WIDENED})
    told = run("check").stdout
    assert "book-2.xsd: new (release), compared with " in told
    assert ":book-1.xsd" in told
    repo.write(**{"book-2.xsd": NARROWED})
    run("check", code=1)


def test_a_branch_is_compared_with_where_it_began(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "work")
    repo.commit(**{"book-1.xsd": NARROWED})
    repo.commit(**{"other.xsd": schema(leaf("Other"))})
    repo.git("switch", "--quiet", "main")
    repo.commit(**{"book-1.xsd": WIDENED.replace("crime", "comic")})
    repo.git("switch", "--quiet", "work")
    for args in ((), ("--against", "main")):
        told = run("check", *args, code=1).stdout
        assert "2 changed schemas since main (" in told
        assert "comic" not in told
    assert "1 changed schema since HEAD~1 (" in run("check", "--against", "HEAD~1").stdout


def test_on_the_main_branch_it_is_the_last_commit(repo: Repo) -> None:
    repo.commit(**{"book-1.xsd": NARROWED})
    assert "since HEAD~1 (" in run("check", code=1).stdout
    repo.write(**{"book-1.xsd": WIDENED})
    assert "since main (" in run("check", code=1).stdout


def test_one_broken_schema_does_not_stop_the_rest(repo: Repo) -> None:
    repo.commit(**{"a.xsd": OLD, "b.xsd": OLD, "c.xsd": DEFECTIVE})
    repo.write(**{"a.xsd": MALFORMED, "b.xsd": WIDENED, "c.xsd": OLD, "d.xsd": DEFECTIVE})
    told = json.loads(run("check", "--format", "json", code=1).stdout)
    found = {one["file"]: one for one in told["schemas"]}
    assert list(found) == ["a.xsd", "b.xsd", "c.xsd", "d.xsd"]
    assert found["a.xsd"]["problems"][0]["text"].startswith("defective: a.xsd ")
    assert found["b.xsd"]["differences"][0]["policy"] == "widening is not allowed in a fix"
    assert found["c.xsd"]["level"] == "warning"
    assert found["c.xsd"]["problems"][0]["text"].startswith(
        "not compared, as it was defective before: defective: c.xsd "
    )
    assert found["d.xsd"]["level"] == "error"
    assert found["d.xsd"]["change"] == "new"


def test_an_included_file_breaks_what_includes_it(repo: Repo) -> None:
    shared = schema(include("../types/codes.xsd"), element("Library", leaf("Genre", "Genre")))
    genres = schema(codes("Genre", "novel", "poetry"))
    repo.commit(**{"a/library.xsd": shared, "types/codes.xsd": genres})
    repo.write(**{"types/codes.xsd": schema(codes("Genre", "novel"))})
    told = run("check", "--format", "github", code=1).stdout
    assert told.startswith("::error file=")
    assert told.count("\n") == 1
    (schemas,) = json.loads(run("check", "--format", "json", code=1).stdout)["schemas"]
    assert schemas["file"] == "a/library.xsd"
    (one,) = schemas["differences"]
    assert one["old_at"]["file"] in ("types/codes.xsd", "a/library.xsd")
    repo.remove("types/codes.xsd")
    assert "error: defective: library.xsd " in run("check", code=1).stdout


def test_a_deleted_schema(repo: Repo) -> None:
    repo.remove("book-1.xsd")
    assert "error: deleted: what names it can no longer be judged" in run("check", code=1).stdout
    repo.write(**{".kwartaal-schema.yaml": "version: 1\ndeletion: allow"})
    run("check")


def test_a_moved_schema_is_compared(repo: Repo) -> None:
    repo.remove("book-1.xsd")
    repo.write(**{"old/book-1.xsd": NARROWED})
    assert "old/book-1.xsd: moved (fix), compared with " in run("check", code=1).stdout


def test_a_new_schema_that_follows_none(repo: Repo) -> None:
    repo.write(**{"library.xsd": schema(leaf("Library"))})
    assert "note: new, and follows no schema that is known" in run("check").stdout


WAIVED = """\
version: 1
fix: {allow: [none, widening]}
waivers:
  - at: /Book/Genre
    reason: nobody ever sold any
    expires: %s
"""


def test_a_waiver_passes_until_it_expires(repo: Repo) -> None:
    repo.write(**{"book-1.xsd": NARROWED, ".kwartaal-schema.yaml": WAIVED % "2999-12-31"})
    assert "waived until 2999-12-31: nobody ever sold any" in run("check").stdout
    repo.write(**{"strict.yaml": WAIVED % "2001-01-01"})
    told = run("check", "--policy", "strict.yaml", code=1).stdout
    assert "strict.yaml:4: the waiver of at /Book/Genre expired on 2001-01-01" in told


def test_a_waiver_that_nothing_needs_is_told(repo: Repo) -> None:
    repo.write(**{"book-1.xsd": WIDENED, ".kwartaal-schema.yaml": WAIVED % "2999-12-31"})
    said = ".kwartaal-schema.yaml:4: the waiver of at /Book/Genre was not needed"
    assert said in run("check").stdout
    assert said not in run("check", "book-1.xsd").stdout
    assert said in run("check", ".").stdout


def test_a_wrong_policy_is_wrong_usage(repo: Repo) -> None:
    repo.write(**{".kwartaal-schema.yaml": "version: 1\nfixes: {}"})
    assert ".kwartaal-schema.yaml:2: 'fixes' is not known here" in refused("check")


def test_roots_of_a_policy_are_for_the_schemas_that_declare_them(repo: Repo) -> None:
    policy = "version: 1\nschemas: {roots: [Book, Shelf]}"
    repo.commit(**{".kwartaal-schema.yaml": policy, "x.xsd": schema(leaf("Other"))})
    more = OLD.replace("</xs:schema>", leaf("Loose") + "</xs:schema>")
    repo.write(**{"book-1.xsd": more, "x.xsd": schema(leaf("Other", "xs:int"))})
    found = json.loads(run("check", "--format", "json", code=1).stdout)["schemas"]
    assert [one["verdict"] for one in found] == ["none", "narrowing"]
    assert [one["kind"] for one in found[0]["differences"]] == ["declaration-added"]


def test_from_a_folder_below(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(**{"below/x.xsd": OLD})
    repo.write(**{"below/x.xsd": NARROWED, "book-1.xsd": NARROWED})
    monkeypatch.chdir(repo.root / "below")
    assert "2 changed schemas" in run("check", code=1).stdout
    told = run("check", "x.xsd", "--output", "told.txt", code=1)
    assert told.stdout == ""
    assert "below/x.xsd: changed" in (repo.root / "below/told.txt").read_text()


@pytest.mark.parametrize("form", CHECK_FORMATS)
def test_every_form_of_a_check_at_once(repo: Repo, form: str) -> None:
    repo.write(**{"book-1.xsd": NARROWED})
    shown = run("check", "--format", form, code=1).stdout
    run("check", "--report", f"{form}=told", code=1)
    assert Path("told").read_text() == shown
    assert "poetry" in shown


def test_clones_without_history_say_so(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(**{"book-1.xsd": NARROWED})
    shallow = repo.clone(tmp_path / "shallow", "--depth=1")
    monkeypatch.chdir(shallow.root)
    said = "warning: nothing to compare with: the clone is shallow; no schema was checked"
    assert said in run("check").stdout
    assert "the clone is shallow: fetch more" in refused("check", "--against", "HEAD~1")
    shallow.write(**{"book-1.xsd": OLD})
    assert "since origin/HEAD (" in run("check", code=1).stdout
    repo.git("switch", "--quiet", "--create", "work")
    repo.commit(**{"book-2.xsd": OLD})
    single = repo.clone(tmp_path / "single", "--single-branch", "--branch=work")
    monkeypatch.chdir(single.root)
    assert "1 changed schema since HEAD~1 (" in run("check").stdout


def test_lines_of_work_without_a_common_commit(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--orphan", "alone")
    repo.commit(**{"book-1.xsd": WIDENED})
    told = run("check", "--against", "main", code=1).stdout
    assert "HEAD and main have no common commit here: compared with main itself" in told


def test_a_repository_without_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Repo.begun(tmp_path / "new").root)
    assert "new has no revision 'HEAD'" in refused("check")


def test_a_name_that_is_no_text_stops_nothing(repo: Repo) -> None:
    odd = os.fsdecode(b"caf\xe9.xsd")
    repo.write(**{odd: OLD, "book-1.xsd": NARROWED})
    for form in CHECK_FORMATS:
        told = run("check", "--format", form, code=1).stdout
        assert "caf" in told
        assert "poetry" in told
    found = json.loads(run("check", "--format", "json", code=1).stdout)["schemas"]
    assert [one["file"] for one in found] == ["book-1.xsd", odd]
    assert found[1]["problems"][0]["text"] == "defective: the name of the file is no UTF-8 text"


# --- what others copy ----------------------------------------------------------------------------


def in_shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ("bash", "-e", "-c", command),
        cwd=folder,
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
    )


def test_the_workflow_works(repo: Repo) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/schema-check.yml").read_text())
    steps = workflow["jobs"]["check"]["steps"]
    (command,) = (step["run"] for step in steps if step.get("name") == "Check")
    before = repo.git("rev-parse", "HEAD")
    repo.commit(**{"book-1.xsd": NARROWED})
    done = in_shell(command, repo.root, AGAINST=before, GITHUB_STEP_SUMMARY="summary.md")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=book-1.xsd,line=")
    assert "### Schemas that have changed since" in (repo.root / "summary.md").read_text()
    (uploaded,) = (
        step["with"]["sarif_file"]
        for step in steps
        if "with" in step and "sarif_file" in step["with"]
    )
    assert json.loads((repo.root / uploaded).read_text())["version"] == "2.1.0"
    assert ElementTree.parse(repo.root / "schemas.junit.xml").getroot().get("failures") == "1"


def test_the_hook_works(repo: Repo) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert set(hook) >= {"id", "name", "entry", "language", "files"}
    command = " ".join((hook["entry"], *hook["args"]))
    repo.write(**{"book-1.xsd": NARROWED})
    done = in_shell(command, repo.root)
    assert done.returncode == 1, done.stderr
    assert "narrowing is not allowed in a fix" in done.stdout


def test_our_own_check_tells_a_clone_without_history(tmp_path: Path) -> None:
    """The line of `.ci/run`, in a clone of nothing but the last commit."""
    lines = (ROOT / ".ci/run").read_text()
    start = lines.index("if git rev-parse")
    command = lines[start : lines.index("\nfi", start) + 3]
    assert "kwartaal schema check" in command
    command = command.replace(".venv/bin/", "")
    outside = in_shell(command, tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert outside.returncode == 0, outside.stderr
    assert "This is no clone of a git repository" in outside.stdout
    Repo.begun(tmp_path / "one").commit(**{"book.xsd": OLD})
    alone = in_shell(command, tmp_path / "one")
    assert alone.returncode == 0, alone.stderr
    assert "nothing to compare with: there is no earlier commit" in alone.stdout
