"""Tries every fault of the folder, and prints the table. `scripts/prove` starts it."""

import argparse
import asyncio
import io
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

from . import judge_test, table
from .database import Server
from .fault import every_fault
from .program import Broken, ends_with_us

# One trial takes no longer, in seconds: short form, long form.
LONGEST = (200, 3600)
# So many of those that mostly wait are tried at once.
WAITING = 3
# The whole short form, in seconds.
BUDGET = 360


@dataclass
class Proof:
    """What was asked for, and what is used for it."""

    wish: argparse.Namespace
    folder: Path
    server: Server | None
    good: bool = True

    async def tries(self, fault, kind):
        """Has one fault tried on one database, and prints its row."""
        count = self.wish.tries or max(fault.tries[self.wish.long], 1)
        folder = self.folder / f"{fault.key}-{kind}"
        folder.mkdir()
        server = self.server and (str(self.server.home), self.server.port, self.server.password)
        order = {"key": fault.key, "kind": kind, "tries": count, "seed": self.wish.seed, "folder": str(folder),
                 "binary": self.wish.binary, "old": self.wish.old, "long": self.wish.long, "server": server}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"{__package__}.trial", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            preexec_fn=ends_with_us)
        limit = LONGEST[self.wish.long]
        began = time.monotonic()
        try:
            async with asyncio.timeout(limit):
                out, _ = await process.communicate(json.dumps(order).encode())
            found = json.loads(out)
        except (TimeoutError, ValueError):
            if process.returncode is None:
                process.kill()
                await process.wait()
            found = {"tries": count, "acknowledged": 0, "broken": {}, "figures": [], "examples": {},
                     **dict.fromkeys(table.KINDS, 0), "seconds": time.monotonic() - began,
                     "error": f"the trial did not end within {limit} s, or without a word"}
        print(table.row(fault, kind, found), flush=True)
        if table.is_good(found):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            self.good = False
            for complaint in table.complaints(fault, kind, found):
                print(f"    {complaint}", file=sys.stderr, flush=True)


def read_wish():
    faults = every_fault()
    reader = argparse.ArgumentParser(prog="scripts/prove", add_help=False)
    reader.add_argument("--binary", required=True)
    reader.add_argument("--long", action="store_true")
    reader.add_argument("--only", action="append", choices=sorted(faults), metavar="FAULT")
    reader.add_argument("--database", choices=("sqlite", "postgres"))
    reader.add_argument("--tries", type=int)
    reader.add_argument("--seed", default=secrets.token_hex(4))
    reader.add_argument("--old")
    reader.add_argument("--keep", action="store_true")
    wish = reader.parse_args()
    if wish.only and "upgrade" in wish.only and not wish.old:
        reader.error("the fault upgrade needs --old PATH, the program to upgrade from")
    return wish, faults


def chosen(wish, faults):
    """Which faults on which databases."""
    for fault in faults.values():
        named = wish.only and fault.key in wish.only
        if (wish.only and not named) or (fault.key == "upgrade" and not wish.old):
            continue
        if fault.root and os.geteuid() != 0:
            print(f"Not tried, because only root can: {fault.words}")
            continue
        for kind in fault.databases:
            if wish.database in (None, kind) and (named or fault.tries[wish.long]):
                yield fault, kind


def the_judge_judges():
    """The judge is tried before anybody is judged."""
    said = io.StringIO()
    done = unittest.TextTestRunner(said).run(unittest.defaultTestLoader.loadTestsFromModule(judge_test))
    if not done.wasSuccessful() or not done.testsRun:
        sys.exit(f"scripts/prove: the judge does not judge:\n{said.getvalue()}")
    print(f"The judge finds what it is there to find ({done.testsRun} cases).")


async def proves(proof, faults):
    """Tries everything: those that mostly wait beside each other, the others one by one."""
    waiting, working = asyncio.Semaphore(WAITING), asyncio.Semaphore(1)

    async def in_turn(fault, kind):
        async with waiting if fault.waits else working:
            await proof.tries(fault, kind)
    await asyncio.gather(*(in_turn(fault, kind) for fault, kind in faults))


def main():
    wish, faults = read_wish()
    the_judge_judges()
    faults = list(chosen(wish, faults))
    home = os.environ.get("TMPDIR") or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    folder = Path(tempfile.mkdtemp(prefix="switchboard-prove.", dir=home))
    folder.chmod(0o755)
    server, began = None, time.monotonic()
    try:
        if any(kind == "postgres" for _, kind in faults):
            server = Server.new(folder / "postgres")
        proof = Proof(wish, folder, server)
        print(f"Seed {wish.seed}, {len(faults)} trials of {wish.binary}\n\n{table.head()}", flush=True)
        asyncio.run(proves(proof, faults))
    except Broken as why:
        sys.exit(f"scripts/prove: {why}")
    finally:
        if server is not None:
            server.stops()
        if wish.keep:
            print(f"\nKept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - began
    if not wish.long and not wish.only:
        over = ": too long, unless others use this machine, too" if took > BUDGET else ""
        print(f"\n{took:.0f} s of the {BUDGET} s that the short form may take on two cores{over}")
    if not proof.good:
        again = f"scripts/prove{' --long' * wish.long} --seed {wish.seed} --only FAULT"
        sys.exit(f"\nNot everything was 0. The same again: {again}")
    print("\nNothing was lost, doubled, misdelivered, out of order, or sent to who had opted out.")


if __name__ == "__main__":
    main()
