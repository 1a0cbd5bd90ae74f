"""A package index on this machine, that a test fills and may break."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import pytest

JSON_PAGE: Final = "application/vnd.pypi.simple.v1+json"


@dataclass
class Index:
    """Projects by name, each a list of file entries in the form of PEP 691; metadata by file name.

    `refusals` counts how many of the next requests get a 503; `asked` is every path that was asked for.
    """

    projects: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    html: bool = False
    refusals: int = 0
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def add(self, project: str, filename: str, *, metadata: str = "", **more: object) -> None:
        """One file of a project."""
        digest = sha256(metadata.encode()).hexdigest()
        entry: dict[str, object] = {
            "filename": filename,
            "url": f"../../files/{filename}",
            "hashes": {"sha256": sha256(filename.encode()).hexdigest()},
            "core-metadata": {"sha256": digest} if metadata else False,
            "upload-time": "2027-01-02T03:04:05.000000Z",
        }
        self.projects.setdefault(project, []).append(entry | more)
        if metadata:
            self.metadata[filename] = metadata

    def answer(self, path: str) -> tuple[int, str, str]:
        """Status, type and body for a path."""
        self.asked.append(path)
        if self.refusals:
            self.refusals -= 1
            return 503, "text/plain", "busy"
        kind, _, name = path.strip("/").partition("/")
        if kind == "files" and name.endswith(".metadata"):
            text = self.metadata.get(name.removesuffix(".metadata"))
            return (200, "text/plain", text) if text else (404, "text/plain", "")
        files = self.projects.get(name) if kind == "simple" else None
        if files is None:
            return 404, "text/plain", "no such project"
        return self._html(files) if self.html else self._json(name, files)

    def _json(self, name: str, files: list[dict[str, object]]) -> tuple[int, str, str]:
        page = {"meta": {"api-version": "1.1"}, "name": name, "versions": [], "files": files}
        return 200, JSON_PAGE, json.dumps(page | {"files": [{"size": 1} | entry for entry in files]})

    def _html(self, files: list[dict[str, object]]) -> tuple[int, str, str]:
        links = "".join(f'<a href="{entry["url"]}">{entry["filename"]}</a>' for entry in files)
        return 200, "text/html", f"<!DOCTYPE html><html><body>{links}</body></html>"


@pytest.fixture
def index() -> Iterator[Index]:
    """A running index on 127.0.0.1."""
    served = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = served.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test tells what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()
