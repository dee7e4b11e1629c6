"""Run every benchmark of this folder, or those named: `python -m bench network`."""

import sys
from importlib import import_module
from pathlib import Path


def main(wanted: list[str]) -> None:
    """Print what each module's `run` measured; modules without one only help others."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        if wanted and path.stem not in wanted:
            continue
        run = getattr(import_module(f"bench.{path.stem}"), "run", None)
        if run is None:
            continue
        print(f"\n{path.stem}", flush=True)
        for line in run():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
