"""Which failure means what: the tables of FACTS §1.4 and §1.6, by the library's own errors."""

from collections.abc import Callable

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from adapters.telegram.errors import delivery_error, is_unchanged
from adapters.telegram.request import Flooded, NotConnected, UnnamedStatus
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ChatMoved,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(Flooded(7), RateLimited, id="F30 429"),
        pytest.param(Flooded(10072), RateLimited, id="F31 429 for hours"),
        pytest.param(ChatMigrated(-100123), ChatMoved, id="F33 migrated"),
        pytest.param(InvalidToken("Unauthorized"), AccessRevoked, id="F39 401"),
        pytest.param(InvalidToken("Not Found"), AccessRevoked, id="F39 404"),
        pytest.param(Conflict("Conflict: terminated by other"), NotDelivered, id="F40 409"),
        pytest.param(NotConnected("refused"), NotDelivered, id="F38 no connection"),
        pytest.param(TimedOut(), OutcomeUnknown, id="F37 time-out"),
        pytest.param(NetworkError("ServerDisconnectedError"), OutcomeUnknown, id="F37 closed"),
        pytest.param(NetworkError("ClientPayloadError"), OutcomeUnknown, id="F37 truncated"),
        pytest.param(TelegramError("Invalid server response"), OutcomeUnknown, id="F37 no JSON"),
        pytest.param(UnnamedStatus(500), OutcomeUnknown, id="F37 500"),
        pytest.param(UnnamedStatus(502), OutcomeUnknown, id="F37 502"),
        pytest.param(UnnamedStatus(503), OutcomeUnknown, id="F37 503"),
        pytest.param(UnnamedStatus(413), NotDelivered, id="another 4xx"),
        pytest.param(UnnamedStatus(302), NotDelivered, id="a redirect"),
    ],
)
def test_every_kind_of_failure_has_one_meaning(
    error: TelegramError, kind: type[DeliveryError]
) -> None:
    assert type(delivery_error(error)) is kind


@pytest.mark.parametrize(
    "description",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot was kicked from the channel chat",
        "Forbidden: bot is not a member of the channel chat",
        "Forbidden: the group chat was deleted",
        "Forbidden: bot can't initiate conversation with a user",
    ],
)
def test_f32_every_403_is_a_chat_that_is_gone(description: str) -> None:
    failure = delivery_error(Forbidden(description))
    assert type(failure) is ChatGone
    assert description.removeprefix("Forbidden: ").split("'")[0] in str(failure)


@pytest.mark.parametrize(
    "description",
    [
        "chat not found",
        "message thread not found",
        "TOPIC_CLOSED",
        "TOPIC_DELETED",
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "need administrator rights in the channel chat",
        "CHAT_WRITE_FORBIDDEN",
        "CHAT_RESTRICTED",
        "PEER_ID_INVALID",
        "group chat was upgraded to a supergroup chat",
    ],
)
def test_f34_some_400s_are_about_the_chat(description: str) -> None:
    assert type(delivery_error(BadRequest(f"Bad Request: {description}"))) is ChatGone


@pytest.mark.parametrize(
    "description",
    [
        'can\'t parse entities: Unsupported start tag "x" at byte offset 7',
        "message is too long",
        "ENTITIES_TOO_LONG",
        "message text is empty",
        "BUTTON_URL_INVALID",
        "BUTTON_DATA_INVALID",
        "WEBPAGE_CURL_FAILED",
        "message to edit not found",
        "something that Telegram has not said before",
    ],
)
def test_f35_f36_f42_every_other_400_is_about_the_content_and_never_repeated(
    description: str,
) -> None:
    """Though ``BadRequest`` is a ``NetworkError`` to the library."""
    assert issubclass(BadRequest, NetworkError)
    assert type(delivery_error(BadRequest(f"Bad Request: {description}"))) is ContentRejected


def test_f30_the_wait_is_handed_on() -> None:
    failure = delivery_error(Flooded(34.5))
    assert isinstance(failure, RateLimited)
    assert failure.retry_after == 34.5
    assert not failure.everywhere


def test_f33_the_new_address_is_handed_on() -> None:
    failure = delivery_error(ChatMigrated(-1001234567890))
    assert isinstance(failure, ChatMoved)
    assert failure.chat == "-1001234567890"


def test_an_edit_that_changes_nothing_is_none() -> None:
    said = "Bad Request: message is not modified: specified new message content and so on"
    assert is_unchanged(BadRequest(said))
    assert not is_unchanged(BadRequest("Bad Request: message to edit not found"))


@pytest.mark.parametrize("make", [BadRequest, Forbidden, InvalidToken, NetworkError])
def test_t5_what_a_description_quotes_is_not_repeated(
    make: Callable[[str], TelegramError],
) -> None:
    for said in ('Bad Request: odd thing "s3cret text" here', "Odd: s3cret", "x" * 100 + "s3cret"):
        assert "s3cret" not in str(delivery_error(make(said)))
