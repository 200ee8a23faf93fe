"""The carrier fails for a while: when it is back, the program must soon send everything, in order and once."""

import asyncio
import time

from ..fault import SQLITE, fault

LANES = 200
WITHIN = 15.0


async def away(world, seconds, begins, ends):
    """So long nothing is to be had from the carrier, while texts for 200 lanes come in."""
    await world.opens()
    world.people.answers = 0.0
    threads = await world.acquainted(LANES)
    world.carrier.list_latency = 0.2
    begins()
    traffic = world.traffic(12.0).go_on(threads)
    await asyncio.sleep(seconds)
    await traffic.stops()
    before = len(world.carrier.book.outbound)
    waiting = sum(saying.body not in world.carrier.book.taken for saying in world.people.sayings)
    back = time.monotonic()
    await ends()
    arrived = await world.arrived(patience=420.0 if world.order.long else 120.0)
    new = world.carrier.book.outbound[before:]
    await world.drains()
    first, last = (new[0].at - back, new[-1].at - back) if new else (float("inf"), float("inf"))
    world.tells(f"{waiting} texts, first after {first:.1f} s, last after {last:.1f} s")
    world.expects(f"not everything flowed within {WITHIN:.0f} s", arrived and last <= WITHIN)


@fault("outage-refused", "carrier refuses connections for 75 s (long form: 300 s), 200 lanes", SQLITE, (1, 1),
       waits=True)
async def refused(world, _):
    await away(world, 300.0 if world.order.long else 75.0, world.carrier.closes, world.carrier.opens)


@fault("outage-silent", "carrier answers nothing for 20 s (long form: 300 s), 200 lanes", SQLITE, (1, 1),
       waits=True)
async def silent(world, _):
    async def ends():
        world.carrier.silent = False
    await away(world, 300.0 if world.order.long else 20.0, lambda: setattr(world.carrier, "silent", True), ends)
