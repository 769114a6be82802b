"""Links to another site, which a server on this machine plays."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tools.links import external, main


class Elsewhere(BaseHTTPRequestHandler):
    """Answers with the number that is asked for."""

    def do_GET(self):
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def write(folder, *addresses):
    links = "".join(f'<a href="{address}">it</a>' for address in addresses)
    (folder / "page.html").write_text(f'<a href="other.html">it</a>{links}')


def test_every_address_is_found_once_with_its_page(tmp_path):
    write(tmp_path, "https://a.test/?x=1&amp;y=2#part", "https://b.test/")
    (tmp_path / "zz.html").write_text("<a href=https://b.test/>it</a>")
    assert external(tmp_path) == {
        "https://a.test/?x=1&y=2": "page.html",
        "https://b.test/": "page.html",
    }


def test_what_is_gone_is_reported_and_a_refusal_is_not(
    tmp_path, elsewhere, capsys
):
    write(tmp_path, f"{elsewhere}/200", f"{elsewhere}/403")
    assert main(str(tmp_path)) == 0
    write(tmp_path, f"{elsewhere}/200", f"{elsewhere}/404")
    assert main(str(tmp_path)) == 1
    said = capsys.readouterr()
    assert f"page.html: {elsewhere}/404 answers 404" in said.err
    assert "1 of 2 addresses answer" in said.out


def test_a_host_that_is_gone_is_reported(tmp_path, elsewhere, capsys):
    write(tmp_path, "http://127.0.0.1:1/")  # nobody listens there
    assert main(str(tmp_path)) == 1
    assert "127.0.0.1:1/ ConnectionError" in capsys.readouterr().err


def test_an_empty_site_does_not_pass(tmp_path, capsys):
    assert main(str(tmp_path)) == 1
    assert "no links in" in capsys.readouterr().err
