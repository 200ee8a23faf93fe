"""The release binary as a process. Its environment contains only what this file sets."""

import asyncio
import ctypes
import signal
import subprocess
import time
from pathlib import Path

from .wire import Client, free_port

# Longer than anything that is waited for takes on a busy machine.
PATIENCE = 60.0
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class Broken(Exception):
    """The program did something that leaves nothing to go on with."""


async def until(what, look, patience=PATIENCE, every=0.02):
    """Looks again and again until there is something to see, and gives it back."""
    end = time.monotonic() + patience
    while True:
        seen = look()
        if asyncio.iscoroutine(seen):
            seen = await seen
        if seen:
            return seen
        if time.monotonic() > end:
            raise Broken(f"waited {patience:.0f} s in vain: {what}")
        await asyncio.sleep(every)


def ends_with_us():
    """In a child: whoever proves may be killed, and leaves no process behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def clock(seconds, speed="1"):
    """Variables with which a process has a clock that is so far ahead, or behind if negative, and runs so fast. Steady
    time is left alone."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        raise Broken("libfaketime is not installed: apt-get install faketime")
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+d}s x{speed}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Program:
    """One node: how it is started, and its process while there is one."""

    def __init__(self, binary, folder, settings, name="node"):
        self.binary = binary
        self.folder = folder
        self.settings = settings
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.process = None
        self.client = Client()

    def env(self, extra=None):
        return {**self.settings, "ROCKET_PORT": str(self.port), **(extra or {})}

    def spawns(self, words, extra=None):
        """Starts a command and does not wait for it."""
        with open(self.log, "ab") as log:
            return subprocess.Popen([self.binary, *words], env=self.env(extra), cwd=self.folder, stdout=log, stderr=log,
                                    stdin=subprocess.DEVNULL, preexec_fn=ends_with_us)

    async def runs(self, *words, extra=None):
        """Runs a command to its end: its exit code, and what it printed."""
        process = await asyncio.create_subprocess_exec(
            self.binary, *words, env=self.env(extra), cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=ends_with_us)
        try:
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate()
        except TimeoutError:
            process.kill()
            raise Broken(f"`switchboard {words[0]}` did not end within {PATIENCE:.0f} s") from None
        return process.returncode, out.decode(), err.decode()

    async def does(self, *words, extra=None):
        """As `runs`; anything but success is the end of the try. What it printed."""
        code, out, err = await self.runs(*words, extra=extra)
        if code:
            raise Broken(f"`switchboard {' '.join(words)}` ended with {code}: {(err or out).strip()[-600:]}")
        return out

    # ---------------------------------------------------------------- serve

    def starts(self, extra=None, words=("serve",)):
        """Starts serving and does not wait."""
        self.process = self.spawns(words, extra)

    async def serves(self, extra=None):
        """Starts serving and waits until it is ready; the seconds that this took."""
        began = time.monotonic()
        self.starts(extra)
        await self.is_ready()
        return time.monotonic() - began

    async def is_ready(self):
        async def look():
            if self.process.poll() is not None:
                raise Broken(f"serve ended with {self.process.returncode} before it was ready: {self.last_words()}")
            return await self.ready() == 200
        await until("the program is ready", look)

    async def ready(self):
        """What `/health/ready` says; 0 for no answer."""
        reply = await self.client.asks(self.port, "GET", "/health/ready", patience=4.0)
        return reply.status if reply else 0

    def signals(self, which):
        self.process.send_signal(which)

    def dies(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()

    async def ends(self, patience=PATIENCE):
        """Waits until it ends by itself; its exit code."""
        await until("the program ends", lambda: self.process.poll() is not None, patience)
        return self.process.returncode

    @property
    def runs_still(self):
        return self.process is not None and self.process.poll() is None

    def memory(self, what):
        """A figure of the system's about its memory, in MB: `VmRSS` (now) or `VmHWM` (the most so far)."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what)) / 1024

    def logged(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def last_words(self):
        return " | ".join(self.logged().strip().splitlines()[-4:])[-800:]
