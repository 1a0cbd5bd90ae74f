"""What gives way where nothing fits all that is given."""

from __future__ import annotations

from functools import cache

from bot.answering.advice import Recommendation
from bot.answering.answers import Lookup
from bot.answering.solvers import Solvers
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given, Question
from tests.questions.cases import pipeline

ASKED = Question("recommend", "", "en")


@cache
def solvers() -> Solvers:
    """Over the real knowledge."""
    return Solvers.over(pipeline().kb)


def version(column: str, text: str) -> Given:
    """A version that is given."""
    return Given(column, Constraint.series(Number.parse(text)), text)


def fixed(*givens: Given) -> tuple[Recommendation, dict[str, str]]:
    """The way out, and the cells of its command."""
    found = solvers().ways_out.fix(ASKED, givens, ("torch",))
    assert found is not None
    return found, dict(found.command.cells)


def test_the_nearest_build_of_the_same_release_is_taken() -> None:
    """An older one before a newer one."""
    found, cells = fixed(version("torch", "2.1.0"), version("cuda", "12.3"))
    assert ([g.column for g in found.changed], cells["torch"], cells["cuda"]) == (["cuda"], "2.1.0", "12.1")


def test_a_build_that_no_release_has_gives_way_to_an_older_one() -> None:
    """What runs CUDA 12.3 runs any build before it."""
    found, cells = fixed(version("cuda", "12.3"))
    assert [given.column for given in found.changed] == ["cuda"]
    assert Number.parse(cells["cuda"]) < Number.parse("12.3")


def test_what_fits_stays() -> None:
    """Nothing gives way."""
    found, cells = fixed(version("torch", "2.1.0"), version("cuda", "11.8"))
    assert (found.changed, cells["cuda"]) == ((), "11.8")


def test_the_driver_that_is_required_is_told() -> None:
    """Of a driver that is too old; the torch of a CUDA is none of it."""
    driver, cuda = version("driver", "390"), version("cuda", "10.1")
    finding = solvers().joins.check(driver, cuda)
    (found,) = solvers().ways_out.required(ASKED, [finding])
    assert isinstance(found, Lookup)
    assert found.question.want == ("driver",)
    torch = solvers().joins.check(version("torch", "2.1.0"), cuda)
    assert list(solvers().ways_out.required(ASKED, [torch])) == []


def test_a_toolkit_without_a_build_allows_those_of_its_major_version() -> None:
    """No torch is built for CUDA 12.2: any 12.x that is no newer will do, and no 11.x."""
    own = Given("cuda", Constraint.series(Number.parse("12.2")), "12.2", role="toolkit")
    build = Given("cuda", Constraint.series(Number.parse("11.3")), "11.3", role="build")
    (counted,) = solvers().ways_out.counted((own, build), "toolkit")
    assert isinstance(counted.constraint, Constraint)
    matched = [v for v in ("11.8", "12.1", "12.4") if counted.constraint.match(Number.parse(v)) is Match.YES]
    assert (matched, counted.role) == (["12.1"], "")


def test_a_toolkit_with_a_build_stays_as_it_is() -> None:
    """torch 1.8.1 is built for CUDA 10.1."""
    own = Given("cuda", Constraint.series(Number.parse("10.1")), "10.1", role="toolkit")
    (counted,) = solvers().ways_out.counted((own,), "toolkit")
    assert str(counted.constraint) == "10.1"
