"""What a maintainer should look at again: contacts, law values and sources by the date they were checked."""

from datetime import date

from bot.content.knowledge import Knowledge
from bot.errors import Fault

_SOURCE_MONTHS = 12


def months_later(day: date, months: int) -> date:
    """The same day some months later, at most the 28th."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def due_faults(knowledge: Knowledge, today: date) -> list[Fault]:
    """One line for each thing whose re-check is due."""
    root = knowledge.root.name
    faults: list[Fault] = []
    for contact in knowledge.contacts.values():
        if not contact.confirmed:
            faults.append(Fault(f"{root}/contacts", 1, f"{contact.id}: unconfirmed, not shown to trainees"))
        elif contact.checked_on and months_later(contact.checked_on, contact.recheck_months) <= today:
            faults.append(Fault(f"{root}/contacts", 1, f"{contact.id}: last checked {contact.checked_on}"))
    for law in (*knowledge.law.values(), *knowledge.wages.values()):
        value = law.on(today)
        if value is None:
            faults.append(Fault(f"{root}/law", 1, f"{law.id}: no value in force on {today}"))
        elif months_later(value.checked_on, law.recheck_months) <= today:
            faults.append(Fault(f"{root}/law", 1, f"{law.id}: last checked {value.checked_on}"))
    for entry in knowledge.entries.values():
        oldest = min(source.checked_on for source in entry.sources)
        if months_later(oldest, _SOURCE_MONTHS) <= today:
            faults.append(Fault(f"{root}/entries", 1, f"{entry.id}: sources last checked {oldest}"))
    return faults
