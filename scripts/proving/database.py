"""The two databases of the trials: a SQLite file, and a database on a PostgreSQL server of our own."""

import os
import pwd
import re
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from .program import Broken, ends_with_us
from .wire import HOST, free_port


class SqliteFile:
    """A file that is not there yet."""

    kind = "sqlite"

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "switchboard.db"
        self.url = f"sqlite:{self.path}"

    def deadlocks(self):
        return []


def postgres_programs():
    """The folder of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    if initdb is None:
        raise Broken("PostgreSQL is not installed: apt-get install postgresql")
    return Path(initdb).resolve().parent


class Server:
    """A PostgreSQL server with the usual, durable settings, which the program insists on. Started by root, it runs as the
    user that its package made."""

    def __init__(self, folder, port, password):
        self.bin = postgres_programs()
        self.home = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.port = port
        self.password = password
        self.process = None
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    @classmethod
    def new(cls, folder):
        """A new server, which runs."""
        server = cls(folder, free_port(), secrets.token_hex(16))
        server._makes()
        server.starts()
        return server

    def _makes(self):
        folder = self.home
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        secret = folder / "password"
        secret.write_text(self.password)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
            os.chown(secret, self.user.pw_uid, self.user.pw_gid)
        self._runs("initdb", "-D", self.data, "-U", "postgres", "-A", "password", f"--pwfile={secret}", "-E", "UTF8",
                   "--locale=C.UTF-8", "--no-sync")

    @property
    def url(self):
        return f"postgres://postgres:{self.password}@{HOST}:{self.port}"

    def _env(self):
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self.home)}

    def _who(self):
        """PostgreSQL refuses to run as root."""
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def _runs(self, name, *words):
        who = self._who()
        done = subprocess.run([self.bin / name, *words], cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, env=self._env(), **who)
        if done.returncode:
            raise Broken(f"{name} ended with {done.returncode}: {(done.stderr or done.stdout)[-600:]}")
        return done.stdout

    def starts(self):
        """Starts it and waits until it takes connections. It ends with whoever started it."""
        who = self._who()
        settings = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": "", "max_connections": 200,
                    "max_wal_size": "256MB", "log_line_prefix": "%m %d "}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.data, *words], cwd=self.home, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, preexec_fn=ends_with_us, env=self._env(), **who)
        end = time.monotonic() + 30
        while True:
            try:
                self.asks("SELECT 1")
                return
            except Broken:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise Broken(f"PostgreSQL did not start: {self.log.read_text(errors='replace')[-600:]}") from None
                time.sleep(0.05)

    def stops(self, mode="immediate"):
        """Stops it: `immediate` is as a loss of power, `fast` ends sessions and writes everything."""
        if self.process.poll() is None:
            self._runs("pg_ctl", "-D", self.data, "-m", mode, "-w", "-t", "30", "stop")
        self.process.wait()

    def asks(self, sql, database="postgres"):
        """What a statement gives, as text."""
        words = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, f"{self.url}/{database}"]
        done = subprocess.run([self.bin / "psql", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Broken(f"psql: {done.stderr.strip()[-400:]}")
        return done.stdout.strip()

    def copies(self, to):
        """A base backup of it while it runs, as a standby begins its life."""
        self._runs("pg_basebackup", "-D", to, "-d", self.url + "/postgres", "-c", "fast", "--no-sync")


class PostgresDatabase:
    """An empty database on a server."""

    kind = "postgres"

    def __init__(self, server):
        self.server = server
        self.name = f"switchboard_{secrets.token_hex(4)}"
        server.asks(f"CREATE DATABASE {self.name}")
        self.url = f"{server.url}/{self.name}"

    def asks(self, sql):
        return self.server.asks(sql, self.name)

    def deadlocks(self):
        """What the server says of each that it found in this database."""
        log = self.server.log.read_text(errors="replace")
        found = re.finditer(rf" {self.name} ERROR: +deadlock detected\n(?:.*DETAIL: +(.*(?:\n\t.*)*))?", log)
        return [re.sub(r"\s+", " ", one[1] or "") for one in found]
