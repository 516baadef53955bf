"""P identities x K images from different cameras: what the program itself has to match."""

from functools import lru_cache

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from reid.batches.groups import group_images
from reid.batches.rounds import Rounds
from reid.batches.sampler import Purpose, draw, generator
from tracking.arrays import IntArray
from tracking.errors import UsageError


class CrossCameraSampler:
    """Draws linked riders, the images of each from as many cameras as there are.

    Riders who pass the same cameras, directly or through others, form a city. Packs of riders of one
    city stay together in a batch: they share streets, light and cameras, so that only the riders themselves
    tell them apart. Riders of one camera only are left out.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def __init__(
        self,
        identities: IntArray,
        cameras: IntArray,
        identities_per_batch: int = 32,
        images_per_identity: int = 2,
        seed: int = 0,
        steps_per_epoch: int | None = None,
        pack: int = 8,
    ) -> None:
        """Group the images.

        Args:
            identities: (N,) identity of each image.
            cameras: (N,) camera of each image.
            identities_per_batch: P, at most.
            images_per_identity: K.
            seed: Seed of all random choices.
            steps_per_epoch: Batches of an epoch; about as many as show each rider once where None.
            pack: Riders of one city that stay together.

        Raises:
            UsageError: If fewer than two riders were seen by two cameras.
        """
        riders: dict[int, dict[int, IntArray]] = {}
        for (identity, camera), images in group_images(identities, cameras).items():
            riders.setdefault(identity, {})[camera] = images
        self._riders = [seen for seen in riders.values() if len(seen) > 1]
        if len(self._riders) < 2:
            raise UsageError(
                f"sampler.kind: cross_camera needs riders who are linked over cameras, but only "
                f"{len(self._riders)} of {len(riders)} identities were seen by two; use single_camera"
            )
        self._cities = _cities(self._riders)
        self._pack, self._k, self._seed = pack, images_per_identity, seed
        self._packs_per_batch = max(1, identities_per_batch // pack)
        self._turns = [-(-len(city) // pack) for city in self._cities]
        self.steps_per_epoch = steps_per_epoch or -(-sum(self._turns) // self._packs_per_batch)
        self._plan = lru_cache(maxsize=2)(self._deal_epoch)

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose up to P x K images.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            (at most P, times K,) indices, grouped by identity.
        """
        rng = generator(self._seed, Purpose.IMAGES, epoch, step)
        return np.concatenate([self._images(self._riders[one], rng) for one in self._plan(epoch)[step]])

    def _images(self, seen: dict[int, IntArray], rng: np.random.Generator) -> IntArray:
        """K images, the cameras in turn."""
        order = rng.permutation(list(seen))
        turns = [order[place % len(order)] for place in range(self._k)]
        parts = [draw(seen[camera], turns.count(camera), rng) for camera in order if camera in turns]
        return np.concatenate(parts)

    def _deal_epoch(self, epoch: int) -> list[IntArray]:
        rng = generator(self._seed, Purpose.CAMERAS, epoch)
        rounds = [
            Rounds(len(city), generator(self._seed, Purpose.IDENTITIES, epoch, number))
            for number, city in enumerate(self._cities)
        ]
        turns, wanted = np.repeat(np.arange(len(self._cities)), self._turns), self.steps_per_epoch
        order: list[int] = []
        while len(order) < wanted * self._packs_per_batch:
            order.extend(int(city) for city in rng.permutation(turns))
        packs = [
            self._cities[city][rounds[city].deal(min(self._pack, len(self._cities[city])))] for city in order
        ]
        per_batch = self._packs_per_batch
        return [
            np.unique(np.concatenate(packs[step * per_batch : (step + 1) * per_batch]))
            for step in range(wanted)
        ]


def _cities(riders: list[dict[int, IntArray]]) -> list[IntArray]:
    """Positions of the riders of each group of cameras that riders connect."""
    names = sorted({camera for seen in riders for camera in seen})
    place = {camera: number for number, camera in enumerate(names)}
    pairs = [(place[min(seen)], place[camera]) for seen in riders for camera in seen]
    rows, columns = np.array(pairs).T
    graph = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(len(names), len(names)))
    _, city_of_camera = connected_components(graph, directed=False)
    city = np.array([city_of_camera[place[min(seen)]] for seen in riders])
    return [np.flatnonzero(city == number) for number in np.unique(city)]
