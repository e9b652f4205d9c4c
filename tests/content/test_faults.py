"""Each planted fault is found at its line, with words that say how to mend it; the rest stays clean."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.content import check
from bot.content.load import load
from bot.errors import ContentError
from tests.conftest import ROOT

MINI = Path(__file__).parent / "mini"
TODAY = date(2026, 11, 22)

# file, what stands there, what is written instead, the message (a part of it)
PLANTED = [
    ("entries/wages.yaml", "level: serious", "level: seriuos", 'is not a level'),
    ("entries/wages.yaml", "level: serious", "levle: serious", 'unknown key "levle" (did you mean "level"?)'),
    ("entries/wages.yaml", "[wages/payslip]", "[wages/payslipp]", 'no other entry "wages/payslipp"'),
    ("entries/wages.yaml", "[wages/payslip]", "[wages/unpaid]", 'no other entry "wages/unpaid"'),
    ("entries/wages.yaml", "[helpline, embassy]", "[helpine]", 'no contact "helpine"'),
    ("entries/wages.yaml", "act: lsa", "act: lsx", 'no act "lsx"'),
    ("entries/wages.yaml", 'page: "A page", ', "", "neither an act nor a page"),
    ("entries/wages.yaml", "grade: official", "grade: sure", "grade"),
    ("entries/wages.yaml", "checked_on: 2026-11-22}\npayslip", "checked_on: 2026-13-22}\npayslip", "checked_on"),
    ("entries/wages.yaml", ", checked_on: 2026-11-22}\npayslip", "}\npayslip", 'key "checked_on" is missing'),
    ("entries/wages.yaml", 'url: "https://example.org/"', 'url: "example"', "url"),
    ("entries/wages.yaml", "payslip:\n  level: normal", "unpaid:\n  level: normal", 'key "unpaid" stands twice'),
    ("entries/wages.yaml", "  sources:\n    - {page", "  sources: []\n  x:\n    - {page", "sources"),
    ("en/wages.yaml", "{claim_years}", "{claim_yers}", "placeholder {claim_yers} is not defined"),
    ("en/wages.yaml", "{claim_years}", "3000", 'number "3000" in the text'),
    ("en/wages.yaml", "Write down your hours.", "Call 0120-250-168.", 'phone number "0120-250-168" in the text'),
    ("en/wages.yaml", "Write down your hours.", "Call 110 now.", 'phone number "110" in the text'),
    ("en/wages.yaml", "Write down your hours.", "Write <b>down</b>.", 'markup "<b>" in the text'),
    ("en/wages.yaml", "Write down your hours.", "Write\u200b down.", "hidden character U+200B"),
    ("en/wages.yaml", "Write down your hours.", "Write {down.", "unbalanced { }"),
    ("en/wages.yaml", "Write down your hours.", "Write down " + "much " * 700, "longer than 3000 characters"),
    ("en/wages.yaml", "My payslip", "My payslip and everything that stands on it, line after line, up to the end", "title"),
    ("en/wages.yaml", '    - "Keep it."\n', "", "payslip.steps"),
    ("en/wages.yaml", 'answer: "Ask for your payslip."', "", 'key "answer" is missing'),
    ("en/wages.yaml", "payslip:", "paysilp:", "no such entry in entries/ (misspelt?)"),
    ("en/wages.yaml", "payslip:", "paysilp:", "has no English text"),
    ("en/wages.yaml", "from: 2027-04-01", "from: april", "changes.0.from"),
    ("en/wages.yaml", 'title: "My payslip"', 'title: "My payslip', "not YAML"),
    ("vi/wages.yaml", "{claim_years}", "3", "placeholder {claim_years} of the English text is missing (add it)"),
    ("vi/wages.yaml", "Ghi lại", "{otit} Ghi lại", "placeholder {otit} is not in the English text (remove it)"),
    ("vi/wages.yaml", '    - "Ghi lại giờ làm."\n', "", "is missing (the English text has it)"),
    ("vi/wages.yaml", "status: draft", "more: [x]", "is not in the English text (remove it)"),
    ("vi/wages.yaml", "status: draft", "status: done", "status"),
    ("vi/wages.yaml", "status: draft", "staus: draft", 'unknown key "staus" (did you mean "status"?)'),
    ("vi/terms.yaml", '"Cứu."', '""', "say.call"),
    ("vi/terms.yaml", "say: {call", "say: {cal", 'say: "call" of en/terms.yaml is missing'),
    ("vi/terms.yaml", "topics: {wages", "topics: {wage", 'topics: "wages" of en/terms.yaml is missing'),
    ("law/values.yaml", "unit: years", "unit: yeers", "unit"),
    ("law/values.yaml", "from: 2020-04-01", "from: 2020-4-31", "from"),
    ("law/values.yaml", 'value: "3", ', "", 'key "value" is missing'),
    ("law/values.yaml", "grade: official}", "grade: official}\n    - {from: 2020-04-01, value: '4', source: x,"
     " checked_on: 2026-11-22, grade: official}", "two values begin on the same day"),
    ("law/values.yaml", "2020-04-01, value", "2020-04-01, until: 2030-01-01, value: '9', source: x, checked_on: 2026-11-22,"
     " grade: official}\n    - {from: 2026-01-01, value", "dates overlap"),
    ("law/minimum_wage.yaml", "yen: 1226", "yen: 12", "yen"),
    ("law/minimum_wage.yaml", '"13"', '"48"', "not a prefecture code"),
    ("law/minimum_wage.yaml", '"13"', '"14"', 'prefecture "13" has no minimum wage'),
    ("law/acts.yaml", "ja: ", "jp: ", 'unknown key "jp"'),
    ("contacts/all.yaml", "11:00-19:00", "11:00-7pm", '"11:00-7pm": not a time (write 11:00-19:00)'),
    ("contacts/all.yaml", "11:00-19:00", "25:00-26:00", "not a time"),
    ("contacts/all.yaml", "mon-fri", "monday", "not weekdays (write mon-fri or tue, thu)"),
    ("contacts/all.yaml", "[vi, en]", "[vi, eng]", '"eng": not a language code'),
    ("contacts/all.yaml", "0120-000-000", "0120 call me", "not a phone number"),
    ("contacts/all.yaml", '      phone: "0120-000-000"\n', "", "neither phone nor url nor email"),
    ("contacts/all.yaml", "  checked_on: 2026-11-22\n", "", "confirmed but without checked_on (add the date)"),
    ("contacts/all.yaml", "kind: hotline", "kind: hotlin", "kind"),
    ("contacts/all.yaml", "confirmed: true", "confirmed: perhaps", "confirmed"),
    ("prefectures.yaml", '"13"', '"99"', "not a prefecture code"),
    ("danger.yaml", "entry: wages/unpaid}", "entry: wages/unpayed}", 'no entry "wages/unpayed"'),
    ("danger.yaml", "contacts: [helpline]", "contacts: [hotline]", 'no contact "hotline"'),
    ("danger.yaml", "say: [call]", "say: [cal]", 'no sentence "cal"'),
    ("en/danger.yaml", "attack-now", "attack-later", 'no group "attack-later"'),
    ("en/danger.yaml", "greeting", "greetings", "greetings"),
    ("en/danger.yaml", "none:", "wages/x:", 'no entry "wages/x"'),
    ("en/phrasings/wages.yaml", "payslip:", "payslips:", 'no entry "wages/payslips" in entries/'),
    ("en/phrasings/wages.yaml", "plain:\n    - \"They", "plane:\n    - \"They", 'unknown key "plane" (did you mean "plain"?)'),
    ("en/phrasings/wages.yaml", "What is on my payslip paper", "They do not pay me since two months", "stands under wages/unpaid too"),
    ("phrasebook/say.yaml", "number: police", "number: polis", "number"),
]  # fmt: skip


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A copy of a small clean knowledge base."""
    shutil.copytree(MINI, tmp_path / "knowledge")
    return tmp_path / "knowledge"


def _faults(root: Path) -> list[str]:
    return [str(fault) for fault in check.run(root, ROOT / "locales", TODAY)[0] if fault.file.startswith("knowledge")]


def test_the_small_base_is_clean(mini: Path) -> None:
    """No false alarm where nothing is wrong."""
    assert _faults(mini) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"), PLANTED, ids=[f"{n}-{row[0]}" for n, row in enumerate(PLANTED)]
)
def test_a_planted_fault_is_found(mini: Path, file: str, old: str, new: str, message: str) -> None:
    """The fault is reported in its file, with a line, in plain words."""
    path = mini / file
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), encoding="utf-8")
    assert [fault for fault in _faults(mini) if message in fault], _faults(mini)


def test_the_line_and_column_are_right(mini: Path) -> None:
    """A maintainer can jump to the place."""
    path = mini / "contacts/all.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("11:00-19:00", "11:00-7pm"), encoding="utf-8")
    assert _faults(mini)[0].startswith("knowledge/contacts/all.yaml:10:29: helpline.lines.0.hours.0.time:")


def test_a_file_that_is_not_utf8(mini: Path) -> None:
    """A wrong encoding is named, not raised."""
    (mini / "vi/wages.yaml").write_bytes(b"\xff\xfe")
    assert any("not UTF-8" in fault for fault in _faults(mini))


def test_loading_refuses_a_base_with_faults(mini: Path) -> None:
    """A broken base never serves; all its faults are told."""
    path = mini / "law/values.yaml"
    path.write_text("claim_years: {unit: yeers}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"values\.yaml"):
        load(mini)


def test_due_things_are_listed_only_when_asked(mini: Path) -> None:
    """`check --stale` lists contacts whose re-check is due."""
    later = date(2027, 8, 1)
    assert not [f for f in check.run(mini, ROOT / "locales", later)[0] if "last checked" in f.message]
    assert [f for f in check.run(mini, ROOT / "locales", later, stale=True)[0] if "helpline: last checked" in f.message]
