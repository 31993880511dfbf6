"""Commands on schemas as they are typed, and schemas of a bookshop that they are tried on."""

from pathlib import Path

from click.testing import CliRunner, Result
from repositories import OPTIONAL, codes, element, leaf, schema

from pipelines.cli import cli

ROOT = Path(__file__).resolve().parents[2]

OLD = schema(
    codes("Genre", "novel", "poetry"),
    element("Book", leaf("Title"), leaf("Genre", "Genre"), leaf("Weight", "xs:integer", OPTIONAL)),
)
NARROWED = OLD.replace('<xs:enumeration value="poetry"/>', "")
WIDENED = OLD.replace('value="poetry"/>', 'value="poetry"/><xs:enumeration value="crime"/>')
REWRITTEN = OLD.replace("xs:", "x:").replace("xmlns:xs", "xmlns:x")
DEFECTIVE = OLD.replace('type="Genre"', 'type="Gender"')
MALFORMED = OLD.replace("</xs:schema>", "")


def run(*args: str, code: int = 0) -> Result:
    done = CliRunner().invoke(cli, ["schema", *args], standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        found = getattr(done.exception, "exit_code", None)
        assert found == code, repr(done.exception)
    else:
        assert (done.return_value or done.exit_code) == code, done.output
    return done


def refused(*args: str) -> str:
    """What is said of a command that is written wrongly."""
    done = CliRunner().invoke(cli, ["schema", *args])
    assert done.exit_code == 2, done.output
    return " ".join(done.output.split())
