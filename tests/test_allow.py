"""What `allow` in a workspace's settings may name, and what it admits."""

import ipaddress
from pathlib import Path

import pytest

from config.allow import allowed
from config.errors import ConfigError
from config.settings import settings

GOOD = {
    "10.1.2.3:8080": [("10.1.2.3", 8080)],
    "10.1.2.3": [("10.1.2.3", 80), ("10.1.2.3", 9999)],
    "10.1.2.0/24": [("10.1.2.0", 80), ("10.1.2.255", 443)],
    "127.0.0.1:8080": [("127.0.0.1", 8080)],
    "169.254.1.2:80": [("169.254.1.2", 80)],
    "[::1]:8080": [("::1", 8080)],
    "fd00::1": [("fd00::1", 80)],
    "[fd00::1]:80": [("fd00::1", 80)],
    "fd00::/120": [("fd00::ff", 80)],
}
NOT_ADMITTED = {
    "10.1.2.3:8080": [("10.1.2.3", 8081), ("10.1.2.4", 8080)],
    "10.1.2.3": [("10.1.2.4", 80)],
    "10.1.2.0/24": [("10.1.3.0", 80), ("127.0.0.1", 80)],
    "127.0.0.1:8080": [("127.0.0.1", 80), ("127.0.0.2", 8080), ("::1", 8080)],
    "fd00::/120": [("fd00::100", 80)],
}
WRONG = {
    "127.0.0.0/8": "too wide",
    "10.0.0.0/8": "too wide",
    "0.0.0.0/0": "too wide",
    "::/0": "too wide",
    "10.1.2.0/23": "too wide",
    "fd00::/119": "too wide",
    "127.0.0.0/30": "one address and port",
    "127.0.0.1/32": "one address and port",
    "169.254.169.0/24": "one address and port",
    "fe80::/120": "one address and port",
    "127.0.0.1": "needs its port",
    "::1": "needs its port",
    "169.254.169.254": "needs its port",
    "0.0.0.0:80": "no one machine's",
    "[::]:80": "no one machine's",
    "255.255.255.255:80": "no one machine's",
    "224.0.0.1:80": "no one machine's",
    "[ff02::1]:80": "no one machine's",
    "::ffff:10.0.0.1": "write the plain one",
    "[fe80::1%eth0]:80": "write the plain one",
    "64:ff9b::7f00:0/120": "hides IPv4",
    "2002:7f00:1::/120": "hides IPv4",
    "64:ff9b::a00:1": "write the plain one",
    "[2002:a00:1::1]:80": "write the plain one",
    "10.1.2.3/24": "no network",
    "http://10.1.2.3": "no network",
    "10.1.2.3:0": "from 1 to 65535",
    "10.1.2.3:99999": "from 1 to 65535",
    "10.1.2.3:": "from 1 to 65535",
    "2130706433:80": "neither an address nor a name",
    "0x7f.1:80": "neither an address nor a name",
    "127.1:80": "neither an address nor a name",
    "0177.0.0.1:80": "neither an address nor a name",
    "*.example": "neither an address nor a name",
    "user@10.1.2.3": "neither an address nor a name",
    "": "neither an address nor a name",
    "a b": "neither an address nor a name",
}


def admits(written: str, host: str, address: str, port: int) -> bool:
    return allowed(written).admits(host, ipaddress.ip_address(address), port)


def test_an_entry_admits_what_it_names_and_nothing_beside_it() -> None:
    for written, places in GOOD.items():
        assert all(admits(written, address, address, port) for address, port in places), written
    for written, places in NOT_ADMITTED.items():
        assert not any(admits(written, address, address, port) for address, port in places), written


def test_a_network_that_holds_this_machines_own_address_does_not_open_all_of_its_ports() -> None:
    own = ipaddress.ip_address("10.1.2.3")
    for written in ("10.1.2.0/24", "10.1.2.3", "intranet.example"):
        host = "intranet.example" if written.startswith("i") else "10.1.2.3"
        assert allowed(written).admits(host, own, 80, own=())
        assert not allowed(written).admits(host, own, 80, own={own}), written
    assert allowed("10.1.2.3:80").admits("10.1.2.3", own, 80, own={own})
    assert allowed("10.1.2.0/24").admits("10.1.2.4", ipaddress.ip_address("10.1.2.4"), 80, own={own})


def test_a_name_admits_itself_alone_wherever_it_leads_but_no_machines_own_address_without_a_port() -> None:
    assert admits("intranet.example:8080", "intranet.example", "10.1.2.3", 8080)
    assert admits("intranet.example:8080", "intranet.example", "127.0.0.1", 8080)
    assert admits("Intranet.example.", "intranet.example", "10.1.2.3", 80)
    assert not admits("intranet.example", "intranet.example", "127.0.0.1", 80)
    assert not admits("intranet.example", "intranet.example", "169.254.169.254", 80)
    assert not admits("intranet.example:8080", "intranet.example", "10.1.2.3", 80)
    assert not admits("intranet.example:8080", "other.example", "10.1.2.3", 8080)
    assert not admits("intranet.example:8080", "a.intranet.example", "10.1.2.3", 8080)
    assert not admits("intranet.example:8080", "intranet.example", "0.0.0.0", 8080)
    assert not admits("10.1.2.3", "10.1.2.3.example", "10.9.9.9", 80)


@pytest.mark.parametrize("written", WRONG)
def test_a_wrong_or_too_wide_entry_is_said_in_one_clear_line_when_the_settings_are_read(
    tmp_path: Path, written: str
) -> None:
    (tmp_path / "wildfree.toml").write_text(f"allow = ['10.1.2.3', '{written}']\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path)
    (line,) = str(caught.value).splitlines()
    assert "wildfree.toml: allow = " in line
    assert WRONG[written] in line
    assert "write it like" in line or "name each address" in line


def test_in_practice_the_bases_are_allowed_too_and_in_earnest_they_are_not(tmp_path: Path) -> None:
    text = "allow = ['10.1.2.3']\n[bases]\nmarket = 'http://127.0.0.1:8080'\noscar = 'https://practice.example'\n"
    (tmp_path / "wildfree.toml").write_text(text, "utf-8")
    here = settings(tmp_path)
    assert here.allowed(practice=True) == ("10.1.2.3", "127.0.0.1:8080", "practice.example:443")
    assert here.allowed(practice=False) == ("10.1.2.3",)


def test_a_base_without_a_machine_is_said_when_the_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "wildfree.toml").write_text("[bases]\nmarket = 'http://0.0.0.0:8080'\n", "utf-8")
    with pytest.raises(ConfigError, match="no one machine's"):
        settings(tmp_path)
