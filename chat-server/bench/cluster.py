#!/usr/bin/env python3
"""Runs three servers on one database with a standby, injects faults, and checks every promise.

    sudo chat-server/bench/cluster.py                        # 20 minutes
    sudo chat-server/bench/cluster.py --minutes 120 --seed 7
    sudo chat-server/bench/cluster.py --faults kill,failover --minutes 5
    sudo chat-server/bench/cluster.py --short --patience 4   # as in CI, about a minute
    sudo chat-server/bench/cluster.py --other-jar FILE.jar   # with servers of two versions side by side
    chat-server/bench/cluster.py --self-test                 # tests the judge with forged records
    chat-server/bench/cluster.py --check DIRECTORY           # judges the kept records of a run again

PostgreSQL with a synchronous standby, HAProxy and three servers with --store run in network namespaces of their own.
Members over TCP, WebSocket and the seed protocol talk in several rooms and in private, some through the balancer, some
directly. They follow SESSIONS.md: they reconnect, resume by epoch and seq, and resend unanswered posts with the same
id. Each records what it sends and receives. Meanwhile a random plan injects faults, sometimes two at once:

FAULTS

What several servers promise, and the faults that test it:

  a server is killed at any time                       kill
  the primary is killed, its standby promoted          failover
  no traffic between a server and the database         cut-database
  ... between the database and its standby             cut-standby
  ... between a server and half of its clients         cut-clients
  the database is slow, full, restarted                slow, full, restart
  ... out of connections                               connections
  a clock is wrong                                     clock
  a server hangs                                       stop
  churn, for hours                                     churn, --minutes 120
  a stopping server's members move to other servers    drain
  servers of two versions run side by side             update, --other-jar
  rooms move into a database and out of it             move
  a ban or a kick holds everywhere within a second     ban, kick

Within 30 seconds after each fault, all members must be back in all their rooms, with a new post acknowledged. If other
servers are left, this must happen even while the fault lasts. While the database is away, connections stay open, posts
are answered unavailable, and recent messages can be read. The rows of a dead server vanish within 15 seconds. At the
end, when all is quiet, the script reads all rooms from each server and all rows from the database, and a judge
(cluster_laws.py) compares them with all records. There is one order everywhere, and each seq occurs once. Everything
acknowledged or delivered is there, and nothing is duplicated. A room has a new epoch only if a delivered message is
missing, and clients were told so. A banned client is told so, and receives nothing else from any server. Each post is
answered within 15 seconds, with a database or without. The members of a stopping server are told to reconnect. After a
move, all members resume (cluster_deeds.py).

That older servers keep working with newer tables is tested by SharedSchemaTest, as only one version of them exists yet.

It needs root, ip, iptables, nsenter, setpriv, PostgreSQL, java and python3. Without haproxy, all members connect to the
servers directly; without libfaketime, the fault clock is left out. Everything runs in namespaces that end with the
script. Exit codes: 0 if all promises hold; 1 if not, and the records are kept; 77 if something is missing, which one
line names.
"""
import argparse
import contextlib
import glob
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import cluster_laws
import cluster_members
from cluster_deeds import GONE_SECONDS, HOLDS_SECONDS, LOST_SECONDS
from cluster_members import PORT, PUBLIC, SEED_ROOM

HERE = pathlib.Path(__file__).resolve().parent
JAR = HERE.parent / "target/chat-server.jar"
BACK_SECONDS = 30       # limit until all members are back and complete
START_SECONDS = 90      # limit for starting a server or a database on a loaded machine
ADMIN_PORT = 9306
DISK = "400m"           # size of a database's disk
CONNECTIONS = 80        # max_connections of a database
PASSWORD = "not a secret"
JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class Wrong(Exception):
    """A promise is broken."""


def wait(until, what, seconds=START_SECONDS):
    end = time.monotonic() + seconds
    while not (it := until()):
        if time.monotonic() > end:
            raise Wrong(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return it


def run(*command, **more):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    except subprocess.TimeoutExpired as e:
        raise Wrong(str(e)) from e
    if done.returncode:
        raise Wrong(f"{' '.join(map(str, command))}: {done.stdout.strip()[-500:]}")
    return done.stdout.strip()


# ---- the network: a router connects all nodes, and can cut the traffic between any two

class Network:
    def __init__(self):
        self.addresses = {}
        pathlib.Path("/run/netns").mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
        run("ip", "link", "set", "lo", "up")
        pathlib.Path("/proc/sys/net/ipv4/ip_forward").write_text("1")

    def add(self, name):
        n = len(self.addresses) + 1
        self.addresses[name] = f"10.77.{n}.2"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "address", "add", f"10.77.{n}.1/24", "dev", f"to-{name}")
        run("ip", "link", "set", f"to-{name}", "up")
        for command in (f"address add 10.77.{n}.2/24 dev eth0", "link set eth0 up", "link set lo up",
                        f"route add default via 10.77.{n}.1"):
            run("ip", "-n", name, *command.split())
        return self.addresses[name]

    def cut(self, ones, others, how):
        """Cuts all traffic between them in both directions; call the result to restore it."""
        ends = [(self.addresses[one], self.addresses[other]) for one in ones for other in others]
        rules = [rule for one, other in ends for rule in (("-s", one, "-d", other), ("-s", other, "-d", one))]
        target = {"silently": ["DROP"], "with a reset": ["REJECT", "--reject-with", "tcp-reset"]}[how]
        rules = [[*rule, *(["-p", "tcp"] if "REJECT" in target else []), "-j", *target] for rule in rules]
        for rule in rules:
            run("iptables", "-w", "-I", "FORWARD", *rule)
        return lambda: [run("iptables", "-w", "-D", "FORWARD", *rule) for rule in rules]


# ---- processes

class Node:
    """A process in its own network namespace."""

    def __init__(self, work, network, name):
        self.work, self.network, self.name = work, network, name
        self.address = network.add(name)
        self.log = work / f"{name}.log"
        self.process = None

    def launch(self, command, **more):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(["nsenter", f"--net=/run/netns/{self.name}", *map(str, command)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **more)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def said(self, since=0):
        with open(self.log, "rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")

    def size(self):
        return self.log.stat().st_size if self.log.exists() else 0

    def all(self):
        """The process and its children."""
        try:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        except OSError:
            children = []
        return [self.process.pid, *map(int, children)]

    def signal(self, what):
        for pid in self.all():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    def kill(self):
        """Kills all of them, as a power failure would: none can close its connections properly."""
        if self.alive():
            os.kill(self.process.pid, signal.SIGSTOP)  # so that it starts no new children meanwhile
            self.signal(signal.SIGKILL)
            self.process.wait()


class Chat(Node):
    """A server."""

    def __init__(self, work, network, name, args, options, environment):
        super().__init__(work, network, name)
        self.args, self.options, self.environment = args, options, environment
        self.jar = args.jar

    def start(self, environment=()):
        """Starts it, again and again if it exits because it cannot reach the database, as a supervisor would."""
        end = time.monotonic() + START_SECONDS
        while not self.has_started(environment):
            why = " / ".join(self.said().splitlines()[-3:])
            if "cannot be used" not in why or time.monotonic() > end:
                raise Wrong(f"{self.name} has not started: {why}")

    def has_started(self, environment):
        since = self.size()
        self.launch([self.args.java, *JVM, "-jar", self.jar, "--host", "0.0.0.0", "--port", PORT, "--admin", f"0.0.0.0:{ADMIN_PORT}",
                     "--messages-per-second", "0", "--ping-seconds", self.args.ping, *self.options],
                    env={**os.environ, **self.environment, **dict(environment)})
        wait(lambda: "listening on" in self.said(since) or not self.alive(), f"{self.name} starts")
        return self.alive()

    def stop(self):
        self.process.terminate()
        return self.process.wait(START_SECONDS)


class Balancer(Node):
    def start(self, servers):
        path = self.work / "haproxy.cfg"
        path.write_text(
            "global\n  maxconn 1000\n"
            "defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 1h\n  timeout server 1h\n"
            "  option redispatch 1\n  retries 3\n"
            f"listen chat\n  bind 0.0.0.0:{PORT}\n  balance leastconn\n  option httpchk GET /healthz\n  timeout check 3s\n"
            f"  default-server check port {ADMIN_PORT} inter 2s downinter 1s fall 3 rise 1 on-marked-down shutdown-sessions\n"
            + "".join(f"  server {server.name} {server.address}:{PORT}\n" for server in servers))
        self.launch(["haproxy", "-f", path])


class Database(Node):
    """PostgreSQL on its own disk, as primary or standby."""

    def __init__(self, work, network, name, programs):
        super().__init__(work, network, name)
        self.programs = programs
        self.disk = work / name
        self.data = self.disk / "data"
        self.disk.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", self.disk)
        shutil.chown(self.disk, "postgres", "postgres")

    def as_postgres(self, program, *arguments):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", f"{self.programs}/{program}",
                *map(str, arguments)]

    def make(self):
        run(*self.as_postgres("initdb", "-D", self.data, "-U", "postgres", "--auth", "trust", "--no-instructions"))
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(f"""
listen_addresses = '*'
max_connections = {CONNECTIONS}
shared_buffers = 32MB
max_wal_size = 64MB
min_wal_size = 32MB
wal_keep_size = 48MB
wal_sender_timeout = 5s
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 500ms
tcp_keepalives_idle = 5
tcp_keepalives_interval = 2
tcp_keepalives_count = 3
log_checkpoints = off
password_encryption = scram-sha-256
include_if_exists = 'synchronous.conf'
""")
        with open(self.data / "pg_hba.conf", "a") as who:
            who.write("host chat chat 10.77.0.0/16 scram-sha-256\nhost replication postgres 10.77.0.0/16 trust\n")

    def synchronous(self, names):
        (self.data / "synchronous.conf").write_text(f"synchronous_standby_names = '{names}'\n")
        (self.data / "synchronous.conf").chmod(0o644)
        if self.alive():
            self.process.send_signal(signal.SIGHUP)

    def start(self):
        self.launch(self.as_postgres("postgres", "-D", self.data, "-c", f"unix_socket_directories={self.disk}"), cwd="/")
        wait(lambda: not self.alive() or self.ready(), f"{self.name} starts")
        if not self.alive():
            raise Wrong(f"{self.name} has not started: " + " / ".join(self.said().splitlines()[-3:]))

    def ready(self):
        try:
            return self.ask("SELECT 1") == "1"
        except Wrong:
            return False

    def ask(self, sql, database="postgres"):
        return run(f"{self.programs}/psql", "-h", self.disk, "-p", "5432", "-U", "postgres", "-d", database, "-AtqX",
                   "-v", "ON_ERROR_STOP=1", "-c", sql, timeout=60)

    def insist(self, sql, database="postgres"):
        """Retries until the database answers: it may be short of connections, or slow."""
        def answer():
            try:
                return (self.ask(sql, database),)
            except Wrong:
                return None

        return wait(answer, f"{self.name} answers {sql}")[0]

    def stop(self, how):
        """Stops it; `how` is fast or immediate, as in pg_ctl."""
        self.process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how])
        self.process.wait(60)

    def follow(self, primary):
        """Becomes the standby of a primary, from a new base backup."""
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)
        run("nsenter", f"--net=/run/netns/{self.name}", *self.as_postgres(
            "pg_basebackup", "-h", primary.address, "-U", "postgres", "-D", self.data, "-R", "-X", "stream", "-c", "fast"),
            timeout=START_SECONDS)
        self.synchronous("")
        self.start()
        wait(lambda: "streaming" in primary.insist("SELECT state FROM pg_stat_replication"), f"{self.name} follows")
        primary.synchronous("*")
        wait(lambda: "sync" in primary.insist("SELECT sync_state FROM pg_stat_replication").split(), f"{self.name} is synchronous")


class Pair:
    """The primary and its standby."""

    def __init__(self, primary, standby):
        self.primary, self.standby = primary, standby

    def begin(self):
        self.primary.make()
        self.primary.start()
        self.primary.ask(f"CREATE ROLE chat LOGIN PASSWORD '{PASSWORD}'")
        self.primary.ask("CREATE ROLE hog LOGIN")
        self.create()
        self.standby.follow(self.primary)

    def create(self):
        self.primary.ask("CREATE DATABASE chat OWNER chat ENCODING 'UTF8' TEMPLATE template0")

    def url(self):
        hosts = ",".join(f"{one.address}:5432" for one in (self.primary, self.standby))
        return f"postgresql://chat:{PASSWORD.replace(' ', '%20')}@{hosts}/chat?targetServerType=primary"

    def promote(self):
        """Kills the primary and makes the standby the new one."""
        self.primary.kill()
        self.standby.insist("SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote(true, 60) END")
        self.primary, self.standby = self.standby, self.primary

    def both(self):
        return [self.primary.name, self.standby.name]


# ---- faults

FAULTS = {}


def fault(name, what, *needs):
    """Registers a fault, a generator: it begins the fault, yields its description, and ends the fault after that.

    needs: the resources that it uses alone; two faults at once never share one."""
    def register(method):
        FAULTS[name] = (what, set(needs), method)
        return method
    return register


class Run:
    def __init__(self, args, work, network):
        self.args, self.work, self.network = args, work, network
        self.chance = random.Random(args.seed)
        self.records = pathlib.Path(args.records) if args.records else work / "records"
        self.records.mkdir(exist_ok=True)
        self.deeds = open(self.records / "run.jsonl", "w", encoding="utf-8")
        self.deeds.write(json.dumps({"patience": args.patience}) + "\n")
        self.ending = None   # when the current faults began to end
        self.token = None    # the operator's token
        self.faults, self.times = [], {}
        self.pair = self.balancer = None
        self.servers, self.environment = [], {}

    # ---- begin and end

    def build(self):
        environment, options = self.environment, []
        if self.args.data:
            options = ["--data", str(self.work / "data")]
        else:
            self.pair = Pair(*(Database(self.work, self.network, name, self.args.postgres) for name in ("db1", "db2")))
            self.pair.begin()
            environment["CHAT_STORE"] = self.pair.url()
        names = ["s1"] if self.args.data else ["s1", "s2", "s3"]
        self.servers = [Chat(self.work, self.network, name, self.args, options, environment) for name in names]
        self.place = options[1] if options else "-"
        self.servers[0].start()  # creates the tables; the others can start together
        self.together(self.servers[1:], Chat.start)
        addresses = [server.address for server in self.servers]
        homes = [("far", addresses), ("near", addresses)]
        for home, _ in homes:
            self.network.add(home)
        if self.args.haproxy:
            self.balancer = Balancer(self.work, self.network, "balancer")
            self.balancer.start(self.servers)
            homes[1] = ("near", [self.balancer.address])
        self.people = cluster_members.People(self.records, self.chance, self.args.sessions, self.args.seeds, homes,
                                             self.args.ping, self.args.rate)
        why_not = self.people.pair(addresses[0])
        if why_not:
            print(f"left out: private rooms, as {why_not}", flush=True)
        self.people.start()

    def together(self, servers, work):
        def guarded(server):
            try:
                work(server)
            except Wrong as e:
                self.wrong(str(e))

        all_of_them = [threading.Thread(target=guarded, args=(server,)) for server in servers]
        for one in all_of_them:
            one.start()
        for one in all_of_them:
            one.join()

    def did(self, what, **more):
        self.deeds.write(json.dumps({"did": what, **more}) + "\n")
        self.deeds.flush()

    def wrong(self, sentence):
        self.faults.append(sentence)
        print(f"WRONG     {sentence}", flush=True)

    def close(self):
        for node in [*self.servers, self.balancer, *((self.pair.primary, self.pair.standby) if self.pair else ())]:
            if node:
                with contextlib.suppress(Exception):
                    node.kill()

    # ---- waiting for members

    def back(self, since, what, limit=BACK_SECONDS):
        """Waits until all members are back since that time, and records how long it took."""
        end = since + limit * self.args.patience
        while missing := self.people.well(since):
            if self.people.broken:
                raise Wrong(self.people.broken)
            if self.people.now() > end:
                names = ", ".join(f"{m.name} ({'in its rooms, but nothing it posts is known to stand' if m.here else 'not in its rooms'},"
                                  f" connection {m.connection})" for m in missing[:6])
                self.wrong(f"{what}: {len(missing)} of {len(self.people.members)} members are not back after"
                           f" {limit * self.args.patience:.0f} s: {names}")
                return None
            time.sleep(0.05)
        took = self.people.now() - since
        self.times.setdefault(f"back after {what}", []).append(took)
        return took

    def hold(self):
        low, high = self.args.hold
        seconds = self.chance.uniform(low, high)
        time.sleep(seconds)
        return seconds

    @contextlib.contextmanager
    def away(self, alone, of=None):
        """Checks that while the database is away connections stay open, posts are answered unavailable, and recent
        messages can be read.

        of: the server that cannot reach the database; None for all."""
        has_members = of is None or any(one.address == of.address and one.here for one in self.people.members)
        before, unavailable, pages = self.people.connections(), self.people.sum("unavailable"), self.people.sum("pages")
        began = self.people.now()
        with self.people.staying():
            yield
            ended = self.ending or self.people.now()
        lasted = ended - began
        if alone:
            self.did("away", address=of and of.address, to=ended, **{"from": began})
            after = self.people.connections()
            gone = [name for name, connection in before.items() if after.get(name, connection) != connection]
            if gone:
                self.wrong(f"{len(gone)} connections have ended because the database was away: {', '.join(gone[:6])}")
            if lasted > LOST_SECONDS and has_members and self.people.sum("unavailable") == unavailable:
                self.wrong(f"the database was away for {lasted:.0f} s, and nobody was told unavailable")
            if lasted > LOST_SECONDS and has_members and self.people.sum("pages") == pages:
                self.wrong(f"the database was away for {lasted:.0f} s, and nobody could read what is in memory")

    # ---- the server's own commands, and what operators do

    def command(self, *words):
        """Runs a command, and retries it if the machine was too slow to reach the database."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return run("nsenter", "--net=/run/netns/far", self.args.java, *JVM, "-jar", self.args.jar, *words,
                           env={**os.environ, **self.environment}, timeout=START_SECONDS)
            except Wrong as e:
                if "cannot be used" not in str(e) or time.monotonic() > end:
                    raise

    def operator(self, server):
        """Opens an operator's session on a server, once the server knows the operator that the command has created."""
        if not self.token:
            said = self.command("operator", "add", self.place, "op")
            self.token = re.search(r"only once: (\S+)", said)[1]
        return self.soon(lambda: cluster_members.Reader("far", server.address, "op", None, self.token))

    def soon(self, ask):
        """Retries until the answer is not a refusal."""
        end = time.monotonic() + BACK_SECONDS * self.args.patience
        while True:
            try:
                return ask()
            except cluster_members.Refused as e:
                if time.monotonic() > end:
                    raise Wrong(f"an operator was refused: {e}")
                time.sleep(0.05)

    def moderate(self, server, action, target, room=None):
        """Moderates as an operator on a server, or by the command if there is none."""
        if not server:
            self.command(action, self.place, target)
            return
        one = self.operator(server)
        where = {"room": room} if room else {}
        if room:
            one.say(type="join", q="j", **where)
            one.answer("joined")

        def ask():
            one.say(type="moderate", q="m", action=action, target=target, **where)
            return one.answer("moderated", "event")

        self.soon(ask)
        one.close()

    def end_in_order(self, server):
        with self.people.staying():
            self.did("drain", server=server.name, address=server.address, asked=self.people.now())
            if (code := server.stop()) != 0:
                self.wrong(f"{server.name} has ended with {code}")

    # ---- the faults

    @fault("kill", "kill -9 of a server, which is started again once its members are back elsewhere", "server")
    def kill(self, alone):
        server = self.chance.choice(self.servers)
        server.kill()
        watching = threading.Thread(target=self.watch_rows, args=(server, self.people.now()))
        if alone and self.pair:
            watching.start()
        yield f"kill -9 of {server.name}"
        if alone and self.pair:
            watching.join()
        server.start()

    def watch_rows(self, server, since):
        """Waits until the database has no row for the killed server, and records how long it took."""
        rows = None
        while rows is None and self.people.now() - since < GONE_SECONDS * self.args.patience:
            if self.pair.primary.insist("SELECT count(*) FROM server", "chat") == str(len(self.servers) - 1):
                rows = round(self.people.now() - since, 1)
                self.times.setdefault("no row of a dead server", []).append(rows)
            time.sleep(0.3)
        self.did("kill", server=server.name, rows=rows)

    @fault("stop", "a server is stopped (SIGSTOP) and continued later", "server")
    def stop(self, alone):
        server = self.chance.choice(self.servers)
        server.signal(signal.SIGSTOP)
        yield f"{server.name} is stopped"
        server.signal(signal.SIGCONT)

    @fault("drain", "a server is shut down in order, as in an update, and started again", "server")
    def drain(self, alone):
        server = self.chance.choice(self.servers)
        self.end_in_order(server)
        yield f"{server.name} has ended in order"
        server.start()

    @fault("update", "a rolling update: each server in turn is shut down and started from the other jar of --jar and --other-jar", "server")
    def update(self, alone):
        servers = self.chance.sample(self.servers, len(self.servers))
        jar = self.args.other_jar if servers[0].jar == self.args.jar else self.args.jar
        for server in servers[:-1]:
            self.replace(server, jar)
        versions = self.pair.primary.insist("SELECT version FROM server", "chat").splitlines()
        self.did("update", jars=len({self.args.jar, self.args.other_jar}), versions=versions)
        yield f"an update, but for {servers[-1].name}: {' beside '.join(sorted(set(versions)))}"
        self.replace(servers[-1], jar)

    def replace(self, server, jar):
        since = self.people.now()
        self.end_in_order(server)
        self.back(since, "update, by each server")
        server.jar = jar
        server.start()

    @fault("move", "all servers end, `copy` moves the store into a directory, on which one server runs for a while, and"
                   " back into a new database", "server", "database", "people")
    def move(self, alone):
        asked, directory, first = self.people.now(), self.work / "moved", self.servers[0]
        shutil.rmtree(directory, ignore_errors=True)
        self.all_end()
        # A server that was killed shortly before counts as running for 15 seconds, and copy refuses until then.
        running = "SELECT count(*) FROM server WHERE seen > now() - interval '15 seconds'"
        wait(lambda: self.pair.primary.insist(running, "chat") == "0", "no server counts as running")
        self.command("copy", "--from", "-", "--to", directory)
        self.pair.primary.insist("DROP DATABASE IF EXISTS chat WITH (FORCE)")
        self.pair.create()
        kept = first.options, first.environment
        first.options, first.environment = ["--data", str(directory)], {}
        first.start()
        self.back(self.people.now(), "move, into a directory")
        yield f"all has moved into a directory, which {first.name} has"
        self.end_in_order(first)
        self.command("copy", "--from", directory, "--to", "-")
        first.options, first.environment = kept
        self.together(self.servers, Chat.start)
        self.back(self.people.now(), "move, back into a database")
        self.did("move", asked=asked, over=self.people.now())

    def all_end(self):
        self.together(self.servers, self.end_in_order)

    @fault("kick", "an operator on any server kicks a member from one room or from all servers", "server", "database", "people")
    def kick(self, alone):
        member, server = self.chance.choice(self.people.sessions()), self.chance.choice(self.servers)
        room = self.chance.choice((None, member.rooms[0]))
        one = self.operator(server)  # slow the first time
        one.close()
        with self.people.staying():
            wait(lambda: member.here, f"{member.name} is there")
            asked = self.people.now()
            self.moderate(server, "kick", member.name, room)
            self.did("kick", who=member.name, room=room, asked=asked, stored=self.people.now())
            yield f"{member.name} is kicked out of {room or 'all servers'} on {server.name}"

    @fault("ban", "an operator bans a member, by the command or on a server, and later lifts the ban", "server", "database", "people")
    def ban(self, alone):
        member, by, undone_by = self.chance.choice(self.people.sessions()), self.anywhere(), self.anywhere()
        with self.people.staying():
            wait(lambda: member.here, f"{member.name} is there")
            asked = self.people.now()
            member.banned = True
            self.moderate(by, "ban", member.name)
            stored = self.people.now()
        for server in self.servers:
            for name, client, token in ((member.name, None, member.token), ("stranger", member.client, None)):
                while ((told := cluster_members.knock("far", server.address, name, client, token)) != "banned"
                       and self.people.now() < stored + HOLDS_SECONDS * self.args.patience):
                    time.sleep(0.05)
                self.did("try", who=member.name, server=server.name, told=told, **{"as": name})
        yield f"{member.name} is banned, {'on ' + by.name if by else 'by the command'}"
        undone = self.people.now()
        self.moderate(undone_by, "unban", member.name)
        self.did("ban", who=member.name, asked=asked, stored=stored, undone=undone, over=self.people.now())
        member.banned = False

    def anywhere(self):
        """Chooses a server, or None for the command."""
        return self.chance.choice((None, *self.servers))

    @fault("failover", "kill -9 of the primary, sometimes after it was cut off from its standby, and promotion", "database")
    def failover(self, alone):
        before = self.chance.choice(("", ", which was cut off from its standby", ", which was cut off from its standby and"
                                                                                 " started again"))
        heal = lambda: None
        lost = self.pair.primary
        with self.away(alone):
            if before:
                heal = self.network.cut([lost.name], [self.pair.standby.name], "silently")
                time.sleep(self.chance.uniform(0, 4))
            if "again" in before:
                # After a crash, the primary shows commits that never waited for the standby.
                lost.kill()
                lost.start()
                time.sleep(self.chance.uniform(0, 6))
            lost.kill()
            heal()
            time.sleep(self.chance.uniform(0, 3))
            self.pair.promote()
        yield f"kill -9 of {lost.name}, the primary{before}; {self.pair.primary.name} is promoted"
        self.pair.standby.follow(self.pair.primary)

    @fault("restart", "the database restarts, cleanly or not", "database")
    def restart(self, alone):
        how = self.chance.choice(("fast", "immediate", "kill"))
        with self.away(alone):
            if how == "kill":
                self.pair.primary.kill()
            else:
                self.pair.primary.stop(how)
            yield f"{self.pair.primary.name}, the primary, is down ({how})"
            self.pair.primary.start()

    @fault("cut-database", "a server cannot reach the database", "database", "server")
    def cut_database(self, alone):
        server, how = self.chance.choice(self.servers), self.chance.choice(("silently", "with a reset"))
        heal = self.network.cut([server.name], self.pair.both(), how)
        with self.away(alone, server):
            yield f"{server.name} cut off {how} from the database"
            heal()

    @fault("cut-standby", "the primary cannot reach its synchronous standby, so no commit ends", "database")
    def cut_standby(self, alone):
        heal = self.network.cut([self.pair.primary.name], [self.pair.standby.name], "silently")
        with self.away(alone):
            yield f"{self.pair.primary.name}, the primary, cut off from its standby"
            heal()

    @fault("cut-clients", "a server cannot reach half of its clients, or the balancer", "server")
    def cut_clients(self, alone):
        server = self.chance.choice(self.servers)
        side = self.chance.choice(["far", "balancer" if self.balancer else "near"])
        heal = self.network.cut([server.name], [side], self.chance.choice(("silently", "with a reset")))
        yield f"{server.name} cut off from {side}"
        heal()

    @fault("slow", "the database is very slow", "database")
    def slow(self, alone):
        over = threading.Event()
        rest = self.chance.choice((0.05, 0.2, 0.5))

        def doze():
            while not over.is_set():
                self.pair.primary.signal(signal.SIGSTOP)
                over.wait(rest)
                self.pair.primary.signal(signal.SIGCONT)
                time.sleep(0.02)

        dozing = threading.Thread(target=doze)
        dozing.start()
        yield f"{self.pair.primary.name}, the primary, sleeps for {rest * 1000:.0f} ms again and again"
        over.set()
        dozing.join()

    @fault("full", "the database's disk is full; if the database exits, it is restarted once there is space", "database")
    def full(self, alone):
        ballast = self.pair.primary.disk / "ballast"
        with self.away(alone):
            with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            yield f"the disk of {self.pair.primary.name}, the primary, is full"
            ballast.unlink()
            if not self.pair.primary.alive():
                self.pair.primary.start()
            wait(self.pair.primary.ready, "the primary answers")

    @fault("connections", "the database closes all connections and then accepts no more", "database")
    def connections(self, alone):
        hogs = []
        with self.away(alone):
            primary = self.pair.primary
            primary.insist("ALTER ROLE chat CONNECTION LIMIT 0")  # keeps the servers out until all others are connected
            primary.insist("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chat'")
            while (hog := self.hog()) is not None:
                hogs.append(hog)
            primary.insist("ALTER ROLE chat CONNECTION LIMIT -1")
            yield f"{self.pair.primary.name}, the primary, is out of connections"
            for hog in hogs:
                hog.close()

    def hog(self):
        """Opens an idle connection, or returns None if the database accepts no more."""
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(self.pair.primary.disk / ".s.PGSQL.5432"))
        said = b"user\0hog\0database\0postgres\0\0"
        one.sendall(struct.pack(">ii", 8 + len(said), 196608) + said)
        if one.recv(1) == b"R":
            return one
        one.close()
        return None

    @fault("clock", "a server's clock is an hour wrong", "server")
    def clock(self, alone):
        server, skew = self.chance.choice(self.servers), self.chance.choice(("-3600", "+3600"))
        server.kill()
        server.start({"LD_PRELOAD": self.args.faketime, "FAKETIME": f"{skew}s"})
        yield f"the clock of {server.name} is {skew} s wrong"
        server.kill()
        server.start()

    @fault("churn", "members join and leave all the time", "people")
    def churn(self, alone):
        stay, self.people.stay = self.people.stay, 3
        yield "members come and go"
        self.people.stay = stay

    # ---- the plan

    def plan(self):
        """Yields faults endlessly, one or two at once. Each has its turn before any is repeated."""
        while True:
            names = list(self.args.faults)
            self.chance.shuffle(names)
            while names:
                one = names.pop()
                other = next((name for name in names if not FAULTS[name][1] & FAULTS[one][1]), None)
                if other and self.chance.random() < 0.25 and not self.args.short:
                    names.remove(other)
                    yield [one, other]
                else:
                    yield [one]

    def once(self, names):
        alone = len(names) == 1
        # A server cannot start while the database is away, so the database fails last and recovers first.
        names = sorted(names, key=lambda name: "database" in FAULTS[name][1])
        began, self.ending = self.people.now(), None
        going, what = [], []
        for name in names:
            method = FAULTS[name][2](self, alone)
            what.append(next(method))
            going.append(method)
        label = " and ".join(what)
        print(f"{began:7.1f} s  {label}", flush=True)
        elsewhere = None
        if alone and len(self.servers) > 1 and FAULTS[names[0]][1] == {"server"} or names == ["failover"]:
            # Members that leave by themselves could reconnect to the hung server, and notice only after half a minute.
            self.people.hanging = True
            elsewhere = self.back(began, f"{names[0]}, while it lasts")
            self.people.hanging = False
            if names == ["kill"]:
                self.presence()  # the members of the lost server no longer count
        else:
            self.hold()
        self.ending = ended = self.people.now()
        for method in reversed(going):
            next(method, None)
        took = self.back(ended, "+".join(sorted(names)))
        print(f"{self.people.now():7.1f} s     over after {ended - began:.1f} s; all members are back"
              + (f" {elsewhere:.1f} s after it began and" if elsewhere else "")
              + (f" {took:.1f} s after it ended" if took is not None else " NOT"), flush=True)
        for server in self.servers:
            if not server.alive():
                self.wrong(f"{server.name} has ended by itself: " + " / ".join(server.said().splitlines()[-3:]))
                server.start()

    def go(self):
        began = time.monotonic()
        self.back(0, "the beginning", START_SECONDS)
        done = 0
        for names in self.plan():
            if self.args.short and done == len(self.args.faults) or len(self.faults) > 20:
                break
            if not self.args.short and time.monotonic() - began > self.args.minutes * 60:
                break
            self.once(names)
            done += 1
        self.end()
        self.done = done

    # ---- the end

    def end(self):
        self.people.quiet = True
        try:
            wait(lambda: not self.people.unanswered(), "all posts are answered when all is quiet", 60)
        except Wrong as e:
            self.wrong(str(e))
        told = {}
        newest = {}
        end = time.monotonic() + 60
        while True:
            newest = self.newest()
            missing = self.people.whole(newest)
            if not missing:
                break
            if time.monotonic() > end:
                self.wrong(f"members lack something 60 s after all is quiet: {'; '.join(missing[:6])}")
                break
            time.sleep(0.5)
        time.sleep(1)  # for a last pong
        self.presence()
        for server in self.servers:
            try:
                told[server.name] = self.read(server)
            except (OSError, cluster_members.Ended) as e:
                self.wrong(f"rooms cannot be read from {server.name}: {e}")
        if not self.people.finish():
            self.wrong("members do not end")
        self.deeds.close()
        rows = self.rows() if self.pair else None
        (self.records / "end.json").write_text(json.dumps({"told": told, "rows": rows, "seedRoom": SEED_ROOM}))

    def newest(self):
        rooms = {}
        for server in self.servers:
            reader = cluster_members.Reader("far", server.address)
            for room in PUBLIC:
                reader.say(type="join", q="j", room=room)
                rooms[room] = max(rooms.get(room, 0), reader.answer("joined")["seq"])
            reader.close()
        return rooms

    def presence(self):
        """Checks that each server counts the members of each room correctly."""
        def counts(server):
            reader = cluster_members.Reader("far", server.address)
            reader.say(type="rooms", q="r", limit=200)
            there = {room["room"]: room["count"] for room in reader.answer("rooms")["rooms"]}
            reader.close()
            return {room: there.get(room) for room in PUBLIC}

        alive = [server for server in self.servers if server.alive()]
        actual = {room: sum(room in m.rooms if m.kind == "session" else room == SEED_ROOM for m in self.people.members)
                  for room in PUBLIC}
        try:
            wait(lambda: all(counts(server) == actual for server in alive), "counts", BACK_SECONDS * self.args.patience)
        except Wrong:
            self.wrong("servers do not count who is there: " + ", ".join(
                f"{server.name} {counts(server)}" for server in alive) + f", where {actual} are")

    def read(self, server):
        told = {}
        reader = cluster_members.Reader("far", server.address)
        for room in PUBLIC:
            told[room] = reader.room(room)
        reader.close()
        for member in self.people.members:
            for room in getattr(member, "rooms", ()):
                whole = cluster_laws.key(room, member.name)
                if room.startswith("@") and whole not in told:
                    try:
                        reader = cluster_members.Reader("far", server.address, member.name, None, member.token)
                        told[whole] = reader.room(room)
                        reader.close()
                    except (OSError, cluster_members.Ended) as e:
                        self.wrong(f"{room} of {member.name} cannot be read from {server.name}: {e}")
        return told

    def rows(self):
        rows = self.pair.primary.insist(
            "SELECT json_agg(json_build_array(encode(m.client, 'hex'), m.id, r.name, m.seq)) FROM message m"
            " JOIN room r ON r.id = m.room WHERE m.client IS NOT NULL", "chat")
        return json.loads(rows or "[]")

    def stack_traces(self):
        for server in self.servers:
            traces = [line for line in server.said().splitlines() if line.startswith("\tat ")]
            if traces:
                self.wrong(f"the log of {server.name} has a stack trace: {traces[0].strip()}")

    def report(self):
        laws, messages = cluster_laws.judge(self.records)
        if laws.deeds.held:
            self.times["out after a ban or a kick"] = laws.deeds.held
        self.stack_traces()
        self.faults += laws.faults
        for what, times in sorted(self.times.items()):
            times.sort()
            print(f"{what}: {times[len(times) // 2]:.1f} s in the middle, {times[-1]:.1f} s at most, of {len(times)}")
        summary(self.people.now(), self.done, laws, messages, self.faults)
        return not self.faults


def summary(seconds, done, laws, messages, faults):
    waited = sorted(laws.waited) or [0.0]
    print(f"acknowledged after {waited[len(waited) // 2] * 1000:.0f} ms in the middle,"
          f" {waited[len(waited) * 99 // 100] * 1000:.0f} ms for 99 of 100, {waited[-1]:.1f} s at most")
    print(f"{seconds / 60:.1f} minutes, {done} faults, {laws.connections:,} connections, {messages:,} messages,"
          f" {len(laws.acks):,} acks, {laws.heard:,} heard, {laws.unavailable:,} times unavailable,"
          f" {laws.told_epochs} times a new epoch; broken laws: {len(faults) + laws.more}")
    for sentence in faults:
        print("  " + sentence)


# ---- the command line

def missing(args):
    """Why it cannot run here; None if it can."""
    if os.geteuid() != 0:
        return "this needs root"
    for program in ("ip", "iptables", "nsenter", "setpriv", "unshare"):
        if not shutil.which(program):
            return f"this needs the program {program}"
    if not args.data and not args.postgres:
        return "this needs PostgreSQL's programs"
    return None


def explained():
    lines = "\n".join(f"  {name:<14}{what}" for name, (what, _, _) in FAULTS.items())
    return __doc__.replace("FAULTS", lines)


def main():
    parser = argparse.ArgumentParser(description=explained(), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=None, help="repeat the plan of a run; its timing differs")
    parser.add_argument("--faults", default=None, metavar="LIST", help="only these, separated by commas")
    parser.add_argument("--short", action="store_true", help="each fault that CI tests, or of --faults, once and briefly")
    parser.add_argument("--data", action="store_true", help="one server with a data directory and no database, to try the script itself")
    parser.add_argument("--sessions", type=int, default=None, help="members over TCP and WebSocket")
    parser.add_argument("--seeds", type=int, default=None, help="members that speak the seed protocol")
    parser.add_argument("--rate", type=float, default=1.0, help="posts per second and member")
    parser.add_argument("--records", metavar="DIRECTORY", help="keep the records there; by default only if a law is broken")
    parser.add_argument("--check", metavar="DIRECTORY", help="judge the records of a run")
    parser.add_argument("--self-test", action="store_true", help="judge forged records")
    parser.add_argument("--jar", default=JAR)
    parser.add_argument("--other-jar", metavar="JAR", help="a server of another version; the fault update switches between the two")
    parser.add_argument("--java", default="java")
    parser.add_argument("--patience", type=float, default=1.0, help="factor for all time limits but those of unanswered posts, for slow machines")
    parser.add_argument("--postgres", metavar="DIR", default=next(iter(sorted(
        glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(re.search(r"\d+", path)[0]), reverse=True)), None),
        help="the directory of PostgreSQL's programs")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.self_test:
        wrong = cluster_laws.self_test()
        print("\n".join(wrong) if wrong else f"the judge has found all {len(cluster_laws.forgeries())} forgeries")
        return 1 if wrong else 0
    if args.check:
        laws, messages = cluster_laws.judge(args.check)
        summary(0, 0, laws, messages, laws.faults)
        return 1 if laws.faults else 0
    if why := missing(args):
        print(f"skipped: {why}")
        return 77
    if not args.inside:
        # All processes started from here on end with the script, however it ends.
        os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
                              "--mount-proc", sys.executable, *sys.argv, "--inside"])
    settle(args)
    return inside(args)


def settle(args):
    args.seed = args.seed if args.seed is not None else random.SystemRandom().getrandbits(32)
    args.jar = pathlib.Path(args.jar).resolve()
    args.other_jar = pathlib.Path(args.other_jar or args.jar).resolve()
    args.ping = max(1, round((3 if args.short else 5) * args.patience))
    args.hold = (2, 3) if args.short else (5, 25)
    args.sessions = args.sessions or (12 if args.short else 24)
    args.seeds = args.seeds if args.seeds is not None else 3
    args.haproxy = shutil.which("haproxy")
    args.faketime = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
    known = list(FAULTS) if not args.data else ["kill", "stop", "drain", "cut-clients", "churn", "clock"]
    chosen = args.faults.split(",") if args.faults else ["kill", "failover", "cut-database", "drain", "move", "kick", "ban"] if args.short else known
    if args.data and args.short:
        chosen = ["kill", "stop"]
    if unknown := [name for name in chosen if name not in known]:
        sys.exit(f"there is no fault {unknown[0]}; there are: {', '.join(known)}")
    if not args.haproxy:
        print("left out: the balancer, as there is no haproxy")
    if "clock" in chosen and not args.faketime:
        print("left out: the fault clock, as there is no libfaketime")
        chosen.remove("clock")
    args.faults = chosen
    print(f"seed {args.seed}; faults: {', '.join(chosen)}", flush=True)


def inside(args):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = pathlib.Path(tempfile.mkdtemp(prefix="cluster-"))
    work.chmod(0o755)  # PostgreSQL runs as another user
    one, good = None, False
    try:
        network = Network()
    except (OSError, Wrong) as e:
        print(f"skipped: no network can be made here: {e}")
        return 77
    try:
        one = Run(args, work, network)
        one.build()
        one.go()
        good = one.report()
    except Wrong as e:
        print(f"FAILED: {e}")
    except Exception:
        traceback.print_exc()
    finally:
        if one:
            one.close()
        if one and one.pair:
            for database in (one.pair.primary, one.pair.standby):
                run("umount", "--lazy", database.disk)
        if good:
            shutil.rmtree(work, ignore_errors=True)
        else:
            print(f"logs and records: {work}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
