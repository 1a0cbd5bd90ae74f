"""Words for commands, releases, facts, products, help, and for having no answer."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.answering.answers import Description, Install, Listing, NoAnswer, Release, Told
from bot.answering.comparisons import Comparison
from bot.knowledge.models import Fact, Product
from bot.presenting.checks import way
from bot.presenting.commands import say_default, say_elsewhere, say_left_out
from bot.presenting.phrasing import Phrasing
from bot.presenting.proof import Page, winners
from bot.presenting.reply import Grid
from bot.understanding.question import Given

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

GRID_ROWS = 30
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|(?<=\u3002)(?=.)")


def say_install(install: Install, words: Phrasing, draft: Draft) -> None:
    """The command, what it is for, and what was chosen for the asker."""
    command = install.command
    shown = {
        column: words.value(column, value) if column in words.kb.attributes else value
        for column, value in command.cells
    }
    text = words.local(command.evidence.relation.table.says).format(**shown)
    scope = words.join(value for column, value in shown.items() if column in words.kb.attributes)
    scope_text = words.say("install.scope", scope=scope) if scope else ""
    draft.headline = words.say("install.headline", text=text, scope=scope_text)
    draft.code = command.text
    if install.assumed:
        names = words.join(
            shown[c] if c in words.kb.attributes else words.named(c, shown[c]) for c in install.assumed
        )
        draft.notes.append(words.say("install.assumed", names=names))
    if install.unused:
        names = words.join(words.given(given) for given in install.unused)
        draft.notes.append(words.say("lookup.unused", names=names))
    draft.rest_on(command.rests_on)
    say_elsewhere(command, words, draft)
    say_left_out(command, words, draft)
    if install.default is not None:
        say_default(install.default, words, draft)
    for finding in install.findings:
        draft.paragraphs.append(way(finding, words))
        draft.rest_on(finding.evidence)


def say_release(release: Release, words: Phrasing, draft: Draft) -> None:
    """The date of one release, or the list of several."""
    product = release.product
    name = words.local(product.name)
    first, day = release.releases[-1 if release.extreme == "newest" else 0]
    if release.extreme is not None:
        key = f"release.{release.extreme}"
        draft.headline = words.say(key, product=name, version=first, date=words.dated(day))
    elif release.question.intent == "list":
        last = release.releases[-1][0]
        draft.headline = words.say(
            "release.several", count=len(release.releases), product=name, first=first, last=last
        )
        draft.grid = _dates(release, words)
    else:
        draft.headline = _one(product, str(first), day, words)
        draft.paragraphs.extend(_one(product, str(n), d, words) for n, d in release.releases[1:])
    if release.fact is not None:
        draft.paragraphs.append(words.local(release.fact.text))
        _cite(release.fact, words, draft)
    draft.rest_on_page(Page(product, release.releases))


def _one(product: Product, version: str, day: str | None, words: Phrasing) -> str:
    name = words.named(product.product, version)
    if day is None:
        return words.say("release.undated", name=name)
    return words.say("release.one", name=name, date=words.when(day))


def _dates(release: Release, words: Phrasing) -> Grid:
    rows = [
        (str(number), words.date(day) if day else words.say("column.none"))
        for number, day in reversed(release.releases)
    ]
    header = (words.say("column.version"), words.say("column.date"))
    return Grid(header, tuple(rows))


def say_told(told: Told, words: Phrasing, draft: Draft) -> None:
    """The fact, what another source says, and facts close to it."""
    say_fact(told.fact, words, draft)
    if told.holds is not None:
        draft.headline = f"{words.say('mark.yes' if told.holds else 'mark.no')} {draft.headline}"
    for fact in told.related:
        draft.paragraphs.append(words.say("fact.related", text=words.local(fact.text)))
        draft.rest_on_page(fact)


def say_fact(fact: Fact, words: Phrasing, draft: Draft) -> None:
    """The first sentence leads, the others follow."""
    first, *rest = _first_sentence(words.local(fact.text))
    draft.headline = first
    draft.paragraphs.extend(rest)
    _cite(fact, words, draft)


@lru_cache(maxsize=2_048)
def _first_sentence(text: str) -> list[str]:
    """The first sentence of a fact, and the rest: the facts are few, and each is told often."""
    return SENTENCE.split(text, maxsplit=1)


def _cite(fact: Fact, words: Phrasing, draft: Draft) -> None:
    draft.rest_on_page(fact)
    if fact.disputed is not None:
        source = words.source(fact.disputed.source)
        text = words.local(fact.disputed.text)
        winner = words.join(winners(fact, words))
        draft.notes.append(words.say("fact.disputed", source=source, winner=winner, text=text))
        draft.sources.append(fact.disputed.source)


def say_comparison(comparison: Comparison, words: Phrasing, draft: Draft) -> None:
    """The contrast in a sentence, then the traits side by side."""
    names = words.join(words.local(product.name) for product in comparison.products)
    draft.headline = words.say("compare.headline", names=names)
    if comparison.fact is not None:
        say_fact(comparison.fact, words, draft)
    draft.grid = _traits(comparison.products, words)
    for product in comparison.products:
        if draft.grid is None:
            draft.paragraphs.append(words.local(product.about))
        draft.rest_on_page(Page(product))


def _traits(products: tuple[Product, ...], words: Phrasing) -> Grid | None:
    labels = words.kb.categories.traits
    dash = words.say("column.none")
    rows = [
        (words.local(label), *(words.local(p.traits[t]) if t in p.traits else dash for p in products))
        for t, label in labels.items()
        if any(t in product.traits for product in products)
    ]
    if len(products) < 2 or not rows:
        return None
    header = (words.say("column.name"), *(words.local(product.name) for product in products))
    return Grid(header, tuple(rows))


def say_description(description: Description, words: Phrasing, draft: Draft) -> None:
    """What a product is and who makes it, the asked part first."""
    product = description.product
    about = words.local(product.about)
    maker = words.local(product.maker) if product.maker else ""
    if description.maker and maker:
        name = words.local(product.name)
        draft.headline = words.say("describe.maker", product=name, maker=maker)
        draft.paragraphs.append(about)
    else:
        draft.headline = about
        if maker:
            draft.paragraphs.append(words.say("describe.made", maker=maker))
    if product.since:
        draft.paragraphs.append(words.say("describe.since", date=words.date(product.since)))
    if product.status:
        draft.paragraphs.append(words.say("describe.status", status=words.local(product.status)))
    dated = (description.newest,) if description.newest is not None else ()
    if description.newest is not None:
        version, day = description.newest
        draft.paragraphs.append(words.say("describe.newest", version=version, date=words.dated(day)))
    draft.rest_on_page(Page(product, dated))


def say_listing(listing: Listing, words: Phrasing, draft: Draft) -> None:
    """The products, each with its line; a fact that answers comes first."""
    shown = listing.products[:GRID_ROWS]
    draft.headline = words.say(
        "listing.headline", names=words.join(words.local(product.name) for product in shown[: GRID_ROWS // 3])
    )
    if listing.fact is not None:
        say_fact(listing.fact, words, draft)
    header = (words.say("column.name"), words.say("column.what"))
    draft.grid = Grid(header, tuple((words.local(p.name), words.local(p.about)) for p in shown))
    if len(listing.products) > len(shown):
        draft.notes.append(words.say("listing.more", count=len(listing.products) - len(shown)))
    for product in shown:
        draft.rest_on_page(Page(product))


def say_help(words: Phrasing, draft: Draft) -> None:
    """What the bot can do, with examples."""
    draft.headline = words.say("help.headline")
    draft.paragraphs.extend(words.say(f"help.{part}") for part in ("examples", "how", "where"))


def say_no_answer(none: NoAnswer, words: Phrasing, draft: Draft) -> None:
    """Why there is no answer, and what is known instead."""
    names = [words.given(given) for given in none.question.given]
    names += [words.name(slug) for slug in dict.fromkeys((*none.question.want, *none.question.about))]
    mark = words.say("mark.unknown")
    if none.reason == "no_release" and none.given is not None:
        _say_no_release(none, none.given, words, draft)
    elif (
        none.reason == "not_recorded"
        and none.given is not None
        and (none.newest or none.nearest or _is_strange(none.given, words))
    ):
        text = words.say("none.not_recorded", given=words.given(none.given))
        draft.headline = f"{mark} {text}"
        _say_known(none, words, draft)
    elif none.reason == "no_command":
        draft.headline = f"{mark} {words.say('none.no_command', names=words.join(names))}"
    elif none.reason == "not_recorded":
        draft.headline = f"{mark} {words.say('none.row_not_recorded', given=words.join(names))}"
    elif none.reason == "unrelated" and names:
        draft.headline = f"{mark} {words.say('none.unrelated', names=words.join(names))}"
    else:
        known = none.reason in ("chat", "trouble", "nightly")
        draft.headline = words.say(f"none.{none.reason}" if known else "none.nothing")


def _is_strange(given: Given, words: Phrasing) -> bool:
    """Whether a thing is on no record at all."""
    attribute = words.kb.attributes.get(given.column)
    return attribute is not None and given.constraint not in attribute.values


def _say_no_release(none: NoAnswer, given: Given, words: Phrasing, draft: Draft) -> None:
    """That there was no such release, by the product's full list of them."""
    draft.headline = f"{words.say('mark.no')} {words.say('none.no_release', given=words.given(given))}"
    near = tuple(number for number in none.nearest if number != none.newest)
    _say_known(replace(none, alike=(), nearest=near), words, draft)
    if none.alike:
        meant = words.join(words.given(other) for other in none.alike)
        draft.paragraphs.append(words.say("none.meant", values=meant))
    draft.rest_on_page(Page(words.kb.products[given.column]))


def _say_known(none: NoAnswer, words: Phrasing, draft: Draft) -> None:
    if none.given is None:
        return
    column = none.given.column
    if none.nearest:
        nearest = words.join(words.named(column, str(number)) for number in none.nearest)
        draft.paragraphs.append(words.say("none.nearest", values=nearest))
    if none.alike:
        alike = words.join(words.given(thing) for thing in none.alike)
        draft.paragraphs.append(words.say("none.nearest", values=alike))
    if none.newest is not None:
        text = words.say("none.newest", product=words.name(column), version=none.newest)
        draft.paragraphs.append(text)
