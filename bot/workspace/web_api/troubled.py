"""Calls that go wrong on purpose: each injected trouble as the answer that a client gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.workspace.connections import CutResponse
from bot.workspace.errors import Refused
from bot.workspace.faults import Faults, HalfBody, Refuse, ServerError, Silence, Trouble
from bot.workspace.payloads import JsonObject

Answer: TypeAlias = Response | CutResponse


async def carry_out_or_trouble(
    faults: Faults, method: str, channel: str, carry_out: Callable[[], Response]
) -> Answer:
    """Carry a call out and give its answer, unless trouble waits for it."""
    trouble = faults.take_trouble(method, channel)
    if trouble is None:
        return carry_out()
    if isinstance(trouble, Refuse):
        return refusal(Refused(trouble.error, *trouble.messages, retry_after=trouble.retry_after))
    answer = carry_out() if trouble.carried_out else None
    if isinstance(trouble, Silence):
        await faults.silence(trouble.seconds)
        return answer or (carry_out() if trouble.late else CutResponse())
    return _broken(trouble, answer)


def _broken(trouble: Trouble, answer: Response | None) -> Answer:
    if isinstance(trouble, ServerError):
        return PlainTextResponse("Internal Server Error", trouble.status)
    if isinstance(trouble, HalfBody):
        whole = bytes((answer or JSONResponse({"ok": True})).body)
        half = whole[: len(whole) // 2]
        return CutResponse(half, len(whole)) if trouble.cut else Response(half, media_type="application/json")
    return CutResponse()


def refusal(refused: Refused) -> Response:
    """Slack's way of saying no."""
    answer: JsonObject = {"ok": False, "error": refused.error}
    if refused.messages:
        messages = list(refused.messages)
        answer |= {"errors": messages, "response_metadata": {"messages": messages}}
    if refused.retry_after is None:
        return JSONResponse(answer)
    return JSONResponse(answer, 429, headers={"Retry-After": str(refused.retry_after)})
