"""Ways to write a question otherwise that ask the same: dress, manners, markup, slips of the fingers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from bot.knowledge.base import KnowledgeBase

Transformation = Callable[[str, str, Random], str]
"""From a question, its language and a source of choices to the question in another dress."""

POLITE_BEFORE: Final = {
    "en": (
        "hi, ",
        "Hello! ",
        "hey, ",
        "please, ",
        "Hi all, ",
        "Good morning, ",
        "quick question: ",
        "Hi everyone, quick question. ",
        "sorry for the noob question, ",
        "I was wondering, ",
        "guys, ",
        "Hi there! I have a question. ",
        "btw ",
        "I'd like to know: ",
    ),
    "zh": (
        "请问",
        "请问，",
        "你好，",
        "您好，请问",
        "大佬们好，",
        "麻烦问一下，",
        "求助：",
        "想问一下，",
        "小白提问，",
        "各位好，请教一下，",
        "有人知道",
        "哪位大佬知道，",
        "话说",
        "我想知道",
        "大家好！我有个问题：",
        "打扰了，",
        "萌新求问，",
    ),
}
POLITE_AFTER: Final = {
    "en": (
        " please",
        ", thanks",
        ". Thanks!",
        " Thank you",
        " thx",
        " many thanks in advance",
        " :) thanks",
        " pls",
        ". Cheers",
        " asap",
        " - any pointers?",
    ),
    "zh": (
        "，谢谢",
        "，谢谢！",
        " 谢谢大家",
        "，多谢",
        "，感谢",
        "，在线等",
        "，求解答",
        "，万分感谢！",
        "，求大佬指点",
    ),
}
CHATTER: Final = {
    "en": (
        "I have spent the whole weekend on this.",
        "Sorry if somebody asked this before.",
        "I am new here.",
        "Our old machine died yesterday.",
        "I don't know what else to try.",
        "Any ideas?",
        "I can't find it in the docs.",
        "Not sure.",
        "I googled for hours.",
        "Or am I missing something?",
        "My colleague says hello.",
        "We just moved to a new office.",
        "I am using it for a paper on cats.",
        "It worked before.",
        "I have been at it for 3 days.",
        "I asked in another channel, but nobody answered.",
    ),
    "zh": (
        "我折腾了一整天。",
        "我是新手。",
        "老板催得很急。",
        "刚入职，还不太熟。",
        "昨天电脑坏了。",
        "上周还好好的。",
        "我不知道该怎么办。",
        "有人能帮忙吗？",
        "已经弄了3天了。",
        "我们组有12个人。",
        "这是我的毕业设计。",
        "在别的群问过，没人理我。",
        "网上查了很多资料。",
        "文档里找不到。",
        "怎么办？",
        "不太确定。",
        "或者有什么建议吗？",
        "这是第一次发帖。",
        "上一个同事离职了。",
        "这个问题困扰我很久了。",
    ),
}
EMOJI: Final = (
    "🙏",
    "🎉",
    "😅",
    "👍🏽",
    "🤔",
    ":pray:",
    ":tada:",
    ":+1:",
    ":thinking_face:",
    ":sweat_smile:",
)
SPACES: Final = ("  ", "   ", "\u00a0", "\u3000", "\t", " \u200b")
MENTIONS: Final = ("<@U012AB3CD> ", "<@U012AB3CD|desk> ", "<@U012AB3CD>, ", "<@U012AB3CD>: ")
LEAST_LETTERS: Final = 6
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")
_THING: Final = re.compile(r"[A-Za-z]{4,}\s\d+(?:\.\d+)+|\d+(?:\.\d+)+|(?:py)?torch\w*|CUDA|cuda|tensorflow")
_HAN_BORDER: Final = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")


def letter_case(text: str, _lang: str, random: Random) -> str:
    """Capitals where there were none, or none at all."""
    way = random.randrange(4)
    if way == 3:
        return "".join(random.choice((c.upper(), c.lower())) for c in text)
    return (text.upper(), text.lower(), text.title())[way]


def full_width(text: str, _lang: str, random: Random) -> str:
    """Digits, letters or both as a Chinese input method writes them."""
    pattern = random.choice((r"[0-9]", r"[0-9.]", r"[A-Za-z]", r"[A-Za-z0-9]"))
    stop = re.compile(r"(?<=\d)\.(?=\d)")
    text = stop.sub("\uff0e", text) if "." in pattern else text
    return re.sub(pattern.replace(".", ""), lambda match: chr(ord(match[0]) + 0xFEE0), text)


def more_spaces(text: str, _lang: str, random: Random) -> str:
    """More and other spaces, also around the text and between scripts."""
    text = _HAN_BORDER.sub(lambda _: random.choice(("", " ")), text)
    text = re.sub(" ", lambda _: random.choice((" ", *SPACES)), text)
    return random.choice(("", " ", "\n", "  ")) + text + random.choice(("", " ", "\n", "  "))


def polite(text: str, lang: str, random: Random) -> str:
    """A greeting, a please, a thank you."""
    before, after = random.choice(POLITE_BEFORE[lang]), random.choice(POLITE_AFTER[lang])
    return random.choice((before + text, text + after, before + text + after))


def emoji(text: str, _lang: str, random: Random) -> str:
    """Emoji and their codes before, behind or between words."""
    first, last = random.choice(EMOJI), random.choice(EMOJI)
    words = text.split(" ")
    inside = [n for n in range(len(words) + 1) if n == 0 or not words[n - 1].isupper()]  # not in "RTX 3090"
    words.insert(random.choice(inside), first)
    return random.choice((f"{first} {text}", f"{text} {last}", f"{first} {last} {text}", " ".join(words)))


def mention(text: str, _lang: str, random: Random) -> str:
    """The bot's name in front, as Slack sends it."""
    return random.choice(MENTIONS) + text


def code_spans(text: str, _lang: str, random: Random) -> str:
    """Backticks around names, versions, or both at once."""
    return _THING.sub(lambda match: f"`{match[0]}`" if random.random() < 0.7 else match[0], text)


def bold(text: str, _lang: str, random: Random) -> str:
    """Asterisks around the whole, or around names and versions."""
    if random.random() < 0.3:
        return f"*{text}*"
    return _THING.sub(lambda match: f"*{match[0]}*" if random.random() < 0.7 else match[0], text)


def chatter(text: str, lang: str, random: Random) -> str:
    """A sentence beside the point, before or behind."""
    sentence = random.choice(CHATTER[lang])
    ended = text if text[-1] in "?？" else text + ("?" if lang == "en" else "？")
    return random.choice((f"{sentence} {text}", f"{ended} {sentence}"))


def typo(names: frozenset[str]) -> Transformation:
    """One slip in one name: two neighbours swapped, or a letter doubled."""

    def transform(text: str, _lang: str, random: Random) -> str:
        words = [match for match in re.finditer(r"[A-Za-z]+", text) if match[0].lower() in names]
        if not words:
            return text
        match = random.choice(words)
        return text[: match.start()] + _slip(match[0], random) + text[match.end() :]

    return transform


def _slip(word: str, random: Random) -> str:
    at = random.randrange(len(word) - 1)
    if random.random() < 0.5:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[: at + 1] + word[at:]


def long_names(kb: KnowledgeBase) -> frozenset[str]:
    """The one-word names of products with releases that have six letters or more."""
    products = (product for product in kb.products.values() if product.releases)
    names = {name.lower() for product in products for name in (product.product, *product.aliases)}
    return frozenset(
        name for name in names if name.isalpha() and name.isascii() and len(name) >= LEAST_LETTERS
    )


TRANSFORMATIONS: Final[Mapping[str, Transformation]] = {
    "letter case": letter_case,
    "full width": full_width,
    "spaces": more_spaces,
    "politeness": polite,
    "emoji": emoji,
    "mention": mention,
    "code spans": code_spans,
    "bold": bold,
    "chatter": chatter,
}
