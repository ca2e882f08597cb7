from pathlib import Path

from harness import hookimpl


@hookimpl
def register_suites():
    yield Path(__file__).parent / "parcel-suites"
