"""What the workspace refuses: each refusal by the name that Slack gives it."""

from __future__ import annotations

from enum import StrEnum

from bot.errors import BotError


class Refusal(StrEnum):
    """The value of `error` in an answer with `ok: false`, as Slack's method pages list them."""

    ACCESS_DENIED = "access_denied"
    ACCOUNT_INACTIVE = "account_inactive"
    ALREADY_REACTED = "already_reacted"
    BAD_CLIENT_SECRET = "bad_client_secret"  # noqa: S105 - an error name
    BAD_REDIRECT_URI = "bad_redirect_uri"
    BOT_NOT_FOUND = "bot_not_found"
    CANT_DELETE_MESSAGE = "cant_delete_message"
    CANT_UPDATE_MESSAGE = "cant_update_message"
    CHANNEL_NOT_FOUND = "channel_not_found"
    CODE_ALREADY_USED = "code_already_used"
    DUPLICATE_EXTERNAL_ID = "duplicate_external_id"
    EXCHANGED_TRIGGER_ID = "exchanged_trigger_id"
    EXPIRED_TRIGGER_ID = "expired_trigger_id"
    HASH_CONFLICT = "hash_conflict"
    INVALID_ARGUMENTS = "invalid_arguments"
    INVALID_ATTACHMENTS = "invalid_attachments"
    INVALID_AUTH = "invalid_auth"
    INVALID_BLOCKS = "invalid_blocks"
    INVALID_BLOCKS_FORMAT = "invalid_blocks_format"
    INVALID_CLIENT_ID = "invalid_client_id"
    INVALID_CODE = "invalid_code"
    INVALID_CURSOR = "invalid_cursor"
    INVALID_GRANT_TYPE = "invalid_grant_type"
    INVALID_JSON = "invalid_json"
    INVALID_METADATA_FORMAT = "invalid_metadata_format"
    INVALID_METADATA_SCHEMA = "invalid_metadata_schema"
    INVALID_NAME = "invalid_name"
    INVALID_REFRESH_TOKEN = "invalid_refresh_token"  # noqa: S105 - an error name
    INVALID_THREAD_TS = "invalid_thread_ts"
    INVALID_TRIGGER_ID = "invalid_trigger_id"
    JSON_NOT_OBJECT = "json_not_object"
    MESSAGE_NOT_FOUND = "message_not_found"
    METADATA_TOO_LARGE = "metadata_too_large"
    METHOD_NOT_SUPPORTED_FOR_CHANNEL_TYPE = "method_not_supported_for_channel_type"
    MSG_BLOCKS_TOO_LONG = "msg_blocks_too_long"
    MSG_TOO_LONG = "msg_too_long"
    NO_REACTION = "no_reaction"
    NO_TEXT = "no_text"
    NOT_ALLOWED_TOKEN_TYPE = "not_allowed_token_type"  # noqa: S105 - an error name
    NOT_AUTHED = "not_authed"
    NOT_FOUND = "not_found"
    NOT_IN_CHANNEL = "not_in_channel"
    PUSH_LIMIT_REACHED = "push_limit_reached"
    RATELIMITED = "ratelimited"
    THREAD_NOT_FOUND = "thread_not_found"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - an error name
    TOO_MANY_ATTACHMENTS = "too_many_attachments"
    UNKNOWN_METHOD = "unknown_method"
    USER_NOT_FOUND = "user_not_found"
    USER_NOT_IN_CHANNEL = "user_not_in_channel"
    # Of the page alone: Slack tells people of these itself.
    UNKNOWN_COMMAND = "unknown_command"
    UNKNOWN_SHORTCUT = "unknown_shortcut"
    # Of a response_url, as the body of its HTTP answer.
    EXPIRED_URL = "expired_url"
    INVALID_PAYLOAD = "invalid_payload"
    USED_URL = "used_url"


class WorkspaceError(BotError):
    """Root of what goes wrong inside the local workspace."""


class Refused(WorkspaceError):
    """A request that Slack would refuse.

    Args:
        error: Slack's name for it, or any other name that a test injects.
        messages: what `response_metadata.messages` explains, JSON pointers included.
        retry_after: seconds to wait, with `ratelimited` alone.
    """

    def __init__(self, error: Refusal | str, *messages: str, retry_after: int | None = None) -> None:
        super().__init__(": ".join((str(error), *messages)))
        self.error = str(error)
        self.messages = messages
        self.retry_after = retry_after


class NotDelivered(WorkspaceError):
    """The bot did not take a command or an interaction in time; `reason` is what Slack would show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingToPress(WorkspaceError):
    """A test or a page pressed an element that the message or view does not hold."""
