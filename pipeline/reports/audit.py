"""What ``pipeline audit`` found, for a person and for a program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from anonymize import AuditReport, Finding
from flows.database.audit import RuleCheck

_NO_FOOTAGE = "No footage lies among the results."
_WORDS = {
    "detail": "shows more than the blur leaves (detail {value:.1f}, at most {limit:.1f} is allowed)",
    "face": "shows {value:.0f} faces that a face model still finds",
    "video": "is footage, and shows people as they are",
    "unreadable": "is named a picture, but cannot be read as one",
}


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit of one folder or database.

    Attributes:
        subject: What was audited; without credentials.
        version: Of this program.
        checked_at: UTC, ISO 8601.
        checks: Every rule, kept or broken.
    """

    subject: str
    version: str
    checked_at: str
    checks: tuple[RuleCheck, ...]

    @property
    def findings(self) -> int:
        """Number of findings."""
        return sum(len(check.findings) for check in self.checks)

    @property
    def clean(self) -> bool:
        """True when every rule is kept."""
        return self.findings == 0


def new_audit(subject: str, version: str, checks: Iterable[RuleCheck], now: float) -> Audit:
    """Put date and version to what was checked.

    Args:
        subject: What was audited; without credentials.
        version: Of this program.
        checks: What was checked.
        now: Wall clock, seconds since the epoch.
    """
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return Audit(subject, version, moment, tuple(checks))


def picture_checks(report: AuditReport) -> tuple[RuleCheck, ...]:
    """The audit of a folder as rules that are kept or broken."""
    pictures = [one for one in report.findings if one.kind != "video"]
    videos = [one for one in report.findings if one.kind == "video"]
    return (
        RuleCheck("Every picture is blurred.", f"{report.images} pictures", tuple(map(_sentence, pictures))),
        RuleCheck(_NO_FOOTAGE, "every file of the folder", tuple(map(_sentence, videos))),
    )


def _sentence(finding: Finding) -> str:
    return f"{finding.path} " + _WORDS[finding.kind].format(value=finding.value, limit=finding.limit)
