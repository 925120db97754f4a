"""Reading JSON bodies: an object that says a name twice is refused. Leaves checking what it says to the schemas."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override

from addon_portal.validation import object_of


class JsonRoute(APIRoute):
    """A route whose body is read by these rules; every router has it as its `route_class`."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, given our request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly if self.body_field is not None else handle


class _StrictRequest(Request):
    @override
    async def json(self) -> Any:
        """The body. Raises InvalidRequest, and what Python's reader raises."""
        return json.loads(await self.body(), object_pairs_hook=object_of)
