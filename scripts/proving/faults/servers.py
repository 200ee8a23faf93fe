"""A PostgreSQL server loses its power, or ends its sessions, under load."""

import asyncio

from ..fault import POSTGRES, fault


@fault("server-restarts", "immediate stop and start of the PostgreSQL server under load, two nodes", POSTGRES, (2, 26))
async def server_restarts(world, tries):
    world.has_own_server()
    await world.opens(2)
    traffic = world.traffic(0.2)
    traffic.customers(30)
    traffic.newcomers(0.5)
    for _ in range(tries):
        await world.more(world.chance.randrange(40, 90))
        await asyncio.to_thread(world.server.stops, "immediate")
        await asyncio.to_thread(world.server.starts)
    await world.more(40)
    await traffic.stops()
    await world.drains()


@fault("sessions-ended", "all sessions of both nodes ended again and again under load", POSTGRES, (6, 40))
async def sessions_ended(world, tries):
    await world.opens(2)
    traffic = world.traffic(0.2)
    traffic.customers(30)
    traffic.newcomers(0.5)
    name = world.database.name
    for _ in range(tries):
        await world.more(world.chance.randrange(20, 60))
        ends = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        await asyncio.to_thread(world.database.server.asks, ends)
    await world.more(40)
    await traffic.stops()
    await world.drains()
