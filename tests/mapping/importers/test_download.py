"""Against a server on this machine that serves a real extract, well and badly."""

import http.server
import socket
import threading
from contextlib import contextmanager

import pytest

from mapping.errors import DownloadError
from mapping.importers.download import download

ETAG = '"version-1"'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        server = self.server
        server.ranges.append(self.headers.get("Range", ""))
        if self.path != "/Helsinki.osm.pbf":
            self.send_error(404)
            return
        start = 0
        asked = self.headers.get("Range", "")
        if asked and self.headers.get("If-Range") == server.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        if start > len(server.content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("ETag", server.etag)
        body = server.content[start:]
        self.send_header("Content-Length", str(len(body) + server.promise_more))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[: server.cut_after] if server.cut_after else body)
        self.close_connection = True


@contextmanager
def serving(content):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.etag, server.ranges = content, ETAG, []
    server.cut_after, server.promise_more = 0, 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def content(helsinki_pbf):
    return helsinki_pbf.read_bytes()


def test_fetches_a_file_and_tells_how_far_it_is(tmp_path, content):
    told = []
    with serving(content) as (_, base):
        path = download(
            f"{base}/Helsinki.osm.pbf", tmp_path, progress=lambda *seen: told.append(seen)
        )

    assert path == tmp_path / "Helsinki.osm.pbf"
    assert path.read_bytes() == content
    assert told[-1] == (len(content), len(content))
    assert list(tmp_path.iterdir()) == [path]


def test_goes_on_where_the_connection_broke(tmp_path, content):
    with serving(content) as (server, base):
        url = f"{base}/Helsinki.osm.pbf"
        server.cut_after = 200_000
        with pytest.raises(DownloadError, match="200000 of 685110 bytes"):
            download(url, tmp_path)
        server.cut_after = 0

        path = download(url, tmp_path)

    assert server.ranges == ["", "bytes=200000-"]
    assert path.read_bytes() == content


def test_another_version_is_fetched_anew(tmp_path, content):
    with serving(content) as (server, base):
        url = f"{base}/Helsinki.osm.pbf"
        server.cut_after = 200_000
        with pytest.raises(DownloadError):
            download(url, tmp_path)
        server.cut_after, server.etag, server.content = 0, '"version-2"', content[::-1]

        path = download(url, tmp_path)

    assert path.read_bytes() == content[::-1]


def test_a_part_longer_than_the_file_is_fetched_anew(tmp_path, content):
    with serving(content) as (server, base):
        url = f"{base}/Helsinki.osm.pbf"
        server.cut_after = 200_000
        with pytest.raises(DownloadError):
            download(url, tmp_path)
        server.cut_after = 0
        (tmp_path / "Helsinki.osm.pbf.part").write_bytes(content + b"more")

        assert download(url, tmp_path).read_bytes() == content


def test_a_file_shorter_than_promised_is_refused(tmp_path, content):
    with serving(content) as (server, base):
        server.promise_more = 10
        with pytest.raises(DownloadError, match="685110 of 685120 bytes"):
            download(f"{base}/Helsinki.osm.pbf", tmp_path)

    assert not (tmp_path / "Helsinki.osm.pbf").exists()


def test_a_file_that_is_not_there_is_named(tmp_path, content):
    with (
        serving(content) as (_, base),
        pytest.raises(DownloadError, match=r"HTTP 404 .*the server has no such file"),
    ):
        download(f"{base}/Atlantis.osm.pbf", tmp_path)


def test_a_closed_door_is_explained(tmp_path):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
        with pytest.raises(DownloadError, match="refuses the connection"):
            download(f"http://127.0.0.1:{port}/a.osm.pbf", tmp_path)


def test_an_unknown_host_is_explained(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(DownloadError, match=r"no address for the host example\.invalid"):
        download("http://example.invalid/a.osm.pbf", tmp_path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/a", "a.osm.pbf"])
def test_only_web_addresses_are_fetched(tmp_path, url):
    with pytest.raises(DownloadError, match="wanted http"):
        download(url, tmp_path)


def test_an_address_without_a_file_name_is_refused(tmp_path):
    with pytest.raises(DownloadError, match="without a file name"):
        download("http://example.org/", tmp_path)
