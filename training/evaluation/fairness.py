"""Is a model as good for everybody? `mirror evaluate fairness MODEL --data SET`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tyro

from mirror_core.checks import check_range
from mirror_core.trainers.run_folder import made_with
from training.evaluation.fairness_groups import DIMENSIONS, ORDERS
from training.evaluation.fairness_report import LEVEL, MEASURES, Figures, compare_groups, compare_twins, is_clear, table
from training.evaluation.fairness_rows import Ledger
from training.evaluation.fairness_twins import LAB, open_twins
from training.evaluation.three_d_methods import find_method, label
from training.evaluation.three_d_report import Row

REFERENCE = "light"
"""The tone that twins are compared with."""
Groups = dict[str, dict[str, Figures]]


@dataclass(frozen=True)
class EvaluateFairness:
    """Measure a method on synthetic people by skin tone, sex, age, weight and height."""

    method: tyro.conf.Positional[str]
    """A model's name or folder, or another method that `evaluate 3d` knows."""
    data: Path
    """Folder of shards that `mirror synthesize people ... --views` made, and that no model learnt from."""
    assets: Path | None = None
    """Folder of MakeHuman's assets: people are made who differ in their skin's colour alone; none: no such test."""
    environments: Path | None = None
    """Folder of HDR panoramas for these people's light and backgrounds; none: a studio's soft boxes."""
    twins: int = 40
    """How many people are made, each in all tones."""
    seed: int = 5000
    """Of the people that are made."""
    limit: int = 0
    """Only the first so many photos of the set; 0: all."""
    out: Path = Path("out/evaluation")
    """Where NAME.json is written."""
    name: str = ""
    """Of the file; none: fairness_ and the method's name."""

    resume: bool = False
    """Keep the rows of NAME.json that were measured before; the method and its code must not have changed since."""

    def run(self) -> None:
        """Measure, write and print."""
        check_range("twins", self.twins, 1, 10_000)
        check_range("limit", self.limit, 0, 10_000_000)
        method = find_method(self.method)
        ledger = Ledger(self.out / f"{self.name or f'fairness_{label(self.method)}'}.json")
        if self.resume and ledger.path.is_file():
            ledger.read()
        rows = ledger.measure_set(method, self.data, self.limit)
        groups = {name: _compared(rows, name) for name in DIMENSIONS}
        report: dict[str, object] = {
            "method": label(self.method),
            "dataset": self.data.resolve().name,
            "made_with": made_with(),
            "groups": groups,
        }
        tables = [table(groups[name], ("all", *ORDERS[name]), name) for name in DIMENSIONS]
        tables.append(_many_tests(groups))
        if self.assets is not None:
            makers = open_twins(self.assets, self.environments, self.seed)
            twins = _compared_twins(ledger.measure_twins(method, makers, self.twins))
            report |= {"seed_of_twins": self.seed, "twins": twins}
            tables.append(table(twins, tuple(LAB), "the same people with skin"))
        ledger.write(report)
        print("\n".join(tables))
        print(f"Written: {ledger.path}")


def _compared(rows: Sequence[Row], dimension: str) -> Groups:
    return {which: compare_groups(rows, dimension, which) for which in MEASURES if any(which in r for r in rows)}


def _compared_twins(rows: Sequence[Row]) -> Groups:
    """By measure, then tone; the reference has a difference of nothing, which is left out."""
    return {
        which: {tone: _twin(rows, tone, which) for tone in LAB}
        for which in MEASURES
        if any(which in row for row in rows)
    }


def _twin(rows: Sequence[Row], tone: str, which: str) -> Figures:
    figures = compare_twins(rows, tone, REFERENCE, which)
    return {name: value for name, value in figures.items() if tone != REFERENCE or "difference" not in name}


def _many_tests(groups: dict[str, Groups]) -> str:
    """How many differences are clear, and how many would be by chance alone."""
    each = [group for by_measure in groups.values() for by_group in by_measure.values() for group in by_group.values()]
    tested = [figures for figures in each if "difference" in figures]
    clear, chance = sum(map(is_clear, tested)), len(tested) * (1.0 - LEVEL / 100.0)
    return f"{clear} of {len(tested)} differences leave zero out; by chance alone about {chance:.0f} would.\n"
