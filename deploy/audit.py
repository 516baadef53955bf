"""Ask whether a fault is known of anything in a lock file; good is only what was asked about as a whole.

    python deploy/audit.py deploy/requirements.lock

pip-audit ends well where the service has not answered about a single package; whoever does not read its
table takes that for "no fault". Exit codes: 0 no fault is known, 1 one is, 2 it could not be asked.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

COMMAND = (sys.executable, "-m", "pip_audit")
OPTIONS = ("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off")
NEEDED = (
    "the vulnerability service of PyPI (its JSON interface, which mirrors of packages mostly lack) has to be "
    "within reach; run make audit where it is"
)


def main(lock: str, command: Sequence[str] = COMMAND) -> int:
    """Ask, and tell.

    Args:
        lock: Requirements with versions and checksums.
        command: What asks.

    Returns:
        The exit code.
    """
    asked = subprocess.run(
        [*command, "--requirement", lock, *OPTIONS], capture_output=True, text=True, check=False
    )
    try:
        packages = json.loads(asked.stdout)["dependencies"]
        skipped = [one["name"] for one in packages if "skip_reason" in one]
    except (ValueError, LookupError, TypeError):
        last = (asked.stderr.strip() or "it said nothing").splitlines()[-1]
        print(f"make audit: {lock} was not checked, pip-audit failed ({last}): {NEEDED}", file=sys.stderr)
        return 2
    known = [line for one in packages for line in faults(one)]
    print(*known, sep="\n", end="\n" if known else "")
    if skipped or not packages:
        told = f"{len(skipped)} of {len(packages)} packages, {', '.join(skipped[:3])} and so on,"
        print(f"make audit: {told} could not be asked about: {NEEDED}", file=sys.stderr)
    else:
        print(f"make audit: {len(packages)} packages asked about, {len(known)} faults known")
    return 1 if known else 2 if skipped or not packages else 0


def faults(package: dict[str, Any]) -> list[str]:
    """One line for each fault that is known of a package."""
    return [
        f"{package['name']} {package['version']}: {one['id']}, mended in "
        f"{', '.join(one['fix_versions']) or 'no version yet'}; then make lock"
        for one in package.get("vulns", ())
    ]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
