"""What lets DuckDB read an object store: the credentials and the endpoint that S3 clients find."""

from urllib.parse import urlsplit

import duckdb

from warehouse.catalog import quoted
from warehouse.errors import LakeError
from warehouse.extensions import load

NAME = "kwartaal_files"
"""Name of the credentials in DuckDB, which shows no secrets."""


def let_read(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the connection what is in the environment or in the user's profile, as it is now.

    ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_ENDPOINT_URL``, ``AWS_REGION`` and all
    else that S3 clients look at; credentials that end are fetched anew with every call.
    """
    load(connection, "httpfs")
    given = ", ".join(f"{name} {value}" for name, value in _facts().items())
    connection.execute(f"CREATE OR REPLACE SECRET {NAME} (TYPE s3, {given})")


def _facts() -> dict[str, str]:
    try:
        from botocore.session import Session
    except ImportError as error:
        raise LakeError("an object store takes the packages kwartaal[s3]") from error
    session = Session()
    client = session.create_client("s3")
    facts = {"REGION": quoted(client.meta.region_name or "us-east-1")}
    if (found := session.get_credentials()) is not None:
        keys = found.get_frozen_credentials()
        facts |= {"KEY_ID": quoted(keys.access_key), "SECRET": quoted(keys.secret_key)}
        if keys.token:
            facts["SESSION_TOKEN"] = quoted(keys.token)
    return facts | _endpoint(client.meta.endpoint_url)


def _endpoint(url: str) -> dict[str, str]:
    """A store of one's own is asked by path, and without TLS where its address says so."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".amazonaws.com"):
        return {}
    encrypted = "true" if parts.scheme == "https" else "false"
    return {"ENDPOINT": quoted(parts.netloc), "URL_STYLE": "'path'", "USE_SSL": encrypted}
