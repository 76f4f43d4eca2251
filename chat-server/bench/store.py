#!/usr/bin/env python3
"""How fast the store is (--data), as ratios to Redis Streams, PostgreSQL and the bare disk, taken in one run on one disk.

    chat-server/bench/store.py                                   # all of it, about five minutes
    chat-server/bench/store.py --parts posts --rounds 5 --rooms 1
    chat-server/bench/store.py --build before=OLD.jar --build after=NEW.jar --peers ''
    chat-server/bench/store.py --parts large --messages 10000000 [--data DIR]

 posts   64 connections, each with 16 posts of 64 bytes on their way, to a server with --data, and to Redis: XADD with
         appendfsync always. PostgreSQL: 64 connections, each with one INSERT at a time that has a commit of its own.
         What is compared is how many are answered a second, once they are safe.
 ack     Half as many posts a second as the first server has taken, evenly; how long an answer takes at p99, beside
         fdatasync of as many bytes as one transaction has messages, in a file of the same disk.
 resume  A session comes back after 10,000 messages.
 large   Ten million messages, by import: how long a start takes, and a page of history.

Every server runs on the cores of --server-cores, the load (posts.c, one for all protocols) on those of --load-cores.
In every round each server does the same work, one after the other, and the next waits until the one before has
nothing left to do; what is printed are medians of the rounds' ratios. Each post has to get its answer, in order, and
in the end each server has to have as many as it has acknowledged. Each session has a room of its own, each connection
to Redis a stream, unless --rooms says otherwise: in fewer rooms sessions hear each other as well.

Needs python3 (3.9 or newer), cc, taskset, two cores; redis-server and PostgreSQL's programs where they are compared.
On a machine that has other things to do: --ahead, as root, puts load and servers before all else. Real-time priority
(chrt) is no good here: on one core a thread that works in the background would keep it.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import room

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS, WINDOW, SIZE = 64, 16, 64
PARTS = ("posts", "ack", "resume", "large")
PEERS = ("redis", "postgres")
RESUMED, RESUMES = 10_000, 20
POSTGRES = "/usr/lib/postgresql/15/bin"


def wait_for(what, met, seconds=120):
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Server:
    """A process on the servers' cores, ready to accept."""

    window = WINDOW

    def __init__(self, args, name, command, directory, **options):
        self.args, self.name, self.directory = args, name, directory
        self.taken = 0  # posts that were answered
        self.log = open(f"{directory}.log", "a")
        began = time.monotonic()
        self.process = subprocess.Popen(["taskset", "-c", args.server_cores, *command], stdout=self.log,
                                        stderr=self.log, **options)
        wait_for(f"{name} does not listen on {self.port}", self.listens)
        self.start_seconds = time.monotonic() - began

    def listens(self):
        if self.process.poll() is not None:
            sys.exit(f"{self.name} ended with {self.process.returncode}, see {self.log.name}")
        return self.answers(self.port)

    @staticmethod
    def answers(port):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def load(self, **options):
        """Runs the load; what it printed."""
        asked = {"proto": self.proto, "port": self.port, "connections": CONNECTIONS, "window": self.window,
                 "rooms": self.args.rooms, "size": SIZE, "pid": self.process.pid, **options}
        command = ["taskset", "-c", self.args.load_cores, str(self.args.posts),
                   *[text for key, value in asked.items() for text in (f"--{key}", str(value))]]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{self.name}: {done.stdout.strip()} {done.stderr.strip()[-500:]}")
        result = json.loads(done.stdout)
        self.taken += result["answers"]
        return result

    def settle(self):
        """Waits until it has nothing to do."""
        time.sleep(0.5)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Chat(Server):
    proto = "session"

    def __init__(self, args, name, jar, directory, port=4701, admin=4702, jvm=None):
        self.port, self.admin = port, admin
        super().__init__(args, name, [
            args.java, *shlex.split(args.jvm if jvm is None else jvm), "-jar", str(jar),
            "--host", "127.0.0.1", "--port", str(port), "--admin",
            f"127.0.0.1:{admin}", "--messages-per-second", "0", "--log-level", "warn",
            "--data", str(directory), *shlex.split(args.options)], directory)

    def listens(self):
        return super().listens() and self.answers(self.admin)

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics") as page:
            found = re.search(rf"^{re.escape(name)} (\S+)$", page.read().decode(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def settle(self):
        super().settle()
        wait_for("the index is not done", lambda: self.metric("chat_search_lag_messages") == 0, 1_200)
        time.sleep(1.2)  # and the last of it is brought where it belongs

    def stored(self):
        with sqlite3.connect(f"file:{self.directory}/log.db?mode=ro", uri=True) as log:
            return log.execute("SELECT count(*) FROM message").fetchone()[0]


class Redis(Server):
    proto, port = "redis", 4703

    def __init__(self, args, directory):
        directory.mkdir()
        super().__init__(args, "redis", [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
            "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0", "--dir", str(directory)], directory)

    def stored(self):
        asked = "".join(f"XLEN room{number}\n" for number in range(self.args.rooms))
        done = subprocess.run(["redis-cli", "-p", str(self.port)], input=asked, capture_output=True, text=True, check=True)
        return sum(map(int, done.stdout.split()))


class Postgres(Server):
    proto, port, window = "postgres", 4704, 1

    def __init__(self, args, directory):
        directory.mkdir()
        user = {}
        if os.geteuid() == 0:  # as whom it refuses to run
            user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(directory, "nobody", "nogroup")
        subprocess.run([f"{args.postgres}/initdb", "--pgdata", directory, "--auth", "trust", "--username", "postgres"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
        super().__init__(args, "postgres", [
            f"{args.postgres}/postgres", "-D", str(directory), "-p", str(self.port), "-h", "127.0.0.1", "-k", "",
            "-c", "max_connections=200", "-c", "fsync=on", "-c", "synchronous_commit=on"], directory, cwd="/", **user)
        self.sql("CREATE TABLE message "
                 "(id bigserial PRIMARY KEY, room text NOT NULL, author text NOT NULL, text text NOT NULL)")

    def listens(self):
        ask = [f"{self.args.postgres}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ask).returncode == 0

    def sql(self, asked):
        command = [f"{self.args.postgres}/psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-Atc", asked]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def stored(self):
        return int(self.sql("SELECT count(*) FROM message"))

    def stop(self):
        self.process.send_signal(2)  # at once, and in order
        self.process.wait()


# ---- posts

def posts(args, servers):
    rounds = []
    for server in servers:
        if isinstance(server, Chat):
            server.load(warm=args.warm, seconds=1)
            server.settle()
    for _ in range(args.rounds):
        one = {}
        for server in servers:
            one[server.name] = server.load(warm=1, seconds=args.seconds)
            server.settle()
        rounds.append(one)
    print(f"posts: {CONNECTIONS} connections, {args.rooms} rooms, medians of {args.rounds} rounds")
    for server in servers:
        of = lambda row: statistics.median(one[server.name][row] for one in rounds)
        print(f"  {server.name:10} {of('per_s'):9,.0f} a second, answered within {of('p50_us') / 1000:.1f} ms,"
              f" at p99 {of('p99_us') / 1000:.1f};"
              f" {of('cpu_us_per_post'):.1f} us of processor time each, load {of('load_busy'):.0%} busy")
    first = servers[0].name
    for server in servers[1:]:
        ratios = [one[first]["per_s"] / one[server.name]["per_s"] for one in rounds]
        print(f"  {first} against {server.name}: {statistics.median(ratios):.2f} times as many"
              f" ({min(ratios):.2f} to {max(ratios):.2f})")
    return rounds


def check(servers):
    for server in servers:
        stored = server.stored()
        if stored != server.taken:
            sys.exit(f"{server.name} has {stored} messages and has acknowledged {server.taken}")
    print("each server has what it has acknowledged: " + ", ".join(f"{one.name} {one.taken:,}" for one in servers))


# ---- ack

def ack(args, chat, rate):
    rounds = []
    for _ in range(args.rounds):
        before = chat.metric("chat_log_commit_messages_count"), chat.taken
        one = chat.load(warm=2, seconds=args.seconds, rate=rate)
        commits, answers = chat.metric("chat_log_commit_messages_count") - before[0], chat.taken - before[1]
        chat.settle()
        one["messages_a_commit"] = answers / commits
        one["disk_p50_us"], one["disk_p99_us"] = disk(args, round(answers / commits * (SIZE + 64)))
        rounds.append(one)
    of = lambda row: statistics.median(one[row] for one in rounds)
    ratios = [one["p99_us"] / one["disk_p99_us"] for one in rounds]
    print(f"ack: {rate:,.0f} posts a second, {of('messages_a_commit'):.1f} a transaction, medians of {args.rounds} rounds\n"
          f"  an answer takes {of('p50_us') / 1000:.2f} ms, p90 {of('p90_us') / 1000:.2f},"
          f" p99 {of('p99_us') / 1000:.2f}, p99.9 {of('p999_us') / 1000:.2f}\n"
          f"  fdatasync of as many bytes {of('disk_p50_us') / 1000:.2f} ms, p99 {of('disk_p99_us') / 1000:.2f}\n"
          f"  p99: {statistics.median(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f})")
    return rounds


def disk(args, size, seconds=2.0):
    """How long fdatasync takes, in microseconds: the median and p99."""
    path, taken = args.work / "bare", []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            os.write(file, b"x" * size)
            began = time.perf_counter()
            os.fdatasync(file)
            taken.append((time.perf_counter() - began) * 1e6)
    finally:
        os.close(file)
        os.unlink(path)
    return percentile(taken, 0.5), percentile(taken, 0.99)


def percentile(values, part):
    return sorted(values)[int((len(values) - 1) * part)]


# ---- resume

class Session:
    def __init__(self, port, rooms):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.say(b"CHATROOM/2", type="hello", v=2, name="reader", client="%032x" % os.getpid(), rooms=rooms)
        self.joined = self.until("joined")

    def say(self, first=b"", **said):
        self.socket.sendall(first + room.frame(json.dumps(said).encode()))

    def until(self, kind):
        while True:
            said = json.loads(self.next())
            if said["type"] == kind:
                return said
            if said["type"] in ("error", "bye"):
                sys.exit(f"instead of {kind}: {said}")

    def next(self):
        while len(self.rest) < 10 or len(self.rest) < 10 + int(self.rest[:10]):
            self.rest += self.socket.recv(1 << 18) or sys.exit("the server closed the connection")
        end = 10 + int(self.rest[:10])
        said, self.rest = self.rest[10:end], self.rest[end:]
        return said

    def close(self):
        self.socket.close()


def resume(args, chat):
    """A session that asks for the last messages of a room, again and again; how many it gets a second."""
    reader = Session(chat.port, [{"room": "room0"}])
    epoch, newest = reader.joined["epoch"], reader.joined["seq"]
    reader.close()
    if newest < RESUMED:
        sys.exit(f"room0 has {newest} messages, expected at least {RESUMED}: more --seconds")
    speeds = []
    for _ in range(RESUMES):
        one = socket.create_connection(("127.0.0.1", chat.port), 60)
        one.sendall(b"CHATROOM/2")
        hello = {"type": "hello", "v": 2, "name": "reader", "client": "%032x" % os.getpid(),
                 "rooms": [{"room": "room0", "after": {"epoch": epoch, "seq": newest - RESUMED}}]}
        began, heard, last = time.perf_counter(), bytearray(), b'"seq":%d,' % newest
        one.sendall(room.frame(json.dumps(hello).encode()))
        looked = 1_000  # joined says the same number, and comes first
        while heard.find(last, looked) < 0:
            looked = max(looked, len(heard) - len(last))
            heard += one.recv(1 << 18) or sys.exit("the server closed the connection")
        speeds.append(RESUMED / (time.perf_counter() - began))
        one.close()
        got = [int(seq) for seq in re.findall(rb'"type":"message"[^{}]*?"seq":(\d+)', heard)]
        if got != list(range(newest - RESUMED + 1, newest + 1)):
            sys.exit(f"{len(got)} messages came, expected {RESUMED} in order")
    print(f"resume: {RESUMED:,} messages at {statistics.median(speeds):,.0f} a second (the first time {speeds[0]:,.0f},"
          f" {min(speeds):,.0f} to {max(speeds):,.0f})")
    return speeds


# ---- large

def lines(messages, rooms=1_000, authors=5_000):
    """Messages as `chat-server export` prints them: a few rooms have most of them, and each of its authors some."""
    began, seqs = int(time.time() * 1000) - 400 * 86_400_000, [0] * rooms
    step = 390 * 86_400_000 / messages
    clients = [hashlib.md5(b"%d" % number).hexdigest() for number in range(authors)]
    chance = random.Random(1)
    picks = [(int(rooms * chance.random() ** 2), int(authors * chance.random() ** 2)) for _ in range(100_003)]
    words = ["".join(chance.choice("etaoinshrdlu") for _ in range(chance.randint(2, 9))) for _ in range(5_000)]
    texts = [" ".join(words[int(5_000 * chance.random() ** 3)] for _ in range(chance.randint(3, 18))) for _ in range(20_011)]
    for number in range(messages):
        of, by = picks[number % len(picks)]
        seqs[of] += 1
        yield (f'{{"room":"room{of}","seq":{seqs[of]},"at":{began + int(number * step)},"from":"author{by}",'
               f'"text":"{texts[number % len(texts)]}","client":"{clients[by]}","id":"{number:x}"}}\n')


def imported(args, jar, directory):
    began = time.monotonic()
    command = [args.java, "-jar", str(jar), "import", str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True, bufsize=1 << 20) as process:
        process.stdin.writelines(lines(args.messages))
        process.stdin.close()
    if process.returncode:
        sys.exit(f"import ended with {process.returncode}")
    print(f"large: {args.messages:,} messages imported in {time.monotonic() - began:.0f} s")


def large(args, jar):
    directory = pathlib.Path(args.data) if args.data else args.work / "large"
    if not (directory / "log.db").exists():
        imported(args, jar, directory)
    print("  " + ", ".join(f"{name} {(directory / name).stat().st_size / 1e9:.2f} GB"
                           for name in ("log.db", "search.db") if (directory / name).exists()))
    starts, chat = [], None
    result = {}
    for cold in (False, False, False, True):
        if chat:
            chat.stop()
        if cold:
            forget_pages(directory)
        chat = Chat(args, "large", jar, directory, jvm=args.jvm_large)
        starts.append(chat.start_seconds)
    try:
        print(f"  start to listening: {statistics.median(starts[:3]):.2f} s,"
              f" {starts[3]:.2f} s with nothing of the store in memory")
        behind = chat.metric("chat_search_lag_messages")
        result["busy"] = pages(chat, args, f" while {behind:,.0f} messages are indexed" if behind else "")
        if behind and args.indexed:
            began = time.monotonic()
            wait_for("the index is not done", lambda: chat.metric("chat_search_lag_messages") == 0, 3_600)
            print(f"  indexed {time.monotonic() - began:.0f} s later,"
                  f" search.db {(directory / 'search.db').stat().st_size / 1e9:.2f} GB")
            result["quiet"] = pages(chat, args, "")
        for of in ("VmRSS", "VmHWM"):
            print(f"  {of} {memory(chat.process.pid, of)} MiB", end="")
        print()
    finally:
        chat.stop()
    return {"starts": starts, **result}


def memory(pid, what):
    return int(re.search(what + r":\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) // 1024


def forget_pages(directory):
    """Takes a directory's files out of the page cache."""
    for path in directory.iterdir():
        file = os.open(path, os.O_RDONLY)
        os.fdatasync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def pages(chat, args, when):
    """Pages of 100 from anywhere in any of 100 rooms, one after the other; half of them behind the one before."""
    rooms = [f"room{number * 10}" for number in range(100)]
    chance, reader, taken, first = random.Random(2), Session(chat.port, [{"room": one} for one in rooms]), [], 1
    newest = {reader.joined["room"]: reader.joined["seq"]}
    while len(newest) < len(rooms):
        said = reader.until("joined")
        newest[said["room"]] = said["seq"]
    for number in range(args.pages):
        if number % 2 == 0 or first == 1:
            one = chance.choice(rooms)
            before = chance.randint(2, newest[one] + 1)
        else:
            before = first
        began = time.perf_counter()
        reader.say(type="history", q="h", room=one, before=before, limit=100)
        page = reader.until("page")
        taken.append((time.perf_counter() - began) * 1e3)
        first = page["messages"][0]["seq"] if page["messages"] else 1
        if not page["messages"] or page["messages"][-1]["seq"] != before - 1:
            sys.exit(f"the page before {before} of {one} is not what was asked for")
    reader.close()
    print(f"  {args.pages:,} pages of history{when}: {percentile(taken, 0.5):.2f} ms,"
          f" p99 {percentile(taken, 0.99):.2f}, at most {max(taken):.1f}")
    return {"p50_ms": percentile(taken, 0.5), "p99_ms": percentile(taken, 0.99), "max_ms": max(taken)}


# ---- all of it

def go_ahead():
    """Puts this process, and what it starts, before others, also those of other terminals (sched(7), autogroup)."""
    os.nice(-20)
    group = pathlib.Path("/proc/self/autogroup")
    if group.exists():
        group.write_text("-20")


def run(args):
    builds = dict(one.split("=", 1) for one in args.build) or {"chat": args.jar}
    args.work = pathlib.Path(tempfile.mkdtemp(prefix="store-", dir=args.disk))
    args.work.chmod(0o755)  # PostgreSQL is another user
    args.posts = args.work / "posts"
    subprocess.run(["cc", "-O2", "-o", args.posts, HERE / "posts.c"], check=True)
    parts, servers, results = args.parts.split(","), [], {}
    try:
        if {"posts", "ack", "resume"} & set(parts):
            for number, (name, jar) in enumerate(builds.items()):
                servers.append(Chat(args, name, jar, args.work / name, 4710 + 2 * number, 4711 + 2 * number))
            first = servers[0]
            if "posts" in parts:
                for peer in filter(None, args.peers.split(",")):
                    servers.append({"redis": Redis, "postgres": Postgres}[peer](args, args.work / peer))
                results["posts"] = posts(args, servers)
                check(servers)
                for server in servers[len(builds):]:
                    server.stop()
                del servers[len(builds):]
            else:
                first.load(warm=args.warm, seconds=args.seconds)
                first.settle()
            if "ack" in parts:
                per_s = args.rate or statistics.median(one[first.name]["per_s"] for one in results["posts"]) / 2
                results["ack"] = {server.name: ack(args, server, per_s) for server in servers}
            if "resume" in parts:
                results["resume"] = {server.name: resume(args, server) for server in servers}
            while servers:
                servers.pop().stop()
        if "large" in parts:
            results["large"] = large(args, next(iter(builds.values())))
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(args.work)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(results, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default="posts,ack,resume", help="which of " + ", ".join(PARTS))
    parser.add_argument("--peers", default=",".join(PEERS), help="which of " + ", ".join(PEERS))
    parser.add_argument("--build", action="append", default=[], metavar="NAME=JAR", help="compares these of our servers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each load")
    parser.add_argument("--warm", type=float, default=20.0, help="seconds of load for each JVM before the first round")
    parser.add_argument("--rooms", type=int, default=CONNECTIONS)
    parser.add_argument("--rate", type=float, help="posts a second of ack, where posts are not measured before")
    parser.add_argument("--disk", metavar="DIR", help="a directory on the disk; all servers keep what they store there")
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--java", default="java")
    parser.add_argument("--jvm", default="-Xmx256m", help="flags for every JVM")
    parser.add_argument("--jvm-large", default="-Xmx256m", help="flags for the JVM of large")
    parser.add_argument("--options", default="", help="for every chat server")
    parser.add_argument("--server-cores", default="0", help="where servers run, as taskset takes it")
    parser.add_argument("--load-cores", default="1", help="where the load generator runs")
    parser.add_argument("--postgres", default=POSTGRES, metavar="DIR", help="where PostgreSQL's programs are")
    parser.add_argument("--messages", type=int, default=10_000_000, help="of large")
    parser.add_argument("--pages", type=int, default=2_000, help="of large")
    parser.add_argument("--indexed", action="store_true", help="large waits for the index, and reads pages again")
    parser.add_argument("--data", metavar="DIR", help="large keeps its store here, or finds it here")
    parser.add_argument("--ahead", action="store_true", help="before all else that this machine does; as root")
    parser.add_argument("--json", metavar="FILE", help="keep what each round gave")
    args = parser.parse_args()
    for option, known in (("parts", PARTS), ("peers", PEERS)):
        for one in getattr(args, option).split(","):
            if one and one not in known:
                sys.exit(f"--{option} {one} is not known, expected some of {', '.join(known)}")
    if args.rounds < 1:
        sys.exit(f"--rounds is {args.rounds}, expected at least 1")
    if "ack" in args.parts and "posts" not in args.parts and not args.rate:
        sys.exit("--rate is missing, expected a number of posts a second, or posts among the parts")
    if args.ahead:
        go_ahead()
    run(args)


if __name__ == "__main__":
    main()
