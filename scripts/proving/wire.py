"""As much of HTTP/1.1 as the carrier and the people who text need: a server that can cut its answers off, and a client.

A library would hide what is needed here: no answer at all, a connection that is reset after the request was read, a port
that closes and opens again."""

import asyncio
import random
import socket
import struct
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
LONGEST_HEAD = 64 * 1024
REASONS = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error"}


def free_port():
    """A port below those that the system gives to outgoing connections: a restarted process finds it free."""
    while True:
        port = random.SystemRandom().randrange(12_000, 20_000)
        with socket.socket() as trial:
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port


@dataclass(slots=True)
class Request:
    """What came; header names are in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    reader: asyncio.StreamReader

    def form(self):
        """The parameters of a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    async def given_up(self):
        """Waits until whoever asks has closed the connection."""
        while await self.reader.read(4096):
            pass


@dataclass(slots=True)
class Answer:
    """A status, a body and headers; `cut` resets the connection in place of an answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    def encoded(self):
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def cut(writer):
    """Ends a connection by a reset, not by an orderly end."""
    plug = writer.get_extra_info("socket")
    if plug is not None:
        try:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


async def _head(reader):
    """The first line and the headers of a request or an answer."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return first, headers


class Server:
    """Answers requests by `answer`, on a port that can be closed and opened again."""

    def __init__(self, answer):
        self.answer = answer
        self.port = free_port()
        self.server = None
        self.writers = set()
        self.tasks = set()

    async def opens(self):
        """Takes connections from now on."""
        self.server = await asyncio.start_server(self._accepts, HOST, self.port, backlog=4096, limit=LONGEST_HEAD)

    def closes(self):
        """Connections are refused from now on, and those that there are end."""
        if self.server is not None:
            self.server.close()
            self.server = None
        for writer in list(self.writers):
            cut(writer)

    def _accepts(self, reader, writer):
        task = asyncio.get_running_loop().create_task(self._serves(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serves(self, reader, writer):
        self.writers.add(writer)
        try:
            while True:
                first, headers = await _head(reader)
                method, target, _ = first.split(" ", 2)
                address = urlsplit(target)
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                query = parse_qsl(address.query, keep_blank_values=True)
                answer = await self.answer(Request(method, address.path, query, headers, body, reader))
                if answer.cut or self.server is None:
                    cut(writer)
                    return
                writer.write(answer.encoded())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError, asyncio.CancelledError):
            # Whoever asked is gone, or the whole world ends: there is nobody to answer.
            pass
        finally:
            self.writers.discard(writer)
            writer.close()


@dataclass(slots=True)
class Reply:
    """What was answered to a request of ours."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def good(self):
        return 200 <= self.status < 300


class Client:
    """Asks servers on this machine, over connections that it keeps."""

    def __init__(self):
        self.idle = defaultdict(list)

    async def asks(self, port, method, path, headers=None, body=b"", patience=5.0):
        """The answer; `None` if there was none within `patience` seconds."""
        writer = None
        try:
            async with asyncio.timeout(patience):
                kept = self.idle[port]
                reader, writer = kept.pop() if kept else await asyncio.open_connection(HOST, port, limit=LONGEST_HEAD)
                lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Content-Length: {len(body)}"]
                lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
                writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                await writer.drain()
                first, got = await _head(reader)
                reply = Reply(int(first.split(" ")[1]), got, await self._body(reader, got))
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            # What else is kept to that port has most likely ended with it.
            self.forgets(port)
            if writer is not None:
                writer.transport.abort()
            return None
        except asyncio.CancelledError:
            if writer is not None:
                writer.transport.abort()
            raise
        if got.get("connection", "").lower() == "close":
            writer.close()
        else:
            self.idle[port].append((reader, writer))
        return reply

    def forgets(self, port):
        """Closes the connections that are kept to a port."""
        for _, writer in self.idle.pop(port, []):
            writer.transport.abort()

    @staticmethod
    async def _body(reader, headers):
        if "chunked" not in headers.get("transfer-encoding", ""):
            return await reader.readexactly(int(headers.get("content-length", "0")))
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body
