"""Two nodes on one PostgreSQL server: a frozen node must not stop the other, and they must not deadlock."""

import asyncio
import signal
import time

from ..fault import POSTGRES, fault
from ..program import clock, until

# The server ends a frozen node's transaction after 3 s, and its row locks with it. A lock that it was waiting for, for 2.5 s
# at most, and was given meanwhile ends 3 s later: on a machine that is busy with other trials the two may follow each other.
FROZEN = 8.0
# Exit code of a node whose number was taken over while it stood still.
REPLACED = 70


@fault("frozen-node", "SIGSTOP of one node of two for 8 s, under load", POSTGRES, (2, 9), waits=True)
async def frozen_node(world, tries):
    await world.opens(2)
    traffic = world.traffic(0.1)
    traffic.customers(20)
    traffic.newcomers(0.4)
    fewest = None
    for n in range(tries):
        await world.more(80)
        frozen, healthy = world.nodes[n % 2], world.nodes[1 - n % 2]
        frozen.signals(signal.SIGSTOP)
        world.carrier.doors = [healthy.port]
        before = world.taken
        # Whoever was posting to the frozen one waits for its answer, and then turns to the other.
        await asyncio.sleep(FROZEN)
        answered = world.taken - before
        fewest = answered if fewest is None else min(fewest, answered)
        world.expects(f"no webhook was answered within {FROZEN:.0f} s of the freeze", answered > 0)
        frozen.signals(signal.SIGCONT)
        if not frozen.runs_still or await _ends(frozen):
            code = frozen.process.returncode
            world.expects(f"the woken node ended with {code} and not with {REPLACED}", code == REPLACED)
            await frozen.serves()
        world.carrier.doors = [node.port for node in world.nodes]
    await traffic.stops()
    await world.drains()
    world.tells(f"the other answered {fewest} at least")


async def _ends(node):
    """Whether it ends soon after it was woken, and does not become ready."""
    async def look():
        return not node.runs_still or await node.ready() == 200
    await until("the woken node is ready or ends", look)
    return not node.runs_still


@fault("order", "one clock of two runs slow by 2 %, texts of one sender without a pause, through both nodes", POSTGRES,
       (0, 2))
async def order(world, tries):
    await world.opens()
    slow = world.another("slow")
    world.nodes.append(slow)
    await slow.serves(clock(0, "0.98"))
    world.carrier.doors.append(slow.port)
    world.carrier.latency = 0.1
    customers = await world.acquainted(3)
    world.people.answers, world.people.breath = 1.0, 0.0
    traffic = world.traffic(0.0).go_on(customers)
    # Each node compares its clock with the database's every ten seconds.
    await asyncio.sleep(12.0 * tries)
    await traffic.stops()
    await world.drains()


@fault("deadlocks", "two nodes, 24 senders without a pause, newcomers, STOP and START", POSTGRES, (1, 3))
async def deadlocks(world, tries):
    await world.opens(2)
    traffic = world.traffic(0.01)
    traffic.customers(16)
    traffic.newcomers(0.1).changing_minds(8)
    began, before = time.monotonic(), world.taken
    await asyncio.sleep(8.0 * tries)
    rate = (world.taken - before) / (time.monotonic() - began)
    await traffic.stops()
    await world.drains()
    world.tells(f"{rate:.0f}/s, {len(world.database.deadlocks())} deadlocks")
