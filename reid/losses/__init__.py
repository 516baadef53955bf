"""Losses of the laboratory.

Those of one labelled batch stand behind `build_losses`, by name and weight. Those that take something
else (pairs, chosen triplets, masks, images, points of the cluster space) are functions and modules of
their own: `triplet.offline_triplet`, `lossless.lossless_triplet`, `contrastive.contrastive`,
`verification`, `segmentation`, `reconstruction`, `clustering`. Checking names and options needs no
PyTorch.
"""

from reid.losses.registry import LOSSES, build_losses, loss_settings
from reid.losses.settings import LossSettings

__all__ = ["LOSSES", "LossSettings", "build_losses", "loss_settings"]
