"""The page of an audit, for whoever answers for data protection."""

from html import escape

from pipeline.reports.audit import Audit
from pipeline.reports.html.page import heading, page, paragraph, table

_ABOUT = (
    "Cyclists are counted and followed from camera to camera by an embedding: a row of numbers computed from "
    "a blurred picture of a rider. It counts as personal data for as long as it exists, so it is deleted as "
    "soon as no camera can be reached any more. What stays are times and places, without a person."
)
_LIMITS = (
    "Not looked at: the footage itself and how long its owner keeps it, backups and copies of disks, blocks "
    "that a file system has released but not overwritten, and memory. A picture that was out of focus from "
    "the beginning counts as blurred."
)


def audit_page(audit: Audit) -> str:
    """Write the page; it needs no other file and no network."""
    verdict = (
        "Every rule is kept." if audit.clean else f"{audit.findings} findings; each says what is to be done."
    )
    overview = (
        ("checked", audit.subject),
        ("when", audit.checked_at),
        ("with", f"fietsflow {audit.version}"),
        ("result", verdict),
    )
    rules = [
        (check.rule, check.examined, "kept" if not check.findings else f"broken, {len(check.findings)} times")
        for check in audit.checks
    ]
    parts = [
        table(("", ""), overview),
        paragraph(_ABOUT),
        heading("What was checked"),
        table(("rule", "looked at", "result"), rules),
    ]
    for check in audit.checks:
        if check.findings:
            items = "".join(f"<li>{escape(finding)}</li>" for finding in check.findings)
            parts += [heading(f"Broken: {check.rule}"), f"<ul>{items}</ul>"]
    return page("Data protection audit", [*parts, heading("What was not checked"), paragraph(_LIMITS)])
