"""The same footage twice: copies within one camera, and two cameras that read one file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.sources.candidates import Candidate
from pipeline.sources.files import SourceFiles, natural_key
from pipeline.sources.fingerprint import fingerprint
from pipeline.sources.planned import PlannedSource


def leave_out_copies(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out files that hold the same bytes as another one and do not claim another time.

    The one with the shortest name stays, with a note that names the others.
    """
    groups: dict[str, list[Candidate]] = {}
    for candidate, digest in zip(candidates, _digests([one.files for one in candidates]), strict=True):
        if digest:
            groups.setdefault(digest, []).append(candidate)
    dropped: set[Path] = set()
    notes: dict[Path, list[str]] = {}
    for group in groups.values():
        kept: list[Candidate] = []
        for one in sorted(group, key=lambda c: (len(c.files.name), natural_key(c.files.name))):
            twin = next((k for k in kept if _same_time(k, one)), None)
            if twin is None:
                if kept:
                    said = f"holds the same bytes as {kept[0].files.name}, though its name tells another time"
                    notes.setdefault(one.files.path, []).append(said)
                kept.append(one)
            else:
                dropped.add(one.files.path)
                said = f"{one.files.name} holds the same bytes and is left out"
                notes.setdefault(twin.files.path, []).append(said)
    return [
        replace(one, notes=(*one.notes, *notes.get(one.files.path, ())))
        for one in candidates
        if one.files.path not in dropped
    ]


def shared_footage(cameras: Mapping[str, Sequence[PlannedSource]]) -> dict[str, str]:
    """Find files that two cameras read, by their place on the disk and by their bytes.

    Args:
        cameras: Camera id → its sources.

    Returns:
        Camera id → sentence about the first file that an earlier camera reads as well.
    """
    everyone = [(camera, source) for camera, sources in cameras.items() for source in sources]
    digests = _digests([source.files for _, source in everyone])
    first: dict[str, tuple[str, str]] = {}
    found: dict[str, str] = {}
    for (camera, source), digest in zip(everyone, digests, strict=True):
        for mark in {str(source.files.path.resolve()), digest} - {""}:
            other, name = first.setdefault(mark, (camera, source.name))
            if other != camera and camera not in found:
                same = "the same file" if name == source.name else f"the same footage as {name}"
                found[camera] = (
                    f"camera {camera} reads {source.name}, {same} that camera {other} reads; every rider "
                    "would be counted at both, so give each camera its own footage"
                )
    return found


def _same_time(one: Candidate, other: Candidate) -> bool:
    return one.named is None or other.named is None or one.named.epoch_s == other.named.epoch_s


def _digests(files: Sequence[SourceFiles]) -> list[str]:
    """Digest of each video that is as large as another one; empty for the rest, which can be no copies."""
    sizes = [_size(one) for one in files]
    common = {size for size, many in Counter(sizes).items() if size and many > 1}
    return [fingerprint(one.path) if size in common else "" for one, size in zip(files, sizes, strict=True)]


def _size(files: SourceFiles) -> int:
    try:
        return 0 if files.images else files.path.stat().st_size
    except OSError:
        return 0
