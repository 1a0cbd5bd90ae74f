"""The least that takes Slack's events by Bolt and uvicorn: it verifies, acknowledges and stores nothing."""

from __future__ import annotations

import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.benchmarks.slack import HOST, SECRET


def build(api_url: str) -> Starlette:
    """The app as Bolt's documents show it, with a listener that does nothing."""
    app = AsyncApp(client=AsyncWebClient(token="xoxb-bare", base_url=api_url), signing_secret=SECRET)

    @app.event("app_mention")
    async def on_mention() -> None:
        """Nothing is done; Bolt acknowledges by itself."""

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def ready(_request: Request) -> Response:
        return PlainTextResponse("ready")

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/readyz", ready)])


if __name__ == "__main__":
    uvicorn.run(build(sys.argv[1]), host=HOST, port=int(sys.argv[2]), log_level="warning", access_log=False)
