"""Commands: ``python -m dev COMMAND``, normally by way of make."""

import argparse
import sys

from dev.console import SetupError


def parser():
    """Describe the commands and their options."""
    top = argparse.ArgumentParser(prog="dev", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="fetch what is needed, nothing else")
    demo = commands.add_parser("demo", help="demo database and server, until Ctrl-C")
    demo.add_argument("--port", type=int, help="port of the demo server")
    demo.add_argument("--reset", action="store_true", help="on a new demo database")
    test = commands.add_parser("test", help="run the tests")
    test.add_argument("--soak", action="store_true", help="also tests marked soak")
    test.add_argument("--runs", default="", help="only these runs: pytest,odoo,e2e,core")
    test.add_argument("arguments", nargs="*", help="more arguments for pytest, after --")
    lint = commands.add_parser("lint", help="static checks")
    lint.add_argument("--fix", action="store_true", help="let ruff rewrite the files")
    i18n = commands.add_parser("i18n", help="bring the terms and their translations up to date")
    i18n.add_argument("languages", nargs="*", help="languages to make a new file for, such as fr")
    commands.add_parser("shell", help="Odoo shell on the demo database")
    commands.add_parser("psql", help="psql on the demo database")
    commands.add_parser("docs", help="make docs/external-api.md anew")
    commands.add_parser("screenshots", help="take the pictures of docs/ anew")
    commands.add_parser("lock", help="solve requirements.in anew")
    clean = commands.add_parser("clean", help="drop databases and .dev")
    clean.add_argument("--cache", action="store_true", help="and the shared downloads")
    return top


def run(options):
    """Carry out one command; imports wait until the command is known.

    :return: exit code.
    """
    if options.command == "test":
        from dev import testing

        return testing.main(options.runs, options.arguments, soak=options.soak)
    if options.command == "lint":
        from dev import lint

        return lint.main(fix=options.fix)
    if options.command == "demo":
        from dev import demo_server

        return demo_server.main(options.port, reset=options.reset)
    from dev import chores

    return getattr(chores, options.command)(options)


def main():
    """Run the command line; a SetupError becomes one readable message."""
    try:
        return run(parser().parse_args())
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
