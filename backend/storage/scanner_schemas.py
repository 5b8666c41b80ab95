"""What comes in about rack scanners, checked once for every door."""

from ipaddress import ip_address

from pydantic import ConfigDict, field_validator

from backend.core.devices import HOST, RackScanner

OWN_MACHINE = (
    "A scanner set up here cannot stand on the server itself: what is typed here is sent there. "
    "Who runs the server can name one in TRACSEQ_RACK_SCANNERS."
)
SENTENCES = {
    ("name", "string_too_short"): "Write a name such as Bench 2.",
    ("host", "string_too_short"): "Write the name or address of the computer the scanner is at.",
    ("port", "int_parsing"): "The port is a number from 1 to 65535.",
    ("port", "greater_than_equal"): "The port is a number from 1 to 65535.",
    ("port", "less_than_equal"): "The port is a number from 1 to 65535.",
    ("wait_s", "float_parsing"): "Write for how many seconds a scan may take, up to 120.",
    ("wait_s", "greater_than"): "A scan may take up to 120 seconds, and more than none.",
    ("wait_s", "less_than_equal"): "A scan may take up to 120 seconds.",
    ("terminator", "string_too_short"): r"Write what ends an answer, such as \r\nOK\r\n.",
    ("delimiter", "string_too_short"): "Write the one character between two codes.",
    ("delimiter", "string_too_long"): "Write the one character between two codes.",
}


class ScannerInput(RackScanner):
    """A rack scanner as people set it up. Its words are sent as they stand to where they say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_active: bool = True

    @field_validator("host")
    @classmethod
    def _is_a_host_elsewhere(cls, host: str) -> str:
        if not HOST.fullmatch(host):
            raise ValueError("Write the scanner's name or address in the network, without http://.")
        if host.casefold() == "localhost" or _is_own(host):
            raise ValueError(OWN_MACHINE)
        return host

    @field_validator("trigger", "terminator", "delimiter")
    @classmethod
    def _has_no_nul(cls, words: str) -> str:
        if "\0" in words:  # which no text column takes
            raise ValueError("Leave the character of number zero out.")
        return words


def is_reachable_from_a_page(address: str) -> bool:
    """Say whether an IP address may be a scanner that people set up: no address of this machine.

    Link-local ones are refused, too: 169.254.169.254 hands out a cloud machine's credentials.
    """
    found = ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return not (
        found.is_loopback or found.is_unspecified or found.is_link_local or found.is_multicast
    )


def _is_own(host: str) -> bool:
    try:
        return not is_reachable_from_a_page(host)
    except ValueError:  # a name: what it leads to is looked at when it is connected to
        return False
