"""Files that arrive: a declaration ``FI.x`` is whole when ``GO.x`` is beside it."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE, _GO, _SIGNATURE = "FI.", "GO.", "FS."


@dataclass(frozen=True)
class Inbox:
    """A folder that senders write to, and one for what was taken in."""

    folder: Path
    taken: Path

    def arrived(self, most: int) -> list[Path]:
        """Files that are whole, in order of the arrival of their ``GO.`` file, ``most`` at most."""
        with os.scandir(self.folder) as entries:
            there = {entry.name: entry for entry in entries}
        ready = [
            (there[name].stat().st_mtime_ns, name)
            for name in there
            if name.startswith(_GO) and _FILE + name.removeprefix(_GO) in there
        ]
        return [self.folder / (_FILE + name.removeprefix(_GO)) for _, name in sorted(ready)[:most]]

    def put_away(self, files: Mapping[str, str]) -> None:
        """Moves files with their companions out of the way, as far as they are still there.

        ``files``: the SHA-256 of each, by name. A file of the name that is another one has arrived
        since: it stays, to be taken in.
        """
        self.taken.mkdir(parents=True, exist_ok=True)
        for name, digest in files.items():
            if not self._is(name, digest):
                continue
            rest = name.removeprefix(_FILE)
            # The GO file goes first: without it the others are not looked at.
            for companion in (_GO + rest, _SIGNATURE + rest, name):
                source = self.folder / companion
                if source.exists():
                    source.replace(free(self.taken / companion))

    def _is(self, name: str, digest: str) -> bool:
        """Whether a file is there and is this one; one that cannot be read could not be before."""
        try:
            with (self.folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False  # it goes last, so its companions are gone as well
        except OSError:
            return True


def free(path: Path) -> Path:
    """The path, or one like it where something is already: nothing is written over."""
    found, number = path, 1
    while found.exists():
        found, number = path.with_name(f"{path.name}~{number}"), number + 1
    return found
