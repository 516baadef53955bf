"""Hard negatives between two rounds of training (Srinivas Murthy 2020, section 4.2.3).

The first round draws negatives at random. Then all training images are embedded; whoever is among the
ten nearest neighbours of an image and is somebody else is a hard negative of it. In the second round
30 % of the negatives are hard (`TripletSampler`); with many more the training collapses. Online
mining needs none of this: the batch-all triplet loss on 8 x 8 batches looks at every triplet of a batch.
"""

import numpy as np

from reid.studies import build_index
from reid.studies.search import SearchKind
from tracking.arrays import FloatArray, IntArray


def mine_hard_negatives(
    embeddings: FloatArray, identities: IntArray, neighbours: int = 10, search: SearchKind = "exact"
) -> list[IntArray]:
    """Find the wrong ones among the nearest neighbours of each image.

    Args:
        embeddings: (N, D).
        identities: (N,).
        neighbours: How many nearest neighbours are looked at, the image itself not counted.
        search: How they are found.

    Returns:
        For each image the indices of its hard negatives, nearest first; possibly none.
    """
    who = np.asarray(identities)
    nearest = build_index(embeddings, search).search(embeddings, neighbours + 1).indices
    found = []
    for image, row in enumerate(nearest):
        others = row[(row != image) & (row >= 0)][:neighbours]
        found.append(others[who[others] != who[image]])
    return found


def hard_share(hard_negatives: list[IntArray]) -> float:
    """Share of the images that have a hard negative; how much there is left to learn."""
    return sum(len(found) > 0 for found in hard_negatives) / max(1, len(hard_negatives))
