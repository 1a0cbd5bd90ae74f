"""Asks package indexes for files and their metadata: politely, and never twice for the same."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

import requests
from cachecontrol import CacheControlAdapter
from cachecontrol.caches.file_cache import FileCache
from cachecontrol.heuristics import ExpiresAfter
from packaging.utils import canonicalize_name
from pypi_simple import (
    DigestMismatchError,
    DistributionPackage,
    NoMetadataError,
    NoSuchProjectError,
    ProjectPage,
    PyPISimple,
    UnsupportedContentTypeError,
    UnsupportedRepoVersionError,
)
from remotezip import RemoteZip, RemoteZipError
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from bot.knowledge.refresh.errors import IndexUnreachable, MetadataUnavailable
from bot.knowledge.refresh.index_settings import IndexSettings
from bot.knowledge.refresh.kept import Kept

CONNECTIONS: Final = 4
BACKOFF: Final = 0.25
TRY_AGAIN: Final = (429, 500, 502, 503, 504)
AGENT: Final = "torchdesk-knowledge-refresh"
METADATA: Final = re.compile(r"[^/]+\.dist-info/METADATA")


class IndexClient:
    """The user's indexes as one. Safe to use from several threads; close it, or use it in a `with`.

    Project pages are kept in `cache` for `max_age` and asked for again by their ETag after that; metadata is
    kept by the hash of its file, and so is not asked for again when a run that broke is started anew.
    """

    def __init__(self, settings: IndexSettings, cache: Path | None, max_age: timedelta) -> None:
        self._settings = settings
        retry = Retry(
            total=settings.retries, backoff_factor=BACKOFF, status_forcelist=TRY_AGAIN, raise_on_status=False
        )
        plain = HTTPAdapter(max_retries=retry, pool_maxsize=CONNECTIONS)
        kept: HTTPAdapter = plain
        if cache is not None:
            kept = CacheControlAdapter(
                FileCache(str(cache / "index-pages")),
                heuristic=ExpiresAfter(seconds=max_age.total_seconds()),
                max_retries=retry,
            )
        self._pages = _session(settings, kept)
        if not max_age:
            self._pages.headers["Cache-Control"] = "no-cache"
        self._files = _session(settings, plain)
        self._kept = Kept(cache / "index-metadata" if cache is not None else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pages.close()
        self._files.close()

    def files(self, package: str) -> tuple[DistributionPackage, ...] | None:
        """Every file of a package, each name once (earlier indexes win); None if no index has the package.

        Raises:
            IndexUnreachable: an index gave no usable answer.
        """
        found: dict[str, DistributionPackage] = {}
        known = False
        for endpoint in self._settings.indexes:
            page = self._page(endpoint, package)
            known = known or page is not None
            for file in page.packages if page is not None else ():
                found.setdefault(file.filename, file)
        return tuple(found.values()) if known else None

    def wheel_page(self, address: str) -> tuple[DistributionPackage, ...]:
        """The files that a page of anchors lists; `address` is a URL or the name of a file.

        Raises:
            IndexUnreachable: the page cannot be read.
        """
        if not address.startswith(("https://", "http://")):
            return _local_page(Path(address), "")
        try:
            response = self._pages.get(address, timeout=self._settings.timeout)
            response.raise_for_status()
        except requests.RequestException as error:
            raise IndexUnreachable(f"{without_secrets(address)}: {_why(error)}") from error
        return tuple(ProjectPage.from_response(response, "").packages)

    def metadata(self, file: DistributionPackage) -> str:
        """A file's core metadata: as the index offers it, else read out of the wheel by ranges.

        Raises:
            MetadataUnavailable: neither is possible, or the hash is not what the index says.
        """
        name = file.digests.get("sha256") or hashlib.sha256(file.url.encode()).hexdigest()
        known = self._kept.get(name)
        if known is None:
            known = self._read_metadata(file)
            self._kept.put(name, known)
        return known

    def _page(self, endpoint: str, package: str) -> ProjectPage | None:
        if endpoint.startswith("file:"):
            return _local_project(endpoint, package)
        client = PyPISimple(endpoint, session=self._pages)
        try:
            return client.get_project_page(package, timeout=self._settings.timeout)
        except NoSuchProjectError:
            return None
        except requests.RequestException as error:
            raise IndexUnreachable(f"{without_secrets(endpoint)}: {_why(error)}") from error
        except (UnsupportedContentTypeError, UnsupportedRepoVersionError, ValueError, KeyError) as error:
            where = f"{without_secrets(endpoint)}: {package}"
            raise IndexUnreachable(f"{where}: not the answer of a package index") from error

    def _read_metadata(self, file: DistributionPackage) -> str:
        if not file.has_metadata:
            return self._metadata_of_wheel(file)
        client = PyPISimple(session=self._files)
        try:
            return client.get_package_metadata(
                file, verify=bool(file.metadata_digests), timeout=self._settings.timeout
            )
        except NoMetadataError:
            return self._metadata_of_wheel(file)
        except DigestMismatchError as error:
            raise MetadataUnavailable(
                f"{file.filename}: its metadata has another hash than stated"
            ) from error
        except requests.RequestException as error:
            raise MetadataUnavailable(f"{file.filename}: {_why(error)}") from error

    def _metadata_of_wheel(self, file: DistributionPackage) -> str:
        """Read METADATA out of the archive: its directory and that member, not the whole of it."""
        if not file.filename.endswith(".whl"):
            raise MetadataUnavailable(
                f"{file.filename}: the index offers no metadata of it, and it is no wheel"
            )
        try:
            with self._open(file.url) as archive:
                names = [name for name in archive.namelist() if METADATA.fullmatch(name)]
                if len(names) != 1:
                    raise MetadataUnavailable(f"{file.filename}: {len(names)} METADATA files in it")
                return archive.read(names[0]).decode("utf-8", "replace")
        except (RemoteZipError, zipfile.BadZipFile, requests.RequestException, HTTPError, OSError) as error:
            raise MetadataUnavailable(f"{file.filename}: no metadata, and {_why(error)}") from error

    def _open(self, url: str) -> zipfile.ZipFile:
        if url.startswith("file:"):
            return zipfile.ZipFile(url2pathname(urlsplit(url).path))
        opened: zipfile.ZipFile = RemoteZip(url, session=self._files, timeout=self._settings.timeout)
        return opened


def _session(settings: IndexSettings, adapter: HTTPAdapter) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = AGENT
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    if settings.cert:
        session.verify = settings.cert
    session.cert = settings.client_cert
    if settings.proxy:
        session.proxies = {"http": settings.proxy, "https": settings.proxy}
    return session


def _local_project(endpoint: str, package: str) -> ProjectPage | None:
    """A page of an index in a folder; pip passes over what is not there, and so does this."""
    folder = Path(url2pathname(urlsplit(endpoint).path)) / canonicalize_name(package)
    page = folder / "index.html"
    if not page.is_file():
        return None
    return ProjectPage.from_html(package, page.read_bytes(), base_url=f"{folder.as_uri()}/")


def _local_page(path: Path, project: str) -> tuple[DistributionPackage, ...]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IndexUnreachable(f"{path}: {error.strerror or error}") from error
    return tuple(ProjectPage.from_html(project, content, base_url=path.resolve().as_uri()).packages)


def without_secrets(url: str) -> str:
    """An address without the user's name and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _why(error: Exception) -> str:
    """The reason in a few words: the texts of HTTP libraries repeat addresses, secrets included."""
    response = getattr(error, "response", None)
    if isinstance(response, requests.Response):
        return f"HTTP {response.status_code} {response.reason}".strip()
    kinds: Sequence[tuple[type[Exception], str]] = (
        (requests.exceptions.SSLError, "its certificate is not trusted (see pip's `cert`)"),
        (requests.exceptions.ProxyError, "the proxy cannot be reached (see pip's `proxy`)"),
        (requests.exceptions.Timeout, "no answer in time (see pip's `timeout`)"),
        (requests.exceptions.ConnectionError, "cannot be reached: check the network and pip's `index-url`"),
        (RemoteZipError, "the server gives no parts of files"),
        (zipfile.BadZipFile, "the file is no archive"),
    )
    return next((text for kind, text in kinds if isinstance(error, kind)), type(error).__name__)
