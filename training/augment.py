"""Other ways in which the same message could have been typed; labels stay. Seeded, so that a run can be repeated."""

import random
import re
from collections.abc import Mapping, Sequence

from bot.content.knowledge import Phrasing
from bot.core.normalize import fold

LOANWORDS = (
    ("zangyou", "zangyo", "zangyoo", "残業", "ザンギョウ", "zan gyou"),
    ("kyuuryou", "kyuryo", "kyuuryo", "kyūryō", "給料", "きゅうりょう"),
    ("kumiai", "kumyai", "組合", "くみあい"),
    ("shachou", "shacho", "shachoo", "sachou", "社長", "シャチョウ"),
    ("tantousha", "tantosha", "tantoosha", "担当者", "たんとうしゃ"),
    ("ryou", "ryo", "寮", "りょう"),
    ("rousai", "rosai", "労災", "ろうさい"),
    ("tenseki", "転籍", "てんせき"),
    ("kikoku", "kikokku", "帰国", "きこく"),
    ("zairyuu kaado", "zairyu card", "zairyuu card", "在留カード", "zairyukado"),
    ("nenkin", "nenking", "年金", "ねんきん"),
    ("tokutei ginou", "tokutei gino", "tokutei", "特定技能"),
    ("yuukyuu", "yukyu", "yuukyu", "有給", "ゆうきゅう"),
    ("hoken", "hokken", "保険", "ほけん"),
    ("jisshuusei", "jisshusei", "jishusei", "実習生", "じっしゅうせい"),
    ("jisshuu", "jisshu", "jishu", "実習"),
    ("nyuukan", "nyukan", "入管", "にゅうかん"),
    ("kaisha", "kaisya", "会社", "かいしゃ"),
    ("shigoto", "sigoto", "仕事", "しごと"),
    ("yakin", "夜勤", "やきん"),
    ("koujou", "kojo", "koujyou", "工場", "こうじょう"),
    ("keiyaku", "keyaku", "契約", "けいやく"),
    ("byouin", "byoin", "病院", "びょういん"),
    ("pasupooto", "pasupoto", "passport", "パスポート"),
    ("hanchou", "hancho", "班長", "はんちょう"),
    ("senpai", "sempai", "先輩", "せんぱい"),
    ("yasumi", "休み", "やすみ"),
    ("denwa", "電話", "でんわ"),
    ("keisatsu", "keisatu", "警察", "けいさつ"),
    ("shiken", "siken", "試験", "しけん"),
    ("zeikin", "税金", "ぜいきん"),
    ("yachin", "家賃", "やちん"),
)
"""Spellings of Japanese words of work and daily life, each line one word."""

_SPELLINGS = {form.casefold(): group for group in LOANWORDS for form in group}
_FIND = re.compile(
    "|".join(
        rf"\b{re.escape(form)}\b" if form.isascii() else re.escape(form)
        for form in sorted(_SPELLINGS, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[.,!?;:…。、！？၊။៖।॥\"'“”‘’()]+")


def loanwords(text: str, dice: random.Random) -> str:
    """Each Japanese word in one of its other spellings."""
    return _FIND.sub(lambda found: dice.choice(_SPELLINGS[found.group().casefold()]), text)


def typos(text: str, dice: random.Random) -> str:
    """One slip for about every 25 letters: swapped, dropped or doubled."""
    chars = list(text)
    for _ in range(1 + len(chars) // 25):
        at = dice.randrange(max(1, len(chars) - 1))
        if at + 1 >= len(chars) or not chars[at].isalpha():
            continue
        slip = dice.randrange(3)
        if slip == 0:
            chars[at], chars[at + 1] = chars[at + 1], chars[at]
        elif slip == 1:
            del chars[at]
        else:
            chars.insert(at, chars[at])
    return "".join(chars)


def vary(row: Phrasing, courtesies: Mapping[str, Sequence[str]], dice: random.Random) -> str:
    """The row's text typed in another way."""
    text = loanwords(row.text, dice)
    if row.lang in ("vi", "mn") and dice.random() < 0.5:
        text = fold(text) if row.lang == "vi" else text.casefold()
    if dice.random() < 0.5:
        text = " ".join(_PUNCTUATION.sub(" ", text).split())
    if dice.random() < 0.4:
        text = text.lower()
    if dice.random() < 0.5:
        text = typos(text, dice)
    if row.lang not in ("my", "km", "th", "zh", "ja") and dice.random() < 0.1:
        text = text.replace(" ", "", 1)
    own = courtesies.get(row.lang, ())
    if own and row.part != "other" and dice.random() < 0.15:
        extra = dice.choice(own)
        text = f"{extra} {text}" if dice.random() < 0.6 else f"{text} {extra}"
    return text or row.text


def courtesies(rows: Sequence[Phrasing]) -> dict[str, list[str]]:
    """Greetings by language, as people put them before a question."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.part == "other" and row.group == "greeting" and len(row.text) < 40:
            found.setdefault(row.lang, []).append(row.text)
    return found
