"""Texts that would do something where a surface took them for more than text, and what inert means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import yaml
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.knowledge.unseen import UNSEEN
from bot.presenting.payload import Message
from bot.presenting.reply import Choice, Citation, Grid, Reply, Section

RAN: Final = "document.body.dataset.ran='yes'"
TOKENS: Final = (
    "<!channel>", "<!here>", "<!everyone|x>", "<!subteam^S1>", "<@U1>", "<@U1|bob>", "<#C1>",
    "<!date^1^{date}|x>", "<https://evil.example|torch>", "<http://evil.example>",
    "<mailto:a@evil.example|b>",
    "<javascript:alert(1)|torch>",
)  # fmt: skip
MARKUP: Final = (
    "*bold*", "_it_", "~gone~", "`code`", "```", "> quoted", "&lt;!channel&gt;", "&amp;lt;", ":tada:",
    "https://evil.example/a.b", "WWW.evil.example",
    "[text](https://evil.example)", "[text](javascript:alert(1))", "![i](https://evil.example/i.png)",
    "| a | b |",
    f"<img src=x onerror=\"{RAN}\">", f"<script>{RAN}</script>", f"<svg onload=\"{RAN}\">", "\"'><b>",
    "[red]red[/red]", "[link=https://evil.example]x[/link]", "[/]", "{0.__class__}", "{title}", "{day}", "%s",
)  # fmt: skip
FORMULAS: Final = (
    '=HYPERLINK("http://evil.example","x")', "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", " =1+1", "＝1+1",
    "a;=1+1", "a; @x",
)  # fmt: skip
HIDDEN: Final = (
    "\u202egnp.exe", "\u2066x\u2069", "a\u200bb", "\ufeffx", "\u2060", "\u061cx", "t\u043erch", "\x00",
    "\x07",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\x9b31m",
    "\x85", "\u2028", "\x08\x08", "a\rb", "\ud83d", "\udcff",
    "e" + "\u0301" * 500, "\U0001f468" + "\u200d" * 300,
    "\U000e0041\U000e0042", "<\u200b!channel>", "<\u202e@U1>", "＜!channel＞",
)  # fmt: skip
PAYLOADS: Final = (*TOKENS, *MARKUP, *FORMULAS, *HIDDEN)

texts = st.lists(st.sampled_from(PAYLOADS) | st.text(max_size=12), min_size=1, max_size=5).map("".join)
addresses = st.sampled_from(
    (
        "",
        "https://docs.example/a?b=1&c=2",
        "javascript:alert(1)",
        "https://evil.example/|x>",
        "data:text/html,x",
        "https://evil.example/\u202ex",
        "https://a.example/<!channel>",
        "http:// evil.example",
        "//evil.example",
    )
)
citations = st.builds(Citation, texts, addresses, texts, texts)
sections = st.builds(
    Section,
    texts,
    st.lists(texts, max_size=2).map(tuple),
    st.none() | st.lists(texts, min_size=2, max_size=2).map(lambda c: Grid(("a", c[0]), ((c[1], c[0]),))),
    st.none() | texts,
    st.lists(texts, max_size=2).map(tuple),
)
replies = st.builds(
    Reply,
    st.just("answered"),
    st.none(),
    st.just("lookup"),
    st.just("en"),
    st.lists(sections, min_size=1, max_size=3).map(tuple),
    st.lists(citations, max_size=3).map(tuple),
    st.lists(st.builds(Choice, texts, texts), max_size=2).map(tuple),
)

_LINK: Final = re.compile(r"<(https?://[^<>|\s]+)\|[^<>]*>")
_TOKEN: Final = re.compile("<(?=[!@#]|https?:|mailto:)", re.IGNORECASE)
_PILE: Final = re.compile("[\u0300-\u036f]{5}|\u200d{2}")
_JOINED: Final = re.compile("(<|&lt;)\u2060")


def parts(value: object) -> Iterator[tuple[str, str]]:
    """Every text in blocks that is shown or handed back, with what kind of text Slack takes it for."""
    if isinstance(value, dict):
        kind = str(value.get("type"))
        for key, inner in value.items():
            if isinstance(inner, str) and key in ("text", "value"):
                yield (kind if kind in ("mrkdwn", "markdown") and key == "text" else "literal"), inner
            else:
                yield from parts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from parts(inner)


def live_in_mrkdwn(text: str, known: Iterable[str] = ()) -> list[str]:
    """What Slack would take for a token in mrkdwn, but links to the known addresses."""
    targets = {address.replace("&", "&amp;") for address in known}
    rest = _LINK.sub(lambda found: "" if found[1] in targets else found[0], text)
    return re.findall(r"[<>].{0,20}|&(?!amp;|lt;|gt;).{0,9}", rest)


def live_in_markdown(text: str) -> list[str]:
    """What a reader of Markdown would make more than text of."""
    allowed = {"inline", "text", "softbreak", "table", "thead", "tbody", "tr", "th", "td", "paragraph"}
    found = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inner = [child for token in found for child in (token, *(token.children or ()))]
    bare = re.findall(r"https?://|\bwww\.", text, re.IGNORECASE)
    return bare + [
        t.type for t in inner if t.type.removesuffix("_open").removesuffix("_close") not in allowed
    ]


def faults(message: Message, known: Iterable[str] = ()) -> list[str]:
    """What in a message is not inert."""
    found = live_in_mrkdwn(message.text, known)
    every = [("mrkdwn", message.text), *parts(message.blocks)]
    for kind, text in every:
        if kind == "mrkdwn":
            found += live_in_mrkdwn(text, known)
        elif kind == "markdown":
            found += live_in_markdown(text)
        else:
            found += _TOKEN.findall(text)
        found += map(repr, UNSEEN.findall(_JOINED.sub(r"\1", text)))
        found += _PILE.findall(text)
    return found


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self, page: str) -> None:
        """Read them all."""
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.found.add(tag)


def write_team(folder: Path, evil: str) -> Path:
    """A team's folder that is valid, and has a hostile text wherever a page may have any text."""
    both = {"en": f"En {evil}", "zh": f"Zh {evil}"}
    note = {lang: text.replace("{", "").replace("}", "") for lang, text in both.items()}
    says = {lang: f"{text} {{evilkit}} {{torch}}" for lang, text in note.items()}
    write_page(folder, "overlay.yaml", {"name": both})
    sources = {
        "evil": {"title": f"Title {evil}", "url": f"https://docs.example/{evil}", "checked": "2026-11-20"}
    }
    write_page(folder, "sources/evil.yaml", {"sources": sources})
    product = {
        "product": "evilkit", "kind": "library", "name": both, "aliases": ["evil kit", f"alias {evil}"],
        "about": both, "maker": both, "releases": {"1.0.0": "2023-05-10", "1.1.0": "2024-02-06"},
        "accompany": ["torch"], "source": "evil",
    }  # fmt: skip
    write_page(folder, "products/evilkit.yaml", product)
    rows = [{"evilkit": "1.0.0", "torch": "2.0.0/2.0.1"}, {"evilkit": "1.1.0", "torch": "2.1.0"}]
    table = {
        "table": "evilkit-torch", "says": says, "columns": ["evilkit", "torch"], "complete_for": "evilkit",
        "note": note, "source": "evil", "rows": rows,
    }  # fmt: skip
    write_page(folder, "tables/evilkit-torch.yaml", table)
    fact = {
        "id": "evil-fact", "about": "evilkit", "topic": "feature", "text": both, "source": "evil",
        "asked": {"en": ["background rumbling in evilkit"], "zh": ["evilkit 后台轰鸣"]},
    }  # fmt: skip
    write_page(folder, "facts/evil.yaml", {"facts": [fact]})
    cluster = {
        "environment": "evil-cluster", "name": {lang: f"Cluster {text}" for lang, text in both.items()},
        "aliases": ["the evil cluster"], "has": {"driver": "470.82.01", "python": "3.8"}, "source": "evil",
    }  # fmt: skip
    write_page(folder, "environments/evil.yaml", cluster)
    return folder


class _InFull(yaml.SafeDumper):
    """Writes what stands in two places twice: a page has no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """Never make one."""
        return True


def write_page(folder: Path, name: str, content: object) -> Path:
    """A page of a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(content, Dumper=_InFull, allow_unicode=False, sort_keys=False, width=10_000)
    path.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text), "utf-8")
    return path


QUESTIONS: Final = (
    "what is evilkit", "evilkit 是什么", "which torch works with evilkit 1.0.0", "evilkit 1.1.0 配哪个 torch",
    "does evilkit 1.0.0 work with torch 2.1.0", "background rumbling in evilkit", "torch on the evil cluster",
    "list all evilkit versions", "when was evilkit 1.0.0 released", "who is behind evilkit",
    "show evilkit 1.0.0",
    "evilkit",
)  # fmt: skip
