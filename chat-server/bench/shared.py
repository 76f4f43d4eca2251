#!/usr/bin/env python3
"""Measures servers that share a PostgreSQL (--store), with ratios within one run; docs/scaling.md has the figures.

    chat-server/bench/shared.py                                  # all parts, about fifteen minutes
    chat-server/bench/shared.py --parts posts --servers 1,2 --rounds 3
    chat-server/bench/shared.py --json measured.json             # the input of scaling.py

 posts     Throughput: posts of 64 bytes to one room and to 1,000 rooms, on one, two and three servers. For comparison,
           one server with --data, and PostgreSQL alone: 64 connections with one INSERT at a time. The result is the
           number of posts acknowledged per second.
 latency   At a tenth of that rate: the time until the ack, and until a member on another server receives the message.
 rooms     The cost of an idle open room and of a member in it: the server's memory after a garbage collection, and the
           processor time per second of polling for missed messages.
 cost      The processor time per post in other set-ups than those of the first part, on one server and on two, from
           which scaling.py learns its constants. And the cost of a delivery in a room with 64 members on each of one,
           two and three servers.
 notify    PostgreSQL alone: 64 clients of pgbench that each insert a row and notify, in the transaction or after it.

Servers and database run on --server-cores, the load on --load-cores. In every round each set-up does the same work in
turn; the medians are printed. Each post must be answered, in order, and in the end the database must have as many
messages as were acknowledged.

Needs python3 (3.9 or newer), cc, taskset, two cores and PostgreSQL's programs. For --ahead, see store.py.
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
# servers, rooms, connections per server, window, posts per second and server (0: as many as possible)
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
# one room on several servers, with 64 members on each; fields as above
SPREAD = {"1 server": (1, 1, 64, 1, 300), "2 servers": (2, 1, 64, 1, 150), "3 servers": (3, 1, 64, 1, 70)}
DATABASE_PORT, FIRST_PORT = 4720, 4730


class Shared(Chat):
    """One of several servers that share a database."""

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
        """Waits until all messages are indexed; indexing takes up to half of that time."""
        time.sleep(1.5)  # the metric is updated every second
        wait_for("the index is not done", lambda: self.metric("chat_search_lag_messages") == 0, 1_200)


class Database(Postgres):
    """The PostgreSQL of the comparison, with a database for the servers."""

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
    """Several servers that share a database and a load."""

    def __init__(self, servers):
        self.servers, self.name = servers, f"{len(servers)} server{'s' if len(servers) > 1 else ''}"

    def load(self, connections, **options):
        """Loads all servers, each with its share of the connections; returns their combined results."""
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
    """Adds rates, and takes the worst latency of the servers; they hardly differ."""
    return {**{row: sum(one[row] for one in results) for row in ("per_s", "answers")},
            **{row: max(one[row] for one in results) for row in ("p50_us", "p99_us")},
            "load_busy": sum(one["load_busy"] for one in results)}


# ---- posts

def cpu_seconds(pids, ended=False):
    """The processor time of processes, with that of their ended children if `ended`."""
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
    """The processor time of the database and of the servers in seconds, and the number of transactions."""
    postmaster = database.process.pid
    return (cpu_seconds(children(postmaster)) + cpu_seconds([postmaster], ended=True), cpu_seconds([each.process.pid for each in chats]),
            sum(each.metric("chat_log_commit_messages_count") for each in chats))


def posts(args, database, chats, data):
    setups = [Several(chats[:count]) for count in args.counts]
    if "sqlite" in args.peers:
        setups.append(data)
    if "postgres" in args.peers:
        setups.append(database)
    for setup in setups:  # warms up the JIT compiler
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
                one[setup.name] = setup.load(warm=4, seconds=args.seconds, **asked)  # until presence has settled
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
    """The state's changes per second while idle: processor time, transactions, log."""
    seconds, before, began = 2 * args.seconds, state(database, chats), time.monotonic()
    time.sleep(seconds)
    after, took = state(database, chats), time.monotonic() - began
    return tuple((b - a) / took for a, b in zip(before, after))


def state(database, chats):
    """As `used`, with the number of writing transactions, notifications included, and the bytes of write-ahead log."""
    return (*used(database, chats), database.number("SELECT pg_current_xact_id()::text"),
            database.number("SELECT pg_current_wal_lsn() - '0/0'"))


def cost(args, database, chats):
    """Measures the cost of a post, without the idle load and without its indexing."""
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
        setup.load(warm=0, seconds=args.seconds, **asked)  # warms up the JIT compiler
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
    """Measures the cost of indexing a message, while many wait."""
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
    """Measures the server's processor time for a ping and its pong."""
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
    """Measures how many rows 64 clients insert per second, one per transaction, with and without notifications."""
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
    """Measures the database's additional cost of a notification per listening connection, on any channel."""
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
    """A session of this script in one room."""

    def __init__(self, port, name, number):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.say(b"CHATROOM/2", type="hello", v=2, name=name, client=f"{number:032x}", rooms=[{"room": "latency"}])
        self.joined = self.until("joined")


def latency(args, chats):
    """Posts to one server at an even rate; measures the time to the ack, and to the delivery on another server."""
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
    """The bytes of live objects in a server after a garbage collection, once its presence is written."""
    time.sleep(5)
    told = subprocess.run(["jcmd", str(server.process.pid), "GC.class_histogram"], capture_output=True, text=True, check=True)
    return int(re.search(r"^Total\s+\d+\s+(\d+)", told.stdout, re.MULTILINE)[1])


def rooms(args, database, chats):
    """Measures rooms: sessions join rooms of their own, then others join the same rooms."""
    server = chats[0]
    time.sleep(15)  # until the start-up is over
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
        """Posts once to each room, as a room without messages has no row."""
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
    args.work.chmod(0o755)  # PostgreSQL runs as another user
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
        if "rooms" in parts:  # first, while the servers' memory is empty
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
    parser.add_argument("--servers", default="1,2,3", help="numbers of servers, one set-up each")
    parser.add_argument("--peers", default="sqlite,postgres")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="duration of each load")
    parser.add_argument("--warm", type=float, default=20.0, help="seconds of warm-up before the first round")
    parser.add_argument("--rate", type=float, default=200, help="posts per second of the part latency")
    parser.add_argument("--posts-timed", type=int, default=2_000, help="number of posts of the part latency")
    parser.add_argument("--disk", metavar="DIR", help="a directory for the database, on the disk to measure")
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--java", default="java")
    parser.add_argument("--jvm", default="-Xmx256m", help="flags for every JVM")
    parser.add_argument("--options", default="", help="options for every chat server")
    parser.add_argument("--server-cores", default="0", help="cores of servers and database, as for taskset")
    parser.add_argument("--load-cores", default="1", help="cores of the load generator")
    parser.add_argument("--postgres", default=store.POSTGRES, metavar="DIR", help="the directory of PostgreSQL's programs")
    parser.add_argument("--ahead", action="store_true", help="run with priority over all else on this machine; needs root")
    parser.add_argument("--json", metavar="FILE", help="write the results of each round there")
    args = parser.parse_args()
    for one in args.parts.split(","):
        if one not in PARTS:
            sys.exit(f"--parts {one} is not known, expected some of {', '.join(PARTS)}")
    if args.ahead:
        store.go_ahead()
    args.rooms = 0  # given with each load
    run(args)


if __name__ == "__main__":
    main()
