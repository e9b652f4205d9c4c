"""The queue of updates: they leave it only when a higher offset is asked for, or when a webhook took them."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable

from tests.botapi.errors import OTHER_POLLER, ApiError
from tests.botapi.faults import Faults
from tests.botapi.people import Json

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "poll",
    "poll_answer",
)
_ONLY_WHEN_ASKED = ("chat_member", "message_reaction", "message_reaction_count")
_FIRST_ID = 512_000_001


class Updates:
    """Pending updates; one poller at a time, the newer one ends the older."""

    def __init__(self, faults: Faults) -> None:
        self.pending: deque[Json] = deque()
        self.allowed: tuple[str, ...] = ()
        self.polls = 0
        self.fed: Callable[[Json], None] | None = None
        self._faults = faults
        self._last_id = _FIRST_ID - 1
        self._waiting: asyncio.Future[None] | None = None

    def allow(self, kinds: object) -> None:
        """Remember which kinds are wanted; None keeps what was asked before, an empty list means the usual."""
        if isinstance(kinds, list):
            self.allowed = tuple(kind for kind in kinds if kind in KINDS)

    def wanted(self, kind: str) -> bool:
        """Whether an update of a kind is queued."""
        return kind in self.allowed if self.allowed else kind not in _ONLY_WHEN_ASKED

    def put(self, kind: str, payload: Json) -> None:
        """Queue an update and wake the poller or feed the webhook."""
        if not self.wanted(kind):
            return
        self._last_id += 1
        update = {"update_id": self._last_id, kind: payload}
        self.pending.append(update)
        if self.fed is not None:
            self.fed(update)
        elif self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def abort(self, error: ApiError) -> None:
        """End the poll that waits, with an error."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)
        self._waiting = None

    async def get(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """Long polling: forget what is below the offset, then answer at once or wait."""
        self.abort(OTHER_POLLER)
        self.polls += 1
        self._forget(offset)
        if not self.pending and timeout > 0:
            self._waiting = waiting = asyncio.get_running_loop().create_future()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiting, timeout)
            if self._waiting is waiting:
                self._waiting = None
        return self._faults.shaken(list(self.pending)[: min(max(limit, 1), 100)])

    def _forget(self, offset: int) -> None:
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        self.pending = deque(update for update in self.pending if update["update_id"] >= offset)

    def taken(self, update: Json) -> None:
        """A webhook took an update."""
        with contextlib.suppress(ValueError):
            self.pending.remove(update)


def chat_of(update: Json) -> int:
    """The chat of an update, by which a webhook keeps order; 0 for none."""
    for payload in update.values():
        if isinstance(payload, dict):
            chat = payload.get("chat") or payload.get("message", {}).get("chat") or payload.get("from") or {}
            return int(chat.get("id", 0))
    return 0


def numbers(updates: Iterable[Json]) -> list[int]:
    """The ids of updates."""
    return [int(update["update_id"]) for update in updates]
