"""Tests reach nothing beyond this machine."""

import ipaddress
import socket
from typing import Any

import pytest


class NetworkRefused(AssertionError):
    """A test tried to leave the machine."""


def forbid_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets connect to loopback addresses and Unix sockets only."""
    really_connect = socket.socket.connect
    really_connect_ex = socket.socket.connect_ex

    def connect(self: socket.socket, address: Any) -> None:
        _check(self, address)
        really_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return really_connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)


def _check(connection: socket.socket, address: Any) -> None:
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = address[0]
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host.split("%", 1)[0]).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NetworkRefused(f"A test tried to connect to {host}; only loopback is allowed.")
