"""Facts found by phrases, by keys and by the names in a program."""

from __future__ import annotations

from functools import cache

from bot.understanding.lexicon import build_lexicon
from bot.understanding.retrieval import LEAST, FactIndex
from tests.questions.cases import pipeline


@cache
def index() -> FactIndex:
    """Compiled once."""
    return FactIndex(pipeline().kb, build_lexicon(pipeline().kb))


def ranked(text: str) -> list[str]:
    """The facts for a text, best first."""
    return [hit.fact for hit in index().rank(index().terms_of(text))]


def test_a_phrase_that_is_said_finds_its_fact() -> None:
    """In the words of its page."""
    assert ranked("cuda toolkit vs driver")[0] == "toolkit-vs-driver"


def test_a_key_points_to_its_fact_however_much_else_is_said() -> None:
    """The rest of the message has nothing to do with it."""
    said = "we train big models with torch on a shared box, and somebody here likes poetry more than pip"
    assert "poetry-torch" in ranked(said)


def test_a_key_alone_is_about_something_else() -> None:
    """Nothing that is known here is named."""
    assert "gpu-for-containers" not in ranked("my docker stack is down")


def test_every_phrase_is_looked_up_by_some_term_of_its_own() -> None:
    """The terms under which a phrase is filed never leave out one that says enough of it."""
    for fact in pipeline().kb.facts[:120]:
        for phrase in (phrase for phrases in fact.asked.values() for phrase in phrases):
            terms = index().terms_of(phrase)
            hits = {hit.fact: hit.score for hit in index().rank(terms)}
            assert not hits or max(hits.values()) >= LEAST


def test_a_fact_without_the_words_of_a_question_is_far() -> None:
    """Names and cues are not counted: they only lead to what the fact is about."""
    far = index().terms_of("could you extend the plugin to my radeon laptop someday")
    assert index().is_far("radeon-cards", far)
    assert not index().is_far("radeon-cards", index().terms_of("which radeon cards are supported officially"))


def test_one_word_makes_no_fact_far() -> None:
    """It may be a name that nobody noted, or what everybody says."""
    assert not index().is_far("radeon-cards", index().terms_of("does radeon xtx work"))


def test_a_fact_about_another_name_is_none() -> None:
    """What is missing is not what the fact tells of, though all the words around it are the same."""
    hits = index().of_names(["torch.never_was_there"], index().terms_of("module torch has no attribute"))
    assert hits == ()


def test_a_fact_about_the_name_is_found() -> None:
    """By the words of the name's last part."""
    hits = index().of_names(["torch.inference_mode"], index().terms_of("module torch has no attribute"))
    assert [hit.fact for hit in hits][:1]
    assert "inference" in hits[0].fact
