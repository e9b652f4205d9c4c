"""Every error that Kenri raises on purpose.

KenriError
├── SettingsError      the environment or `.env` is wrong; all faults together
├── ContentError       `knowledge/` or `locales/` has faults; each with file and line
├── ModelUnavailable   the encoder cannot run here; the bot goes on with words and n-grams
└── StorageError       the database cannot be used as it is
    ├── SchemaTooNew   made by a newer version; refuse rather than damage it
    └── CaseConflict   the case is not in a state that allows this step
"""

from collections.abc import Sequence
from dataclasses import dataclass


class KenriError(Exception):
    """The parent of all errors that have a clear message for the person at the keyboard."""


class SettingsError(KenriError):
    """One or more settings are missing or wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("settings: " + "; ".join(self.problems))


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing a maintainer has to mend: where it is and how to mend it."""

    file: str
    line: int
    message: str
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}:{self.column}: {self.message}" if self.column else f"{place}: {self.message}"


class ContentError(KenriError):
    """The knowledge base or a catalog cannot be used; `faults` lists every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ModelUnavailable(KenriError):
    """The sentence encoder cannot be loaded on this machine."""


class StorageError(KenriError):
    """The database refused or is not usable."""


class SchemaTooNew(StorageError):
    """The database was migrated by a newer version of Kenri."""


class CaseConflict(StorageError):
    """Somebody else was faster, or the case is in another state."""
