"""What an operator can set about people at the page: the part of `config.Settings` that logging in follows."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from addon_portal.domain.sessions import SessionTerms


class LogInSettings(BaseSettings):
    """A part of the settings; read with the others."""

    login_link_minutes: Annotated[
        float,
        Field(
            gt=0, le=1440, allow_inf_nan=False, description="Minutes for which a log-in link lets its first user in."
        ),
    ] = 15.0
    session_idle_hours: Annotated[
        float,
        Field(
            gt=0,
            le=87600,
            allow_inf_nan=False,
            description="Hours after their last use at which people are logged out.",
        ),
    ] = 168.0
    session_hours: Annotated[
        float,
        Field(
            gt=0,
            le=87600,
            allow_inf_nan=False,
            description="Hours after the log-in at which people are logged out, however much they do.",
        ),
    ] = 720.0

    @property
    def session_terms(self) -> SessionTerms:
        """How long people stay logged in."""
        return SessionTerms(timedelta(hours=self.session_idle_hours), timedelta(hours=self.session_hours))
