"""What all routers have in common: how their operations are named and their bodies are read."""

from fastapi import APIRouter

from addon_portal.api.json_bodies import JsonRoute
from addon_portal.api.openapi import name_operation


def new_router(tag: str, prefix: str = "") -> APIRouter:
    """A router for operations below this address, under this heading of the OpenAPI document."""
    return APIRouter(prefix=prefix, tags=[tag], generate_unique_id_function=name_operation, route_class=JsonRoute)
