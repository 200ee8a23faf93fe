"""A database that cannot be written: the program must refuse texts and lose none, and readiness must say so."""

import asyncio
import os
import signal
import subprocess
import time

from ..fault import POSTGRES, SQLITE, fault
from ..program import until

SOON = 10.0
HELD = 4.0


async def cannot_write(world, begins, ends):
    """Between both nothing is written; how long readiness takes to say so, and to come back."""
    traffic = world.traffic(0.1)
    traffic.customers(20)
    await world.more(60)
    await asyncio.to_thread(begins)
    refused = await _ready_is(world, lambda status: status != 200, "ready says 503")
    await asyncio.sleep(HELD)
    # A log that starts over finds room on a full disk: then texts are taken again, and ready says so rightly.
    before = world.taken
    if await world.node.ready() == 200:
        await asyncio.sleep(1.0)
        # A text that found no room is believed: it does not go on saying 200 unless texts are taken.
        still = await world.node.ready() == 200
        world.expects("ready said 200 while nothing could be written", world.taken > before or not still)
    await asyncio.to_thread(ends)
    back = await _ready_is(world, lambda status: status == 200, "ready says 200 again")
    await world.more(60)
    await traffic.stops()
    await world.drains()
    world.tells(f"503 after {refused:.1f} s, 200 again after {back:.1f} s")


async def _ready_is(world, wanted, what):
    began = time.monotonic()

    async def look():
        if wanted(await world.node.ready()):
            return True
        if time.monotonic() - began > SOON:
            world.breaks(f"it took more than {SOON:.0f} s until {what}")
            return True
        return False
    await until(what, look, every=0.1)
    return time.monotonic() - began


@fault("disk-full", "disk full under load", SQLITE, (1, 3), root=True)
async def disk_full(world, tries):
    disk = world.folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk], check=True)
    filler = disk / "filler"

    def fills():
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
            os.fsync(file.fileno())
    try:
        await world.opens(folder=disk / "data")
        for _ in range(tries):
            # A log that was used before has room in it, and goes on being written on a full disk.
            world.node.signals(signal.SIGTERM)
            await world.node.ends()
            await world.node.serves()
            await cannot_write(world, fills, filler.unlink)
    finally:
        for node in world.nodes:
            if node.runs_still:
                node.signals(signal.SIGTERM)
                await node.ends()
                node.process = None
        subprocess.run(["umount", disk], check=False)


@fault("read-only", "PostgreSQL read-only under load, as a primary that was demoted", POSTGRES, (1, 3))
async def read_only(world, tries):
    await world.opens()
    server, name = world.server or world.database.server, world.database.name

    def turns(how):
        server.asks(f"ALTER DATABASE {name} {how}")
        server.asks(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for _ in range(tries):
        await cannot_write(world, lambda: turns("SET default_transaction_read_only = on"),
                           lambda: turns("RESET default_transaction_read_only"))
