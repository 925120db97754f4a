"""Everything that the application answers, in the order in which it is looked for."""

from fastapi import FastAPI

from addon_portal.api.body_limit import BodyLimit
from addon_portal.api.page import Page
from addon_portal.api.request_count import RequestCount
from addon_portal.api.routers import admin_api, health, metrics, sessions, tenant_api
from addon_portal.api.routers.shortcuts import Shortcuts
from addon_portal.api.routers.tenant import (
    access,
    code,
    files,
    numbers,
    output,
    programs,
    restarts,
    runs,
    schedules,
    webhooks,
)


def add_routes(app: FastAPI) -> None:
    """The routes themselves: routers inside of routers cost every request a tenth of a millisecond."""
    for routes in (
        tenant_api.execution.routes,
        runs.router.routes,
        tenant_api.router.routes,
        (*output.router.routes, *restarts.router.routes, *webhooks.router.routes, *access.router.routes),
        (*code.router.routes, *files.router.routes, *numbers.router.routes, *schedules.router.routes),
        programs.router.routes,
        (*admin_api.router.routes, *health.router.routes, *metrics.router.routes, *sessions.router.routes),
    ):
        app.router.routes.extend(routes)
    app.router.default = Page(app.router.default)
    for layer in (BodyLimit, Shortcuts, RequestCount):
        app.add_middleware(layer)
