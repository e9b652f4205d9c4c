"""From the schema's models to core records, one small function each."""

from collections.abc import Mapping

from bot.content import schema
from bot.content.knowledge import Terms
from bot.core.contacts import Contact, Hours, Line, Span
from bot.core.danger import DangerWords
from bot.core.entries import Change, Entry, Source, Text
from bot.core.law import Act, DatedValue, LawValue


def source_of(record: schema.SourceFile) -> Source:
    """A source of an entry."""
    return Source(
        checked_on=record.checked_on,
        grade=record.grade,
        act=record.act,
        articles=record.articles,
        page=record.page,
        url=str(record.url) if record.url else None,
        date=record.date,
    )


def entry_of(entry_id: str, record: schema.EntryFile) -> Entry:
    """An entry by its id."""
    return Entry(
        id=entry_id,
        level=record.level,
        related=record.related,
        contacts=record.contacts,
        sources=tuple(source_of(item) for item in record.sources),
        care=record.care,
        since=record.since,
        until=record.until,
    )


def text_of(record: schema.TextFile) -> Text:
    """The words of an entry, its changes in order of date."""
    changes = (
        Change(item.since, item.answer, item.steps, item.more, item.here)
        for item in sorted(record.changes, key=lambda change: change.since)
    )
    return Text(
        title=record.title,
        answer=record.answer,
        steps=record.steps,
        more=record.more,
        here=record.here,
        changes=tuple(changes),
        status=record.status,
        reviewed_by=record.reviewed_by,
        made_from=record.made_from,
    )


def terms_of(record: schema.TermsFile) -> Terms:
    """Names in one language, organizations in order of date."""
    names = {
        key: tuple((item.since, item.name) for item in sorted(items, key=lambda item: item.since))
        for key, items in record.names.items()
    }
    return Terms(record.topics, record.acts, record.contacts, record.say, names)


def words_of(record: schema.DangerWordsFile) -> DangerWords:
    """Danger words of one language."""
    return DangerWords(record.emergency, record.urgent, record.greeting, record.thanks)


def law_of(key: str, record: schema.LawFile) -> LawValue:
    """A law number with its history."""
    values = (
        DatedValue(
            since=item.since,
            value=item.value,
            source=item.source,
            checked_on=item.checked_on,
            grade=item.grade,
            until=item.until,
            url=str(item.url) if item.url else None,
        )
        for item in sorted(record.values, key=lambda item: item.since)
    )
    return LawValue(key, record.about, record.unit, tuple(values), record.recheck_months)


def wages_of(record: schema.WagesFile) -> dict[str, LawValue]:
    """Minimum wages by prefecture code."""
    source = "; ".join(record.sources.values())
    return {
        code: LawValue(
            id=f"minimum_wage_{code}",
            about="Regional minimum wage",
            unit="yen",
            values=tuple(
                DatedValue(
                    since=row.since,
                    value=str(row.yen),
                    source=source,
                    checked_on=record.checked_on,
                    grade="secondary",
                )
                for row in sorted(rows, key=lambda row: row.since)
            ),
            recheck_months=record.recheck_months,
        )
        for code, rows in record.prefectures.items()
    }


def act_of(key: str, record: schema.ActFile, terms: Mapping[str, Terms]) -> Act:
    """An act with its names in all languages."""
    names = {lang: found.acts[key] for lang, found in terms.items() if key in found.acts}
    return Act(key, {**names, "ja": record.ja}, str(record.url) if record.url else None)


def meanings_of(key: str, terms: Mapping[str, Terms]) -> dict[str, str]:
    """What a Japanese sentence means, by language."""
    return {lang: found.say[key] for lang, found in terms.items() if key in found.say}


def contact_of(key: str, record: schema.ContactFile, terms: Mapping[str, Terms]) -> Contact:
    """A contact with its names in all languages."""
    names = {lang: found.contacts[key] for lang, found in terms.items() if key in found.contacts}
    return Contact(
        id=key,
        kind=record.kind,
        names={**record.name, **names},
        lines=tuple(line_of(item) for item in record.lines),
        prefectures=frozenset(record.prefectures),
        topics=frozenset(record.topics),
        cost=record.cost,
        confirmed=record.confirmed,
        checked_on=record.checked_on,
        as_of=record.as_of,
        source=record.source,
        recheck_months=record.recheck_months,
        via=record.via,
        only_for=frozenset(record.only_for),
    )


def line_of(record: schema.LineFile) -> Line:
    """One line of a contact."""
    spans = (Span(day, *hours.time) for hours in record.hours for day in hours.days)
    return Line(
        languages=record.languages,
        phone=record.phone,
        url=str(record.url) if record.url else None,
        email=record.email,
        hours=Hours(tuple(spans), record.always, record.every_day, record.on_holidays, record.varies),
        press=record.press,
        label=record.label,
        cost=record.cost,
        confirmed=record.confirmed,
    )
