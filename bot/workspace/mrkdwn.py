"""What a Slack client does to typed text: escapes it, links it, and adds a rich_text block."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from bot.workspace.payloads import JsonObject

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_TYPED = re.compile(
    r"<(?P<kept>[@#][A-Z0-9]+)(?:\|[^>]*)?>"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"])"
    r"|(?<![\w.@/])@(?P<name>[\w.-]*\w)"
    r"|(?<![\w&])#(?P<channel>[\w-]*\w)"
    r"|(?P<bare>(?<![\w.@/-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev)\b(?:/[^\s<>|]*[^\s<>|.,;:!?)\]}'\"])?)"
)
_TOKEN = re.compile(
    r"<(?P<sign>[@#])(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>|<(?P<url>https?://[^|>]+)(?:\|(?P<label>[^>]*))?>"
)


def escape(text: str) -> str:
    """Slack's three escapes, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode_typed(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Typed text in the form that Slack stores.

    Args:
        text: what a person typed; `@name`, `#channel` and addresses become links outside code.
        users: user ids by name.
        channels: channel ids by name.
    """
    parts = _CODE.split(text)
    return "".join(
        escape(part) if index % 2 else _encode_prose(part, users, channels)
        for index, part in enumerate(parts)
    )


def _encode_prose(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    pieces, end = [], 0
    for match in _TYPED.finditer(text):
        pieces += [escape(text[end : match.start()]), _encode_match(match, users, channels)]
        end = match.end()
    return "".join((*pieces, escape(text[end:])))


def _encode_match(match: re.Match[str], users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    whole, found = match.group(0), match.groupdict()
    if found["kept"] and found["kept"][1:] in (*users.values(), *channels.values()):
        return whole
    if found["url"]:
        return f"<{escape(found['url'])}>"
    if found["bare"]:
        return f"<http://{escape(found['bare'])}|{escape(found['bare'])}>"
    if found["name"] and found["name"].lower() in users:
        return f"<@{users[found['name'].lower()]}>"
    if found["channel"] and found["channel"] in channels:
        return f"<#{channels[found['channel']]}|{found['channel']}>"
    return escape(whole)


def rich_text_of(text: str, block_id: str) -> JsonObject:
    """The rich_text block that Slack adds to a person's message: sections, and code blocks for fences."""
    elements: list[JsonObject] = []
    for index, part in enumerate(re.split(r"```(.*?)```", text, flags=re.DOTALL)):
        if not part:
            continue
        if index % 2:
            elements.append({"type": "rich_text_preformatted", "elements": [_plain(part)]})
        else:
            elements.append({"type": "rich_text_section", "elements": _section(part)})
    return {"type": "rich_text", "block_id": block_id, "elements": elements}


def _section(text: str) -> list[JsonObject]:
    elements, end = [], 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            elements.append(_plain(text[end : match.start()]))
        elements.append(_link_element(match))
        end = match.end()
    return [*elements, _plain(text[end:])] if end < len(text) else elements


def _link_element(match: re.Match[str]) -> JsonObject:
    if match["sign"] == "@":
        return {"type": "user", "user_id": match["id"]}
    if match["sign"] == "#":
        return {"type": "channel", "channel_id": match["id"]}
    link: JsonObject = {"type": "link", "url": html.unescape(match["url"])}
    return link | ({"text": html.unescape(match["label"])} if match["label"] else {})


def _plain(text: str) -> JsonObject:
    return {"type": "text", "text": html.unescape(text)}
