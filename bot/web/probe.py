"""Whether this machine's Sulan lives: exit code 0 if ``/healthz`` answers, else 1.

For health checks of containers, which run it every few seconds: it imports next to nothing.
"""

import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

_PATIENCE_S = 4.0


def alive(environ: Mapping[str, str]) -> bool:
    """Ask the server on the port that ``web.port`` has when it is set by a variable, or by default.

    The server may listen on every address, but this machine's own is always among them.
    """
    port = int(environ.get("SULAN_WEB__PORT") or 8080)
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not alive(os.environ))
