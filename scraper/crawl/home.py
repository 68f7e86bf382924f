"""The one folder that Rolecall writes to."""

import os
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """`ROLECALL_HOME`, or the platform's data directory. Not made here."""
    return Path(os.environ.get("ROLECALL_HOME") or user_data_path("rolecall", appauthor=False))
