"""Publishing through apprise. Its URLs are secrets: no error and no log line holds one (T5)."""

import logging
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, cast

import apprise
from apprise import NotifyBase, NotifyFormat, OverflowMode
from apprise.exception import AppriseException

from adapters.apprise.answer import fault
from adapters.apprise.render import AppriseMessage, Form
from adapters.base import Message, Options, Pace
from bot.domain.delivery_errors import ChatGone, ContentRejected, OutcomeUnknown
from bot.domain.errors import SettingsError
from bot.domain.post import Post
from bot.domain.target import Receipt, Target

# Seconds for an answer where the URL names none (?rto=): apprise's 4 are few for a slow service,
# and each time-out leaves an outcome unknown.
_READ_TIMEOUT = 20.0
# What apprise adds to a title when a body is split: " [01/12]".
_COUNTER = 12
_SCHEME = re.compile(r"[A-Za-z][\w+.-]{0,30}(?=://)")


class AppriseAdapter:
    """Sends to the services by their names in the options: a target's chat is such a name."""

    def __init__(self, services: Mapping[str, NotifyBase], *, name: str = "apprise") -> None:
        self.name = name
        self._services = services

    def pace(self, target: Target) -> Pace:
        service = self._services.get(target.chat)
        return Pace(chat_gap=service.request_rate_per_sec or None) if service else Pace()

    def render(self, post: Post, *, plain: bool = False) -> Sequence[AppriseMessage]:
        """One message: apprise splits what is too long for a service."""
        return (AppriseMessage(post, plain),)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:
        """Publish; apprise names no message, so the receipt carries the key."""
        service = self._services.get(target.chat)
        if service is None:
            raise ChatGone(f"[adapters.{self.name}.services] has no service of that name")
        await _notify(service, message)
        return Receipt(key)


def create(options: Options) -> AppriseAdapter:
    """Services from ``[adapters.apprise.services]``: a name of one's own = an apprise URL.

    Raises:
        SettingsError: there are other options, no services, or URLs that apprise does not take;
            every fault is named and no URL shown.
    """
    _mute()
    values = dict(options.values)
    services = values.pop("services", None)
    place = f"adapters.{options.name}"
    faults = [f"{place}.{key} is no option; there is only services" for key in values]
    if not isinstance(services, Mapping) or not services:
        faults.append(f"{place}.services must be a table of names and apprise URLs")
        raise SettingsError(_complaint(faults))
    opened: dict[str, NotifyBase] = {}
    for name, url in cast("Mapping[str, object]", services).items():
        service = _open(url) if isinstance(url, str) else None
        if service is None:
            faults.append(f"{place}.services.{name}: {_why(url)}")
        else:
            opened[name] = service
    if faults:
        raise SettingsError(_complaint(faults))
    return AppriseAdapter(opened, name=options.name)


async def _notify(service: NotifyBase, message: AppriseMessage) -> None:
    """Send one message to one service.

    Raises:
        DeliveryError: it was not, or may not have been, delivered.
    """
    form = Form.TEXT if message.plain else Form(service.resolve_format(NotifyFormat.HTML).value)
    title, body = _title_and_body(service, message, form)
    sender = apprise.Apprise(service, asset=service.asset)
    name = str(service.service_name)
    try:
        result = await sender.async_notify(
            body=body, title=title, body_format=NotifyFormat(form.value), log_level=logging.DEBUG
        )
    except (AppriseException, TypeError) as error:
        raise ContentRejected(f"apprise cannot prepare this for {name}") from error
    if result.status == apprise.AppriseResultStatus.SUCCESS:
        return
    if result.status == apprise.AppriseResultStatus.TIMEOUT:
        raise OutcomeUnknown(f"{name} did not answer in time")
    lines = [entry.message for part in result.results for entry in part.logs()]
    raise fault(name, lines, addresses=len(service))


def _title_and_body(service: NotifyBase, message: AppriseMessage, form: Form) -> tuple[str, str]:
    """The title apart where the service has room for all of it, else at the head of the body."""
    title = message.title
    if len(title) + _COUNTER <= service.title_maxlen and message.fits_as_title(form):
        body = message.body(form, titled=True)
        if body:
            return title, body
    return "", message.body(form, titled=False)


def _open(url: str) -> NotifyBase | None:
    """A service as Sulan uses it: nothing cut, nothing repeated, no failure passed over."""
    with warnings.catch_warnings():
        # The first URL makes apprise import all of its services, and these what is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        made = cast("Any", apprise.Apprise).instantiate(url, asset=_asset())
    service = cast("NotifyBase | None", made)
    if service is None:
        return None
    service.overflow_mode = OverflowMode.SPLIT
    service.retry = 0  # a repetition after a time-out would double the message
    service.optional = False
    service.interpret_emojis = False
    if "rto=" not in url:
        service.socket_read_timeout = _READ_TIMEOUT
    return service


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        app_id="Sulan",
        app_desc="Sulan",
        interpret_escapes=False,
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY.value,
    )


def _why(url: object) -> str:
    """What is wrong with a URL, without showing it."""
    if not isinstance(url, str):
        return "must be a text"
    scheme = _SCHEME.match(url)
    if scheme is None:
        return "is no apprise URL, which begins with a scheme such as slack://"
    return (
        f"apprise does not take this {scheme[0]}:// URL; `apprise --dry-run -vvv -b test URL` says"
        " why"
    )


def _complaint(faults: Sequence[str]) -> str:
    return "\n".join(("The settings of the adapter apprise are wrong:", *faults))


def _mute() -> None:
    """Keep apprise's lines, and the addresses in its HTTP library's, out of our logs (T5).

    Its own are read by ``_notify``, for which they must be made.
    """
    lines = logging.getLogger(apprise.LOGGER_NAME)
    lines.setLevel(logging.DEBUG)
    lines.propagate = False
    if not lines.handlers:
        lines.addHandler(logging.NullHandler())
    for library in ("urllib3", "requests"):
        logging.getLogger(library).setLevel(logging.WARNING)
