"""The command line: ``python -m bench``, normally by way of ``make bench``."""

import argparse
import sys

from bench import runner
from dev.console import SetupError


def parser():
    """Describe the options."""
    options = argparse.ArgumentParser(prog="bench", description="Measure, and check the targets.")
    options.add_argument(
        "--only",
        action="append",
        choices=runner.names(),
        help="this benchmark; may be given several times",
    )
    options.add_argument("--quick", action="store_true", help="few rounds: does it work at all?")
    return options


def main():
    """Run the benchmarks; a SetupError becomes one readable message.

    :return: exit code: 1 when a target was missed.
    """
    options = parser().parse_args()
    try:
        return runner.main(options.only or runner.names(), quick=options.quick)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
