"""Replicas of one bot that share a database and a workspace, each of which may end and come back."""

from __future__ import annotations

from bot.storage.opening import upgrade_database
from bot.workspace.embedded import RunningWorkspace
from tests.faults.nursery import ForkedBot, Nursery
from tests.faults.processes import HOST, answers, connected, environment_for
from tests.ports import free_port

COUNT = 2
UNLIMITED = 100_000


class Replicas:
    """Forked bots, reached over HTTP in turn or by Socket Mode.

    Attributes:
        bots: the process that each replica is at the moment.
        ports: where each listens, which stays the same when it comes back.
    """

    def __init__(
        self,
        slack: RunningWorkspace,
        nursery: Nursery,
        database_url: str,
        *,
        http: bool = True,
        deadly: bool = False,
        count: int = COUNT,
        **more: object,
    ) -> None:
        """Nothing runs yet. `more` goes into the environment; `deadly` as `Nursery.start` takes it."""
        self.bots: list[ForkedBot] = []
        self.ports = [free_port() for _ in range(count)]
        self._slack, self._nursery, self._url = slack, nursery, database_url
        self._http, self._deadly = http, deadly
        self._more = {"LEASE_SECONDS": 1, "QUESTIONS_PER_MINUTE": UNLIMITED} | more

    async def start(self) -> list[ForkedBot]:
        """Bring the database up to date, start all, and wait until the workspace reaches each."""
        await upgrade_database(self._url)
        self.bots = [self._start(number) for number in range(len(self.ports))]
        for number in range(len(self.bots)):
            await self.wait_ready(number)
        if self._http:
            self._slack.deliver_to(*(f"http://{HOST}:{port}/slack/events" for port in self.ports))
        return self.bots

    async def replace(self, number: int) -> None:
        """Kill a replica, if it still runs, and start it anew, without waiting until it is ready."""
        await self.bots[number].kill()
        self.bots[number] = self._start(number)

    async def wait_ready(self, number: int) -> None:
        """Wait until the workspace reaches a replica."""
        ready = answers(self.ports[number]) if self._http else connected(self._slack, len(self.bots))
        await self.bots[number].wait_until(ready)

    def _start(self, number: int) -> ForkedBot:
        environment = environment_for(self._slack, self._url, PORT=self.ports[number], **self._more)
        return self._nursery.start(environment, http=self._http, deadly=self._deadly)
