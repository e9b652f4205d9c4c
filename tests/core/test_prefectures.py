"""Prefectures are noticed in messages, also misspelt."""

import pytest

from bot.content.knowledge import Knowledge
from bot.core.prefectures import Gazetteer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("minimum wage okinawa", "47"), ("em lam o aichi", "23"), ("愛知県の最低賃金", "23"),
        ("sahod sa Hiroshma", "34"),
        ("ฉันทำงานที่ไอจิ", "23"), ("би Нагоя-д, Айчи", "23"), ("我在爱知工作", "23"), ("saya di hokaido", "01"),
        ("how much is the pay", None), ("miss my mother", None), ("nara", "29"), ("narazie", None),
    ],
)  # fmt: skip
def test_find(knowledge: Knowledge, text: str, code: str | None) -> None:
    """A name in any script is found; ordinary words are not taken for one."""
    assert Gazetteer(knowledge.prefectures).find(text) == code
