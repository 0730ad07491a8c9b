"""Text as Telegram reads it: HTML into entities, links and commands found by itself, lengths in UTF-16 units."""

import html
import re

from tests.servers.bot_api_objects import Wire

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_VALUELESS = {"expandable"}
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[\w.\-]+))?""")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot));?")
_FOUND_BY_ITSELF = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?!\w)")),
    ("mention", re.compile(r"(?<![\w@.])@\w{4,32}\b")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{3,8}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
_OPAQUE = {"code", "pre", "text_link", "url", "email", "custom_emoji"}


class UnreadableText(ValueError):
    """The text breaks the rules of its parse mode; the message is the platform's sentence."""


def utf16_length(text: str) -> int:
    """Return the length the platform counts: characters outside the basic plane are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Wire]]:
    """Return the plain text and its entities, or raise UnreadableText with the byte offset of the fault."""
    text, entities = "", list[Wire]()
    open_tags: list[tuple[str, dict[str, str], int]] = []
    position = 0
    while position < len(source):
        if source[position] == "<":
            begin, position = position, _end_of_tag(source, position)
            tag = source[begin + 1 : position - 1]
            offset = len(source[:begin].encode())
            if tag.startswith("/"):
                entities += _close(tag[1:].strip().lower(), open_tags, text, offset)
            else:
                open_tags.append((*_open(tag, offset), utf16_length(text)))
            continue
        piece, position = _character(source, position)
        text += piece
    if open_tags:
        raise UnreadableText(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return _trimmed(text, _outer_first(_merged(entities)))


def found_entities(text: str, given: list[Wire]) -> list[Wire]:
    """Return the given entities together with the links, commands, mentions and tags the platform finds itself."""
    entities = list(given)
    for kind, pattern in _FOUND_BY_ITSELF:
        for match in pattern.finditer(text):
            offset, length = utf16_length(text[: match.start()]), utf16_length(match.group())
            if not any(e["type"] in _OPAQUE and _overlap(e, offset, length) for e in entities):
                entities.append({"type": kind, "offset": offset, "length": length})
    return _outer_first(entities)


def trimmed(text: str) -> str:
    """Return the text without the white space at its ends, which the platform drops."""
    return text.strip(" \n\t\r")


def _overlap(entity: Wire, offset: int, length: int) -> bool:
    return bool(entity["offset"] < offset + length and offset < entity["offset"] + entity["length"])


def _outer_first(entities: list[Wire]) -> list[Wire]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _end_of_tag(source: str, begin: int) -> int:
    """Return the position after the tag's `>`; one inside a quoted attribute does not end it."""
    quote = ""
    for position in range(begin + 1, len(source)):
        character = source[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and source[position - 1] == "=":
            quote = character
        elif character == ">":
            return position + 1
    kind = "end" if source.startswith("</", begin) else "start"
    raise UnreadableText(f"Unclosed {kind} tag at byte offset {len(source[:begin].encode())}")


def _open(tag: str, offset: int) -> tuple[str, dict[str, str]]:
    name = re.split(r"\s", tag, maxsplit=1)[0].lower()
    if name not in _TAGS:
        raise UnreadableText(f'Unsupported start tag "{name}" at byte offset {offset}')
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag[len(name) :].rstrip()):
        key, value = match.group(1).lower(), match.group(2)
        if value is None and key not in _VALUELESS:
            where = f'of the tag "{name}" at byte offset {offset}'
            raise UnreadableText(f"Expected equal sign in declaration of an attribute {where}")
        attributes[key] = html.unescape((value or "").strip("\"'"))
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise UnreadableText(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    return name, attributes


def _close(name: str, open_tags: list[tuple[str, dict[str, str], int]], text: str, offset: int) -> list[Wire]:
    if not open_tags:
        raise UnreadableText(f"Unexpected end tag at byte offset {offset}")
    opened, attributes, start = open_tags.pop()
    if name and name != opened:
        raise UnreadableText(f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{name}>"')
    length = utf16_length(text) - start
    if length == 0:
        return []
    entity: Wire = {"type": _TAGS[opened], "offset": start, "length": length}
    return [entity | extra for extra in [_extra(opened, attributes, text)] if extra is not None]


def _extra(tag: str, attributes: dict[str, str], text: str) -> Wire | None:
    """Return the fields an entity has beside its place; None where the platform makes no entity at all."""
    if tag == "a":
        url = attributes.get("href", "") or text
        # A link without a host is silently dropped; its text stays.
        return {"url": url} if re.match(r"(https?|tg|mailto):", url) else None
    if tag == "tg-emoji":
        return {"custom_emoji_id": attributes.get("emoji-id", "")}
    if tag == "code" and attributes.get("class", "").startswith("language-"):
        return {"language": attributes["class"].removeprefix("language-")}
    if tag == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    return {}


def _merged(entities: list[Wire]) -> list[Wire]:
    """Make one block of `<pre><code>`, which keeps the language; code alone has none."""
    blocks = {(e["offset"], e["length"]): e for e in entities if e["type"] == "pre"}
    kept = list[Wire]()
    for entity in entities:
        block = blocks.get((entity["offset"], entity["length"]))
        if entity["type"] != "code" or block is None:
            kept.append({k: v for k, v in entity.items() if k != "language"} if entity["type"] == "code" else entity)
        elif "language" in entity:
            block["language"] = entity["language"]
    return kept


def _character(source: str, position: int) -> tuple[str, int]:
    reference = _REFERENCE.match(source, position) if source[position] == "&" else None
    if reference is None:
        return source[position], position + 1
    return html.unescape(reference.group().rstrip(";") + ";"), reference.end()


def _trimmed(text: str, entities: list[Wire]) -> tuple[str, list[Wire]]:
    """Drop white space at both ends and move the entities along, as the platform does."""
    plain = trimmed(text)
    cut = utf16_length(text[: len(text) - len(text.lstrip(" \n\t\r"))])
    total, kept = utf16_length(plain), list[Wire]()
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        length = min(entity["offset"] + entity["length"] - cut, total) - start
        if length > 0:
            kept.append(entity | {"offset": start, "length": length})
    return plain, kept
