"""Every method that the double knows, by its lower-case name."""

from tests.botapi import chats, editing, profile, sending
from tests.botapi.registry import METHODS

__all__ = ["METHODS", "chats", "editing", "profile", "sending"]
