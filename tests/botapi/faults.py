"""Trouble on the way, switched on per method: dropped connections, slow and half answers, 5xx, 429, odd updates."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.people import Json

Kind = Literal["drop_before", "drop_after", "slow", "half", "500", "502", "429"]
BEFORE: tuple[Kind, ...] = ("drop_before", "500", "502", "429")
ANY = "*"


@dataclass(slots=True)
class Fault:
    """One kind of trouble; `times` left (None: for ever), met with a `probability`."""

    kind: Kind
    method: str
    times: int | None
    probability: float
    seconds: float
    skip: int
    chat_id: int | None
    met: int = 0

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Whether it concerns a call; `getUpdates` is meant only by its own name."""
        named = self.method == method.lower() or (self.method == ANY and method.lower() != "getupdates")
        return named and self.times != 0 and (self.chat_id is None or self.chat_id == chat_id)


@dataclass(slots=True)
class Faults:
    """All trouble that is switched on; one seeded source of chance."""

    seed: int = 0
    active: list[Fault] = field(default_factory=list)
    duplicated: float = 0.0
    reordered: float = 0.0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def add(
        self,
        method: str,
        kind: Kind,
        *,
        times: int | None = 1,
        probability: float = 1.0,
        seconds: float = 1.0,
        skip: int = 0,
        chat_id: int | None = None,
    ) -> Fault:
        """Switch one on for a method (`*`: every one but getUpdates). `seconds`: of a slow answer or `retry_after`."""
        fault = Fault(kind, method.lower(), times, probability, seconds, skip, chat_id)
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Switch everything off."""
        self.active.clear()
        self.duplicated = self.reordered = 0.0

    def pick(self, method: str, chat_id: int | None) -> Fault | None:
        """The trouble that this call meets, if any."""
        for fault in self.active:
            if not fault.fits(method, chat_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.probability < 1 and self.chance.random() >= fault.probability:
                continue
            fault.times = None if fault.times is None else fault.times - 1
            fault.met += 1
            return fault
        return None

    def shaken(self, updates: Sequence[Json]) -> list[Json]:
        """Updates as a troubled network delivers them: some twice, some out of order."""
        shaken: list[Json] = []
        for update in updates:
            shaken.append(update)
            if self.duplicated and self.chance.random() < self.duplicated:
                shaken.append(update)
        if self.reordered and len(shaken) > 1 and self.chance.random() < self.reordered:
            self.chance.shuffle(shaken)
        return shaken
