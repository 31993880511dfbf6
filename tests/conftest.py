import os
from pathlib import Path

import pytest
from hypothesis import settings

# Speed is measured elsewhere; on a busy machine a deadline says nothing about the code.
settings.register_profile("kwartaal", deadline=None)
settings.load_profile("kwartaal")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout, with the official publications.

    Tests that need it are skipped without it, except under CI, where it has to be present.
    """
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        reason = "the official publications are not in the folder `shared` beside the checkout"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
