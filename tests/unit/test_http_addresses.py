"""F17, T7: what may be called, and where a redirect may lead."""

import pytest
from yarl import URL

from bot.domain.errors import SettingsError, SourceBroken
from bot.sources.addresses import Addresses, origin_of, redirect_target, show


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("https://evil.example/api", id="another host"),
        pytest.param("//evil.example/api", id="another host, scheme kept"),
        pytest.param("https://huggingface.co.evil.example/", id="a longer host"),
        pytest.param("https://www.huggingface.co/api", id="a subdomain"),
        pytest.param("http://huggingface.co/api", id="downgraded"),
        pytest.param("https://huggingface.co:8443/api", id="another port"),
        pytest.param("https://user:pw@huggingface.co/api", id="credentials"),
        pytest.param("https://127.0.0.1/", id="loopback"),
        pytest.param("https://10.0.0.1/", id="private"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="cloud metadata"),
        pytest.param("https://[::1]/", id="loopback, IPv6"),
        pytest.param("https://2130706433/", id="loopback as a number"),
        pytest.param("https://0x7f000001/", id="loopback in hexadecimal"),
        pytest.param("https://017700000001/", id="loopback in octal"),
        pytest.param("https://0177.0.0.01/", id="loopback in octal parts"),
        pytest.param("https://127.1/", id="loopback, shortened"),
        pytest.param("https://0/", id="this host, shortened"),
        pytest.param("https://0.0.0.0/", id="this host"),
        pytest.param("https://[::ffff:127.0.0.1]/", id="loopback, mapped into IPv6"),
        pytest.param("https://[::ffff:7f00:1]/", id="loopback, mapped, in hexadecimal"),
        pytest.param("https://[64:ff9b::7f00:1]/", id="loopback, translated"),
        pytest.param("https://[fe80::1%25eth0]/", id="link-local with a zone"),
        pytest.param("https://[fd00:ec2::254]/", id="cloud metadata, IPv6"),
        pytest.param("https://１２７.０.０.１/", id="loopback in full-width digits"),
        pytest.param("https://127。0。0。1/", id="loopback with full-width stops"),
        pytest.param("https://127.0.0.1.nip.io/", id="a name for loopback"),
        pytest.param("https://localhost/", id="loopback by name"),
        pytest.param("https://huggingface.co./api", id="the same name, rooted"),
        pytest.param("https://huggingface.co@127.0.0.1/", id="the host as a user"),
        pytest.param("https://127.0.0.1\\@huggingface.co/", id="a backslash"),
        pytest.param("https://127.0.0.1#@huggingface.co/", id="a fragment"),
        pytest.param("https://127.0.0.1?@huggingface.co/", id="a query"),
        pytest.param("https://127.0.0.1%2f@huggingface.co/", id="an encoded slash"),
        pytest.param("gopher://huggingface.co/", id="another scheme"),
        pytest.param("https://huggingface.xn--/", id="a name that is no IDNA"),
        pytest.param("//127.0.0.1[::1::1]@", id="an address that yarl trips over"),
        pytest.param("https://huggingface.co:99999/", id="a port that is none"),
        pytest.param("https://h\u00fcggingface.co/", id="a look-alike"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("https://[half", id="not an address"),
        pytest.param("", id="empty"),
        pytest.param(None, id="none"),
    ],
)
def test_a_redirect_off_the_host_is_refused_f17_t7(location: str | None) -> None:
    with pytest.raises(SourceBroken, match=r"^huggingface\.co "):
        redirect_target(URL("https://huggingface.co/api/daily_papers?date=x"), location)


@pytest.mark.parametrize(
    ("current", "location", "target"),
    [
        ("https://huggingface.co/api/a?b=1", "/api/c", "https://huggingface.co/api/c"),
        ("https://huggingface.co/api/a", "c?d=2", "https://huggingface.co/api/c?d=2"),
        (
            "https://huggingface.co/a",
            "https://HuggingFace.co:443/b",
            "https://huggingface.co:443/b",
        ),
        ("http://huggingface.co/a", "https://huggingface.co/a", "https://huggingface.co/a"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/b", "http://127.0.0.1:8080/b"),
    ],
    ids=["absolute path", "relative path", "same host spelt out", "upgraded", "same port"],
)
def test_a_redirect_on_the_host_is_followed(current: str, location: str, target: str) -> None:
    assert redirect_target(URL(current), location) == URL(target)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api",
        "http://huggingface.co/api",
        "https://huggingface.co:444/api",
        "/api/daily_papers",
    ],
)
def test_only_configured_origins_may_be_called_t7(url: str) -> None:
    with pytest.raises(SourceBroken, match="Refused"):
        Addresses(["https://huggingface.co/"]).check(url)


def test_a_configured_base_of_plain_http_may_be_called() -> None:
    url = "http://mirror.lan:8000/hf/api/daily_papers?date=2026-08-21"
    assert Addresses(["http://mirror.lan:8000/hf"]).check(url) == URL(url)


@pytest.mark.parametrize(
    "base",
    ["", "huggingface.co", "ftp://x", "https://", "https://x/?q", "https://[", "https://x#a"],
)
def test_an_unusable_base_is_named(base: str) -> None:
    with pytest.raises(SettingsError, match="Not a usable base address"):
        origin_of(base)


def test_messages_show_the_host_and_never_a_secret() -> None:
    assert show(URL("https://user:secret@mirror.example:8443/p?token=secret")) == (
        "mirror.example:8443"
    )
    assert show(URL("https://huggingface.co/api")) == "huggingface.co"
