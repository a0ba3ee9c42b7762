"""Sites of one test each, on loopback: what a hostile or broken server does, byte by byte."""

import contextlib
import datetime as dt
import socketserver
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from annotations.links import sandbox
from annotations.links.fetching import Way

NAME = "site.example"
START = "import sys, json; sys.path.insert(0, sys.argv[1]); "
# A program of the tests' own: nothing that the site runs makes such a way.
NEAR = START + (
    "from annotations.links import child, fetching\n"
    "asked = json.loads(sys.stdin.buffer.read())\n"
    "way = fetching.Way(agent=asked['agent'], lookup=lambda host, port: [host if host[0].isdigit() else '127.0.0.1'],\n"
    "    allowed=lambda address: str(address) == '127.0.0.1', ports=frozenset({%d}),\n"
    "    trust=lambda: child._trusting(*asked['trust']))\n"
    "child.serve(asked['url'], way)\n"
)


def in_clear(request, _over):
    request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def silent(_request, over):
    over.wait(5)


class Site(socketserver.ThreadingTCPServer):
    """Answers each path with the bytes, or by the function of the connection, that it is given."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host, answers, port=0, context=None, astonished=None):
        super().__init__((host, port), None)
        self.answers = answers
        self.context = context
        self.astonished = astonished or in_clear
        self.asked = []
        self.connections = 0
        self.over = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    def url(self, path="/", host=NAME, scheme="http"):
        return f"{scheme}://{host}:{self.port}{path}"

    def finish_request(self, request, _client_address):
        self.connections += 1
        request.settimeout(10)
        with contextlib.suppress(OSError):  # the other side has seen enough
            if self.context:
                request = self.context.wrap_socket(request, server_side=True)
            with request:
                self._serve(request)

    def _serve(self, request):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = request.recv(65_536)
            if not piece:
                return
            head += piece
            if head[:1] == b"\x16":  # somebody speaks TLS to a site that does not
                self.astonished(request, self.over)
                return
        self.asked.append(head.decode())
        answer = self.answers[head.split()[1].decode()]
        if callable(answer):
            answer(request, self.over)
        else:
            request.sendall(answer)


def page(body, *headers, status="200 OK", media_type="text/html; charset=utf-8"):
    """An answer with that body, and no length: it ends with the connection."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location, status="302 Found"):
    return f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def endless(start, piece, *, pause=0.0):
    """An answer that begins so, and goes on with the piece as long as somebody listens."""

    def answer(request, over):
        request.sendall(start)
        while not over.is_set():
            request.sendall(piece)
            time.sleep(pause)

    return answer


@pytest.fixture
def serve():
    """`serve(answers, host=…)`: a site that runs until the test ends."""
    sites = []

    def start(answers, host="127.0.0.1", **rest):
        site = Site(host, answers, **rest)
        threading.Thread(target=site.serve_forever, args=[0.02], daemon=True).start()
        sites.append(site)
        return site

    yield start
    for site in sites:
        site.over.set()
        site.shutdown()
        site.server_close()


@pytest.fixture
def near(serve, monkeypatch):
    """`near(answers)`: a site that the child can reach."""

    def start(answers, **rest):
        site = serve(answers, **rest)
        monkeypatch.setattr(sandbox, "_START", NEAR % site.port)
        return site

    return start


def way_to(*sites, **rest):
    """The way to these sites of a test and no others: every name leads to the first one's host."""
    hosts = {site.server_address[0] for site in sites}
    given = {
        "agent": "Counterpoint (+https://seminar.example)",
        "lookup": lambda host, _port: [host if host[0].isdigit() else sites[0].server_address[0]],
        "allowed": lambda address: str(address) in hosts,
        "ports": frozenset(site.port for site in sites),
        "seconds": 60.0,  # as long as a busy machine may take
    }
    return Way(**(given | rest))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Key and certificate of `site.example`, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "site.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
