"""The life of a case as a table: which step leads from which state to which."""

WAITING = "waiting"
CLAIMED = "claimed"
ANSWERED = "answered"
ON_TRAINEE = "waiting-on-trainee"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

OPEN = (WAITING, CLAIMED, ANSWERED, ON_TRAINEE)
ENDED = (CLOSED, WITHDRAWN)
STATES = (*OPEN, *ENDED)

_TAKEN = (CLAIMED, ANSWERED, ON_TRAINEE)
STEPS: dict[str, dict[str, str]] = {
    "claim": {WAITING: CLAIMED},
    "release": dict.fromkeys(_TAKEN, WAITING),
    "answer": dict.fromkeys(_TAKEN, ANSWERED),
    "ask": dict.fromkeys(_TAKEN, ON_TRAINEE),
    "write": {WAITING: WAITING, **dict.fromkeys(_TAKEN, CLAIMED)},
    "join": {state: state for state in OPEN},
    "raise": {WAITING: WAITING},
    "hand over": dict.fromkeys(OPEN, WAITING),
    "close": dict.fromkeys(OPEN, CLOSED),
    "withdraw": dict.fromkeys(OPEN, WITHDRAWN),
    "reopen": {CLOSED: WAITING},
}
"""Step -> state before -> state after. A withdrawn case stays ended: the trainee's consent is gone."""


def step(state: str, action: str) -> str:
    """The state after a step; ValueError for a step that this state does not allow."""
    try:
        return STEPS[action][state]
    except KeyError:
        raise ValueError(f"{action!r} is not possible for a case that is {state}") from None


def sources(action: str) -> tuple[str, ...]:
    """The states in which a step is allowed."""
    return tuple(STEPS[action])
