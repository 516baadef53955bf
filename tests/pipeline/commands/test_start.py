"""The command line starts at once: what draws, computes or stores is loaded when a command needs it."""

import subprocess
import sys

HEAVY = {
    *("alembic", "av", "cv2", "fastapi", "jinja2", "numpy", "onnxruntime", "pyarrow", "scipy", "shapely"),
    *("sqlalchemy", "starlette", "torch", "uvicorn"),
}
LOADED = """
import sys
from pipeline.commands import main
try:
    main(["--help"])
except SystemExit:
    print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "pipeline" in loaded
    assert loaded & HEAVY == set()
