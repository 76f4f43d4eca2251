#!/usr/bin/env python3
"""How fast servers are that share a PostgreSQL (--store), as ratios in one run; scaling.md has the figures.

    chat-server/bench/shared.py                                  # all of it, about fifteen minutes
    chat-server/bench/shared.py --parts posts --servers 1,2 --rounds 3
    chat-server/bench/shared.py --json measured.json             # what scaling.py compares itself with

 posts     Sessions with posts of 64 bytes on their way, into one room and into 1,000 rooms, to one, two and three
           servers. Beside it one server with --data, and PostgreSQL alone: 64 connections with one INSERT at a time.
           What counts is how many are answered a second, once they are safe.
 latency   At a tenth of that rate: how long an ack takes, and how long it takes until a member of another server
           hears the message.
 rooms     What an open room costs that is idle, and a member of it: memory of the server after a collection; and the
           processor time that a room takes each second, as servers look whether they have missed something.
 cost      The processor time of posts in other set-ups than those of the first part, with one server and with two:
           what scaling.py learns its constants from. And what a delivery takes in a room that has 64 members on each of
           one, two and three servers.
 notify    PostgreSQL alone: 64 clients of pgbench that each insert a row and notify, in the transaction and after it.

Servers and database run on the cores of --server-cores, the load on those of --load-cores. In every round each set-up
does the same work, one after the other; what is printed are medians. Each post has to get its answer, in order, and in
the end the database has as many messages as were acknowledged.

Needs python3 (3.9 or newer), cc, taskset, two cores and PostgreSQL's programs; --ahead as in store.py.
"""
import argparse
import json
import pathlib
import re
import shlex
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import room
import store
from store import Chat, Postgres, Server, percentile, wait_for

PARTS = ("posts", "latency", "rooms", "cost", "notify")
WORK = {"one room": (1, 64, 16), "1,000 rooms": (1_000, 1_000, 1)}  # rooms, connections, window
# servers, rooms, connections of each server, window, and posts a second of each server where that is not as many as go
COST = {
    "one room, a session with 256 posts": (1, 1, 1, 256, 0),
    "one room, 16 sessions": (1, 1, 16, 4, 0),
    "one room, 200 sessions": (1, 1, 200, 1, 0),
    "16 rooms": (1, 16, 16, 1, 0),
    "100 rooms": (1, 100, 100, 1, 0),
    "one room, a session": (1, 1, 1, 1, 0),
    "one room, a session with 256 posts on each": (2, 1, 1, 256, 0),
    "one room, 16 sessions on each": (2, 1, 16, 4, 0),
    "100 rooms on two": (2, 100, 100, 1, 0),
    "one room, a session on each of two": (2, 1, 1, 1, 0),
}
# the same room on more servers, with 64 members on each
SPREAD = {"1 server": (1, 1, 64, 1, 300), "2 servers": (2, 1, 64, 1, 150), "3 servers": (3, 1, 64, 1, 70)}
DATABASE_PORT, FIRST_PORT = 4720, 4730


class Shared(Chat):
    """One of several servers; what all have stored is in the database."""

    def __init__(self, args, name, jar, directory, number, database):
        self.database = database
        options = args.options
        args.options = ""
        port = FIRST_PORT + 2 * number
        self.store = f"postgresql://postgres@127.0.0.1:{database.port}/chat"
        self.port, self.admin = port, port + 1
        Server.__init__(self, args, name, [
            args.java, *shlex.split(args.jvm), "-jar", str(jar), "--host", "127.0.0.1", "--port", str(port),
            "--admin", f"127.0.0.1:{self.admin}", "--messages-per-second", "0", "--log-level", "warn",
            "--max-all-rooms", "100000", "--new-rooms-per-hour", "0", "--store", self.store, *shlex.split(options)], directory)
        args.options = options

    def settle(self):
        """Until the words of all that was said are in the index, which takes up to half of the time till then."""
        time.sleep(1.5)  # each second it is known how many there are
        wait_for("the index is not done", lambda: self.metric("chat_search_lag_messages") == 0, 1_200)


class Database(Postgres):
    """The same PostgreSQL that is compared with, and a database for the servers."""

    port = DATABASE_PORT

    def __init__(self, args, directory):
        super().__init__(args, directory)
        self.sql("CREATE DATABASE chat")

    def number(self, asked):
        command = [f"{self.args.postgres}/psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "chat",
                   "-Atc", asked]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def acknowledged(self):
        return self.number("SELECT count(*) FROM message")


class Several:
    """Servers that share a database and do a work together."""

    def __init__(self, servers):
        self.servers, self.name = servers, f"{len(servers)} server{'s' if len(servers) > 1 else ''}"

    def load(self, connections, **options):
        """Each server has its part of the connections; what all of them did."""
        results, threads = [None] * len(self.servers), []
        for number, server in enumerate(self.servers):
            def one(number=number, server=server):
                results[number] = server.load(connections=connections // len(self.servers), **options)
            threads.append(threading.Thread(target=one))
            threads[-1].start()
        for thread in threads:
            thread.join()
        if None in results:
            sys.exit("a load has failed, see above")
        return combined(results)

    def settle(self):
        self.servers[0].settle()


def combined(results):
    """Rates add up; of latencies the worst of the servers counts, for those of each are hardly different."""
    return {**{row: sum(one[row] for one in results) for row in ("per_s", "answers")},
            **{row: max(one[row] for one in results) for row in ("p50_us", "p99_us")},
            "load_busy": sum(one["load_busy"] for one in results)}


# ---- posts

def cpu_seconds(pids, ended=False):
    """What processes have used, and those that they had started and that have ended, if that is asked for."""
    ticks = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # a connection of the database has ended
        ticks += sum(map(int, fields[11:15] if ended else fields[11:13]))
    return ticks / 100


def children(pid):
    return [int(one) for one in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def used(database, chats):
    """Processor time of the database and of the servers in seconds, and how many transactions there were."""
    postmaster = database.process.pid
    return (cpu_seconds(children(postmaster)) + cpu_seconds([postmaster], ended=True), cpu_seconds([each.process.pid for each in chats]),
            sum(each.metric("chat_log_commit_messages_count") for each in chats))


def posts(args, database, chats, data):
    setups = [Several(chats[:count]) for count in args.counts]
    if "sqlite" in args.peers:
        setups.append(data)
    if "postgres" in args.peers:
        setups.append(database)
    for setup in setups:  # what each needs is compiled
        for rooms, connections, window in WORK.values():
            if setup is not database:
                setup.load(connections=connections, window=window, rooms=rooms, warm=args.warm / 4, seconds=1)
                setup.settle()
    rounds = {work: [] for work in WORK}
    for _ in range(args.rounds):
        for work, (rooms, connections, window) in WORK.items():
            one = {}
            for setup in setups:
                if setup is database:
                    asked = {"connections": 64, "window": 1, "rooms": rooms}
                else:
                    asked = {"connections": connections, "window": window, "rooms": rooms}
                before = used(database, chats)
                one[setup.name] = setup.load(warm=4, seconds=args.seconds, **asked)  # until it is known everywhere who is in
                after = used(database, chats)
                posts = one[setup.name]["answers"]
                transactions = after[2] - before[2] or posts
                one[setup.name] |= {"database_us": (after[0] - before[0]) / posts * 1e6,
                                    "servers_us": (after[1] - before[1]) / posts * 1e6,
                                    "posts_a_transaction": posts / transactions}
                setup.settle()
            rounds[work].append(one)
    summary = {}
    for work in WORK:
        print(f"posts into {work}, medians of {args.rounds} rounds")
        summary[work] = {}
        for setup in setups:
            of = lambda row: statistics.median(one[setup.name][row] for one in rounds[work])
            against = [one[setup.name]["per_s"] / one[setups[-1].name]["per_s"] for one in rounds[work]]
            summary[work][setup.name] = {row: of(row) for row in
                                         ("per_s", "p50_us", "p99_us", "database_us", "servers_us", "posts_a_transaction")}
            print(f"  {setup.name:10} {of('per_s'):9,.0f} a second, {statistics.median(against):6.2f} times"
                  f" {setups[-1].name}; p50 {of('p50_us') / 1000:.1f} ms, p99 {of('p99_us') / 1000:.1f};"
                  f" processor time each: servers {of('servers_us'):.1f} us, database {of('database_us'):.1f} us")
    stored, acknowledged = database.acknowledged(), sum(chat.taken for chat in chats)
    if stored != acknowledged:
        sys.exit(f"the database has {stored} messages, and {acknowledged} were acknowledged")
    print(f"the database has all of the {acknowledged:,} messages that were acknowledged")
    return {"rounds": rounds, "median": summary}


# ---- cost

def idle(args, database, chats):
    """Processor time that the database and the servers take a second while nothing is said, and transactions."""
    seconds, before, began = 2 * args.seconds, state(database, chats), time.monotonic()
    time.sleep(seconds)
    after, took = state(database, chats), time.monotonic() - began
    return tuple((b - a) / took for a, b in zip(before, after))


def state(database, chats):
    """As {used}; how many transactions have written something, notifications being some; bytes of the write-ahead log."""
    return (*used(database, chats), database.number("SELECT pg_current_xact_id()::text"),
            database.number("SELECT pg_current_wal_lsn() - '0/0'"))


def cost(args, database, chats):
    """What a post takes beside what is taken anyway, and beside the index of its words."""
    rest = idle(args, database, chats)
    print(f"cost: idle, the database takes {rest[0]:.1%} of a core, each of {len(chats)} servers {rest[1] / len(chats):.1%}")
    spread = {name: work for name, work in SPREAD.items() if work[0] <= len(chats)}
    result = {"works": costs(args, database, chats, rest, COST), "spread": costs(args, database, chats, rest, spread),
              "index": index(args, database, chats), "idle": {"database": rest[0], "a server": rest[1] / len(chats)}}
    for work in (*result["works"].values(), *result["spread"].values()):
        for row in ("database_us", "servers_us"):
            work[row] -= result["index"][row]
    result["ping_us"] = pings(args, database, chats, rest)
    result["message_bytes"] = database.number("SELECT pg_total_relation_size('message')") / database.acknowledged()
    print(f"cost: a ping {result['ping_us']:.1f} us of the server; a message {result['message_bytes']:.0f} bytes of disk")
    return result


def costs(args, database, chats, rest, works):
    result = {}
    for name, (count, rooms, connections, window, rate) in works.items():
        setup = Several(chats[:count])
        asked = {"connections": connections * count, "rooms": rooms, "window": 16 if rate else window, "rate": rate}
        setup.load(warm=0, seconds=args.seconds, **asked)  # what it needs is compiled
        setup.settle()
        before, began = state(database, chats), time.monotonic()
        one = setup.load(warm=0, seconds=args.seconds, **asked)
        setup.settle()
        after, took = state(database, chats), time.monotonic() - began
        posts, spent = one["answers"], [b - a - of * took for a, b, of in zip(before, after, rest)]
        result[name] = {
            "servers": count, "members": connections * count // rooms, "rooms": rooms, "per_s": one["per_s"],
            "database_us": spent[0] / posts * 1e6,
            "servers_us": spent[1] / posts * 1e6, "posts_a_transaction": posts / spent[2],
            "notifications": max(0.0, spent[3] - spent[2]) / posts, "log_bytes": spent[4] / posts,
            "load_us": one["load_busy"] / one["per_s"] * 1e6, "p50_us": one["p50_us"], "p99_us": one["p99_us"],
            "busy": (spent[0] + spent[1]) / took}
        print(f"cost: {name:42} {one['per_s']:6,.0f}/s, servers {result[name]['servers_us']:7.1f} us a post, database"
              f" {result[name]['database_us']:7.1f}; {result[name]['posts_a_transaction']:.1f} a transaction,"
              f" {result[name]['notifications']:.3f} notifications; p50 {one['p50_us'] / 1000:.2f} ms;"
              f" {result[name]['busy']:.0%} of a core, {result[name]['log_bytes']:,.0f} bytes of log")
    return result


def index(args, database, chats):
    """What the index of words takes for a message, while many wait."""
    setup = Several(chats[:1])
    setup.load(connections=64, window=16, rooms=64, warm=0, seconds=args.seconds)
    behind, before = chats[0].metric("chat_search_lag_messages"), state(database, chats)
    setup.settle()
    spent = [b - a for a, b in zip(before, state(database, chats))]
    result = {"messages": behind, "database_us": spent[0] / behind * 1e6, "servers_us": spent[1] / behind * 1e6}
    print(f"cost: the index takes the database {result['database_us']:.1f} us a message, the server"
          f" {result['servers_us']:.1f}, while {behind:,.0f} wait")
    return result


def pings(args, database, chats, rest):
    """What a ping and its answer take a server."""
    members = [Member(chats[0].port, f"ping{number}", 2000 + number) for number in range(100)]
    before, began, count = state(database, chats), time.monotonic(), 0
    while time.monotonic() < began + args.seconds:
        for one in members:
            one.say(type="ping")
        for one in members:
            one.until("pong")
        count += len(members)
    after, took = state(database, chats), time.monotonic() - began
    for one in members:
        one.close()
    return (after[1] - before[1] - rest[1] * took) / count * 1e6


# ---- notify

INSERT = "INSERT INTO said (room, text) VALUES (:client_id, 'x')"
NOTIFY = {
    "without": f"{INSERT};",
    "in the transaction": f"{INSERT}\\; NOTIFY chat, 'x';",
    "after it": f"{INSERT};\nSET LOCAL synchronous_commit = off\\; NOTIFY chat, 'x';",
}


def notify(args, database):
    """How many rows 64 clients store a second, each in a transaction of its own, when somebody is to be told."""
    bench = [f"{args.postgres}/pgbench", "-h", "127.0.0.1", "-p", str(database.port), "-U", "postgres", "-n"]
    database.sql("CREATE TABLE said (n bigserial PRIMARY KEY, room int, text text)")
    rounds = []
    for _ in range(args.rounds):
        one = {}
        for name, said in NOTIFY.items():
            script = args.work / "notify.sql"
            script.write_text(said + "\n")
            command = ["taskset", "-c", args.load_cores, *bench, "-c", "64", "-T", str(round(args.seconds)),
                       "-f", str(script), "postgres"]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
            one[name] = float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])
        rounds.append(one)
    result = {name: statistics.median(one[name] for one in rounds) for name in NOTIFY}
    ratio = statistics.median(one["after it"] / one["in the transaction"] for one in rounds)
    print("notify: 64 clients store " + ", ".join(f"{each:,.0f} a second {name}" for name, each in result.items())
          + f"; after it {ratio:.1f} times as many as in it")
    result["listener_us"] = listeners(args, database, bench)
    return result


def listeners(args, database, bench):
    """What a notification takes the database more for each connection that listens, to whatever channel."""
    script, each, taken = args.work / "notify.sql", 30, []
    script.write_text("SET LOCAL synchronous_commit = off\\; NOTIFY chat, 'x';\n")
    for count in (0, each):
        psql = [f"{args.postgres}/psql", "-h", "127.0.0.1", "-p", str(database.port), "-U", "postgres", "-q"]
        waiting = [subprocess.Popen(psql, stdin=subprocess.PIPE, text=True, cwd="/") for _ in range(count)]
        for one in waiting:
            one.stdin.write("LISTEN others;\n")
            one.stdin.flush()
        time.sleep(1)
        before = used(database, [])[0]
        done = subprocess.run([*bench, "-R", "400", "-T", str(round(args.seconds)), "-f", str(script), "postgres"],
                              capture_output=True, text=True, check=True, cwd="/")
        time.sleep(0.5)
        taken.append((used(database, [])[0] - before) / int(re.search(r"processed: (\d+)", done.stdout)[1]) * 1e6)
        for one in waiting:
            one.communicate()
    print(f"notify: {taken[0]:.0f} us of the database while nobody listens, {taken[1]:.0f} while {each} do")
    return (taken[1] - taken[0]) / each


# ---- latency

class Member(store.Session):
    """A session of this program, in one room."""

    def __init__(self, port, name, number):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.say(b"CHATROOM/2", type="hello", v=2, name=name, client=f"{number:032x}", rooms=[{"room": "latency"}])
        self.joined = self.until("joined")


def latency(args, chats):
    """Posts at one server, evenly; when they are acknowledged there, and when they are heard at another."""
    writer, reader = Member(chats[0].port, "writer", 1001), Member(chats[-1].port, "reader", 1002)
    sent, acked, heard = {}, [], []
    count = args.posts_timed

    def listen():
        while len(heard) < count:
            said = reader.until("message")
            heard.append(time.perf_counter() - sent[said["text"]])

    def answers():
        while len(acked) < count:
            answer = writer.until("ack")
            acked.append(time.perf_counter() - sent[answer["id"]])

    threads = [threading.Thread(target=one) for one in (listen, answers)]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    for number in range(count):
        pause = began + number / args.rate - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        sent[str(number)] = time.perf_counter()
        writer.say(type="post", id=str(number), room="latency", text=str(number))
    for thread in threads:
        thread.join(60)
        if thread.is_alive():
            sys.exit(f"{len(acked)} of {count} posts were acknowledged, {len(heard)} heard")
    result = {}
    for what, taken in (("ack", acked), ("heard at another server", heard)):
        result[what] = {"p50_us": percentile(taken, 0.5) * 1e6, "p99_us": percentile(taken, 0.99) * 1e6}
        print(f"latency, {args.rate} posts a second: {what} p50 {result[what]['p50_us'] / 1000:.2f} ms,"
              f" p99 {result[what]['p99_us'] / 1000:.2f} ms")
    writer.close()
    reader.close()
    return result


# ---- rooms

def heap(server):
    """What is alive in a server's memory, in bytes, after a collection, once it has told others who is where."""
    time.sleep(5)
    told = subprocess.run(["jcmd", str(server.process.pid), "GC.class_histogram"], capture_output=True, text=True, check=True)
    return int(re.search(r"^Total\s+\d+\s+(\d+)", told.stdout, re.MULTILINE)[1])


def rooms(args, database, chats):
    """Sessions that come into rooms of their own, then into the rooms of others."""
    server = chats[0]
    time.sleep(15)  # what a start takes is over
    rest = idle(args, database, chats)

    def enter(first, each, number):
        s = socket.create_connection(("127.0.0.1", server.port), 60)
        one = Member.__new__(Member)
        one.socket, one.rest = s, b""
        wished = [{"room": f"idle{first + i}"} for i in range(each)]
        one.say(b"CHATROOM/2", type="hello", v=2, name=f"idle{number}", client=f"{number + 5000:032x}", rooms=wished)
        for _ in range(each):
            one.until("joined")
        return one

    def talk(one, first, each):
        """A room in which nothing was ever said has no row."""
        for i in range(each):
            one.say(type="post", id=str(i), room=f"idle{first + i}", text="here I am")
        for _ in range(each):
            one.until("ack")

    rows = sum(database.number(f"SELECT pg_total_relation_size('{table}')") for table in ("room", "tail", "presence"))
    each, sessions = 50, 100
    members, before = [], heap(server)
    for number in range(sessions):
        members.append(enter(number * each, each, number))
        talk(members[-1], number * each, each)
    opened = heap(server)
    for number in range(sessions):
        members.append(enter(number * each, each, sessions + number))
    doubled = heap(server)
    busy = [more - less for more, less in zip(idle(args, database, chats), rest)]
    rows = sum(database.number(f"SELECT pg_total_relation_size('{table}')") for table in ("room", "tail", "presence")) - rows
    for one in members:
        one.close()
    count = each * sessions
    place = (doubled - opened) / count
    result = {"room_bytes": (opened - before) / count - place, "place_bytes": place,
              "row_bytes": rows / count, "look_database_us": busy[0] / count * 1e6, "look_servers_us": busy[1] / count * 1e6}
    print(f"rooms: each of {count:,} open ones takes the server {result['look_servers_us']:.2f} us a second and the"
          f" database {result['look_database_us']:.2f}, and has {result['row_bytes']:,.0f} bytes of rows")
    print(f"rooms: {count:,} idle rooms; a member's place in one takes {result['place_bytes']:,.0f} bytes,"
          f" with its part of a session, and the room itself {result['room_bytes']:,.0f}")
    return result


def run(args):
    args.work = pathlib.Path(tempfile.mkdtemp(prefix="shared-", dir=args.disk))
    args.work.chmod(0o755)  # PostgreSQL is another user
    args.posts = args.work / "posts"
    subprocess.run(["cc", "-O2", "-o", args.posts, pathlib.Path(__file__).parent / "posts.c"], check=True)
    parts, running, results = args.parts.split(","), [], {}
    args.counts = [int(one) for one in args.servers.split(",")]
    try:
        database = Database(args, args.work / "postgres")
        running.append(database)
        chats = []
        for number in range(max(args.counts)):
            chats.append(Shared(args, f"chat{number}", args.jar, args.work / f"chat{number}", number, database))
            running.append(chats[-1])
        if "rooms" in parts:  # while servers have nothing else in memory
            results["rooms"] = rooms(args, database, chats)
        if "posts" in parts or "cost" in parts:
            Several(chats).load(connections=64 * len(chats), window=16, rooms=64, warm=args.warm, seconds=1)
            results["sync_us"] = store.disk(args, 8192)[0]
        if "posts" in parts:
            data = Chat(args, "sqlite", args.jar, args.work / "data", FIRST_PORT + 40, FIRST_PORT + 41)
            running.append(data)
            results["posts"] = posts(args, database, chats, data)
            running.remove(data)
            data.stop()
        if "latency" in parts:
            results["latency"] = latency(args, chats)
        if "cost" in parts:
            results["cost"] = cost(args, database, chats)
        if "notify" in parts:
            results["notify"] = notify(args, database)
    finally:
        while running:
            running.pop().stop()
        shutil.rmtree(args.work)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(results, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help="which of " + ", ".join(PARTS))
    parser.add_argument("--servers", default="1,2,3", help="how many servers, one set-up after the other")
    parser.add_argument("--peers", default="sqlite,postgres")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each load")
    parser.add_argument("--warm", type=float, default=20.0, help="seconds of load before the first round")
    parser.add_argument("--rate", type=float, default=200, help="posts a second of latency")
    parser.add_argument("--posts-timed", type=int, default=2_000, help="posts of latency")
    parser.add_argument("--disk", metavar="DIR", help="a directory on the disk where the database is")
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--java", default="java")
    parser.add_argument("--jvm", default="-Xmx256m", help="flags for every JVM")
    parser.add_argument("--options", default="", help="for every chat server")
    parser.add_argument("--server-cores", default="0", help="where servers and database run, as taskset takes it")
    parser.add_argument("--load-cores", default="1", help="where the load generator runs")
    parser.add_argument("--postgres", default=store.POSTGRES, metavar="DIR", help="where PostgreSQL's programs are")
    parser.add_argument("--ahead", action="store_true", help="before all else that this machine does; as root")
    parser.add_argument("--json", metavar="FILE", help="keep what each round gave")
    args = parser.parse_args()
    for one in args.parts.split(","):
        if one not in PARTS:
            sys.exit(f"--parts {one} is not known, expected some of {', '.join(PARTS)}")
    if args.ahead:
        store.go_ahead()
    args.rooms = 0  # said with each load
    run(args)


if __name__ == "__main__":
    main()
