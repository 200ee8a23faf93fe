"""A backup is restored: the program must learn what the carrier did since, and every customer must keep the same rep."""

import asyncio

from ..fault import SQLITE, fault


async def put_back(world):
    """The older copy takes the place of the database, by the command that people use."""
    await world.node.does("restore", "backup.db")
    await world.node.serves()


@fault("restored-known", "restored backup, under load, people whom it knows", SQLITE, (1, 5))
async def known(world, tries):
    await world.opens()
    world.carrier.list_latency = 0.05
    traffic = world.traffic()
    traffic.customers(40)
    await world.more(80)
    for _ in range(tries):
        # Some texts wait in the copy that have long been sent when it is put back.
        world.carrier.closes()
        await world.more(30)
        await world.node.does("backup", "--overwrite", "backup.db")
        await world.carrier.opens()
        before = world.taken
        await asyncio.sleep(3.0)
        # Some wait when the end comes: the carrier has just gone away.
        world.carrier.closes()
        await world.more(30)
        world.tells(f"{world.taken - before} texts since the backup")
        world.node.dies()
        await world.carrier.opens()
        await put_back(world)
        await world.more(60)
    await traffic.stops()
    await world.drains()


@fault("restored-newcomers", "restored backup, people who first wrote after it", SQLITE, (10, 40))
async def newcomers(world, tries):
    await world.opens()
    world.carrier.list_latency = 0.05
    await world.acquainted(10)
    await world.node.does("backup", "backup.db")
    world.people.answers = 1.0
    threads = [world.people.customer() for _ in range(tries)]
    for _ in range(3):
        await asyncio.gather(*(world.people.says(thread) for thread in threads))
        await world.arrived()
        await world.people.quiet()
    await world.arrived()
    world.node.dies()
    await put_back(world)
    for _ in range(2):
        await asyncio.gather(*(world.people.says(thread) for thread in threads))
    await world.people.quiet()
    await world.drains()
    await world.people.quiet()
    await world.drains()
