"""Which addresses may be called, and which redirects may be followed (F17, T7)."""

from collections.abc import Iterable

from yarl import URL

from bot.domain.errors import SettingsError, SourceBroken

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What yarl raises of texts that are no address; an IndexError where an @ stands before nothing.
_UNREADABLE = (ValueError, IndexError)


def origin_of(base: str) -> URL:
    """Scheme, host and port of a configured base address.

    Raises:
        SettingsError: it is no http or https address.
    """
    try:
        url = URL(base)
        _ = url.host  # a name that is no IDNA shows only when it is read
    except _UNREADABLE as error:
        raise SettingsError(_bad_base(base)) from error
    if url.scheme not in ("http", "https") or not url.host or url.query_string or url.fragment:
        raise SettingsError(_bad_base(url.host or base))
    return url.origin()


def _bad_base(shown: str) -> str:
    return (
        f"Not a usable base address: {shown[:80]!r}. It needs http:// or https://, a host, and "
        "neither ? nor #."
    )


class Addresses:
    """The origins that settings name; nothing else is ever called.

    A base of plain http is allowed where somebody configured it: a mirror, a local server.
    """

    def __init__(self, bases: Iterable[str]) -> None:
        self._origins = frozenset(origin_of(base) for base in bases)

    def check(self, url: str) -> URL:
        """The address, if it lies under a configured origin.

        Raises:
            SourceBroken: it does not.
        """
        address = URL(url)
        if address.absolute and address.origin() in self._origins:
            return address
        raise SourceBroken(
            f"Refused to call {address.host}: no base address in the settings names it."
        )


def redirect_target(current: URL, location: str | None) -> URL:
    """Where a redirect leads, if it stays on the host, its port, and as safe a scheme.

    Whatever resolves to a private address is another host, too, and so never followed.

    Raises:
        SourceBroken: it leads elsewhere or nowhere.
    """
    here = show(current)
    if not location:
        raise SourceBroken(f"{here} answered with a redirect that leads nowhere.")
    try:
        target = current.join(URL(location))
        there = target.host or target.scheme
    except _UNREADABLE as error:
        raise SourceBroken(f"{here} answered with an unreadable redirect.") from error
    if target.user is not None or not _stays(current, target):
        raise SourceBroken(
            f"{here} redirects to {target.scheme}://{there}, which is refused: only the same host "
            "is followed. If it has moved, change its base address in the settings."
        )
    return target


def _stays(current: URL, target: URL) -> bool:
    if target.host != current.host:
        return False
    if target.scheme == current.scheme:
        return target.port == current.port
    upgraded = (current.scheme, target.scheme) == ("http", "https")
    return upgraded and current.is_default_port() and target.is_default_port()


def show(url: URL) -> str:
    """An address as messages name it: never a path, a query or a password."""
    host = url.host or "?"
    return host if url.is_default_port() else f"{host}:{url.port}"
