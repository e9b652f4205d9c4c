"""What a call brought: query, form, JSON or multipart, read in the same way."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.botapi.errors import bad


@dataclass(slots=True)
class Params:
    """The named values of a call and its uploaded files."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """A value as text; JSON booleans and numbers arrive in their JSON spelling."""
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """A value as a whole number; what is not one counts as the default, as Telegram has it."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """A value as yes or no."""
        return self.text(name).strip().lower() in ("true", "1", "yes", "y")

    def json(self, name: str, words: str = "") -> Any:
        """A value that is JSON, also when it came as text; None when it is missing."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(words or f"can't parse {name} JSON object") from None


async def read(request: web.Request) -> Params:
    """The parameters of a request, of whatever content type."""
    params = Params(dict(request.query))
    kind = request.content_type
    if request.method == "POST" and kind == "application/json":
        try:
            values = await request.json()
        except ValueError:
            raise bad("can't parse JSON object") from None
        params.values |= values if isinstance(values, dict) else {}
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                params.files[name] = (value.filename, value.file.read())
            else:
                params.values[name] = value
    return params
