"""Encryption at rest, look-ups by keyed hash, rotation of keys."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StorageError
from bot.storage import cases, people, rekey
from bot.storage.crypto import Box, Keys
from bot.storage.engine import Database
from tests.storage.conftest import CHAT, NOW, SECRET, new_case, person

OLD, NEW = "the-old-key-0123456789", "the-new-key-0123456789"


@given(st.text())
def test_what_is_sealed_opens_again_and_differs_each_time(text: str) -> None:
    box = Box(Keys([OLD]), b"lookup")
    assert box.open(box.seal(text)) == text
    assert box.seal(text) != box.seal(text)


@given(st.text(min_size=1), st.data())
def test_a_value_altered_anywhere_is_refused(text: str, data: st.DataObject) -> None:
    box = Box(Keys([OLD]), b"lookup")
    sealed = bytearray(box.seal(text))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1
    with pytest.raises(StorageError):
        box.open(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01abcd", b"\x01" + b"0" * 20])
def test_a_value_cut_off_is_refused(sealed: bytes) -> None:
    with pytest.raises(StorageError):
        Box(Keys([OLD]), b"lookup").open(sealed)


def test_the_first_key_seals_and_every_key_opens() -> None:
    both, old, new = Keys.parse(f"{NEW}, {OLD}"), Keys([OLD]), Keys([NEW])
    assert both.open(old.seal(b"x")) == b"x"
    assert new.open(both.seal(b"x")) == b"x"
    with pytest.raises(StorageError, match="has no key for what is stored"):
        old.open(both.seal(b"x"))


@pytest.mark.parametrize("text", ["", " , ", "short", f"{OLD},short"])
def test_a_weak_key_is_refused_with_its_setting_named(text: str) -> None:
    with pytest.raises(StorageError, match="KENRI_SECRET_KEY"):
        Keys.parse(text)


def test_hashes_are_stable_per_database_and_differ_between_databases() -> None:
    one, other = Box(Keys([OLD]), b"1"), Box(Keys([OLD]), b"2")
    assert one.hash(5) == one.hash("5") == one.hash(5)
    assert one.hash(5) != other.hash(5) and one.hash(5) != one.hash(6)


async def test_a_key_is_made_beside_the_database_and_used_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kenri.db'}"
    first = await Database.open(url, None)
    async with first.begin() as tx:
        made = await person(tx)
    await first.close()
    key = tmp_path / "kenri.db.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(first.notes) == 1 and str(key) in first.notes[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kenri.db", "kenri.db.key"]
    again = await Database.open(url, None)
    async with again.begin() as tx:
        assert await people.find(tx, CHAT) == made
    await again.close()
    assert again.notes == ()


async def test_a_key_that_others_can_read_is_noted(tmp_path: Path) -> None:
    key = tmp_path / "kenri.db.key"
    key.write_text(SECRET)
    key.chmod(0o644)
    database = await Database.open(f"sqlite:///{tmp_path / 'kenri.db'}", None)
    await database.close()
    assert "can read" in database.notes[0]


async def test_postgresql_without_a_key_says_which_setting_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reached(engine: object) -> None:
        return None

    monkeypatch.setattr("bot.storage.engine.reach", reached)
    with pytest.raises(StorageError, match="KENRI_SECRET_KEY is missing"):
        await Database.open("postgresql://nobody@127.0.0.1:1/none", None)


async def test_a_wrong_key_is_refused_at_opening(url: str) -> None:
    await (await Database.open(url, OLD)).close()
    with pytest.raises(StorageError, match="KENRI_SECRET_KEY is not the key of this database"):
        await Database.open(url, NEW)


async def test_after_rotation_the_old_key_can_go_and_people_are_still_found(url: str) -> None:
    before = await Database.open(url, OLD)
    async with before.begin() as tx:
        made = await person(tx)
        await people.remember(tx, made.id, {"last": "secret"})
        case, _ = await cases.open_case(tx, made.id, new_case(), NOW)
    await before.close()
    both = await Database.open(url, f"{NEW},{OLD}")
    async with both.begin() as tx:
        counts = await rekey.rekey(tx)
        assert counts["people"] == counts["dialogue"] == counts["cases"] == 1
        assert sum((await rekey.rekey(tx)).values()) == 0
    await both.close()
    after = await Database.open(url, NEW)
    async with after.begin() as tx:
        assert await people.find(tx, CHAT) == made
        assert await people.recall(tx, made.id) == {"last": "secret"}
        assert await cases.get(tx, case.number) == case
    await after.close()
