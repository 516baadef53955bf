"""P identities x K images: the batches of the triplet losses (Hermans 2017, Schoustra 2020 III-B4)."""

from functools import lru_cache

import numpy as np

from reid.batches.groups import group_images, groups_of_identities
from reid.batches.rounds import Rounds
from reid.batches.sampler import Purpose, draw, generator
from tracking.arrays import IntArray
from tracking.errors import UsageError


class IdentitySampler:
    """Draws P identities without replacement, reshuffled when exhausted, and K images of each.

    The images of an identity lie side by side in the batch. An identity with fewer than K images gives
    all of them and duplicates.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def __init__(
        self,
        identities: IntArray,
        identities_per_batch: int = 16,
        images_per_identity: int = 4,
        seed: int = 0,
        steps_per_epoch: int | None = None,
    ) -> None:
        """Group the images.

        Args:
            identities: (N,) identity of each image.
            identities_per_batch: P.
            images_per_identity: K.
            seed: Seed of all random choices.
            steps_per_epoch: Batches of an epoch; as many as show each identity once where None.

        Raises:
            UsageError: If there are fewer than P identities, or nobody has two images.
        """
        self._groups = groups_of_identities(identities)
        if len(self._groups) < identities_per_batch:
            raise UsageError(
                f"sampler.identities_per_batch: {identities_per_batch} are asked for, but the training "
                f"images show only {len(self._groups)} identities; ask for at most as many"
            )
        self._p, self._k, self._seed = identities_per_batch, images_per_identity, seed
        self.steps_per_epoch = steps_per_epoch or max(1, len(self._groups) // identities_per_batch)
        self._plan = lru_cache(maxsize=2)(self._deal_epoch)

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose P x K images.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            (P * K,) indices, grouped by identity.
        """
        rng = generator(self._seed, Purpose.IMAGES, epoch, step)
        chosen = self._plan(epoch)[step]
        return np.concatenate([draw(self._groups[identity], self._k, rng) for identity in chosen])

    def _deal_epoch(self, epoch: int) -> list[IntArray]:
        rounds = Rounds(len(self._groups), generator(self._seed, Purpose.IDENTITIES, epoch))
        return [rounds.deal(self._p) for _ in range(self.steps_per_epoch)]


class SingleCameraSampler:
    """Draws each batch from one camera, so that a rider with several labels is never his own negative.

    Identities of automatic tracklets are not linked across cameras: one rider owns several. Within
    one camera they rarely are the same person (Schoustra 2020, IV). Cameras take turns by their numbers of
    identities. A camera with fewer than P identities gives all of them, so its batches are smaller.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def __init__(
        self,
        identities: IntArray,
        cameras: IntArray,
        identities_per_batch: int = 16,
        images_per_identity: int = 4,
        seed: int = 0,
        steps_per_epoch: int | None = None,
    ) -> None:
        """Group the images.

        Args:
            identities: (N,) identity of each image.
            cameras: (N,) camera of each image.
            identities_per_batch: P.
            images_per_identity: K.
            seed: Seed of all random choices.
            steps_per_epoch: Batches of an epoch; about as many as show each identity once where None.

        Raises:
            UsageError: If no camera saw two identities, or nobody twice.
        """
        self._cameras = _groups_by_camera(identities, cameras)
        self._p, self._k, self._seed = identities_per_batch, images_per_identity, seed
        self._turns = [-(-len(groups) // identities_per_batch) for groups in self._cameras]
        self.steps_per_epoch = steps_per_epoch or sum(self._turns)
        self._plan = lru_cache(maxsize=2)(self._deal_epoch)

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose up to P x K images of one camera.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            (at most P, times K,) indices, grouped by identity.
        """
        rng = generator(self._seed, Purpose.IMAGES, epoch, step)
        camera, chosen = self._plan(epoch)[step]
        groups = self._cameras[camera]
        return np.concatenate([draw(groups[identity], self._k, rng) for identity in chosen])

    def _deal_epoch(self, epoch: int) -> list[tuple[int, IntArray]]:
        rng = generator(self._seed, Purpose.CAMERAS, epoch)
        turns = np.repeat(np.arange(len(self._cameras)), self._turns)
        rounds = [
            Rounds(len(groups), generator(self._seed, Purpose.IDENTITIES, epoch, camera))
            for camera, groups in enumerate(self._cameras)
        ]
        order: list[int] = []
        while len(order) < self.steps_per_epoch:
            order.extend(int(camera) for camera in rng.permutation(turns))
        return [
            (camera, rounds[camera].deal(min(self._p, len(self._cameras[camera]))))
            for camera in order[: self.steps_per_epoch]
        ]


def _groups_by_camera(identities: IntArray, cameras: IntArray) -> list[list[IntArray]]:
    by_camera: dict[int, list[IntArray]] = {}
    for (camera, _), images in group_images(cameras, identities).items():
        by_camera.setdefault(camera, []).append(images)
    usable = [groups for groups in by_camera.values() if len(groups) >= 2]
    if not usable:
        raise UsageError(
            f"none of the {len(by_camera)} cameras saw two identities, so no batch of one camera can be "
            "drawn; use sampler.kind: identities, or data with more riders per camera"
        )
    if all(len(images) < 2 for groups in usable for images in groups):
        raise UsageError(
            "every identity has one image per camera only, so a batch of one camera holds no pair of the "
            "same rider; use sampler.kind: identities, which mixes cameras"
        )
    return usable
