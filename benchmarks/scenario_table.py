"""The results of the scenarios as tables in a Markdown page."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks.marked_page import renew

HEADINGS = (
    "scenario",
    "riders passing",
    "counted",
    "error",
    "GEH",
    "passages precision / recall",
    "links",
    "link precision / recall",
    "link F1",
    "strict",
    "of those seen",
    "IDF1",
    "O-D error",
    "frames/s",
)


@dataclass(frozen=True, slots=True)
class Result:
    """One chain over one scenario.

    Attributes:
        scenario: Name of the scenario.
        chain: Name of the chain.
        models: Detector and encoder.
        truth: True passages over all cameras.
        counted: Sightings.
        geh: Largest GEH of a camera.
        precision: Share of the sightings that show a rider.
        recall: Share of the riders passing that were seen.
        links: True links between cameras.
        link_precision: Share of the links found that are right.
        link_recall: Share of the true links that were found.
        link_f1: Harmonic mean of both.
        strict_link_f1: The same by boxes, nobody given the benefit of the doubt; None where no boxes tell.
        link_f1_of_seen: The same among the riders that were seen: what the matching can be blamed for.
        idf1: Cross-camera IDF1.
        od_error: Relative error of the O-D matrix.
        frames_per_s: Frames of all cameras per second of wall time.
    """

    scenario: str
    chain: str
    models: str
    truth: int
    counted: int
    geh: float
    precision: float
    recall: float
    links: int
    link_precision: float
    link_recall: float
    link_f1: float
    link_f1_of_seen: float
    idf1: float
    od_error: float
    frames_per_s: float
    strict_link_f1: float | None = None

    def cells(self) -> tuple[str, ...]:
        """One row, in the order of `HEADINGS`."""
        error = (self.counted - self.truth) / self.truth if self.truth else 0.0
        return (
            self.scenario,
            str(self.truth),
            str(self.counted),
            f"{error:+.0%}",
            f"{self.geh:.1f}",
            f"{self.precision:.2f} / {self.recall:.2f}",
            str(self.links),
            f"{self.link_precision:.2f} / {self.link_recall:.2f}",
            f"{self.link_f1:.3f}",
            "–" if self.strict_link_f1 is None else f"{self.strict_link_f1:.3f}",
            f"{self.link_f1_of_seen:.3f}",
            f"{self.idf1:.3f}",
            f"{self.od_error:.2f}",
            f"{self.frames_per_s:.0f}",
        )

    def line(self) -> str:
        """One row for the terminal."""
        return f"{self.chain}: " + "  ".join(
            f"{heading} {cell}" for heading, cell in zip(HEADINGS, self.cells(), strict=True)
        )


def read_results(out: Path) -> dict[str, list[Result]]:
    """Every result in a folder, by chain, scenarios in order of their names."""
    found: dict[str, list[Result]] = defaultdict(list)
    for file in sorted(out.glob("*/*.json")):
        result = Result(**json.loads(file.read_text("utf-8")))
        found[result.chain].append(result)
    return found


def table(results: list[Result]) -> str:
    """One chain as a Markdown table."""
    rows = [HEADINGS, ("---",) + ("---:",) * (len(HEADINGS) - 1), *(one.cells() for one in results)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write_tables(page: Path, out: Path) -> None:
    """Renew the tables of a page, each between ``<!-- NAME -->`` and ``<!-- end -->``; the text stays.

    Args:
        page: Markdown file with such places.
        out: Folder of the results.
    """
    renew(page, {chain: table(results) for chain, results in read_results(out).items()})
