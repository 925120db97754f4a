"""Counting requests by what they were answered, for the metrics. The outermost layer, so it does next to nothing."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RequestCount:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["app"].state.metrics.count_request(scope["method"], message["status"])
            await send(message)

        return await self._app(scope, receive, send_counted)
