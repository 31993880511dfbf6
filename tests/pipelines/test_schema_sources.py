"""What a person types as a schema, and which schemas of a repository have changed."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from declared import CATALOGUE, DMFA, Q1_2023, Q2_2022
from repositories import Repo, codes, element, include, leaf, schema

from pipelines.schema import sources
from pipelines.schema.changes import Changed, changed_schemas
from pipelines.schema.git import GitError, Repository
from pipelines.schema.sources import SourceError, source
from schemas.compare.checked import Change
from schemas.compare.difference import Comparison, Difference, Effect, Kind, Location
from schemas.compare.policy import DEFAULT, Policy
from schemas.compare.policy_file import read_policy

BOOK = schema(include("../types/codes.xsd"), element("Library", leaf("Genre", "Genre")))
GENRES = schema(codes("Genre", "novel", "poetry"))
FILES = {"shop/book.xsd": BOOK, "types/codes.xsd": GENRES}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    begun = Repo.begun(tmp_path / "repo")
    begun.commit(**FILES)
    monkeypatch.chdir(begun.root)
    return begun


# --- what is typed -------------------------------------------------------------------------------


def test_a_file(repo: Repo) -> None:
    with source("shop/book.xsd", None) as found:
        assert (found.path, found.label) == (repo.root / "shop/book.xsd", "shop/book.xsd")
        assert found.told(repo.root / "types/codes.xsd") == Path("types/codes.xsd")
        assert found.told(Path("/elsewhere/codes.xsd")) == Path("/elsewhere/codes.xsd")
    with source(str(repo.root / "shop/book.xsd"), None) as found:
        assert found.path.is_file()


def test_a_file_elsewhere_is_told_as_it_was_typed(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.root / "types")
    with source("../shop/book.xsd", None) as found:
        assert found.told(repo.root / "shop/book.xsd") == Path("../shop/book.xsd")
        assert found.told(repo.root / "types/codes.xsd") == repo.root / "types/codes.xsd"


@pytest.mark.parametrize("text", ["dmfa@2023/1", "dmfa@2023Q1", "dmfa@20231", "dmfa@2023-1"])
def test_a_release_by_any_spelling_of_its_quarter(text: str) -> None:
    with source(text, None) as found:
        assert found.path == CATALOGUE.releases(DMFA)[Q1_2023].path
        assert (found.label, found.begins) == ("dmfa@2023/1", "DmfAOriginal")


def test_a_release_that_is_an_alias() -> None:
    with source("dmfa@2022/4", None) as found:
        assert found.path == CATALOGUE.releases(DMFA)[Q2_2022].path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gone.xsd", "no file 'gone.xsd'; a release is written dmfa@2023/1, a file of a git"),
        ("", "no file ''"),
        (".", "no file '.'"),
        ("limosa@2023/1", "no message 'limosa': there is dmfa"),
        ("dmfa@2023/5", "'2023/5' is not a quarter"),
        ("dmfa@1999/1", "no release 1999/1 of dmfa is known: 2022/2, 2023/1"),
        ("nowhere:shop/book.xsd", "'nowhere:shop/book.xsd' is no file, and no file of a git"),
        ("HEAD:gone.xsd", "HEAD:gone.xsd: the revision has no file 'gone.xsd'"),
        ("HEAD:shop", "the revision has no file 'shop'"),
        ("HEAD:../../etc/passwd", "'../../etc/passwd' is outside repository"),
        ("HEAD:/etc/passwd", "the revision has no file"),
        (":shop/book.xsd", "a revision comes before the colon"),
        ("--help:shop/book.xsd", "no revision '--help'"),
        ("HEAD:a\nb.xsd", "the revision has no file"),
    ],
)
def test_what_is_not_there_is_told(repo: Repo, text: str, said: str) -> None:
    with pytest.raises(SourceError) as raised, source(text, None):
        pass
    assert said in str(raised.value)


def test_a_file_of_a_revision_with_all_that_it_is_made_of(repo: Repo) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.commit(**{"types/codes.xsd": schema(codes("Genre", "novel"))})
    for revision in ("HEAD~1", first, first[:8], "main@{1}", "HEAD^{/more}~1"):
        with source(f"{revision}:shop/book.xsd", None) as found:
            assert found.path.read_text() == BOOK
            included = found.path.parent / "../types/codes.xsd"
            assert included.read_text() == GENRES
            assert found.told(included) == Path("types/codes.xsd")
            assert found.label == f"{revision}:shop/book.xsd"
            assert found.said(f"{found.path}:3 and {found.path.as_uri()}") == (
                "shop/book.xsd:3 and shop/book.xsd"
            )
        assert not found.root.exists()


def test_a_tag_names_its_commit_and_a_tree_may_be_named(repo: Repo) -> None:
    repo.git("tag", "-a", "v1", "-m", "one")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    for revision in ("v1", tree):
        with source(f"{revision}:shop/book.xsd", None) as found:
            assert found.path.read_text() == BOOK


def test_a_path_from_where_one_is(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.root / "shop")
    for path in ("./book.xsd", "../shop/book.xsd", "shop/book.xsd"):
        with source(f"HEAD:{path}", None) as found:
            assert found.path.read_text() == BOOK


def test_a_file_comes_before_a_revision(repo: Repo) -> None:
    repo.write(**{"HEAD:shop/book.xsd": "<other/>", "dmfa@2023-1": "<other/>"})
    for text in ("HEAD:shop/book.xsd", "dmfa@2023-1"):
        with source(text, None) as found:
            assert found.path.read_text() == "<other/>"


def test_names_that_are_hard_to_write(repo: Repo) -> None:
    repo.commit(**{"häuser & co/my types.xsd": GENRES})
    location = include("h%C3%A4user%20&amp;%20co/my%20types.xsd")
    repo.commit(**{"ordered by: date.xsd": schema(location)})
    with source("HEAD:ordered by: date.xsd", None) as found:
        assert (found.root / "häuser & co/my types.xsd").read_text() == GENRES


def test_links_are_followed_inside_the_tree_only(repo: Repo) -> None:
    (repo.root / "shop/link.xsd").symlink_to("../types/codes.xsd")
    (repo.root / "outside.xsd").symlink_to("/etc/passwd")
    repo.commit(**{"x.xsd": schema(include("shop/link.xsd"), include("outside.xsd"))})
    with source("HEAD:x.xsd", None) as found:
        assert (found.root / "shop/link.xsd").read_text() == GENRES
        assert not (found.root / "outside.xsd").exists()


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SourceError, match="is not in a git repository"), source("HEAD:a", None):
        pass


def test_without_git(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="git is not installed"), source("HEAD:a", None):
        pass


def test_a_shallow_clone_says_that_it_is(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(**{"more.xsd": GENRES})
    clone = repo.clone(tmp_path / "clone", "--depth=1")
    monkeypatch.chdir(clone.root)
    with source("HEAD:more.xsd", None) as found:
        assert found.path.is_file()
    with (
        pytest.raises(SourceError, match=r"no revision 'HEAD~1'; the clone is shallow: fetch more"),
        source("HEAD~1:shop/book.xsd", None),
    ):
        pass


def test_locations_are_told_as_a_person_knows_them(repo: Repo) -> None:
    with source("HEAD:shop/book.xsd", None) as old, source("shop/book.xsd", None) as new:
        one = Difference(
            Kind.BASE_CHANGED,
            "Genre",
            Effect.KEEPS,
            Effect.KEEPS,
            old_at=Location(old.root / "types/codes.xsd", 3),
            new_at=Location(new.path, 4),
        )
        found = sources.told(Comparison("a", "b", (), (one,)), old, new)
    assert found.differences[0].old_at == Location(Path("types/codes.xsd"), 3)
    assert found.differences[0].new_at == Location(Path("shop/book.xsd"), 4)


# --- what has changed ----------------------------------------------------------------------------


def changed(repo: Repo, *within: str, policy: Policy = DEFAULT) -> list[Changed]:
    repository = Repository.around(repo.root)
    return changed_schemas(repository, repository.commit("HEAD"), policy, within)


def test_nothing_has_changed(repo: Repo) -> None:
    assert changed(repo) == []
    repo.write(**{"README.md": "nothing of a schema"})
    assert changed(repo) == []


def test_an_included_file_changes_the_schemas_that_are_made_of_it(repo: Repo) -> None:
    repo.commit(**{"shop/other.xsd": schema(leaf("Other"))})
    repo.write(**{"types/codes.xsd": schema(codes("Genre", "novel"))})
    expected = Changed("shop/book.xsd", Change.CHANGED, "shop/book.xsd")
    assert changed(repo) == [expected]
    assert changed(repo, "types/codes.xsd") == [expected]
    assert changed(repo, "types") == [expected]
    assert changed(repo, "shop/other.xsd") == []
    assert changed(repo, "sho") == []


def test_a_removed_include_changes_them_too(repo: Repo) -> None:
    repo.remove("types/codes.xsd")
    assert changed(repo) == [Changed("shop/book.xsd", Change.CHANGED, "shop/book.xsd")]


def test_staged_and_unstaged_changes_count_alike(repo: Repo) -> None:
    repo.write(**{"shop/book.xsd": BOOK.replace("Library", "Shop")})
    before = changed(repo)
    repo.git("add", "--all")
    assert changed(repo) == before == [Changed("shop/book.xsd", Change.CHANGED, "shop/book.xsd")]


def test_a_new_schema_follows_the_one_before_it_as_it_was_published(repo: Repo) -> None:
    repo.commit(**{"order-1.xsd": schema(leaf("Order"))})
    repo.write(
        **{
            "order-1.xsd": schema(leaf("Ordre")),
            "order-2.xsd": schema(leaf("Order"), leaf("Invoice")),
            "order-3.xsd": schema(leaf("Order"), leaf("Bill")),
            "alone.xsd": schema(leaf("Alone")),
        }
    )
    assert changed(repo) == [
        Changed("alone.xsd", Change.NEW, None, is_committed=False),
        Changed("order-1.xsd", Change.CHANGED, "order-1.xsd"),
        Changed("order-2.xsd", Change.NEW, "order-1.xsd"),
        Changed("order-3.xsd", Change.NEW, "order-2.xsd", is_committed=False),
    ]


def test_files_that_are_gone_or_elsewhere(repo: Repo) -> None:
    repo.commit(
        **{"a.xsd": schema(leaf("A")), "b.xsd": schema(leaf("B")), "c.xsd": schema(leaf("C"))}
    )
    repo.remove("a.xsd", "b.xsd", "c.xsd")
    repo.write(
        **{
            "renamed.xsd": schema(leaf("A")),  # the same content
            "folder/b.xsd": schema(leaf("B"), leaf("B2")),  # the same name
        }
    )
    assert changed(repo) == [
        Changed("c.xsd", Change.DELETED),
        Changed("folder/b.xsd", Change.MOVED, "b.xsd"),
        Changed("renamed.xsd", Change.MOVED, "a.xsd"),
    ]
    assert [one.file for one in changed(repo, "a.xsd")] == ["renamed.xsd"]


def test_what_could_have_moved_from_two_places_is_new(repo: Repo) -> None:
    repo.commit(**{"a/same.xsd": schema(leaf("S")), "b/same.xsd": schema(leaf("S"))})
    repo.remove("a/same.xsd", "b/same.xsd")
    repo.write(**{"c/same.xsd": schema(leaf("S"))})
    kinds = {one.file: one.change for one in changed(repo)}
    assert kinds == {
        "a/same.xsd": Change.DELETED,
        "b/same.xsd": Change.DELETED,
        "c/same.xsd": Change.NEW,
    }


def test_ignored_files_are_no_schemas(repo: Repo) -> None:
    repo.commit(**{".gitignore": "/build/\n"})
    repo.write(**{"build/x.xsd": BOOK})
    assert changed(repo) == []


def test_the_policy_says_which_files_are_looked_at(repo: Repo) -> None:
    policy = read_policy(b"version: 1\nschemas: {exclude: ['tests/**']}", "p")
    repo.write(**{"tests/x.xsd": schema(leaf("X")), "tests/y.xsd": schema(leaf("Y"))})
    assert changed(repo, policy=policy) == []
    assert len(changed(repo)) == 2


def test_what_was_not_checked_out_is_not_gone(repo: Repo) -> None:
    repo.commit(**{"far/away.xsd": schema(leaf("Away"))})
    repo.git("sparse-checkout", "set", "--no-cone", "/shop/", "/types/")
    repo.write(**{"shop/new.xsd": schema(leaf("New"))})
    assert not (repo.root / "far/away.xsd").exists()
    assert [one.file for one in changed(repo)] == ["shop/new.xsd"]


def test_options_of_a_user_do_not_matter(repo: Repo) -> None:
    for name, value in (
        ("diff.relative", "true"),
        ("diff.renames", "copies"),
        ("diff.external", "false"),
    ):
        repo.git("config", name, value)
    repo.write(**{"shop/book.xsd": schema(leaf("X"))})
    assert Repository.around(repo.root / "types").changed("HEAD") == {"shop/book.xsd"}


def test_an_unknown_commit_is_told(repo: Repo) -> None:
    repository = Repository.around(repo.root)
    with pytest.raises(GitError, match="repo has no revision 'v9'"):
        repository.commit("v9")
    with pytest.raises(GitError, match=r"no revision 'HEAD:shop/book\.xsd'"):
        repository.commit("HEAD:shop/book.xsd")


def test_contents_are_read_by_the_batch(repo: Repo) -> None:
    repository = Repository.around(repo.root)
    asked: Mapping[str, str | None] = {**FILES, "gone one.xsd": None, "shop": None}
    found = repository.read("HEAD", asked)
    assert {path: content.decode() for path, content in found.items()} == FILES
