"""What is said to a person, free of any channel: Telegram, the terminal and tests render it their own way."""

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "strong", "emphasis", "small", "copy", "quote"]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text in one style; `copy` is text a person may want to copy (a number, a sentence to say)."""

    text: str
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Button:
    """A tap: `action` is callback data, `copy` puts text on the clipboard, `url` opens a page."""

    label: str
    action: str | None = None
    copy: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message: paragraphs of parts, then rows of buttons."""

    paragraphs: tuple[tuple[Part, ...], ...]
    rows: tuple[tuple[Button, ...], ...] = ()

    @property
    def text(self) -> str:
        """The words alone, as a terminal or a test reads them."""
        return "\n".join("".join(part.text for part in paragraph) for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Reply:
    """The bubbles of one answer in order; the first one of an urgent answer holds who to call now."""

    bubbles: tuple[Bubble, ...]

    @property
    def text(self) -> str:
        """All words of all bubbles."""
        return "\n\n".join(bubble.text for bubble in self.bubbles)


def paragraph(text: str, style: Style = "plain") -> tuple[Part, ...]:
    """A paragraph in a single style."""
    return (Part(text, style),)


def bubble(*paragraphs: str | tuple[Part, ...], rows: tuple[tuple[Button, ...], ...] = ()) -> Bubble:
    """A message of paragraphs given as plain strings or as parts; empty ones are left out."""
    made = tuple(paragraph(item) if isinstance(item, str) else item for item in paragraphs if item)
    return Bubble(made, rows)
