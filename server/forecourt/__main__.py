"""Runs `forecourt COMMAND`: prints what it did in one line, or why it could not, and exits accordingly.

Only the module of the command that was typed is imported, so that `--version`, `--help` and small commands are quick.
"""

import os
import signal
import sys
from collections.abc import Sequence

from forecourt.commands.registry import find_command, overview_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit status: 0, or 1 after a sentence on standard error."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    command = find_command(words)
    if command is None:
        return _explain(words)
    from forecourt.logs.configuration import configure_logs  # only a command logs something

    configure_logs()
    module = command.load()
    options = command.parser(module).parse_args(words[len(command.words) :])
    try:
        status = module.run(options) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        return _leave_broken_pipe()
    except _expected_errors() as error:
        print(f"forecourt: {str(error).strip() or type(error).__name__}", file=sys.stderr)
        return 1
    return status


def _leave_broken_pipe() -> int:
    """Ends quietly where the reader of the output left, as `head` does. Returns the status of SIGPIPE's shells.

    The interpreter flushes standard output once more at its end, so that has to lead somewhere.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _explain(words: Sequence[str]) -> int:
    """Prints the version or the help that was asked for, or what is wrong with the words; exits the process."""
    parser = overview_parser()
    parser.parse_args(words)
    parser.error("name a command first")


def _expected_errors() -> tuple[type[Exception], ...]:
    """Returns the errors that are explained in a sentence, without a traceback.

    Called when something was raised; until then there is no need for the libraries that define them.
    """
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from forecourt.errors import ForecourtError

    return (ForecourtError, OSError, SQLAlchemyError, CommandError, EOFError)


if __name__ == "__main__":
    sys.exit(main())
