"""Checksums of weights."""

from pathlib import Path

from pipeline.registry.entries import ModelEntry, read_card
from tracking.errors import UsageError, WeightsError
from tracking.files import sha256_of
from tracking.model_card import card_path


def expected_sum(entry: ModelEntry, given: str | None = None) -> str:
    """What the checksum of a model must begin with.

    Args:
        entry: The model.
        given: What the user knows it to be.

    Raises:
        UsageError: The given sum contradicts the registry, or is none.
        WeightsError: Nobody knows it: weights without their checksum are refused.
    """
    known = entry.sha256 or entry.sha256_prefix
    given = given.strip().lower() if given else None
    if given is not None and (len(given) != 64 or set(given) - set("0123456789abcdef")):
        raise UsageError(f"--sha256: {given!r} is no SHA-256; right would be 64 hexadecimal digits")
    if given and known and not given.startswith(known):
        raise UsageError(f"--sha256: {entry.name} is known to have the checksum {known}, not {given}")
    if not (given or known):
        raise WeightsError(
            f"{entry.name}: its checksum is not known here, and weights without their checksum are refused; "
            f"take it from the publisher of {entry.url} and give it with --sha256"
        )
    return given or known or ""


def verify_entry(entry: ModelEntry, path: Path) -> str:
    """Make sure that a file is the model it is taken for.

    A sum recorded in the file's card when it was fetched counts where the registry knows none.

    Returns:
        Its checksum.

    Raises:
        WeightsError: It is not, or no sum is known.
    """
    card = read_card(path)
    recorded = card.sha256 if card else None
    return require_sum(path, entry.sha256 or recorded or expected_sum(entry))


def verify_card(path: Path) -> str | None:
    """Compare a weights file with the card beside it.

    Returns:
        The checksum, or None where there is no card to compare with.

    Raises:
        WeightsError: They do not belong together.
    """
    card = read_card(path)
    return None if card is None else require_sum(path, card.sha256, f" in {card_path(path).name}")


def require_sum(path: Path, expected: str, source: str = "") -> str:
    """Compute a file's checksum and compare its beginning.

    Raises:
        WeightsError: It differs.
    """
    actual = sha256_of(path)
    if not actual.startswith(expected):
        raise WeightsError(
            f"{path}: the file is damaged or another one: its SHA-256 is {actual}, right would be "
            f"{expected}{source}"
        )
    return actual
