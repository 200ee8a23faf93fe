"""A world for one fault: a database, a carrier, people, and one node or several."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .carrier import ACCOUNT, PUBLIC, TOKEN, Carrier, chance
from .database import PostgresDatabase, Server, SqliteFile
from .judge import EXAMPLES, KINDS, judge, missing
from .people import LINE, REPS, People, Traffic, masks
from .program import PATIENCE, Program, until

# Nothing more comes of a text in doubt when the carrier has been asked to send nothing for so long: with the settings
# below that is longer than a request, both looks at the list and the pause before another request.
QUIET = 4.0
DRAINED = 45.0
BACKFILL_EVERY = "SWITCHBOARD_DELIVERY__BACKFILL_EVERY"
SETTINGS = {
    "ROCKET_ADDRESS": "127.0.0.1",
    "SWITCHBOARD_CARRIER": "twilio",
    "SWITCHBOARD_PUBLIC_URL": PUBLIC,
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    # Bodies travel word for word, so that a body names a text.
    "SWITCHBOARD_SUPPORT__CONTEXT_LINE": "false",
    "SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT": "1s",
    "SWITCHBOARD_DELIVERY__LEASE": "3s",
    "SWITCHBOARD_DELIVERY__PROOF_AFTER": "1s",
    "SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER": "1s",
    "SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND": "1000",
    "SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY": "1000000",
}


@dataclass(frozen=True)
class Order:
    """What is to be proved: of which program, on which database, and where there is room for it."""

    key: str
    kind: str
    tries: int
    seed: str
    folder: Path
    binary: str
    old: str | None
    long: bool
    server: tuple[str, int, str] | None


def set_up(count):
    """A line, its reps with their phones, and so many masks."""
    names = ", ".join(f'"{name}@example.com"' for name in REPS.values())
    text = f'[[line]]\nnumber = "{LINE}"\nname = "Bait"\nmembers = [{names}]\n'
    for phone, name in REPS.items():
        text += f'[[person]]\nrole = "rep"\nemail = "{name}@example.com"\nname = "{name}"\nphone = "{phone}"\n'
    return text + "".join(f'[[mask]]\nnumber = "{mask}"\n' for mask in masks(count))


class World:
    """See the module."""

    def __init__(self, order):
        self.order = order
        self.folder = order.folder
        self.tries = order.tries
        self.chance = chance(f"{order.seed} {order.key} {order.kind}")
        self.masks = masks(60)
        self.carrier = Carrier(self.chance, [LINE, *self.masks])
        self.people = People(self.carrier, self.chance)
        self.settings = dict(SETTINGS)
        if order.long:
            self.settings[BACKFILL_EVERY] = "20s"
        self.nodes = []
        self.server = None
        self.database = None
        # Deadlocks that were another program's.
        self.forgiven = 0
        self.broken = Counter()
        self.figures = []

    @property
    def node(self):
        """The first node, which in most worlds is the only one."""
        return self.nodes[0]

    # ---------------------------------------------------------------- how it begins

    def has_own_server(self):
        """A PostgreSQL server of this world's, to be stopped, copied and put back."""
        self.server = Server.new(self.folder / "postgres")

    def makes_database(self, folder=None):
        if self.order.kind == "sqlite":
            self.database = SqliteFile(folder or self.folder / "data")
        else:
            home, port, password = self.order.server or (None, None, None)
            self.database = PostgresDatabase(self.server or Server(Path(home), port, password))

    async def opens(self, nodes=1, extra=None, binary=None, folder=None):
        """The carrier runs, the database is set up, and so many nodes are ready. `extra` are variables of theirs."""
        await self.carrier.opens()
        self.makes_database(folder)
        self.settings |= {"DATABASE_URL": self.database.url, "TWILIO_API_BASE": self.carrier.base, **(extra or {})}
        self.nodes = [self.another(f"node{n + 1}", binary) for n in range(nodes)]
        (self.folder / "setup.toml").write_text(set_up(len(self.masks)))
        # Programs of before know no --new, and need none.
        new = ["--new"] if "--new" in await self.node.does("apply", "--help") else []
        await self.node.does("apply", *new, "setup.toml")
        self.carrier.doors = [node.port for node in self.nodes]
        for node in self.nodes:
            await node.serves()

    def another(self, name, binary=None):
        """A node that is not started yet."""
        return Program(binary or self.order.binary, self.folder, dict(self.settings), name)

    # ---------------------------------------------------------------- what happens in it

    def traffic(self, pause=0.3):
        return Traffic(self.people, pause)

    @property
    def taken(self):
        """How many texts have been acknowledged."""
        return sum(saying.taken_at is not None for saying in self.people.sayings)

    async def more(self, count):
        """Waits until so many more texts have been acknowledged."""
        wanted = self.taken + count
        await until(f"{count} more texts are taken", lambda: self.taken >= wanted, 2 * PATIENCE)

    async def acquainted(self, count):
        """So many customers, each of whom has a rep: their first text has arrived."""
        answers, self.people.answers = self.people.answers, 0.0
        threads = [self.people.customer() for _ in range(count)]
        await asyncio.gather(*(self.people.says(thread) for thread in threads))
        await self.arrived()
        self.people.answers = answers
        return threads

    def home(self, thread):
        """The rep's phone and the mask on which a customer's texts arrive."""
        first = f"{thread.name} says 1 "
        text = next(text for text in self.carrier.book.outbound if text.body.startswith(first))
        return text.to, text.sender

    async def arrived(self, patience=DRAINED):
        """Waits until the carrier has everything that was promised; whether it came to that before nothing new came for
        `patience` seconds."""
        fewest, since = None, time.monotonic()
        while left := missing(self.people.sayings, self.carrier.book.taken, self.people.silences):
            if fewest is None or left < fewest:
                fewest, since = left, time.monotonic()
            if time.monotonic() > since + patience:
                return False
            await asyncio.sleep(0.1)
        return True

    async def compared(self):
        """Waits until the line has been compared with the carrier's list once more, from now on."""
        wanted = self.carrier.asked_for[LINE] + 1
        await until("the line is compared", lambda: self.carrier.asked_for[LINE] >= wanted)

    async def drains(self, patience=DRAINED):
        """Waits until everything has arrived and nothing more comes."""
        await self.arrived(patience)
        if self.order.long:
            await self.compared()
        await until("the carrier is left alone", lambda: time.monotonic() - self.carrier.last_request > QUIET)

    # ---------------------------------------------------------------- what is found

    def breaks(self, what, count=1):
        """A promise that is none of a text's was not kept."""
        self.broken[what] += count

    def expects(self, what, truth):
        """Another promise than those about texts."""
        if not truth:
            self.breaks(what)

    def tells(self, figure):
        """Something that was measured."""
        self.figures.append(figure)

    def verdict(self):
        """Everything that was found, as plain values."""
        found = judge(LINE, self.people.sayings, self.carrier.book.outbound, self.people.silences)
        deadlocks = self.database.deadlocks()[self.forgiven :] if self.database else []
        if deadlocks:
            self.breaks("deadlocks that the server found", len(deadlocks))
            found.examples["deadlock"] = deadlocks[:EXAMPLES]
        for node in self.nodes:
            if node.process is not None and not node.runs_still:
                self.breaks(f"serve ended by itself with {node.process.returncode}")
        return {
            "tries": self.tries, "acknowledged": found.acknowledged, **{kind: found.counts[kind] for kind in KINDS},
            "broken": dict(self.broken), "figures": self.figures, "examples": dict(found.examples),
        }

    def closes(self):
        """Ends what runs."""
        for node in self.nodes:
            if node.runs_still:
                node.dies()
        self.carrier.closes()
        if self.server is not None:
            self.server.stops()
