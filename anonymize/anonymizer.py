"""Applies the settings to crops and frames."""

from collections.abc import Iterable

from anonymize.blur import blur, kernel_for_height
from anonymize.faces import FaceFinder, Region, head_region
from anonymize.settings import AnonymizeSettings
from tracking.arrays import Image

FRAME_EXACT_KERNEL = 5
"""OpenCV's median is vectorised up to 5; a frame above it would cost ten times as much."""
HEAD_KERNEL_SHARE = 0.5
"""Kernel of a head region as a share of its height: nothing finer than half a head is left."""


class Anonymizer:
    """Blurs crops and frames as configured; with a face model, one instance per thread."""

    def __init__(self, settings: AnonymizeSettings | None = None) -> None:
        """Prepare the blur.

        Args:
            settings: What to blur and how; the defaults blur each crop by median.

        Raises:
            WeightsError: If the face model cannot be loaded.
        """
        self.settings = settings or AnonymizeSettings()
        self._faces: FaceFinder | None = None
        if self.settings.region != "whole" and self.settings.face_model is not None:
            self._faces = FaceFinder(self.settings.face_model, self.settings.face_score)

    def crop(self, image: Image) -> Image:
        """Anonymise the crop of one rider.

        Args:
            image: (h, w, 3) uint8 BGR, the rider's box with at most a small margin.

        Returns:
            A new image of the same shape.
        """
        height, width = image.shape[:2]
        # A rider cut off by the frame's edge gives a flat crop with a large head in it.
        kernel = kernel_for_height(max(height, width), self.settings.kernel_pixels)
        whole = self.settings.region != "face"
        blurred = blur(image, kernel, self.settings.method) if whole else image.copy()
        if self.settings.region == "whole":
            return blurred
        return self._blur_heads(blurred, (head_region(height, width), *self._find_faces(image)))

    def frame(self, image: Image) -> Image:
        """Anonymise a whole frame, before anything looks at it.

        Args:
            image: (H, W, 3) uint8 BGR.

        Returns:
            A new image of the same shape, blurred for the largest rider expected in it.
        """
        rider_height = round(self.settings.largest_rider * image.shape[0])
        kernel = kernel_for_height(rider_height, self.settings.kernel_pixels)
        blurred = blur(image, kernel, self.settings.method, exact_up_to=FRAME_EXACT_KERNEL)
        return self._blur_heads(blurred, self._find_faces(image))

    def _find_faces(self, image: Image) -> tuple[Region, ...]:
        return () if self._faces is None else self._faces.find(image)

    def _blur_heads(self, image: Image, regions: Iterable[Region]) -> Image:
        for region in regions:
            rows, columns = slice(region.top, region.bottom), slice(region.left, region.right)
            kernel = 2 * int(HEAD_KERNEL_SHARE * (region.bottom - region.top) / 2) + 1
            image[rows, columns] = blur(image[rows, columns], max(3, kernel), self.settings.method)
        return image
