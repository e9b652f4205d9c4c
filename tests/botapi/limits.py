"""Telegram's sending limits, off unless switched on: overall, per chat, per group."""

import math
import time
from collections import deque
from dataclasses import dataclass, field

from tests.botapi.errors import too_many

_SENDING = ("send", "copy", "forward", "editmessage")
_FREE = ("sendchataction",)


def counts(method: str) -> bool:
    """Whether a method is counted against the limits."""
    return method.lower().startswith(_SENDING) and method.lower() not in _FREE


@dataclass(slots=True)
class Limits:
    """`per_second` overall, `per_chat` each second in one chat, `per_group` each minute in one group; 0 is off."""

    per_second: int = 0
    per_chat: int = 0
    per_group: int = 0
    refused: int = 0
    _sent: dict[tuple[str, int], deque[float]] = field(default_factory=dict)

    def on(self, per_second: int = 30, per_chat: int = 1, per_group: int = 20) -> None:
        """Switch Telegram's documented limits on."""
        self.per_second, self.per_chat, self.per_group = per_second, per_chat, per_group

    def off(self) -> None:
        """Switch them off."""
        self.per_second = self.per_chat = self.per_group = 0
        self._sent.clear()

    def count(self, chat_id: int) -> None:
        """Count one message to a chat, or raise 429 with the seconds to wait; a refused one is not counted."""
        now = time.monotonic()
        windows = [(("all", 0), self.per_second, 1.0), (("chat", chat_id), self.per_chat, 1.0)]
        if chat_id < 0:
            windows.append((("group", chat_id), self.per_group, 60.0))
        windows = [window for window in windows if window[1]]
        for key, most, span in windows:
            times = self._sent.setdefault(key, deque())
            while times and now - times[0] >= span:
                times.popleft()
            if len(times) >= most:
                self.refused += 1
                raise too_many(max(1, math.ceil(span - (now - times[0]))))
        for key, _, _ in windows:
            self._sent[key].append(now)
