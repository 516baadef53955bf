"""Images grouped by who they show and which camera saw them."""

from collections.abc import Sequence

import numpy as np

from tracking.arrays import IntArray
from tracking.errors import UsageError


def group_images(*labels: IntArray) -> dict[tuple[int, ...], IntArray]:
    """Group images by the values of their labels.

    Args:
        labels: Arrays of shape (N,), such as identities, or identities and cameras.

    Returns:
        Ascending indices per combination of values, in the order of the values.
    """
    table = np.stack([np.asarray(label, np.int64) for label in labels], axis=1)
    if len(table) == 0:
        return {}
    keys, members = np.unique(table, axis=0, return_inverse=True)
    order = np.argsort(members.ravel(), kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(members.ravel()))[:-1])
    return {tuple(int(value) for value in key): part for key, part in zip(keys, parts, strict=True)}


def groups_of_identities(identities: IntArray) -> list[IntArray]:
    """Indices of the images of each identity, in the order of the identities.

    Raises:
        UsageError: If there are fewer than two identities, or none with two images: neither can teach
            who is the same and who is not.
    """
    groups = list(group_images(identities).values())
    if len(groups) < 2:
        raise UsageError(
            f"the training images show {len(groups)} identities; at least 2 are needed to tell them apart"
        )
    if max_size(groups) < 2:
        raise UsageError(
            f"each of the {len(groups)} training identities has one image only; at least one identity "
            "needs two or more, so that there is a pair of the same rider"
        )
    return groups


def max_size(groups: Sequence[IntArray]) -> int:
    """Images of the largest group."""
    return max((len(group) for group in groups), default=0)
