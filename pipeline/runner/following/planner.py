"""From the files that are complete to what a run can read, with models that are loaded once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.cameras import DetectorShelf, PreparedCamera, prepare_camera
from pipeline.configuration import Configuration
from pipeline.runner.linking import prepare_linking
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import load_encoder
from pipeline.sources import CameraSource
from pipeline.sources.conflicts import conflicts, refuse_conflicts
from pipeline.sources.memo import FileMemo, Signature, remembering_files
from tracking.errors import FootageError, NoFootageError, UsageError

Complete = Mapping[str, Mapping[Path, Signature]]
"""Camera id → sources that may be read, and their states."""


class Planner:
    """Plans the footage of a site as often as some more of it is complete.

    A file of which planning makes nothing (its name tells no time, another camera reads it too) is left
    aside, and said so once; the others are planned without it.

    Args:
        configuration: Of the site.

    Raises:
        UsageError: Settings, links, weights or device are not usable.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._shelf = DetectorShelf(len(configuration.cameras))
        self._encoder = load_encoder(configuration)
        self._linking = prepare_linking(configuration, self._encoder)
        self._memo = FileMemo()
        self._aside: dict[str, dict[Path, Signature]] = {camera.id: {} for camera in configuration.cameras}
        self._planned: dict[str, frozenset[Path]] = {}
        for camera in configuration.cameras:
            self._shelf.take(camera.detector, camera.id)

    @property
    def without_footage(self) -> Preparation:
        """All that is known before footage comes."""
        return Preparation(self._configuration, (), self._encoder, self._linking)

    @property
    def is_stateful(self) -> bool:
        """Whether a detector remembers earlier frames, so that a run cannot go on in another process."""
        cameras = self._configuration.cameras
        return any(self._shelf.take(camera.detector, camera.id).stateful for camera in cameras)

    def plan(self, complete: Complete) -> tuple[Preparation, tuple[str, ...]]:
        """Prepare what may be read.

        Args:
            complete: Of all cameras.

        Returns:
            The preparation, and sentences about files that are left aside from now on.

        Raises:
            UsageError: Nothing that a camera has can be planned, at the first time.
            OSError: A file is gone again.
        """
        self._memo.keep({path for files in complete.values() for path in files})
        with remembering_files(self._memo):
            sources, troubles, said = self._sources(complete)
            cameras = tuple(self._camera(source) for source in sources.values())
        plan = replace(self.without_footage, cameras=cameras, troubles=troubles)
        return plan, tuple(dict.fromkeys(said))

    def _camera(self, source: CameraSource) -> PreparedCamera:
        camera = prepare_camera(self._configuration, source, self._shelf)
        return replace(camera, digests=dict(camera.footage))

    def _sources(self, complete: Complete) -> tuple[dict[str, CameraSource], dict[str, str], list[str]]:
        sources: dict[str, CameraSource] = {}
        troubles: dict[str, str] = {}
        said: list[str] = []
        wanted: dict[str, frozenset[Path]] = {}
        for camera, files in complete.items():
            aside = {path: state for path, state in self._aside[camera].items() if files.get(path) == state}
            self._aside[camera] = aside
            wanted[camera] = frozenset(files) - frozenset(aside)
            try:
                sources[camera] = self._admitted(camera, wanted[camera], files, {}, said)
            except (FootageError, NoFootageError) as error:
                troubles[camera] = str(error)
        if conflicts({name: one.sources for name, one in sources.items()}, dict.fromkeys(sources, "")):
            self._part(sources, wanted, complete, said)
        for camera in sources:
            self._planned[camera] = wanted[camera] - frozenset(self._aside[camera])
        return sources, troubles, said

    def _part(
        self,
        sources: dict[str, CameraSource],
        wanted: Mapping[str, frozenset[Path]],
        complete: Complete,
        said: list[str],
    ) -> None:
        """Where cameras have come to share footage, leave that aside which came last."""
        known = {camera: wanted[camera] & self._planned.get(camera, frozenset()) for camera in sources}
        others = {camera: self._planned_source(camera, files, {}) for camera, files in known.items() if files}
        for camera in sources:
            rest = {name: one for name, one in others.items() if name != camera}
            others[camera] = self._admitted(camera, wanted[camera], complete[camera], rest, said)
        sources.update(others)

    def _admitted(
        self,
        camera: str,
        wanted: frozenset[Path],
        files: Mapping[Path, Signature],
        others: Mapping[str, CameraSource],
        said: list[str],
    ) -> CameraSource:
        """Plan all that can be planned together; the rest is put aside."""
        sentences: dict[Path, str] = {}
        known = wanted & self._planned.get(camera, frozenset())
        try:
            return self._planned_source(camera, wanted, others)
        except NoFootageError:
            raise
        except UsageError:
            admitted = known | self._sifted(camera, known, sorted(wanted - known), others, sentences)
            if not admitted and camera not in self._planned:
                raise
        self._aside[camera] |= {path: files[path] for path in sentences}
        said += sentences.values()
        return self._planned_source(camera, admitted, others)

    def _sifted(
        self,
        camera: str,
        known: frozenset[Path],
        fresh: Sequence[Path],
        others: Mapping[str, CameraSource],
        sentences: dict[Path, str],
    ) -> frozenset[Path]:
        """Those of some files that can be planned beside the known ones; halves are tried as a whole."""
        if not fresh:
            return frozenset()
        try:
            self._planned_source(camera, known | frozenset(fresh), others)
            return frozenset(fresh)
        except (FootageError, NoFootageError):
            return frozenset(fresh)
        except UsageError as error:
            if len(fresh) == 1:
                sentences[fresh[0]] = str(error)
                return frozenset()
        half = len(fresh) // 2
        left = self._sifted(camera, known, fresh[:half], others, sentences)
        return left | self._sifted(camera, known | left, fresh[half:], others, sentences)

    def _planned_source(
        self, camera: str, chosen: frozenset[Path], others: Mapping[str, CameraSource]
    ) -> CameraSource:
        footage = replace(self._configuration.footage(camera), chosen=chosen)
        source = CameraSource(footage)
        self._configuration.region(camera, source.frame_size)
        if others:
            together = {**{name: one.sources for name, one in others.items()}, camera: source.sources}
            refuse_conflicts(together, dict.fromkeys(together, footage.key))
        return source
