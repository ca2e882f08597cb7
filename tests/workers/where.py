"""Where the tests of models run: on the CPU, or on the device that `HARNESS_TEST_DEVICE` names ("cuda")."""

import os
from typing import Any

DEVICE: Any = os.environ.get("HARNESS_TEST_DEVICE", "cpu")
