"""A node whose clock differs from the carrier's must find texts in doubt in the carrier's list all the same."""

import asyncio

from ..fault import SQLITE, fault
from ..program import clock

SENT = ("500-sent", "hang-sent", "reset-sent", "junk")


async def in_doubt(world, seconds):
    """One request in ten is sent and not answered, and no receipts come."""
    await world.opens(extra=clock(seconds))
    world.carrier.share, world.carrier.wrong, world.carrier.receipts = 0.1, SENT, 0.0
    traffic = world.traffic()
    traffic.customers(40)
    await world.more(400 if world.order.long else 200)
    await traffic.stops()
    world.carrier.share = 0.0
    await world.drains()
    world.tries = sum(world.carrier.counts[kind] for kind in SENT)


@fault("clock-ahead-90", "clock 90 s ahead, requests sent without an answer, no receipts", SQLITE, (1, 1))
async def ahead_a_little(world, _):
    await in_doubt(world, 90)


@fault("clock-ahead-600", "clock 600 s ahead, requests sent without an answer, no receipts", SQLITE, (1, 1))
async def ahead(world, _):
    await in_doubt(world, 600)


@fault("clock-behind-600", "clock 600 s behind, requests sent without an answer, no receipts", SQLITE, (1, 1))
async def behind(world, _):
    await in_doubt(world, -600)


@fault("clock-missed", "clock 600 s ahead, texts missed while down", SQLITE, (10, 50))
async def missed(world, tries):
    await world.opens(extra=clock(600))
    world.people.answers = 0.0
    customers = await world.acquainted(tries)
    world.node.dies()
    for thread in customers:
        world.people.misses(thread)
    await asyncio.sleep(1.0)
    await world.node.serves()
    await asyncio.gather(*(world.people.says(thread) for thread in customers))
    await world.drains()
