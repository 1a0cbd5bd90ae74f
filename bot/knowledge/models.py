"""The form of the YAML files: one pydantic model per kind of file, all immutable."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)


def _calendar_day(text: str) -> str:
    """Refuse a month or day that no calendar has."""
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError as error:
        raise ValueError(f"no calendar has that day: {error}") from error
    return text


SLUG: Final = r"^[a-z0-9][a-z0-9_.-]*$"
LANGUAGE: Final = r"^[a-z]{2}$"
DAY: Final = r"^\d{4}(-\d{2}(-\d{2})?)?$"
VERSION: Final = r"^\d+(\.\d+)*(\.post\d+)?$"

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=3_000, strip_whitespace=True)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Day = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, date | int) else value),
    StringConstraints(pattern=DAY),
    AfterValidator(_calendar_day),
]
VersionText = Annotated[str, StringConstraints(pattern=VERSION, max_length=40)]
Confidence = Literal["official", "derived", "book"]
Localized = dict[Language, Text]


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


class Model(BaseModel):
    """Immutable and closed: an unknown key is a mistake, not a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Model):
    """Where something is written. `checked` is the day a person last compared the two."""

    title: Line
    url: str = ""
    checked: date
    confidence: Confidence = "official"


class Sources(Model):
    """`sources.yaml`: the sources that other files name by their key."""

    sources: dict[Slug, Source]


SourceRef = Slug
SourceRefs = Annotated[tuple[Slug, ...], BeforeValidator(_listed), Field(min_length=1)]


class Tag(Model):
    """How a version is written without dots after a prefix.

    `{prefix: cu, minor_digits: 1}` reads cu118 as 11.8; `{prefix: py, major_digits: 1}` reads py310 as 3.10.
    `means` is the fact that tells what a name with this prefix stands for.
    """

    prefix: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    major_digits: int | None = Field(default=None, ge=1, le=3)
    minor_digits: int | None = Field(default=None, ge=1, le=3)
    means: Slug | None = None

    @model_validator(mode="after")
    def _tells_where_to_cut(self) -> Self:
        if self.major_digits is None and self.minor_digits is None:
            raise ValueError("give major_digits or minor_digits")
        return self


class Product(Model):
    """Something with a name that people ask about; with `releases`, also a column of tables.

    `more_releases` says that the list is not all there is (of a driver, only the branches are listed), so
    that a version outside it may still be compared with the limits that tables state. `ceilings` are tools
    that print a version of it as the most that is supported: beside them, a version is an upper bound.
    `toolkits` are tools that print the version that is installed to compile with.
    `unneeded` is the fact that tells why it need not be installed by itself.
    `stands_for` gives values of attributes that naming the product tells as well (ROCm: an AMD GPU).
    `requires` lists, for `release` (a cell over the product's own releases), the versions of other products
    that it asks for; each product asked for makes a table of the two. `rests_on` names those of them whose
    own neighbours are its neighbours too: a library of plain Python goes wherever its torch goes, one with
    compiled code of its own does not. `versioned_aliases` are ordinary words or short forms that name it only
    right before a version: "accelerate 0.34".
    `package` is its name on the package index, where its releases are read. `required_as` are the names of
    packages by which other packages require it (`*` stands for anything), by default `package`.
    """

    product: Slug
    kind: Slug
    name: Localized
    aliases: tuple[Line, ...] = ()
    versioned_aliases: tuple[Line, ...] = ()
    about: Localized
    maker: Localized | None = None
    since: Day | None = None
    status: Localized | None = None
    traits: dict[Slug, Localized] = {}
    topics: tuple[Slug, ...] = ()
    package: str | None = None
    required_as: tuple[Line, ...] = ()
    accompany: tuple[Slug, ...] = ()
    granularity: int | None = Field(default=None, ge=1, le=4)
    implicit: bool = False
    tags: tuple[Tag, ...] = ()
    releases: dict[VersionText, Day | None] = {}
    more_releases: bool = False
    ceilings: tuple[Line, ...] = ()
    toolkits: tuple[Line, ...] = ()
    stands_for: dict[Slug, Slug] = {}
    unneeded: Slug | None = None
    requires: tuple[dict[str, Any], ...] = ()
    rests_on: tuple[Slug, ...] = ()
    source: SourceRefs


class Products(Model):
    """A page with several small products."""

    products: tuple[Product, ...]


class Value(Model):
    """One value of an attribute. `within` names the value of which it is a kind.

    `wheel_tags` are the ABI or platform tags that wheels for it bear (`*` stands for anything). A build with
    `no_device` runs on any machine, whatever its GPU. `at` says where alone it is found (a module on an ARM
    board: `platform: linux-aarch64`), `note` what one should know who installs there. `said_as` is a wider
    value that people name where they mean this one (Linux for Linux on ARM). `told_by` is the fact about it,
    told where nothing more is asked; where its builds are `elsewhere` (NVIDIA's own for Jetson modules), also
    where something is to be installed there. `seen_in` are beginnings of paths that only such a machine has;
    `?` stands for any letter, and behind a `*` it may stand anywhere in a path. `wrong_beside_device` is the
    error that a build for it is where it is found on a machine that has a device.
    """

    name: Localized
    aliases: tuple[Line, ...] = ()
    within: Slug | None = None
    no_device: bool = False
    at: dict[Slug, Slug] = {}
    said_as: Slug | None = None
    note: Localized = {}
    wheel_tags: tuple[Line, ...] = ()
    told_by: Slug | None = None
    elsewhere: bool = False
    seen_in: tuple[Line, ...] = ()
    wrong_beside_device: Slug | None = None


class Attribute(Model):
    """A column whose cells are names, not versions (platform, channel, GPU).

    A `qualifier` only says where a row holds (platform, channel); any other attribute is a thing of its own
    that a question may ask about and a join may pass through. Values that are not `recognized` are not
    looked for in messages. `words` are what people call it without saying which ("my graphics card"),
    `asked_as` what they call all of them behind a question word ("which GPUs"); `makes`
    are words that tell of a value before a number, on record or not ("GTX 560").
    A `manner` is a choice of how to install, not a trait of the machine: a fix may change it.
    """

    attribute: Slug
    name: Localized
    words: dict[Language, tuple[Line, ...]] = {}
    asked_as: dict[Language, tuple[Line, ...]] = {}
    makes: tuple[Line, ...] = ()
    qualifier: bool = False
    manner: bool = False
    recognized: bool = True
    values: dict[Slug, Value]


class Category(Model):
    """A kind of product or a topic of libraries, with the words people use for it."""

    name: Localized
    words: dict[Language, tuple[Line, ...]]


class Categories(Model):
    """`categories.yaml`: kinds and topics by which products are listed; labels of traits."""

    kinds: dict[Slug, Category] = {}
    topics: dict[Slug, Category] = {}
    traits: dict[Slug, Localized] = {}


class Refresh(Model):
    """How a table's rows are read from the package index.

    `reads: wheels` makes a row of the names of wheels of the product `of`; `reads: requirements` makes one of
    what its releases require. `fixed` holds the cells that are always the same. `source` is what rows read
    from a page of wheels rest on.
    """

    reads: Literal["wheels", "requirements"]
    of: Slug
    fixed: dict[Slug, Slug] = {}
    source: SourceRef | None = None


class Table(Model):
    """A compatibility table. A row maps columns to cells; cells are always text.

    `complete_for` names the column whose listed entries have all their rows listed, so that absence
    means "excluded"; a row with `open: true` is exempt, one with
    `open: {cuda: ">=12.0"}` for what lies within that. `yields_to` names the table that wins where the
    two differ, `yields_because` says why in a sentence. A losing table speaks of the cells under `covers`
    alone, by column, if it has any: what it lacks of these it leaves out, of all others it says nothing.
    `relation` tells how to read a row: a `pair` goes together, a `minimum` is a least
    version, a `default` is what an unqualified install brings, a `command` ends in a text to run, a
    `requirement` states specifiers as packages do (PEP 440: `<=1.7` leaves out 1.7.1).
    What a table says `holds` in full, under its `note` (`conditional`), or as a `fallback` that nobody would
    choose: it is told with its note and never recommended.
    `ends` names columns at which joins end: two tables that both end at a column are never joined through
    it. (Each wheel carries its own CUDA, so two products with the same CUDA say nothing of each other.)
    `joined_by` names the only columns through which a join may enter or leave the table, by default all.
    `tells` names the columns that the table is about, by default all: a list of each build's architectures
    has the columns of the builds too, but which builds there are is told by another table.
    What is `bundled` comes inside the package: another that is installed is not in the way, so that it does
    not rule out what else is given.
    `holes` are the releases of the complete column of which nothing is recorded.
    `drops` names columns whose versions do not come back: an open row has none older than all those of the
    newest release of the complete column that is listed in full.
    `refresh` tells how `bot knowledge refresh` reads new rows.
    """

    table: Slug
    says: Localized
    denies: Localized = {}
    headlines: dict[Slug, Localized] = {}
    columns: tuple[Slug, ...] = Field(min_length=2)
    relation: Literal["pair", "minimum", "default", "command", "requirement"] = "pair"
    holds: Literal["supported", "conditional", "fallback"] = "supported"
    complete_for: Slug | None = None
    drops: tuple[Slug, ...] = ()
    holes: Annotated[tuple[Line, ...], BeforeValidator(_listed)] = ()
    yields_to: Slug | None = None
    yields_because: Localized = {}
    covers: dict[Slug, Any] = {}
    ends: tuple[Slug, ...] = ()
    joined_by: tuple[Slug, ...] = ()
    tells: tuple[Slug, ...] = ()
    bundled: bool = False
    refresh: Refresh | None = None
    prefer: dict[Slug, tuple[Slug, ...]] = {}
    note: Localized = {}
    excluded_note: Localized = {}
    source: SourceRefs
    rows: tuple[dict[str, Any], ...] = Field(min_length=1)


class Dispute(Model):
    """What a losing source says instead, told in one line."""

    source: SourceRef
    text: Localized


class Floor(Model):
    """The least version of something a machine has (a GPU's compute capability) that a thing runs on.

    Below `least` it does not run, from `sure` on it does; between the two it is not certain.
    """

    column: Slug
    least: VersionText
    sure: VersionText | None = None


class Fact(Model):
    """A dated statement. `asked` holds ways people ask for it; words of the text count too.

    `instead` names columns, or places (windows), of which the tables may hold nothing for what it is `about`:
    then it is told.
    `keys` are words that point to it wherever they stand ("docker"), however much else is said.
    `floor` is what it states of the least machine, so that it is told whether one that is given will do.
    """

    id: Slug
    about: Slug
    instead: tuple[Slug, ...] = ()
    version: VersionText | None = None
    date: Day | None = None
    topic: Literal[
        "origin", "release", "feature", "backend", "deprecation", "community", "governance", "concept"
    ]
    text: Localized
    asked: dict[Language, tuple[Line, ...]]
    keys: tuple[Line, ...] = ()
    floor: Floor | None = None
    source: SourceRefs
    disputed: Dispute | None = None


class Facts(Model):
    """A page of facts."""

    facts: tuple[Fact, ...]


class Comparators(Model):
    """Words that turn versions into bounds.

    `before` and `after` stand beside one version (`at least 1.7`, `1.7 or newer`), `between` joins the ends
    of a range (`1.5 to 1.7`), `either` joins alternatives, which are a range where `range_before` or
    `range_after` stands there too (`between 1.5 and 1.7`).
    """

    before: dict[Literal[">=", "<=", ">", "<"], tuple[Line, ...]] = {}
    after: dict[Literal[">=", "<=", ">", "<"], tuple[Line, ...]] = {}
    between: tuple[Line, ...] = ()
    either: tuple[Line, ...] = ()
    range_before: tuple[Line, ...] = ()
    range_after: tuple[Line, ...] = ()


class Vocabulary(Model):
    """`vocabulary/<lang>.yaml`: the cue words of a language.

    `cues` maps the name of a cue to phrases; `ignored` are words that carry no meaning for matching;
    `never_names` are words that look like a name but are ordinary words; `polite` are phrases around a
    question whose words ask nothing; `counters` are words before a bare number that make it a count
    ("step 1080"); `links` are words that may stand between a product and its version ("torch is 2.2"),
    `units` words behind a number that is none ("2.6 GHz"). `builds` tell, near a version, that it is one
    that packages are built for ("the 11.8 wheel"), `machines` that a machine has it ("12.2 installed").
    """

    language: Language
    name: Line
    script: Literal["latin", "han"]
    cues: dict[Slug, tuple[Line, ...]]
    comparators: Comparators
    ignored: tuple[Line, ...] = ()
    never_names: tuple[Line, ...] = ()
    polite: tuple[Line, ...] = ()
    counters: tuple[Line, ...] = ()
    links: tuple[Line, ...] = ()
    units: tuple[Line, ...] = ()
    builds: tuple[Line, ...] = ()
    machines: tuple[Line, ...] = ()


class Wording(Model):
    """`wording/<lang>.yaml`: what the bot says; every language has the same keys and placeholders."""

    language: Language
    phrases: dict[Slug, str]


class Overlay(Model):
    """`overlay.yaml`: what answers call the folder, and the Slack ids of who is told of mistakes in it."""

    name: Localized
    maintainers: tuple[Annotated[str, StringConstraints(pattern=r"^[CDGUW][A-Z0-9]+$")], ...] = ()


class Aliases(Model):
    """A page of more names for what other pages define: of products, and of the values of attributes."""

    aliases: dict[Slug, tuple[Line, ...] | dict[Slug, tuple[Line, ...]]]


class Environment(Model):
    """A machine or cluster that questions may name, with what it has.

    `has` maps products to one version and attributes to a value, or to several that are all there.
    """

    environment: Slug
    name: Localized
    aliases: tuple[Line, ...] = ()
    has: dict[Slug, Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]]
    source: SourceRefs
