"""Servers that tests start and end: PostgreSQL as its own user, an object store on loopback."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import psycopg

PATIENCE = 60.0
"""Seconds that a server may take to start."""


@dataclass(frozen=True)
class Postgres:
    """A running server with an owner who has a password."""

    port: int
    password: str
    _numbers: Iterator[int]

    def address(self, database: str, user: str = "owner", password: str | None = None) -> str:
        """With a password: the right one when none is given."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a database that nobody has used."""
        name = f"lake_{next(self._numbers)}"
        self.execute("postgres", f"CREATE DATABASE {name}")
        return self.address(name)

    def execute(self, database: str, sql: Any) -> None:
        with psycopg.connect(self.address(database), autocommit=True) as session:
            session.execute(sql)


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, None where they are not installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*versions, *([Path(on_path).parent] if on_path else [])]
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def postgres(programs: Path) -> Iterator[Postgres]:
    """A new server, in a folder that its user can reach; it refuses to run as root."""
    root = os.geteuid() == 0
    user: dict[str, Any] = {"user": "nobody", "extra_groups": []} if root else {}
    server = Postgres(_free_port(), secrets.token_hex(8), count(1))
    with TemporaryDirectory(prefix="kwartaal-postgres-") as folder:
        Path(folder, "password").write_text(server.password)
        if root:
            shutil.chown(folder, "nobody")
            shutil.chown(Path(folder, "password"), "nobody")
        made = [str(programs / "initdb"), "-D", f"{folder}/data", "-U", "owner", "--no-sync"]
        secured = ["--auth=scram-sha-256", f"--pwfile={folder}/password"]
        subprocess.run([*made, *secured], check=True, capture_output=True, cwd=folder, **user)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": server.port,
            "unix_socket_directories": "",
            "fsync": "off",
        }
        given = [arg for name, value in options.items() for arg in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", f"{folder}/data", *given]
        with _running(command, lambda: server.execute("postgres", "SELECT 1"), cwd=folder, **user):
            yield server


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server on loopback that keeps everything in its memory."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "key-of-tests",
            "AWS_SECRET_ACCESS_KEY": "secret-of-tests",
            "AWS_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    port = _free_port()
    store = ObjectStore(f"http://127.0.0.1:{port}")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, lambda: urlopen(f"{store.endpoint}/moto-api/", timeout=1).close()):
        yield store


@contextmanager
def _running(command: list[str], ask: Callable[[], None], **how: Any) -> Iterator[None]:
    """A process that answers; it is ended at the end."""
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, **how)
    try:
        _wait(process, ask)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # PostgreSQL waits for clients on SIGTERM
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", ask: Callable[[], None]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except (OSError, psycopg.OperationalError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
