"""Files of reasons, held against what may be kept of people."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from flows.database import RuleCheck
from pipeline.reasons.notebook import is_notebook
from pipeline.reasons.reading import is_reasons, read_reasons
from tracking.errors import UsageError

KEPT_DAYS = 30
"""After so many days nobody looks at the footage of a row any more."""

_RULE = "Who passed when is told to the operator alone, and for as long as somebody looks into it."
_DAY_S = 86_400.0


def is_of_reasons(path: Path) -> bool:
    """Whether a file is one that `pipeline run --explain` writes, whole or in part."""
    return is_reasons(path) or is_notebook(path)


def reason_check(paths: Iterable[Path], now: float) -> RuleCheck:
    """Examine files of reasons: who may read them, how old they are, and whether a run left one unfinished.

    Args:
        paths: Any files; others than `is_of_reasons` are passed over.
        now: Wall clock, seconds since the epoch.
    """
    found = [path for path in paths if is_of_reasons(path)]
    rows = sum(_rows(path) for path in found)
    examined = f"{len(found)} files of pipeline run --explain with {rows} rows"
    return RuleCheck(_RULE, examined, tuple(one for path in found for one in _findings(path, now)))


def _findings(path: Path, now: float) -> Iterator[str]:
    about = path.stat()
    days = (now - about.st_mtime) / _DAY_S
    if about.st_mode & 0o077:
        yield f"{path} says when people passed, and other users may read it; run: chmod 600 {path}"
    if days > KEPT_DAYS:
        yield f"{path} says when people passed, and is {days:.0f} days old; delete it"
    elif is_notebook(path) and days > 1:
        yield (
            f"{path} was left by a run that was interrupted and not taken up again; run it again with the "
            "same --explain, or delete it"
        )


def _rows(path: Path) -> int:
    try:
        return len(read_reasons(path))
    except UsageError:  # A notebook, or a file with a damaged row.
        return 0
