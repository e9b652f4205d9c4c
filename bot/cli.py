"""The `kenri` command: thin, each command a few lines over the rooms that do the work."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Annotated

import typer

from bot.assistant import Answer, Assistant, Question
from bot.config import Settings, load_settings
from bot.core.contacts import TOKYO
from bot.core.languages import LANGUAGES, resolve
from bot.errors import ContentError, KenriError, SettingsError

app = typer.Typer(
    name="kenri",
    help="Rights of technical intern trainees in Japan: answers, danger, who can help now.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
db = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(db, name="db")

LangOption = Annotated[
    str | None, typer.Option("--lang", help="Language of the person: vi id fil my zh km th mn ne en ja.")
]


def main(argv: list[str] | None = None) -> None:
    """Run a command; every foreseen error is one clear line on stderr. Exit codes: 0 done, 1 faults, 2 usage."""
    try:
        code = app(args=argv, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except typer.Abort:
        sys.exit(130)
    except typer.TyperException as error:
        _fail(_shown(error))
    except ContentError as error:
        print("\n".join(str(fault) for fault in error.faults), file=sys.stderr)
        sys.exit(1)
    except SettingsError as error:
        _fail("settings: " + "; ".join(error.problems))
    except KenriError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _shown(error: typer.TyperException) -> str:
    """The library's own sentence for a misused command line."""
    return str(error.format_message()) if hasattr(error, "format_message") else str(error)


def _fail(message: str) -> None:
    print(f"kenri: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


def _language(tag: str | None) -> str | None:
    if tag is None:
        return None
    code = resolve(tag)
    if code is None:
        raise typer.BadParameter(f"no language {tag!r} (one of {' '.join(LANGUAGES)})", param_hint="--lang")
    return code


def _moment(text: str | None) -> datetime:
    """`--on`: an ISO date (noon in Japan) or date-time (in Japan unless it says otherwise); None is now."""
    if not text:
        return datetime.now(TOKYO)
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), clock_time(12), TOKYO)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a date (write 2027-04-02 or 2027-04-02T13:00)", param_hint="--on"
        ) from None
    return moment.astimezone(TOKYO) if moment.tzinfo else moment.replace(tzinfo=TOKYO)


def _assistant(settings: Settings) -> Assistant:
    from bot.app import build_assistant  # noqa: PLC0415 - `kenri --help` must not load the model

    return build_assistant(settings)


def as_json(answer: Answer, row_id: object = None) -> dict[str, object]:
    """An answer as the contract's JSON object."""
    record: dict[str, object] = {} if row_id is None else {"id": row_id}
    return record | {
        "lang": answer.lang,
        "lang_confidence": round(answer.lang_confidence, 3),
        "kind": answer.kind,
        "entry": answer.entry,
        "candidates": [{"entry": c.entry, "score": round(c.score, 4)} for c in answer.candidates],
        "level": answer.level.word,
        "danger": list(answer.danger),
        "contacts": list(answer.contacts),
        "answer": answer.reply.text,
    }


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    lang: LangOption = None,
    as_of: Annotated[str | None, typer.Option("--on", help="Answer as of this date or date-time.")] = None,
    prefecture: Annotated[str | None, typer.Option(help="Prefecture code 01-47.")] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="JSON lines on stdin to JSON lines on stdout.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what evidence made the answer.")] = False,
) -> None:
    """One question, one answer."""
    settings = load_settings()
    chosen, moment = _language(lang), _moment(as_of)
    if batch:
        if text:
            raise typer.BadParameter("--batch reads stdin: give no TEXT")
        _batch(_assistant(settings), sys.stdin.buffer, chosen, as_of)
        return
    if text is None:
        raise typer.BadParameter("give a TEXT, or --batch")
    assistant = _assistant(settings)
    if prefecture is not None and prefecture not in assistant.knowledge.prefectures:
        raise typer.BadParameter(f"no prefecture {prefecture!r} (01 to 47)", param_hint="--prefecture")
    answer = assistant.ask(Question(text, moment, lang=chosen, prefecture=prefecture))
    if as_json_:
        print(json.dumps(as_json(answer), ensure_ascii=False))
        return
    if explain:
        print(explanation(answer))
    print(answer.reply.text)


def explanation(answer: Answer) -> str:
    """The decision and its evidence, for maintainers."""
    ranked = " · ".join(f"{c.entry} {c.score:.2f}" for c in answer.candidates[:4])
    notes = " · ".join(f"{key}: {value}" for key, value in answer.evidence.items())
    head = f"{answer.kind} · {answer.lang} {answer.lang_confidence:.2f} · {answer.level.word}"
    return f"{head} {' '.join(answer.danger)}\n{ranked}\n{notes}\n"


def _batch(assistant: Assistant, lines: Iterable[bytes], chosen: str | None, as_of: str | None) -> None:
    faults = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: object = None
        try:
            row = json.loads(line.decode("utf-8", "replace"))
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise ValueError('an object with "text" is needed')
            question = Question(row["text"], _moment(row.get("on") or as_of), lang=_language(row.get("lang")) or chosen)
        except (ValueError, typer.TyperException) as error:
            message = _shown(error) if isinstance(error, typer.TyperException) else str(error)
            print(f"kenri: line {number}: {message}", file=sys.stderr)
            print(json.dumps({"id": row.get("id") if isinstance(row, dict) else None, "error": message}), flush=True)
            faults += 1
            continue
        print(json.dumps(as_json(assistant.ask(question), row.get("id")), ensure_ascii=False), flush=True)
    if faults:
        raise typer.Exit(1)


@app.command()
def chat(lang: LangOption = None) -> None:
    """The conversation in the terminal: no token, no network; what the desk would see is shown too."""
    from bot import log  # noqa: PLC0415
    from bot.terminal import converse  # noqa: PLC0415 - the model loads only when it is needed

    log.configure("WARNING")
    converse(_assistant(load_settings()), _language(lang))


@app.command(name="eval")
def evaluate(files: Annotated[list[Path], typer.Argument(help="JSON-lines files.")]) -> None:
    """The measures over evaluation files."""
    from bot import evaluation  # noqa: PLC0415

    rows = evaluation.read_rows(files)
    print(evaluation.report(evaluation.run(_assistant(load_settings()), rows, datetime.now(TOKYO))))


@app.command()
def check(stale: Annotated[bool, typer.Option("--stale", help="List what is due for re-checking.")] = False) -> None:
    """Every fault of knowledge/ and locales/, all at once."""
    from bot.content import check as checks  # noqa: PLC0415

    settings = load_settings()
    started = time.perf_counter()
    today = datetime.now(TOKYO).date()
    faults, files = checks.run(settings.knowledge_dir, settings.locales_dir, today, stale=stale)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults in {files} files ({time.perf_counter() - started:.1f} s)")
    if faults:
        raise typer.Exit(1)


@app.command()
def status(lang: LangOption = None) -> None:
    """Per language: entries done, reviewed, stale, missing; contacts and law values due for re-check."""
    from bot.content import status as reports  # noqa: PLC0415

    settings = load_settings()
    print(reports.report(settings.knowledge_dir, datetime.now(TOKYO).date(), _language(lang)))


@app.command()
def stamp(
    lang: Annotated[str, typer.Argument(help="Language whose translations are up to date now.")],
    entry: Annotated[str | None, typer.Argument(help="One entry, as wages/unpaid; all if left out.")] = None,
) -> None:
    """Say that translations were made from today's English: their fingerprints are written into the files."""
    from bot.content.load import load  # noqa: PLC0415
    from bot.content.stamp import stamp as write  # noqa: PLC0415

    code = _language(lang) or lang
    for path in write(load(load_settings().knowledge_dir), code, entry):
        print(path)


@app.command()
def run() -> None:
    """The bot: long polling, or webhook when WEBHOOK_URL is set."""
    from bot import log  # noqa: PLC0415
    from bot.service import serve  # noqa: PLC0415

    settings = load_settings(for_run=True)
    log.configure(settings.log_level)
    serve(settings)


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema."""
    from bot.maintenance import upgrade_database  # noqa: PLC0415

    print(upgrade_database(load_settings()))


@app.command()
def purge() -> None:
    """Delete now what the retention period no longer allows."""
    from bot.maintenance import purge_database  # noqa: PLC0415

    for table, rows in purge_database(load_settings(), datetime.now(UTC)).items():
        print(f"{table}: {rows}")


@app.command()
def export() -> None:
    """Anonymous statistics as CSV."""
    from bot.maintenance import export_rows  # noqa: PLC0415

    for line in _csv(export_rows(load_settings())):
        print(line)


def _csv(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    for row in rows:
        yield ",".join(str(cell) for cell in row)
