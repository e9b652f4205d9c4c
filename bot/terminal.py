"""`kenri chat`: the same conversation as on Telegram, in a terminal, with the desk's side shown."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.assistant import Assistant
from bot.conversation import questions, welcome
from bot.conversation.steps import COMMANDS, tapped
from bot.conversation.talk import Said, Talk, Who, utc_now
from bot.core.reply import Bubble, Button
from bot.storage import cases, relay
from bot.storage.cases import Case
from bot.storage.engine import Database, Tx

PERSON = Who(chat_id=1)
VOLUNTEER = 2
_STYLES = {"strong": "bold", "emphasis": "italic", "copy": "cyan", "small": "dim", "quote": "green"}
_HELP = "Type a message; a number taps that button; /desk TEXT answers as the volunteer; /quit leaves."


class TerminalDesk:
    """What the volunteers' group would see, printed and marked as such."""

    name = "Demo"
    lang = "ja"

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self.talk: Talk | None = None

    async def opened(self, tx: Tx, case: Case) -> None:
        """A new case."""
        last = {"lang": case.lang, "level": case.level.word, "entry": case.entry}
        summary = self.talk.summary(last, self.lang, case.prefecture) if self.talk else ""
        self._show(f"#{case.number} · {summary}\n«{case.shared}»")

    async def wrote(self, tx: Tx, case: Case, text: str, relay_id: int) -> None:
        """The trainee's words."""
        self._show(f"#{case.number}: {text}")

    async def told(self, tx: Tx, case: Case, what: str) -> None:
        """What happened on the trainee's side."""
        self._show(f"#{case.number}: {what}")


class Terminal:
    """A conversation on stdin and stdout; remembers only which buttons are on the screen."""

    def __init__(self, talk: Talk, console: Console) -> None:
        self._talk = talk
        self._console = console
        self._buttons: list[Button] = []

    def show(self, said: Said) -> None:
        """Print bubbles; buttons are numbered over the whole screen."""
        self._buttons = []
        if said.notice:
            self._console.print(f"[dim]({escape(said.notice)})[/dim]")
        if said.delete:
            self._console.print(f"[dim](on Telegram {len(said.delete)} messages are deleted here)[/dim]")
        for bubble in said.bubbles:
            self._bubble(bubble)

    def _bubble(self, bubble: Bubble) -> None:
        self._console.print("[magenta]Kenri[/magenta]")
        for paragraph in bubble.paragraphs:
            line = "".join(
                f"[{style}]{escape(part.text)}[/{style}]" if (style := _STYLES.get(part.style)) else escape(part.text)
                for part in paragraph
            )
            self._console.print(line, highlight=False)
        for row in bubble.rows:
            self._console.print("  ".join(self._label(button) for button in row), highlight=False)
        self._console.print()

    def _label(self, button: Button) -> str:
        if button.copy is not None:
            return f"[blue]\\[{escape(button.label)}][/blue]"
        self._buttons.append(button)
        return f"[yellow]{len(self._buttons)}[/yellow] [blue]\\[{escape(button.label)}][/blue]"

    async def step(self, line: str) -> None:
        """One line typed: a tap, the volunteer's word, a command, or a message."""
        line = line.strip()
        if line.isdigit() and 0 < int(line) <= len(self._buttons):
            action = self._buttons[int(line) - 1].action or ""
            self.show(await tapped(self._talk, PERSON, action))
        elif line.startswith("/desk "):
            await self._volunteer(line.removeprefix("/desk "))
        elif line[:1] == "/" and line[1:] in COMMANDS:
            self.show(await COMMANDS[line[1:]](self._talk, PERSON))
        elif line:
            self.show(await questions.text(self._talk, PERSON, line))

    async def _volunteer(self, text: str) -> None:
        now = utc_now()
        async with self._talk.database.begin() as tx:
            case = next(iter(await cases.queue(tx)), None)
            if case is None:
                self._console.print("[dim](no open case)[/dim]")
                return
            if text.startswith("//"):
                await relay.record(tx, case.number, "note", text, "text", now, None, VOLUNTEER)
                self._console.print("[dim](a note: it stays at the desk)[/dim]")
                return
            if case.alias is None:
                await cases.claim(tx, case.number, VOLUNTEER, now)
            await relay.record(tx, case.number, "out", text, "text", now, None, VOLUNTEER)
            await cases.answered(tx, case.number, VOLUNTEER, now)
        self._console.print(f"[magenta]Volunteer:[/magenta] {escape(text)}\n", highlight=False)


def converse(assistant: Assistant, lang: str | None) -> None:
    """Talk until /quit or the end of the input."""
    asyncio.run(_converse(assistant, lang))


async def _converse(assistant: Assistant, lang: str | None) -> None:
    console = Console(soft_wrap=True)
    desk = TerminalDesk(lambda text: console.print(f"[red]— at the desk —[/red]\n{escape(text)}\n", highlight=False))
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite:///{Path(folder) / 'chat.db'}", None)
        try:
            talk = Talk(assistant, database, desk, utc_now)
            desk.talk = talk
            terminal = Terminal(talk, console)
            console.print(f"[dim]{_HELP}[/dim]\n")
            first = welcome.choose_language(talk, PERSON, lang) if lang else welcome.start(talk, PERSON)
            terminal.show(await first)
            while True:
                try:
                    line = await asyncio.to_thread(input, "> ")
                except EOFError:
                    return
                if line.strip() in ("/quit", "/exit"):
                    return
                await terminal.step(line)
        finally:
            await database.close()
