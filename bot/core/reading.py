"""What understanding found in a message, free of how it was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.entries import Level
from bot.core.matching import Candidate


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities for one message.

    `languages`, `levels`: sum to 1. `candidates`: best first, scores calibrated to 0..1.
    `foreign`: probability that the message is none of our subjects (greeting, chit-chat, other topics).
    `evidence`: short notes for maintainers (`kenri ask --explain`); never contains other people's words.
    """

    languages: Mapping[str, float]
    candidates: tuple[Candidate, ...]
    levels: Mapping[Level, float]
    foreign: float
    small_talk: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def urgent(self) -> float:
        """Probability that the message is urgent or an emergency."""
        return self.levels.get(Level.URGENT, 0.0) + self.levels.get(Level.EMERGENCY, 0.0)
