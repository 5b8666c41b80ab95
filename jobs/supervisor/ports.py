"""Whether an address is free, told before anything is started on it."""

import socket


class PortBusy(Exception):
    """Another program listens there; the message says what to do."""


def require_free(host: str, port: int, setting: str) -> None:
    """Raise PortBusy when something already listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortBusy(
                f"Port {port} is in use by another program. Stop that program, or choose another "
                f"port: {setting}={port + 10} make run"
            ) from error
