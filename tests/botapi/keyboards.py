"""Reply markup as Telegram accepts it."""

import json
import re

from tests.botapi.errors import bad
from tests.botapi.people import Json

_PLAIN = ("keyboard", "remove_keyboard", "force_reply")
_MAX_BUTTONS = 100
_MAX_BYTES = 10_240


def checked(markup: object) -> Json | None:
    """The markup, or Telegram's complaint; None when there is nothing to show."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if any(name in markup for name in _PLAIN):
        return dict(markup)
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list):
        raise bad('can\'t find field "inline_keyboard"')
    if any(not isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" must be an Array of Arrays')
    kept = [[_button(button) for button in row] for row in rows]
    total = sum(len(row) for row in kept)
    if total > _MAX_BUTTONS or len(json.dumps(kept, ensure_ascii=False).encode()) > _MAX_BYTES:
        raise bad("reply markup is too long")
    return {"inline_keyboard": [row for row in kept if row]} if total else None


def _button(button: object) -> Json:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("inline keyboard button text must be non-empty")
    if url := button.get("url"):
        if not re.match(r"(https?://|tg://|ton://)[^\s/]|[\w-]+(\.[\w-]+)+", url):
            raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return {"text": button["text"], "url": url}
    if data := button.get("callback_data"):
        if len(data.encode()) > 64:
            raise bad("BUTTON_DATA_INVALID")
        return {"text": button["text"], "callback_data": data}
    if "copy_text" in button:
        text = (button["copy_text"] or {}).get("text", "")
        if not 1 <= len(text) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        return {"text": button["text"], "copy_text": {"text": text}}
    if "web_app" in button or "switch_inline_query" in button or "login_url" in button or "pay" in button:
        return dict(button)
    raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
