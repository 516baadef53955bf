"""Libraries that would tell their makers about each use are kept from it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "pipeline" / "registry" / "shipped"
USE = """
import sys
from pathlib import Path
from reid.encoders import EncoderSettings, build_encoder
build_encoder(EncoderSettings(), Path(sys.argv[2]))
from tracking.detectors import DetectorSettings, build_detector
build_detector(DetectorSettings(name=sys.argv[1], input_size=64, threads=1))
"""


def test_the_networks_runtime_leaves_no_trace_in_the_home_folder(tmp_path: Path) -> None:
    # The statistics of ONNX Runtime begin with an identifier in the home folder, and keep still on machines
    # that look like those of a continuous integration.
    keep = {"PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
    environment = {key: value for key, value in os.environ.items() if key in keep}
    subprocess.run(
        [
            sys.executable,
            "-c",
            USE,
            str(SHIPPED / "cyclist_detector.onnx"),
            str(SHIPPED / "cyclist_encoder.onnx"),
        ],
        env=environment | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    left = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]
    assert left == [], f"something was left in the home folder: {left}"
