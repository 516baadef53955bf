"""One camera's footage as a single stream of frames, with an account of every file."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from math import inf
from typing import Self

from pipeline.sources.account import Account
from pipeline.sources.ahead import ReaderAhead
from pipeline.sources.coverage import LOOK_BACK_S
from pipeline.sources.footage import Footage
from pipeline.sources.images import ImagePicture, fitted
from pipeline.sources.plan import plan_footage
from pipeline.sources.planned import PlannedSource
from pipeline.sources.position import Rest, SourcePosition
from pipeline.sources.probe import probe
from pipeline.sources.report import LONGEST_GAP_S, SourceReport
from pipeline.sources.video import VideoPicture
from tracking.arrays import Image
from tracking.attention import Attention, AttentionSettings, Glance
from tracking.errors import FootageError, UsageError
from tracking.values import Frame


class CameraSource:
    """The recorded footage of one camera.

    Args:
        footage: Where it lies and how its clock is read.

    Attributes:
        camera: Camera id.
        sources: Its files in order of time.
        frame_size: (width, height) of every frame: that of the first readable source.
        rest: What was read behind the last frame handed out.

    Raises:
        UsageError: Footage that does not exist, or whose start nobody tells.
        FootageError: Not one frame can be decoded.
    """

    def __init__(self, footage: Footage) -> None:
        self.camera = footage.camera
        self.sources = plan_footage(footage)
        self.frame_size = _first_frame_size(self.sources, footage.key)
        self._max_fps = footage.max_fps
        self._attention = AttentionSettings(every_frame=True)
        self._region: Image | None = None
        self._passed = 0
        self.rest: Rest | None = None
        self._last_time = -inf
        self._turn = -inf
        self._closed: list[SourceReport] = []
        self._accounts: list[Account] = []
        self._behind: Mapping[str, float] = {}
        self._until = inf
        self._aside = 0

    def limited_to(
        self, sources: Sequence[PlannedSource], behind: Mapping[str, float], until: float = inf
    ) -> Self:
        """The same camera with some of its sources only.

        Args:
            sources: In order of time.
            behind: Name of a source → moment up to which its frames are left out, seconds since the epoch.
            until: Moment at which reading ends, seconds since the epoch.
        """
        limited = copy(self)
        limited.sources = tuple(sources)
        limited._accounts, limited._closed, limited._behind = [], [], behind
        limited._until, limited.rest = until, None
        return limited

    def attend(self, settings: AttentionSettings, region: Image | None) -> None:
        """Hand out only the frames that are worth a look; without this, every one.

        Args:
            settings: How often, and where.
            region: (h, w) uint8 of any size, above 0 where movement matters; None for everywhere.
        """
        self._attention, self._region = settings, region

    def ahead(self) -> ReaderAhead:
        """Read some of the frames before their turn comes."""
        attention = partial(Attention, self._attention, self._max_fps, self._region)
        return ReaderAhead(self.camera, self.sources, self.frame_size, attention)

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        """Decode all sources one behind the other.

        Args:
            start_at: Where to begin; None for the very beginning. Frames before it are decoded
                (their number is what makes the index, and their stamps what makes the time) but not
                handed out; the last seconds of them are looked at, to judge coverage as if reading had
                never stopped.

        Yields:
            Frames with strictly increasing times; first those from before the beginning that are wanted
            again.

        Raises:
            UsageError: The position names a source that is not part of the footage.
        """
        self._accounts, self._closed, self._aside = [], [], 0
        self._passed, self.rest, self._turn = 0, None, -inf
        self._last_time = start_at.last_time if start_at else -inf
        remaining = self._sources_from(start_at)
        earlier = self.sources[: len(self.sources) - len(remaining)]
        if start_at and start_at.again:
            yield from self._again(start_at, earlier)
        if start_at:
            self._look_back_over(earlier, start_at)
        for number, source in enumerate(remaining):
            account = Account(source, self._accounts[-1] if self._accounts else None)
            self._accounts.append(account)
            self._last_time = max(self._last_time, self._behind.get(source.name, -inf))
            try:
                for frame in self._frames_of(account, start_at if number == 0 else None):
                    if frame.time >= self._until:
                        account.coverage.close()
                        return
                    yield frame
            except FootageError as error:
                account.open_error = str(error)
            account.close()
        for account in self._accounts[-1:]:
            account.coverage.close()

    def reports(self) -> tuple[SourceReport, ...]:
        """The account of every source begun up to now; may be asked for while frames are read."""
        accounts = list(self._accounts)
        # A day may be thousands of files, and all but the last one do not change any more.
        while len(self._closed) < len(accounts) and accounts[len(self._closed)].settled:
            self._closed.append(accounts[len(self._closed)].report())
        found = (*self._closed, *(account.report() for account in accounts[len(self._closed) :]))
        # Of files before a restart only what was not decided then.
        return (
            tuple(one for one in found[: self._aside] if one.observed or one.unobserved)
            + found[self._aside :]
        )

    def _sources_from(self, start_at: SourcePosition | None) -> tuple[PlannedSource, ...]:
        if start_at is None or not start_at.source:
            return self.sources
        for number, source in enumerate(self.sources):
            if source.name == start_at.source:
                return self.sources[number:]
        raise UsageError(
            f"camera {self.camera}: the run stopped in {start_at.source}, which is no longer part of the "
            "footage; put it back or begin a new run"
        )

    def _again(self, start_at: SourcePosition, earlier: tuple[PlannedSource, ...]) -> Iterator[Frame]:
        """Frames wanted again that lie in sources before the one to go on with."""
        for source in earlier:
            indices = {index for name, index in start_at.again if name == source.name}
            if not indices:
                continue
            account = Account(source)
            try:
                for picture in account.reader:
                    if picture.index in indices and (frame := self._seen(picture, account)):
                        yield frame
                    if picture.index >= max(indices):
                        break
            except FootageError:
                continue

    def _look_back_over(self, earlier: tuple[PlannedSource, ...], start_at: SourcePosition) -> None:
        """Take in the last frames of the files before that of a restart, as far as pictures may go on."""
        near: list[PlannedSource] = []
        following = next((one.start for one in self.sources if one.name == start_at.source), -inf)
        for source in reversed(earlier):
            if source.end < max(following - LONGEST_GAP_S, start_at.last_time - LOOK_BACK_S):
                break
            near.insert(0, source)
            following = source.start
        for source in near:
            account = Account(source, self._accounts[-1] if self._accounts else None)
            self._accounts.append(account)
            attention = Attention(self._attention, self._max_fps, self._region)
            try:
                for picture in account.reader:
                    if picture.seconds is not None:
                        glance = attention.decide(picture.seconds, self.frame_size, picture.small)
                        time = source.start + picture.seconds
                        self._look_back(picture, time, glance, account, start_at)
            except FootageError as error:
                account.open_error = str(error)
            account.close()
        self._aside = len(near)

    def _seen(self, picture: VideoPicture | ImagePicture, account: Account) -> Frame | None:
        """A frame that was handed out before, where it can still be read."""
        image = None if picture.seconds is None else picture.image()
        if image is None or picture.seconds is None:
            return None
        source, time = account.source, account.source.start + picture.seconds
        return Frame(self.camera, source.name, picture.index, time, self._fit(image, account))

    def _frames_of(self, account: Account, start_at: SourcePosition | None) -> Iterator[Frame]:
        attention = Attention(self._attention, self._max_fps, self._region)
        back_s = max(LOOK_BACK_S, attention.memory_s)
        source = account.source
        resuming = start_at is not None
        damages = 0
        for picture in account.reader:
            skipped = start_at is not None and picture.index < start_at.frame
            if resuming and not skipped:
                account.coverage.resume()
                resuming = False
            account.decoded += not skipped
            if picture.seconds is None:
                account.out_of_order += not skipped
                continue
            time = source.start + picture.seconds
            if start_at is not None and skipped and time < start_at.last_time - back_s:
                glance = Glance(due=False, looks=False)
            else:
                glance = attention.decide(picture.seconds, self.frame_size, picture.small)
            damaged, damages = account.reader.damages > damages, account.reader.damages
            if start_at is not None and skipped:
                self._look_back(picture, time, glance, account, start_at)
                if (source.name, picture.index) in start_at.again and (frame := self._seen(picture, account)):
                    yield frame
            elif time <= self._last_time:
                account.overlapping += time > self._behind.get(source.name, -inf)
            elif frame := self._frame(picture, time, glance, damaged, account):
                yield frame
        if resuming:
            account.coverage.resume()

    def _look_back(
        self,
        picture: VideoPicture | ImagePicture,
        time: float,
        glance: Glance,
        account: Account,
        start_at: SourcePosition,
    ) -> None:
        """Take in a frame before the place of a restart."""
        self._last_time = max(self._last_time, time)
        self._turn = time if glance.due else self._turn
        if time >= start_at.last_time - LOOK_BACK_S:
            looks = glance.looks and account.coverage.wants_look(time)
            account.see(time, delivered=glance.due, image=picture.image() if looks else None)

    def _frame(
        self,
        picture: VideoPicture | ImagePicture,
        time: float,
        glance: Glance,
        damaged: bool,
        account: Account,
    ) -> Frame | None:
        image = picture.image() if glance.looks else None
        if glance.looks and image is None:
            account.unreadable += 1
            return None
        before, self._turn = self._turn, time if glance.due else self._turn
        self._last_time = time
        self._passed += 1
        looks = image is not None and account.coverage.wants_look(time)
        account.see(time, delivered=glance.due, image=image if looks else None, damaged=damaged)
        if image is None:
            account.sampled_out += 1
            self.rest = Rest(account.source.name, picture.index + 1, time, self._passed)
            return None
        passed, self._passed, self.rest = self._passed, 0, None
        fitting = self._fit(image, account)
        name, parts = account.source.name, glance.parts
        return Frame(self.camera, name, picture.index, time, fitting, parts, passed, before)

    def _fit(self, image: Image, account: Account) -> Image:
        if image.shape[:2] != self.frame_size[::-1]:
            width, height = self.frame_size
            account.other_size = f"{image.shape[1]}x{image.shape[0]} instead of {width}x{height}"
        return fitted(image, self.frame_size)


def _first_frame_size(sources: tuple[PlannedSource, ...], key: str) -> tuple[int, int]:
    reason = ""
    for source in sources:
        try:
            seen = probe(source.files)
        except FootageError as error:
            reason = reason or str(error)
            continue
        return seen.width, seen.height
    raise FootageError(f"{key}.source: {reason}")
