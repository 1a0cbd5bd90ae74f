"""Tells the maintainers on Slack that an edit of the knowledge cannot be used, and when it is mended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.presenting import payload
from bot.presenting.mrkdwn import clip, escape, literal, one_line
from bot.slack.api_errors import PostingError
from bot.slack.incoming import Place
from bot.slack.posting import post

log: FilteringBoundLogger = structlog.get_logger(__name__)

MOST: Final = 2_800


@dataclass(frozen=True, slots=True)
class Report:
    """A line, and lines below it; none of it is read as markup."""

    headline: str
    lines: Sequence[str] = ()


async def tell_maintainers(client: AsyncWebClient, ids: Sequence[str], report: Report) -> None:
    """Send a report to each user or channel; one that Slack refuses is logged and the rest still told."""
    key = str(uuid.uuid4())
    for name in ids:
        try:
            await post(client, Place(name, None), _messages(report), key=f"{key}/{name}")
        except PostingError as error:
            log.warning("maintainer_not_told", channel=name, code=error.code)


def _messages(report: Report) -> list[payload.Message]:
    """With blocks, and as plain text where Slack takes none."""
    details = clip("\n".join(map(literal, report.lines)), MOST)
    text = escape(f"{report.headline}\n{details}".strip(), MOST)
    blocks = [payload.prose(clip(one_line(report.headline), MOST), ())]
    blocks += [payload.preformatted(details)] if details else []
    return [payload.Message(text, tuple(blocks), "monospace"), payload.Message(text, (), "text")]
