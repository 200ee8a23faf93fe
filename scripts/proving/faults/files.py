"""A SQLite file is deleted, replaced or mixed with another's log: the program must not acknowledge a text that it loses, or
serve a damaged database."""

import os
import shutil
import sqlite3
import time

from ..fault import SQLITE, fault
from ..program import Broken, until

GONE = 70
NOTICED = 5.0


async def beneath_it(world, happens):
    """The file is no longer what is served; then the backup is put back as an operator would."""
    await world.opens()
    traffic = world.traffic(0.1)
    traffic.customers(20)
    await world.more(100)
    await world.node.does("backup", "--overwrite", "backup.db")
    happens()
    gone = time.monotonic()
    try:
        code = await world.node.ends(NOTICED)
        world.expects(f"it ended with {code} and not with {GONE}", code == GONE)
        world.tells(f"noticed in {time.monotonic() - gone:.2f} s")
    except Broken:
        world.breaks(f"it served on for {NOTICED:.0f} s")
        world.node.dies()
    nothing = sum(saying.asked_at is not None and saying.asked_at > gone for saying in world.people.sayings)
    if nothing:
        world.breaks("webhooks answered 200 into nothing", nothing)
    return traffic


async def goes_on(world, traffic):
    """The backup is put back, and people go on."""
    await world.node.does("restore", "backup.db")
    await world.node.serves()
    await world.more(40)
    await traffic.stops()
    await world.drains()


@fault("file-deleted", "the SQLite file deleted while it is served, the backup put back", SQLITE, (1, 1))
async def deleted(world, _):
    traffic = await beneath_it(world, lambda: world.database.path.unlink())
    world.expects("a blank database was served to a real carrier", not await _serves_blank(world))
    await goes_on(world, traffic)


async def _serves_blank(world):
    """Whether a missing file is made anew unasked."""
    await _refuses_or_serves(world)
    if world.node.runs_still:
        world.node.dies()
        return True
    return False


async def _refuses_or_serves(world):
    """Starts the node, and waits until it has ended by itself or is ready."""
    world.node.starts()

    async def look():
        return not world.node.runs_still or await world.node.ready() == 200
    await until("it refuses or serves", look)


@fault("file-replaced", "another file renamed over the SQLite file while it is served", SQLITE, (1, 1))
async def replaced(world, _):
    def happens():
        shutil.copy(world.folder / "backup.db", world.folder / "data" / "other.db")
        os.replace(world.folder / "data" / "other.db", world.database.path)
    await goes_on(world, await beneath_it(world, happens))


@fault("dead-wal", "kill -9, and a copy put beside the -wal of before by hand", SQLITE, (1, 3))
async def dead_wal(world, tries):
    await world.opens()
    traffic = world.traffic(0.1)
    traffic.customers(20)
    refused = 0
    for _ in range(tries):
        await world.more(150)
        await world.node.does("backup", "--overwrite", "backup.db")
        # So many that the log has been moved into the file and begun anew since.
        await world.more(400)
        world.node.dies()
        shutil.copyfile(world.folder / "backup.db", world.database.path)
        await _refuses_or_serves(world)
        if world.node.runs_still:
            world.node.dies()
            with sqlite3.connect(world.database.path) as connection:
                sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            world.expects("a corrupt database was served", sound == "ok")
        else:
            refused += 1
        await world.node.does("restore", "backup.db")
        await world.node.serves()
    await world.more(40)
    await traffic.stops()
    await world.drains()
    world.tells(f"refused {refused} of {tries}")
