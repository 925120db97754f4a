"""Where the api process is put together: settings, storage, services, routers, error table.

Promises no work at import, and that a database which cannot be used is refused at the start with a sentence that says
what to do. Upgrading it is left to `up` and `addon-portal db upgrade`, serving to `api.server`.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import Lifespan

from addon_portal import __version__
from addon_portal.api.errors import install_error_handlers
from addon_portal.api.openapi import DESCRIPTION, complete_openapi
from addon_portal.api.routing import add_routes
from addon_portal.api.services.key_use import KeyUse
from addon_portal.api.services.log_in_attempts import LogInAttempts
from addon_portal.api.services.metrics_service import Metrics
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.readiness import Readiness
from addon_portal.api.services.run_changes import RunChanges
from addon_portal.api.services.wakes import Wakes
from addon_portal.api.session_cookie import SessionCookie
from addon_portal.config import Settings, ensure_host_id
from addon_portal.domain.clock import Clock, SystemClock
from addon_portal.domain.ids import HostId
from addon_portal.storage import Storage
from addon_portal.workspaces.code_store import CodeStore


def create_app(settings: Settings, *, clock: Clock | None = None, storage: Storage | None = None) -> FastAPI:
    """The application over these settings; a `storage` that is given stays open when the application ends.

    Raises SettingsError, StorageError (the database cannot be used) and OSError (the data directory cannot).
    """
    clock = clock or SystemClock()
    opened = storage or Storage.open(settings.database, clock=clock)
    try:
        portal = _open_portal(settings, opened, clock)
    except BaseException:
        if storage is None:
            opened.close()
        raise
    app = FastAPI(
        title="Addon Portal",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan(portal, closes_storage=storage is None),
    )
    app.state.portal = portal
    app.state.changes, app.state.metrics = RunChanges(portal), Metrics(portal, access=settings.metrics_access)
    app.state.readiness, app.state.session_cookie = Readiness(portal), SessionCookie(opened.installation_id)
    add_routes(app)
    install_error_handlers(app)
    complete_openapi(app)
    return app


def _lifespan(portal: Portal, *, closes_storage: bool) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        changes: RunChanges = app.state.changes
        changes.start(asyncio.get_running_loop())
        try:
            yield
        finally:
            await asyncio.to_thread(changes.close)
            await asyncio.to_thread(portal.key_use.close)
            if closes_storage:
                portal.storage.close()

    return lifespan


def _open_portal(settings: Settings, storage: Storage, clock: Clock) -> Portal:
    host_id = ensure_host_id(settings, clock)
    storage.check_schema()
    _ensure_host(storage, host_id)
    return Portal(
        storage=storage,
        clock=clock,
        data=settings.data,
        host_id=host_id,
        wakes=Wakes(clock),
        key_use=KeyUse(storage, clock),
        overdue_after=settings.overdue_after,
        restartable=settings.restartable_statuses,
        default_grace_seconds=settings.default_grace_seconds,
        code_store=CodeStore(settings.data, settings.code_limits),
        git_transports=settings.git_transports,
        allow_private_webhooks=settings.notify_private_addresses,
        session_terms=settings.session_terms,
        attempts=LogInAttempts(clock),
    )


def _ensure_host(storage: Storage, host_id: HostId) -> None:
    """Runs refer to their host, also when its supervisor has never been there yet."""
    with storage.write() as uow:
        uow.hosts.insert_if_missing(host_id, socket.gethostname())
        uow.journal.skip_numbers()
