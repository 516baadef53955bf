"""Reading one camera's footage here and there, to look at it before its turn comes."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil, inf

from pipeline.sources.account import open_reader
from pipeline.sources.images import ImagePicture, fitted
from pipeline.sources.planned import PlannedSource
from pipeline.sources.video import VideoPicture
from tracking.attention import Attention
from tracking.errors import FootageError
from tracking.values import Frame

_MARGIN = 1.5
"""Times the memory of the attention that it is shown before a stretch: frames are not spaced evenly."""


class ReaderAhead:
    """Hands out the frames that are worth a look of some stretches, in order within each source.

    Nothing is accounted for here: whoever reads the footage in its turn does that, and compares.

    Args:
        camera: Camera id.
        sources: Its files.
        frame_size: Width and height of every frame, pixels.
        attention: Makes what decides about the frames of one source.
    """

    def __init__(
        self,
        camera: str,
        sources: Sequence[PlannedSource],
        frame_size: tuple[int, int],
        attention: Callable[[], Attention],
    ) -> None:
        self._camera = camera
        self._sources = {source.name: source for source in sources}
        self._frame_size = frame_size
        self._make_attention = attention
        self._attention = attention()
        self._reading: Iterator[VideoPicture | ImagePicture] = iter(())
        self._name = ""
        self._next = 0

    def frames(self, name: str, begin: int, end: int | None) -> Iterator[Frame]:
        """Read a stretch; reading goes on from the one before, where that lies earlier in the same source.

        Args:
            name: Of the source.
            begin: Index of the first frame within it.
            end: Index behind the last frame; None for the end of the source.

        Yields:
            Frames with the parts to look at; none where the source cannot be read.
        """
        if name != self._name or begin < self._next:
            self._open(name)
        source = self._sources[name]
        period_s = source.header.period_s if source.header else inf
        shown_from = begin - ceil(_MARGIN * self._attention.memory_s / period_s)
        last = inf if end is None else end - 1
        while self._next <= last and (picture := self._read()) is not None:
            if picture.seconds is None or not shown_from <= picture.index <= last:
                continue
            glance = self._attention.decide(picture.seconds, self._frame_size, picture.small)
            if not glance.looks or picture.index < begin or (image := picture.image()) is None:
                continue
            fitting, time = fitted(image, self._frame_size), source.start + picture.seconds
            yield Frame(self._camera, name, picture.index, time, fitting, glance.parts)

    def _open(self, name: str) -> None:
        self._name, self._next = name, 0
        self._attention = self._make_attention()
        self._reading = iter(open_reader(self._sources[name]))

    def _read(self) -> VideoPicture | ImagePicture | None:
        """The next picture; None at the end of the source, or where it cannot be read."""
        try:
            picture = next(self._reading, None)
        except FootageError:
            picture = None
        self._next = self._next if picture is None else picture.index + 1
        return picture
