"""Learning curves as a CSV file that a resumed training continues without a seam."""

import csv
import io
from pathlib import Path

from reid.training.checkpoint import write_atomically

STEP_COLUMN = "total_steps"


class Curves:
    """Appends rows to a CSV file.

    The column `total_steps` tells how far the training was.
    """

    def __init__(self, path: Path, resume_at: int) -> None:
        """Open the file, and drop what a killed training wrote after the state that it resumes from.

        Args:
            path: The file.
            resume_at: Total steps of the state.
        """
        self._path = path
        self._columns: list[str] = []
        kept = self._read_until(resume_at)
        write_atomically(path, _as_csv(kept))
        if kept:
            self._columns = kept[0]

    def append(self, row: dict[str, float]) -> None:
        """Write a row; the first one names the columns.

        Args:
            row: Values by column; `total_steps` among them.
        """
        lines = []
        if not self._columns:
            self._columns = list(row)
            lines.append(self._columns)
        lines.append([f"{row[column]:.8g}" for column in self._columns])
        with self._path.open("ab") as file:
            file.write(_as_csv(lines))

    def _read_until(self, resume_at: int) -> list[list[str]]:
        if not self._path.exists() or resume_at == 0:
            return []
        with self._path.open(newline="") as file:
            header, *rows = list(csv.reader(file)) or [[]]
        if STEP_COLUMN not in header:
            return []
        column = header.index(STEP_COLUMN)
        # The last line of a killed training may be torn.
        whole = [row for row in rows if len(row) == len(header) and row[column].isdigit()]
        return [header, *(row for row in whole if int(row[column]) <= resume_at)]


def _as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
