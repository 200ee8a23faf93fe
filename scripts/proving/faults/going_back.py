"""An older copy takes the place of a database under running nodes, as when a lagging standby is promoted."""

import asyncio
import shutil

from ..fault import POSTGRES, fault
from ..program import until
from ..world import BACKFILL_EVERY


@fault("goes-back", "the database goes back some seconds under two running nodes", POSTGRES, (1, 4))
async def goes_back(world, tries):
    await _goes_back(world, tries, standby=False)


@fault("promoted", "a standby that lags some seconds is promoted while two running nodes have sessions with it", POSTGRES, (1, 4))
async def promoted(world, tries):
    await _goes_back(world, tries, standby=True)


async def _goes_back(world, tries, standby):
    world.has_own_server()
    world.settings[BACKFILL_EVERY] = "10s"
    await world.opens(2)
    traffic = world.traffic(0.15)
    known = traffic.customers(20)
    traffic.newcomers(0.8)
    await world.more(80)
    server = world.server
    for n in range(tries):
        copy = server.home / f"copy{n}"
        # Some texts wait in the copy that have long been sent when it takes the other's place.
        world.carrier.closes()
        await world.more(60)
        await asyncio.to_thread(server.copies, copy)
        await world.carrier.opens()
        before = world.taken
        await asyncio.sleep(3.0)
        forgotten = world.taken - before
        await asyncio.to_thread(server.stops, "immediate")
        shutil.move(server.data, server.home / f"gone{n}")
        shutil.move(copy, server.data)
        if standby:
            (server.data / "standby.signal").touch()
        await asyncio.to_thread(server.starts)
        if standby:
            # It can be read meanwhile, and its promotion, on a timeline of its own, ends no session.
            await asyncio.sleep(1.0)
            await asyncio.to_thread(server.asks, "SELECT pg_promote()")
        world.tells(f"{forgotten} texts forgotten")
        await until("the nodes are ready", lambda: _all_ready(world))
        await world.more(40)
    await traffic.stops()
    world.people.answers = 0.0
    # Those who were known long before go on.
    await asyncio.gather(*(world.people.says(thread) for thread in known))
    # What the database forgot is found in the carrier's list, and is known not to be new there.
    await world.compared()
    await world.drains()


async def _all_ready(world):
    for node in world.nodes:
        if not node.runs_still:
            await node.serves()
        elif await node.ready() != 200:
            return False
    return True
