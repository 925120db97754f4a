"""What an operator can set about telling people: the part of `config.Settings` that the sender of messages follows."""

from typing import Annotated, TypedDict

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode


class NotifierOptions(TypedDict):
    """What the sender of messages is told: plain values that survive JSON, so that it need not import this module."""

    data_dir: str
    database_url: str
    host_id: str
    overdue_after_seconds: float
    public_url: str | None
    allow_private: bool
    timeout_seconds: float
    retry_seconds: list[float]
    log_days: float
    log_level: str
    log_format: str


class NotificationSettings(BaseSettings):
    """A part of the settings; read with the others."""

    public_url: Annotated[
        str | None,
        Field(
            description="Address under which people reach this portal, to which messages and log-in links lead. By "
            "default messages have no links, and log-in links lead to where the API listens."
        ),
    ] = None
    notify_private_addresses: Annotated[
        bool,
        Field(
            description="Whether webhooks may be sent to addresses that are not public, such as this host and its "
            "network. Whoever is a tenant's admin can then have the portal talk to them."
        ),
    ] = False
    notify_timeout_seconds: Annotated[
        float,
        Field(gt=0, le=300, allow_inf_nan=False, description="Seconds that a receiver of a message has to answer."),
    ] = 15.0
    notify_retry_seconds: Annotated[
        tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...],
        NoDecode,
        Field(
            description="Seconds, separated by commas, from each attempt that failed to the next; up to a fifth longer "
            "by chance. After the last one a message has failed."
        ),
    ] = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    notify_log_days: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="Days for which messages that were sent or failed are kept."),
    ] = 30.0

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise PydanticCustomError("address", "", {"expected": "http://… or https://…"})
        return url and url.rstrip("/")

    @field_validator("notify_retry_seconds", mode="before")
    @classmethod
    def _split_seconds(cls, value: object) -> object:
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else value
