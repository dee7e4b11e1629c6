"""What the server writes to its log opens nobody's page: raw links are cut out of it (S11)."""

import logging
import re
from typing import Any

# As `tokens.issue` makes them: 32 bytes in Base64 for addresses.
RAW = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
SERVER_LOGS = ("gunicorn.error", "gunicorn.access")


def cut(value: Any) -> Any:
    """Return words without raw links; all else as it is."""
    return RAW.sub("…", value) if isinstance(value, str) else value


class WithoutLinks(logging.Filter):
    """Cuts raw links out of a line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, its links cut."""
        record.msg = cut(record.msg)
        if isinstance(record.args, dict):
            for name, value in record.args.items():
                record.args[name] = cut(value)
        elif record.args:
            record.args = tuple(cut(value) for value in record.args)
        return True


def guard() -> None:
    """Let the server that runs the application write no links, however its log was asked for."""
    for name in SERVER_LOGS:
        log = logging.getLogger(name)
        if not any(isinstance(each, WithoutLinks) for each in log.filters):
            log.addFilter(WithoutLinks())
