"""The one place that writes pictures of real streets: anonymised crops, audited before they are written."""

from pathlib import Path

import cv2
import numpy as np

from anonymize import Anonymizer
from anonymize.audit import DETAIL_LIMIT, detail_ratio
from tracking.values import Crop

JPEG_QUALITY = 95
"""The blur left no detail that a coarser picture would save."""
MOST_BLURS = 4
"""Further blurs of a picture that the audit takes for sharp; one is nearly always enough."""


class PictureWriter:
    """Writes the crops of one camera as JPEG, each at its own size.

    Small crops and the traces of JPEG can look sharper than the blur leaves them. Such a picture is blurred
    once more, so that the audit of a finished set finds nothing.

    Args:
        anonymizer: The blur that every crop has passed already.
    """

    def __init__(self, anonymizer: Anonymizer) -> None:
        self._anonymizer = anonymizer

    def write(self, path: Path, crop: Crop) -> bool:
        """Write the anonymised crop of a rider.

        Args:
            path: File to write; its folder exists.
            crop: As the chain hands it out, which keeps anonymised pixels only.

        Returns:
            False if the picture fails the audit however often it is blurred, and is not written.
        """
        image = crop.image
        for _ in range(1 + MOST_BLURS):
            encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            if self._passes(encoded):
                path.write_bytes(encoded.tobytes())
                return True
            image = self._anonymizer.crop(image)
        return False

    def _passes(self, encoded: np.ndarray) -> bool:
        settings = self._anonymizer.settings
        if settings.region == "face":  # The picture around the head is sharp on purpose.
            return True
        decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
        return detail_ratio(decoded, settings) <= DETAIL_LIMIT
