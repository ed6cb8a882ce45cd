# SPDX-License-Identifier: MIT
"""Where the benchmark is: what the target bench of preset plain has made below the build directory."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRCM_BUILD", ROOT / "build"))
LIB = ROOT / "tools" / "lib"

sys.path.insert(0, str(LIB))
