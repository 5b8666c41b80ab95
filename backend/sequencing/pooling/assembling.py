"""From what is known of a pool's tubes to its recipe and everything that stands against it.

Pure: the facts of the tubes and the pool in, shares, recipe and findings out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from backend.sequencing.ids import PoolingMode
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.pooling import recipe as recipes
from backend.sequencing.pooling.proportions import Part, library_shares
from backend.sequencing.pooling.recipe import Finding, Library, Pipetting, Recipe, Target
from backend.sequencing.pooling.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A library of a pool, however it comes in."""

    barcode: str
    reads_millions: Decimal
    index: Barcode
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A tube that is pipetted from: one library, or a mixed pool with several.

    ``molarity_nm`` and ``size_bp`` are None where nobody knows, and ``lacking`` says what to do;
    ``doubt`` what to look at though they are known.
    ``inner_shares`` are a mixed pool's own, by barcode of its libraries.
    """

    barcode: str
    name: str
    sample_id: UUID
    members: tuple[Member, ...]
    request_codes: tuple[str, ...]
    project_codes: tuple[str, ...]
    molarity_nm: Decimal | None
    size_bp: Decimal | None
    told: str
    lacking: str
    doubt: str
    available_ul: Decimal | None
    pool_code: str | None = None
    inner_shares: Mapping[str, Decimal] | None = None

    @property
    def reads_millions(self) -> Decimal:
        """Return the reads of all its libraries together."""
        return sum((each.reads_millions for each in self.members), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What comes of a pool's facts; ``shares`` are by barcode of its libraries."""

    recipe: Recipe | None
    findings: tuple[Finding, ...]
    shares: Mapping[str, Decimal]


def assemble(
    tubes: Sequence[Tube],
    *,
    mode: PoolingMode,
    target: Target,
    settings: Settings,
    pipetting: Pipetting,
) -> Assembled:
    """Return shares, recipe and findings of a pool; the recipe is None while something lacks."""
    findings = [*index_findings(tubes), *_usable_findings(tubes), *_lacking(tubes, mode)]
    weights = {
        tube.barcode: weight
        for tube in tubes
        if (weight := weight_of(tube, mode=mode, settings=settings)) is not None
    }
    if not tubes or len(weights) < len(tubes):
        return Assembled(recipe=None, findings=tuple(findings), shares={})
    shares = shares_of(tubes, weights)
    libraries = [
        Library(
            name=tube.barcode,
            molarity_nm=tube.molarity_nm,
            weight=weights[tube.barcode],
            available_ul=tube.available_ul,
        )
        for tube in tubes
        if tube.molarity_nm is not None
    ]
    if len(libraries) < len(tubes):
        return Assembled(recipe=None, findings=tuple(findings), shares=shares)
    found = recipes.calculate(libraries, target, pipetting, dilutions=settings.dilutions)
    return Assembled(recipe=found, findings=(*findings, *found.findings), shares=shares)


def weight_of(tube: Tube, *, mode: PoolingMode, settings: Settings) -> Decimal | None:
    """Return a tube's weight in the pool, None where its mode asks for a length nobody knows.

    A mixed pool weighs what its libraries weigh together.
    """
    total = Decimal(0)
    for member in tube.members:
        match mode:
            case PoolingMode.EQUIMOLAR:
                weight = Decimal(1)
            case PoolingMode.BY_READS | PoolingMode.BY_COVERAGE:
                weight = member.reads_millions
            case PoolingMode.BY_MASS:
                if tube.size_bp is None:
                    return None
                weight = 1 / tube.size_bp
        total += weight * settings.corrections.get(member.barcode, Decimal(1))
    return total


def shares_of(tubes: Sequence[Tube], weights: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    """Return the share of each library, by barcode, from the weights of the tubes by barcode."""
    return library_shares([_part(tube, weights[tube.barcode]) for tube in tubes])


def index_findings(tubes: Sequence[Tube]) -> list[Finding]:
    """Return what is wrong with the pool's indexes together."""
    indexes = [member.index for tube in tubes for member in tube.members]
    return [
        Finding(
            sentence=f"{each.sentence}. Give one of them another index, or another pool.",
            name=each.first,
            is_error=True,
        )
        for each in clashes(indexes)
    ]


def _usable_findings(tubes: Sequence[Tube]) -> list[Finding]:
    return [
        Finding(sentence=sentence, name=tube.barcode, is_error=True)
        for tube in tubes
        for member in tube.members
        for sentence in member.unusable
    ]


def _lacking(tubes: Sequence[Tube], mode: PoolingMode) -> list[Finding]:
    found = []
    for tube in tubes:
        if tube.molarity_nm is None:
            found.append(Finding(sentence=tube.lacking, name=tube.barcode, is_error=True))
        elif mode is PoolingMode.BY_MASS and tube.size_bp is None:
            sentence = f"{tube.barcode} has no fragment size, which pooling by mass needs."
            found.append(Finding(sentence=sentence, name=tube.barcode, is_error=True))
        if tube.doubt:
            found.append(Finding(sentence=tube.doubt, name=tube.barcode))
    return found


def _part(tube: Tube, weight: Decimal) -> Part:
    if tube.pool_code is None:
        return Part(tube.barcode, weight)
    given = tube.inner_shares or {}
    inner = tuple(
        Part(each.barcode, given.get(each.barcode) or each.reads_millions) for each in tube.members
    )
    return Part(tube.barcode, weight, inner)
