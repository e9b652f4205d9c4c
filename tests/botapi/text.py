"""Text as Telegram counts and marks it: UTF-16 lengths, HTML parse mode, entities found by themselves."""

import re
from dataclasses import dataclass

from tests.botapi.errors import ApiError, bad
from tests.botapi.people import Json

_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "span": "spoiler", "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(lt|gt|amp|quot));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)\s*(?:=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-]*))?""")
_FOUND = (
    ("bot_command", re.compile(r"(?<![^\s(])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("mention", re.compile(r"(?<![\w@/.])@[A-Za-z]\w{3,31}\b")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def units(text: str) -> int:
    """The length in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str, longest: int = 4096) -> list[str]:
    """A long text as Telegram's apps split it: messages of at most 4096 units."""
    found, size = [""], 0
    for letter in text:
        size += units(letter)
        if size > longest:
            found.append("")
            size = units(letter)
        found[-1] += letter
    return found


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    argument: str = ""


class _Html:
    """One pass over HTML-like text; `text` and `entities` are the result."""

    def __init__(self, source: str, strict_ampersand: bool) -> None:
        self.source = source
        self.strict = strict_ampersand
        self.text = ""
        self.length = 0
        self.entities: list[Json] = []
        self.opened: list[_Open] = []

    def fault(self, words: str, at: int | None = None) -> ApiError:
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad(f"can't parse entities: {words}{where}".replace("{where}", where))

    def add(self, piece: str) -> None:
        self.text += piece
        self.length += units(piece)

    def parse(self) -> None:
        at = 0
        while at < len(self.source):
            letter = self.source[at]
            if letter == "<":
                at = self.close(at) if self.source.startswith("/", at + 1) else self.open(at)
            elif letter == "&":
                found = _REFERENCE.match(self.source, at)
                if found is None and self.strict:
                    raise self.fault("stray ampersand", at)
                self.add(_reference(found) if found else "&")
                at = found.end() if found else at + 1
            else:
                self.add(letter)
                at += 1
        if self.opened:
            raise self.fault(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')

    def open(self, start: int) -> int:
        found = _NAME.match(self.source, start + 1)
        at = found.end() if found else start + 1
        if at >= len(self.source):
            raise self.fault("Unclosed start tag", start)
        tag = self.source[start + 1 : at].lower()
        if tag not in _TYPES:
            raise self.fault(f'Unsupported start tag "{tag}"', start)
        attributes: dict[str, str] = {}
        while not self.source.startswith(">", at):
            found = _ATTRIBUTE.match(self.source, at)
            if found is None:
                rest = self.source[at:].lstrip()
                if not rest:
                    raise self.fault(f'Unclosed start tag "{tag}"', start)
                if rest.startswith(">"):
                    at = self.source.index(">", at)
                    break
                raise self.fault(f'Empty attribute name in the tag "{tag}"', start)
            value = found[2] or ""
            attributes[found[1]] = _plain(value[1:-1]) if value[:1] in ('"', "'") else value.lower()
            at = found.end()
            if value and value[0] not in "\"'" and not re.match(r"[\s>]", self.source[at:]):
                raise self.fault("Unexpected end of name token", found.start(2))
            if at >= len(self.source):
                raise self.fault("Unclosed start tag", start)
        self.opened.append(_Open(tag, self.length, self.argument(tag, attributes, start)))
        return at + 1

    def argument(self, tag: str, attributes: dict[str, str], start: int) -> str:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.fault('Tag "span" must have class "tg-spoiler"', start)
        if tag == "code":
            return attributes.get("class", "").partition("language-")[2]
        if tag == "blockquote":
            return "1" if "expandable" in attributes else ""
        return attributes.get({"a": "href", "tg-emoji": "emoji-id"}.get(tag, ""), "")

    def close(self, start: int) -> int:
        if not self.opened:
            raise self.fault("Unexpected end tag", start)
        found = re.compile(r"</([^\s>]*)\s*(>?)").match(self.source, start)
        if found is None or not found[2]:
            raise self.fault("Unclosed end tag", start)
        last, name = self.opened[-1], found[1].lower()
        if name and name != last.tag:
            offset = len(self.source[:start].encode())
            raise self.fault(f'Unmatched end tag at byte offset {offset}, expected "</{last.tag}>", found "</{name}>"')
        self.opened.pop()
        if self.length > last.start:
            self.entity(last)
        return found.end()

    def entity(self, last: _Open) -> None:
        entity: Json = {"offset": last.start, "length": self.length - last.start, "type": _TYPES[last.tag]}
        previous = self.entities[-1] if self.entities else {}
        same = previous and all(previous[k] == entity[k] for k in ("offset", "length"))
        if last.tag == "a":
            url = _checked(last.argument or self.text.encode("utf-16-le")[last.start * 2 :].decode("utf-16-le"))
            if not url:
                return
            mention = re.fullmatch(r"tg://user\?id=(\d+)", url)
            entity |= {"type": "text_mention", "user": {"id": int(mention[1])}} if mention else {"url": url}
        elif last.tag == "pre" and same and previous["type"] == "code":
            self.entities.pop()
            entity |= {"language": previous["language"]} if "language" in previous else {}
        elif last.tag == "code" and last.argument:
            entity["language"] = last.argument
        elif last.tag == "blockquote" and last.argument:
            entity["type"] = "expandable_blockquote"
        elif last.tag == "tg-emoji":
            if not last.argument.isdigit():
                raise self.fault("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = last.argument
        self.entities.append(entity)


def _reference(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found[0]


def _plain(value: str) -> str:
    return _REFERENCE.sub(_reference, value)


def _checked(url: str) -> str:
    """The link as Telegram keeps it; an empty text when it drops the link."""
    if re.match(r"(https?|tg|ton)://\S+", url):
        return url
    return f"http://{url}/" if re.fullmatch(r"[\w-]+(\.[\w-]+)+", url) else ""


def found_entities(text: str) -> list[Json]:
    """Commands, links, addresses, names and hash tags, which Telegram marks by itself."""
    found: list[Json] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, length = units(text[: match.start()]), units(match[0])
            if all(start + length <= e["offset"] or e["offset"] + e["length"] <= start for e in found):
                found.append({"offset": start, "length": length, "type": kind})
    return sorted(found, key=lambda entity: int(entity["offset"]))


def marked(source: str, parse_mode: str, entities: list[Json] | None, strict: bool = False) -> tuple[str, list[Json]]:
    """Text and entities of what was sent, trimmed as Telegram trims."""
    given: list[Json] = entities or []
    text = source
    if parse_mode:
        html = _Html(source, strict)
        html.parse()
        text, given = html.text, html.entities
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text.replace("\r", ""))
    cut = units(text) - units(text.lstrip())
    text = text.strip()
    total = units(text)
    kept: list[Json] = []
    for entity in given:
        start = max(0, entity["offset"] - cut)
        end = min(total, entity["offset"] + entity["length"] - cut)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    for entity in found_entities(text):
        span = range(entity["offset"], entity["offset"] + entity["length"])
        covers = ("code", "pre", "text_link", "text_mention")
        if not any(
            e["type"] in covers and e["offset"] < span.stop and span.start < e["offset"] + e["length"] for e in kept
        ):
            kept.append(entity)
    return text, sorted(kept, key=lambda e: (int(e["offset"]), -int(e["length"])))
