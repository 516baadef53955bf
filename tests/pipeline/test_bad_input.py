"""Whatever is wrong with the input: one clear sentence, the right exit code, nothing lost."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import av
import cv2
import pytest

from tests.command_line import pipeline, street, write_video
from tests.pipeline.bad_input import BAD_INPUT, TROUBLE, site


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two cameras, a site file, and a database of a finished run."""
    folder = tmp_path_factory.mktemp("finished")
    for name, colour in (("a.mp4", (40, 40, 200)), ("b.mp4", (200, 40, 40))):
        write_video(folder / name, street(70, ((15, colour),)))
    site(folder)
    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "flows.db")
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    for file in finished.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("*.db")
        if file.is_file()
    }


@pytest.mark.parametrize("case", sorted(BAD_INPUT))
def test_bad_input_gets_one_clear_sentence(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, command, code, words = BAD_INPUT[case]
    spoil(folder)
    monkeypatch.chdir(folder)
    before = digests(folder)

    answer = pipeline(*command)

    assert answer.code == code, f"exit code {answer.code} instead of {code}: {answer.err}"
    sentences = [line for line in answer.err.splitlines() if line.startswith("error: ")]
    assert len(sentences) == 1, f"{len(sentences)} sentences:\n{answer.err}"
    for word in words:
        assert word in sentences[0], f"{word!r} is not in: {sentences[0]}"
    assert "Traceback" not in answer.err
    assert digests(folder) == before, "a database was changed"


@pytest.mark.parametrize("case", sorted(TROUBLE))
def test_the_other_camera_is_counted_and_the_trouble_named(
    case: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil, command, code, words = TROUBLE[case]
    spoil(folder)
    monkeypatch.chdir(folder)
    rows = stored(folder)

    answer = pipeline(*command)

    assert answer.code == code, f"exit code {answer.code} instead of {code}: {answer.err}"
    said = " ".join((answer.out + answer.err).split())
    for word in words:
        assert word in said, f"{word!r} is not in: {said}"
    assert "Traceback" not in answer.err
    assert stored(folder) == rows, "what was counted before has changed"


def test_a_video_cut_in_the_middle_is_used_as_far_as_it_goes(folder: Path) -> None:
    fragmented(folder / "a.mp4", folder / "whole.mp4")
    content = (folder / "whole.mp4").read_bytes()
    (folder / "a.mp4").write_bytes(content[: len(content) * 8 // 10])

    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "cut.db")

    assert answer.code == 0, answer.err
    assert "camera A: a.mp4" in answer.out, f"the summary does not say what could not be read:\n{answer.out}"
    with closing(sqlite3.connect(folder / "cut.db")) as connection:
        seconds = dict(
            connection.execute(
                "select name, sum(end_time - start_time) / 1e6 from coverage join camera using (camera_id)"
                " group by name"
            )
        )
    assert seconds["B"] == pytest.approx(7.0, abs=0.11), "the whole file"
    left = frames_of(folder / "a.mp4")
    assert 20 < left < 70, f"{left} of 70 frames are left: the cut proves nothing"
    assert seconds["A"] == pytest.approx(left / 10, abs=0.11), "all that is left"


def frames_of(video: Path) -> int:
    """How many frames another reader finds."""
    film, count = cv2.VideoCapture(str(video)), 0
    while film.read()[0]:
        count += 1
    return count


def fragmented(source: Path, target: Path) -> None:
    """Write the same pictures with their index in pieces, as recorders that may lose power do."""
    with (
        av.open(str(source)) as whole,
        av.open(str(target), "w", options={"movflags": "frag_every_frame+empty_moov"}) as pieces,
    ):
        stream = pieces.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                pieces.mux(packet)


FULL_AFTER_BYTES = "8192"
LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from pipeline.commands import main
main(sys.argv[2:])
"""


def test_a_full_disk_is_one_sentence_and_leaves_the_old_results(folder: Path) -> None:
    (folder / "c.mp4").write_bytes((folder / "b.mp4").read_bytes())
    (folder / "other.yaml").write_text(
        "site: other\ntimezone: Europe/Amsterdam\n"
        "cameras: [{id: C, source: c.mp4, start: 2024-05-15T08:00:00}]\n"
    )
    rows = stored(folder)

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            LIMITED,
            FULL_AFTER_BYTES,
            "run",
            "--cameras",
            "other.yaml",
            "--database",
            "flows.db",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: ") == 1, done.stderr
    assert "flows.db" in done.stderr
    assert stored(folder) == rows, "the old results are not what they were"


def stored(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "flows.db")
    try:
        return connection.execute(
            "select * from journeys_flat where site = 'test' order by 1, 2, 3"
        ).fetchall()
    finally:
        connection.close()
