"""Opening a source and decoding its first frame, to see that it is footage."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.sources.files import SourceFiles
from pipeline.sources.header import Header, read_header
from pipeline.sources.images import read_image
from pipeline.sources.memo import remembered
from pipeline.sources.names import shown
from pipeline.sources.video import VideoReader
from tracking.errors import FootageError


@dataclass(frozen=True, slots=True)
class Probe:
    """A source that was opened and whose first frame was decoded.

    Attributes:
        width: Pixels of the upright picture.
        height: Pixels of the upright picture.
        header: What its header promises; None for pictures.
    """

    width: int
    height: int
    header: Header | None


def probe(files: SourceFiles) -> Probe:
    """Open a source and decode its first frame.

    Raises:
        FootageError: It cannot be opened, or no frame of it can be decoded.
    """
    return _probe(files.path, files)


@remembered
def _probe(path: Path, files: SourceFiles) -> Probe:
    header = None if files.images else read_header(path, None)
    if files.images:
        image = next((i for i in map(read_image, files.images) if i is not None), None)
    else:
        image = next((picture.image() for picture in islice(VideoReader(path), 1)), None)
    if image is None:
        raise FootageError(f"{shown(path)} was opened, but not one frame of it can be decoded")
    height, width = image.shape[:2]
    return Probe(width, height, header)
