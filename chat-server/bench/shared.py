#!/usr/bin/env python3
"""How fast servers are that share a PostgreSQL (--store), as ratios in one run; scaling.md has the figures.

    chat-server/bench/shared.py                                  # all of it, about ten minutes
    chat-server/bench/shared.py --parts posts --servers 1,2 --rounds 3
    chat-server/bench/shared.py --json measured.json             # what scaling.py compares itself with

 posts     Sessions with posts of 64 bytes on their way, into one room and into 1,000 rooms, to one, two and three
           servers. Beside it one server with --data, and PostgreSQL alone: 64 connections with one INSERT at a time.
           What counts is how many are answered a second, once they are safe.
 latency   At a tenth of that rate: how long an ack takes, and how long it takes until a member of another server
           hears the message.
 rooms     What an open room costs that is idle, and a member of it: memory of the server after a collection.

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

PARTS = ("posts", "latency", "rooms")
WORK = {"one room": (1, 64, 16), "1,000 rooms": (1_000, 1_000, 1)}  # rooms, connections, window
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
        Server.settle(self)


class Database(Postgres):
    """The same PostgreSQL that is compared with, and a database for the servers."""

    port = DATABASE_PORT

    def __init__(self, args, directory):
        super().__init__(args, directory)
        self.sql("CREATE DATABASE chat")

    def acknowledged(self):
        command = [f"{self.args.postgres}/psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "chat",
                   "-Atc", "SELECT count(*) FROM message"]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


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

def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # a connection of the database has ended
        ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


def children(pid):
    return [int(one) for one in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def used(database, chats):
    """Processor time of the database and of the servers in seconds, and how many transactions there were."""
    return (cpu_seconds(children(database.process.pid)), cpu_seconds([each.process.pid for each in chats]),
            sum(each.metric("chat_log_commit_messages_count") for each in chats))


def posts(args, database, chats, data):
    setups = [Several(chats[:count]) for count in args.counts]
    if "sqlite" in args.peers:
        setups.append(data)
    if "postgres" in args.peers:
        setups.append(database)
    Several(chats).load(connections=64 * len(chats), window=16, rooms=64, warm=args.warm, seconds=1)
    data.load(rooms=64, warm=args.warm, seconds=1)
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
                one[setup.name] = setup.load(warm=1, seconds=args.seconds, **asked)
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
    busy = [one[setup.name]["load_busy"] / one[setup.name]["per_s"] for one in rounds["one room"] for setup in setups[:1]]
    return {"rounds": rounds, "median": summary, "load_us": statistics.median(busy) * 1e6}


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
            acked.append(time.perf_counter() - sent[writer.until("ack")["id"]])

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
    """What is alive in a server's memory, in bytes, after a collection."""
    told = subprocess.run(["jcmd", str(server.process.pid), "GC.class_histogram"], capture_output=True, text=True, check=True)
    return int(re.search(r"^Total\s+\d+\s+(\d+)", told.stdout, re.MULTILINE)[1])


def rooms(args, server):
    """Sessions that come into rooms of their own, then into the rooms of others."""
    def enter(first, each, count, number):
        s = socket.create_connection(("127.0.0.1", server.port), 60)
        one = Member.__new__(Member)
        one.socket, one.rest = s, b""
        wished = [{"room": f"idle{first + i}"} for i in range(each)]
        one.say(b"CHATROOM/2", type="hello", v=2, name=f"idle{number}", client=f"{number + 5000:032x}", rooms=wished)
        for _ in range(each):
            one.until("joined")
        return one

    each, sessions = 50, 100
    members, before = [], heap(server)
    for number in range(sessions):
        members.append(enter(number * each, each, sessions, number))
    opened = heap(server)
    for number in range(sessions):
        members.append(enter(number * each, each, sessions, sessions + number))
    doubled = heap(server)
    for one in members:
        one.close()
    count = each * sessions
    place = (doubled - opened) / count
    result = {"room_bytes": (opened - before) / count - place, "place_bytes": place}
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
        if "posts" in parts:
            data = Chat(args, "sqlite", args.jar, args.work / "data", FIRST_PORT + 40, FIRST_PORT + 41)
            running.append(data)
            results["posts"] = posts(args, database, chats, data)
            running.remove(data)
            data.stop()
            results["sync_us"] = store.disk(args, 512)[0]
            results["load_us"] = results["posts"]["load_us"]
        if "latency" in parts:
            results["latency"] = latency(args, chats)
        if "rooms" in parts:
            results["rooms"] = rooms(args, chats[0])
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
