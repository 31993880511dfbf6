"""The wheel as it would be published: what is in it, and that it works by itself."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"pipelines", "schemas", "transforms", "warehouse"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    (built,) = folder.glob("kwartaal-*.whl")
    return built


def test_each_top_level_name_has_one_owner(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert top == PACKAGES


def test_all_data_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in PACKAGES:
        for suffix in ("xsd", "yaml", "sql", "py"):
            for path in (ROOT / package).rglob(f"*.{suffix}"):
                assert str(path.relative_to(ROOT)) in names


def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    script = (
        "import schemas; assert 'installed' in schemas.__file__, schemas.__file__;"
        "from pipelines.cli import cli;"
        "cli.main(['synth', 'dmfa', '--quarter', '2023Q1', '--employers', '2', '--output', 'made'],"
        " standalone_mode=False);"
        "from pathlib import Path;"
        "code = cli.main(['validate', *map(str, Path('made').iterdir())], standalone_mode=False);"
        "assert code == 0, code"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True)
