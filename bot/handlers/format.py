"""Bubbles as Telegram messages: HTML with everything escaped, keyboards, and texts cut to Telegram's limit."""

from collections.abc import Iterator
from html import escape
from typing import Any

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.reply import Bubble, Button, Part

MAX_UNITS = 4096
"""Telegram counts UTF-16 code units after entities are parsed."""
_MAX_COPY = 256
_TAGS = {"strong": "b", "emphasis": "i", "copy": "code", "small": "i", "quote": "blockquote"}


def html(part: Part) -> str:
    """A part as Telegram HTML."""
    tag = _TAGS.get(part.style)
    text = escape(part.text, quote=False)
    return f"<{tag}>{text}</{tag}>" if tag else text


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def messages(bubble: Bubble) -> list[tuple[str, InlineKeyboardMarkup | None]]:
    """A bubble as one or more (HTML, keyboard); the keyboard is under the last one."""
    texts = list(_pages(bubble))
    return [(text, None) for text in texts[:-1]] + [(texts[-1], keyboard(bubble.rows))]


def _pages(bubble: Bubble) -> Iterator[str]:
    page: list[str] = []
    size = 0
    for paragraph in bubble.paragraphs:
        length = sum(units(part.text) for part in paragraph) + 2
        if page and size + length > MAX_UNITS:
            yield "\n\n".join(page)
            page, size = [], 0
        if length > MAX_UNITS:
            for part in paragraph:
                yield from (html(Part(piece, part.style)) for piece in _pieces(part.text))
            continue
        page.append("".join(html(part) for part in paragraph))
        size += length
    yield "\n\n".join(page) or "…"


def _pieces(text: str) -> Iterator[str]:
    step = MAX_UNITS // 2 - 8
    return (text[i : i + step] for i in range(0, len(text), step))


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    """Rows of buttons as an inline keyboard, None where there are none."""
    made = [[_button(button) for button in row] for row in rows if row]
    return InlineKeyboardMarkup(made) if made else None


def _button(button: Button) -> InlineKeyboardButton:
    if button.copy is not None:
        return InlineKeyboardButton(button.label, copy_text=CopyTextButton(button.copy[:_MAX_COPY]))
    if button.url is not None:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.action)


def payloads(bubble: Bubble, **extra: Any) -> list[dict[str, Any]]:
    """A bubble as parameters of `sendMessage`, for the outbox; the chat id is added when it is sent."""
    found = []
    for text, markup in messages(bubble):
        payload: dict[str, Any] = {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        if markup is not None:
            payload["reply_markup"] = markup.to_dict()
        found.append(payload | extra)
    return found
