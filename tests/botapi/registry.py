"""Where the methods are registered, each a function of the world and the parameters."""

from collections.abc import Callable
from typing import Any

from tests.botapi.params import Params
from tests.botapi.world import World

Method = Callable[[World, Params], Any]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Register a function under Bot API names."""

    def register(function: Method) -> Method:
        METHODS.update({name.lower(): function for name in names})
        return function

    return register
