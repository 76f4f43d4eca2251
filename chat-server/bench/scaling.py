#!/usr/bin/env python3
"""Predicts what servers that share a PostgreSQL need for many members and rooms, and checks the model of scaling.md.

    chat-server/bench/scaling.py                             # the tables of scaling.md, from scaling.json
    chat-server/bench/scaling.py --check                     # compares simulation and measurement; fails beyond 20 %
    chat-server/bench/scaling.py --into docs/scaling.md      # updates all tables of scaling.md
    chat-server/bench/scaling.py --learn FILE...             # adds runs of shared.py (--json) to scaling.json

The constants of the model are processor times: of a transaction, of a room and a post in it, of a burst sent to a
member and a message in it, of a read by another server. They are learnt from the processor time of some works on one
server and on two (the part cost of shared.py), not from throughput. The simulation predicts throughput and the size of
transactions: it sends posts through the threads of servers, the locks of rooms, the processes of the database, the
disk with one sync for all that wait, the reads by other servers, and the word index, all of them on one core. The
measurements that check it, the part posts of shared.py, are not learnt from.

Needs python3 (3.9 or newer) and nothing else.
"""
import argparse
import collections
import heapq
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 0.20
WORK = {"one room": (1, 64, 16), "1,000 rooms": (1_000, 1_000, 1)}  # as in shared.py: rooms, connections, window

LATENCY_RATE, LATENCY = 200, {"ack": "p50_us", "heard at another server": "heard_p50_us"}

# constants of the server (Writers, CatchUp, RoomQuery, SharedLogs, WordFollower)
LANES, ROOMS_A_TRANSACTION, POSTS_A_TRANSACTION, TRIES = 2, 64, 2_000, 10
ROOMS_A_READ, ROWS_A_READ, ROOMS_A_LOOK, WORDS_AT_ONCE = 64, 500, 10_000, 1_000
# the time slice of Linux on two cores
SLICE_US = 1_400


# ---- the machine

class Machine:
    """Runs events in order of time, and cores that their threads share."""

    def __init__(self):
        self.now, self.events, self.counter, self.cores = 0.0, [], 0, collections.defaultdict(Core)

    def at(self, when, then):
        self.counter += 1
        heapq.heappush(self.events, (when, self.counter, then))

    def work(self, core, thread, micros, then):
        """Queues work for a thread, and calls `then` when it is done."""
        self.cores[core].add(self, thread, micros, then)

    def run(self, until):
        while self.events and self.events[0][0] <= until:
            self.now, _, then = heapq.heappop(self.events)
            then()


class Core:
    """A core on which threads take turns, each for at most a time slice."""

    def __init__(self):
        self.queues, self.turns, self.busy, self.speed = {}, collections.deque(), False, 1.0

    def add(self, machine, thread, micros, then):
        queue = self.queues.get(thread)
        if queue is None:
            queue = self.queues[thread] = collections.deque()
            self.turns.append(thread)
        queue.append([micros / self.speed, then])
        if not self.busy:
            self.next(machine)

    def next(self, machine):
        """Runs the next thread for its time slice."""
        self.busy = bool(self.turns)
        if not self.busy:
            return
        thread = self.turns.popleft()
        queue, took, done = self.queues[thread], 0.0, []
        while queue and took < SLICE_US and not (done and queue[0][0] > SLICE_US - took):
            part = min(queue[0][0], SLICE_US - took)
            took += part
            queue[0][0] -= part
            if queue[0][0] <= 1e-9:
                done.append((took, queue.popleft()[1]))
        for when, then in done:
            machine.at(machine.now + when, then)

        def turn():
            if queue:
                self.turns.append(thread)
            else:
                del self.queues[thread]
            self.next(machine)

        machine.at(machine.now + took, turn)


class Disk:
    """A disk with one sync at a time; requests during a sync share the next one."""

    def __init__(self, machine, micros):
        self.machine, self.micros, self.waiting, self.busy = machine, micros, [], False

    def sync(self, then):
        self.waiting.append(then)
        if not self.busy:
            self.begin()

    def begin(self):
        self.busy, now, self.waiting = True, self.waiting, []

        def done():
            self.busy = False
            for then in now:
                then()
            if self.waiting and not self.busy:
                self.begin()

        self.machine.at(self.machine.now + self.micros, done)


class Lock:
    """The lock of a room's row: one transaction holds it, the others queue."""

    def __init__(self):
        self.held, self.waiting = False, collections.deque()

    def take(self, then):
        if self.held:
            self.waiting.append(then)
        else:
            self.held = True
            then()

    def give_back(self):
        if self.waiting:
            self.waiting.popleft()()
        else:
            self.held = False


# ---- servers

class Server:
    def __init__(self, world, number, members):
        self.world, self.number, self.members = world, number, members  # members: number of members here, by room
        self.collected = collections.defaultdict(list)  # by room: number of posts, and the callback for their answer
        self.running, self.ready, self.lanes = set(), collections.deque(), list(range(LANES))
        self.busy = []  # batches for rooms in which another server was storing
        self.delivered = collections.Counter()  # by room, the last seq
        self.stored = collections.defaultdict(collections.deque)  # by room, own batches that wait for earlier messages
        self.behind, self.reading = {}, False

    def loop(self, micros, then):
        self.world.machine.work("servers", ("loop", self.number), micros, then)

    def post(self, room, count, answered):
        """Receives posts; they wait until the transaction of their room has ended and a lane is free."""
        of = self.world.of
        self.loop((of["server_room_us"] + count * of["server_row_us"]) / 2, lambda: self.collect(room, count, answered))

    def collect(self, room, count, answered):
        self.collected[room].append((count, answered))
        if len(self.collected[room]) == 1 and room not in self.running:
            self.ready.append(room)
        self.write()

    def write(self):
        while (self.ready or self.busy) and self.lanes:
            works, posts = self.busy[:ROOMS_A_TRANSACTION], 0
            del self.busy[:ROOMS_A_TRANSACTION]
            while self.ready and len(works) < ROOMS_A_TRANSACTION and posts < POSTS_A_TRANSACTION:
                room = self.ready.popleft()
                self.running.add(room)
                waiting = self.collected.pop(room)
                works.append((room, sum(count for count, _ in waiting), [answered for _, answered in waiting], 0))
                posts += works[-1][1]
            self.together(works, self.lanes.pop())

    def together(self, works, lane):
        """Stores batches of several rooms in one transaction; rooms in which another server is storing are retried."""
        locks, free, alone = self.world.locks, [], []

        def lock(store):
            for room, count, answered, tries in works:
                if not locks[room].held:
                    locks[room].held = True
                    free.append((room, count, answered))
                elif len(works) > 1 and tries < TRIES:
                    self.busy.append((room, count, answered, tries + 1))
                else:
                    alone.append((room, count, answered))
            store(free)

        def done():
            self.lanes.append(lane)
            for one in alone:
                self.transaction(("alone", one[0]), lambda store, one=one: locks[one[0]].take(lambda: store([one])), lambda: None)
            self.write()

        self.transaction(("lane", lane), lock, done)

    def transaction(self, thread, lock, done):
        """A thread of the server calls a process of the database, which takes locks, stores and syncs the disk."""
        world, of = self.world, self.world.of

        def store(batches):
            took = (of["database_transaction_us"] / 2 + len(batches) * of["database_room_us"]
                    + sum(count for _, count, _ in batches) * of["database_row_us"])
            world.transactions += bool(batches)
            world.machine.work("database", ("database", self.number, thread), took,
                               lambda: world.disk.sync(committed) if batches else answer())

            def committed():
                for room, count, answered in batches:
                    world.newest[room] += count
                    self.stored[room].append((world.newest[room] - count + 1, count, answered))
                    world.locks[room].give_back()
                answer()

            def answer():
                world.machine.work("servers", (self.number, thread), of["server_transaction_us"] / 2, told)

            def told():
                for room, _, _ in batches:
                    self.running.discard(room)
                    if self.collected[room]:
                        self.ready.append(room)
                    self.hand_on(room)
                world.stored(self, batches)
                done()
                self.write()

        world.machine.work("servers", (self.number, thread), of["server_transaction_us"] / 2, lambda: world.machine.work(
            "database", ("database", self.number, thread), of["database_transaction_us"] / 2, lambda: lock(store)))

    def hand_on(self, room):
        """Delivers own batches in order; earlier messages of other servers are read first."""
        stored = self.stored[room]
        while stored and stored[0][0] == self.delivered[room] + 1:
            _, count, answered = stored.popleft()
            self.loop((self.world.of["server_room_us"] + count * self.world.of["server_row_us"]) / 2, lambda: None)
            self.deliver(room, count, answered)
        if stored:
            self.read(room)

    def deliver(self, room, count, answered=()):
        of, members = self.world.of, self.members.get(room, 0)
        self.delivered[room] += count

        def sent():
            if members:
                self.world.machine.work("load", "load", members * count * of["load_heard_us"], heard)

        def heard():
            for one in answered:
                one()
            if not answered:
                self.world.heard(room, count)

        self.loop(members * (of["server_send_us"] + count * of["server_delivery_us"]), sent)

    def read(self, room):
        self.behind[room] = True
        if not self.reading:
            self.read_next()

    def read_next(self):
        """Reads with one query for all rooms that are behind at that moment."""
        world, of = self.world, self.world.of
        rooms = list(self.behind)[:ROOMS_A_READ]
        self.reading = bool(rooms)
        if not rooms:
            return
        rows = {}
        for room in rooms:
            del self.behind[room]
            newest = self.stored[room][0][0] - 1 if self.stored[room] else world.newest[room]
            rows[room] = max(0, min(ROWS_A_READ, newest - self.delivered[room]))
        took = {side: of[side + "_read_us"] + len(rows) * of[side + "_read_room_us"]
                + sum(rows.values()) * of[side + "_read_row_us"] for side in ("server", "database")}

        def found():
            for room, count in rows.items():
                if count:
                    self.deliver(room, count)
                self.hand_on(room)
                if self.delivered[room] < world.newest[room] and not self.stored[room]:
                    self.behind[room] = True
            self.read_next()

        world.machine.work("database", ("reader", self.number), took["database"], lambda: world.machine.work(
            "servers", ("reader", self.number), took["server"], found))


class World:
    """Servers, a database, and members that post again as soon as they are answered, or at a fixed rate."""

    def __init__(self, of, servers, rooms, connections, window=1, rate=None, listeners=0):
        self.of, self.machine = of, Machine()
        self.disk, self.locks = Disk(self.machine, of["sync_us"]), collections.defaultdict(Lock)
        here = [collections.Counter(number % rooms for number in range(connections // servers)) for _ in range(servers)]
        here += [collections.Counter(range(rooms)) for _ in range(listeners)]  # servers without posts
        self.servers = [Server(self, number, members) for number, members in enumerate(here)]
        self.rooms, self.posting, self.each, self.window, self.rate = rooms, servers, connections // servers, window, rate
        self.newest = collections.Counter()
        self.answers, self.taken, self.transactions, self.counting = 0, [], 0, False
        self.words, self.indexed, self.heard_after, self.said = 0, 0, [], collections.deque()

    def stored(self, author, batch):
        self.words += sum(count for _, count, _ in batch)
        for server in self.servers:
            for room, _, _ in batch:
                if server is not author and server.members.get(room) and server.delivered[room] < self.newest[room]:
                    server.read(room)

    def index(self):
        """One server indexes words, and then pauses for as long as that took."""
        began, count = self.machine.now, min(WORDS_AT_ONCE, self.words - self.indexed)
        if not count:
            self.machine.at(began + 1e6, self.index)
            return
        self.indexed += count

        def done():
            self.machine.at(2 * self.machine.now - began, self.index)

        self.machine.work("database", "index", count * self.of["database_index_us"], lambda: self.machine.work(
            "servers", "index", count * self.of["server_index_us"], done))

    def say(self, server, room):
        """A connection sends a window of posts, and the next one when they are answered."""
        since = self.machine.now

        def answered():
            if self.counting:
                self.answers += self.window
                self.taken.append(self.machine.now - since)
            if self.rate is None:
                self.machine.work("load", "load", self.window * self.of["load_us"], lambda: self.say(server, room))

        if self.rate is not None:
            self.said.append(since)
        self.servers[server].post(room, self.window, answered)

    def heard(self, room, count):
        """Members of another server received the posts; counted for one room with one such server."""
        if self.rate is not None:
            for _ in range(count):
                self.heard_after.append(self.machine.now - self.said.popleft())

    def tick(self, number):
        self.say(number % self.posting, number // self.posting % self.each % self.rooms)
        self.machine.at(self.machine.now + 1e6 / self.rate, lambda: self.tick(number + 1))

    def measure(self, warm, seconds):
        self.machine.at(0, self.index)
        if self.rate is None:
            for number in range(self.each * self.posting):
                self.say(number % self.posting, number // self.posting % self.each % self.rooms)
        else:
            self.tick(0)
        self.machine.run(warm * 1e6)
        self.counting, before = True, self.transactions
        self.machine.run((warm + seconds) * 1e6)
        return {"per_s": self.answers / seconds, "p50_us": median(self.taken), "heard_p50_us": median(self.heard_after),
                "posts_a_transaction": self.answers / max(1, self.transactions - before)}


def median(values):
    return sorted(values)[len(values) // 2] if values else 0.0


def simulate(of, servers, rooms, connections, window=1, rate=None, listeners=0, running=3, warm=0.7, seconds=2.0):
    """Simulates the measured machine: servers and database share a core, less the idle load of those that run."""
    world = World(of, servers, rooms, connections, window, rate, listeners)
    core = world.machine.cores["all"]
    looks = servers * min(rooms, connections // servers) * (of["server_look_us"] + of["database_look_us"]) / 1e6
    core.speed = 1 - of["database_idle"] - running * of["server_idle"] - looks
    for name in ("servers", "database"):
        world.machine.cores[name] = core
    return world.measure(warm, seconds)


# ---- constants

def fitted(rows, wanted):
    """Fits non-negative factors of the columns to the wanted values, with equal weight for each row."""
    used = list(rows[0])
    while True:
        scaled = [[row[name] / want for name in used] for row, want in zip(rows, wanted)]
        left = [[sum(one[a] * one[b] for one in scaled) for b in range(len(used))] for a in range(len(used))]
        for i, line in enumerate(left):
            line[i] *= 1 + 1e-9  # splits the value between equal columns
        found = dict(zip(used, solved(left, [sum(one[a] for one in scaled) for a in range(len(used))])))
        worst = min(used, key=found.get)
        if found[worst] >= 0:
            return {name: found.get(name, 0.0) for name in rows[0]}
        used.remove(worst)


def solved(left, right):
    """Solves linear equations by elimination."""
    rows = [[*line, value] for line, value in zip(left, right)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(len(rows)):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def learn(measured):
    """Learns the constants from the processor times of the measured works."""
    cost, rooms = measured["cost"], measured["rooms"]
    works = list(cost["works"].values())
    single, heard = cost["works"]["one room, a session with 256 posts"], cost["works"]["one room, 200 sessions"]
    of = {"sync_us": measured["sync_us"], "ping_us": cost["ping_us"], "message_bytes": cost["message_bytes"],
          "room_row_bytes": rooms["row_bytes"], "room_bytes": rooms["room_bytes"], "place_bytes": rooms["place_bytes"],
          "database_idle": cost["idle"]["database"], "server_idle": cost["idle"]["a server"],
          "listener_us": measured["notify"]["listener_us"],
          "log_bytes": cost["works"]["one room, a session"]["log_bytes"], "load_us": single["load_us"],
          "load_heard_us": max(0.0, heard["load_us"] - single["load_us"]) / heard["members"]}
    for side, row in (("server", "servers_us"), ("database", "database_us")):
        of[f"{side}_look_us"], of[f"{side}_index_us"] = rooms[f"look_{row}"], cost["index"][row]
        found = fitted([columns(work, side) for work in works], [max(1.0, work[row]) for work in works])
        of |= {f"{side}_{name}_us": micros for name, micros in found.items()}
    return of


def columns(work, side):
    """How often each step is done per post, with those of the other servers that read it."""
    transactions = 1 / work["posts_a_transaction"]
    bursts, readers = 1 if work["rooms"] > 1 else transactions, work["servers"] - 1
    each = {"transaction": transactions, "room": bursts, "row": 1,
            "read": readers * transactions, "read_room": readers * bursts, "read_row": readers}
    if side == "server":
        each |= {"send": work["members"] * bursts, "delivery": work["members"]}
    return each


def constants(kept):
    return learn(kept["measured"]) | {name: value for name, (value, _) in kept["chosen"].items()}


def check(kept):
    """Compares every measured set-up with the simulation; returns a table and the worst deviation."""
    of, measured = constants(kept), kept["measured"]
    rows, ratios = [], []
    for work, (rooms, connections, window) in WORK.items():
        for name, was in measured["posts"]["median"][work].items():
            if "server" in name:
                is_ = simulate(of, int(name.split()[0]), rooms, connections, window)
                ratios.append(is_["per_s"] / was["per_s"])
                rows.append([f"posts a second into {work}, {name}", f"{was['per_s']:,.0f}", f"{is_['per_s']:,.0f}",
                             f"{ratios[-1]:.2f}"])
    is_ = simulate(of, 1, 1, 1, rate=LATENCY_RATE, listeners=1)
    for what, row in LATENCY.items():
        was = measured["latency"][what]["p50_us"]
        ratios.append(is_[row] / was)
        rows.append([f"p50 of {LATENCY_RATE} posts a second, {what}", f"{was / 1e3:.1f} ms", f"{is_[row] / 1e3:.1f} ms",
                     f"{ratios[-1]:.2f}"])
    for name, was in measured["cost"]["spread"].items():
        is_ = sum(of[f"server_{what}_us"] * number for what, number in columns(was, "server").items())
        ratios.append(is_ / was["servers_us"])
        rows.append([f"servers' processor time of a post to {was['members']:.0f} members on {name}",
                     f"{was['servers_us']:.0f} µs", f"{is_:.0f} µs", f"{ratios[-1]:.2f}"])
    return table(["", "measured", "predicted", "ratio"], rows), max(abs(ratio - 1) for ratio in ratios)


# ---- needs of large installations

def needs(of, members, rooms, posts_per_s, size=200):
    """What an installation needs; `posts_per_s` is the total of all rooms, `size` the bytes of a post.

    The members of a room are spread over all servers, so each server with members of the room reads each post once.
    Each post is counted as a transaction of its own, the most expensive case; under load, transactions become larger.
    """
    each = members / rooms
    deliveries, servers = posts_per_s * each, 2  # so that one can fail
    while True:
        here = 1 - (1 - 1 / servers) ** each  # the fraction of rooms of which a server has members
        readers = max(0.0, servers * here - 1)
        busy = {
            "posts": posts_per_s / servers * (of["server_transaction_us"] + of["server_room_us"] + of["server_row_us"]),
            "reads": posts_per_s * readers / servers
                     * (of["server_read_us"] + of["server_read_room_us"] + of["server_read_row_us"]),
            "deliveries": deliveries / servers * (of["server_send_us"] + of["server_delivery_us"]),
            "pings": members / servers * of["ping_us"] / of["ping_seconds"],
            "looks": min(ROOMS_A_LOOK, rooms * here) * of["server_look_us"],
        }
        cores = sum(busy.values()) / 1e6
        if cores <= of["cores_a_server"] * of["use"] and members / servers <= of["connections_a_server"]:
            break
        servers += 1
    database = {
        "posts": posts_per_s * (of["database_transaction_us"] + of["database_room_us"] + of["database_row_us"]),
        "reads": posts_per_s * readers * (of["database_read_us"] + of["database_read_room_us"] + of["database_read_row_us"]),
        "looks": servers * min(ROOMS_A_LOOK, rooms * here) * of["database_look_us"],
        "index": posts_per_s * of["database_index_us"],
        # each wakes all listeners; those of three servers are included in the cost of a post
        "notifications": posts_per_s * max(0, servers - 3) * of["listeners_a_server"] * of["listener_us"],
    }
    memory = members / servers * (of["session_bytes"] + of["place_bytes"]) + rooms * here * of["room_bytes"]
    return {
        "servers": servers, "cores busy in each": cores, "memory of each, beside 100 MB (GB)": memory / 1e9,
        "deliveries a second": deliveries, "network to members (Gbit/s)": deliveries * (size + of["wire_bytes"]) * 8 / 1e9,
        "connections to the database": servers * of["connections_to_database"],
        "transactions a second": posts_per_s, "cores of the database": sum(database.values()) / 1e6,
        **{f"  of that for {what}": micros / 1e6 for what, micros in database.items()},
        "write-ahead log (MB/s)": posts_per_s * (of["log_bytes"] + size) / 1e6,
        "messages of a day (GB)": posts_per_s * 86_400 * (of["message_bytes"] + size) / 1e9,
        "rows of rooms (GB)": rooms * of["room_row_bytes"] / 1e9,
    }


SCENARIOS = {
    "a million members in 10,000 rooms, each room a post every 10 s": (1_000_000, 10_000, 1_000),
    "ten thousand members in one room, 10 posts a second": (10_000, 1, 10),
    "a million rooms of 3 members, each room a post every 10 minutes": (3_000_000, 1_000_000, 1_667),
}


# ---- the tables of scaling.md

def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def short(number):
    """Formats a number with two significant digits."""
    if number >= 100:
        digits = 10 ** max(0, len(str(int(number))) - 2)
        return f"{round(number / digits) * digits:,.0f}"
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def posts_table(measured):
    rows = []
    for work, median_of in measured["posts"]["median"].items():
        rounds = measured["posts"]["rounds"][work]
        for name, row in median_of.items():
            against = [short(median([one[name]["per_s"] / one[peer]["per_s"] for one in rounds])) if name != peer else ""
                       for peer in ("postgres", "sqlite")]
            took = [short(row[of]) for of in ("servers_us", "database_us", "posts_a_transaction")] if "server" in name else [""] * 3
            rows.append([work, NAMES.get(name, name), short(row["per_s"]), *against,
                         f"{short(row['p50_us'] / 1e3)}, {short(row['p99_us'] / 1e3)} ms", *took])
    return table(["into", "", "acknowledged a second", "of `INSERT`s", "of `--data`", "ack p50, p99", "servers, µs a post",
                  "database, µs a post", "posts a transaction"], rows)


NAMES = {"postgres": "PostgreSQL alone, `INSERT`", "sqlite": "one server, `--data`"}


def latency_table(measured):
    latency = measured["latency"]
    return table(["200 posts a second, one room", "p50", "p99"],
                 [[what, *(f"{short(of[row] / 1e3)} ms" for row in ("p50_us", "p99_us"))] for what, of in latency.items()])


def spread_table(measured):
    """The cost of a delivery when the members are spread over several servers."""
    rows, first = [], None
    for name, of in measured["cost"]["spread"].items():
        took = of["servers_us"] / of["members"]
        first = first or took
        rows.append([name, str(of["members"]), f"{short(took)} µs", f"{took / first:.2f}", f"{short(of['p50_us'] / 1e3)} ms"])
    return table(["64 members on each of", "members", "servers' processor time a delivery", "of one server's", "ack p50"], rows)


def notify_table(measured):
    rows = [[name, short(of)] for name, of in measured["notify"].items() if name != "listener_us"]
    return table(["64 clients of pgbench, notification", "rows a second"], rows)


TIMES = {
    "transaction": "a transaction, with its notification",
    "room": "a room in a transaction",
    "row": "a post in a transaction",
    "send": "a burst sent to a member",
    "delivery": "a message in a burst",
    "read": "a read of other servers' messages",
    "read_room": "a room in a read",
    "read_row": "a message in a read",
    "index": "indexing a message",
    "look": "polling an open room, each second",
}
OTHERS = {
    "server_idle": "an idle server, fraction of a core",
    "database_idle": "an idle database with three servers, fraction of a core",
    "ping_us": "a ping and its pong, µs of a server",
    "listener_us": "a notification, per listening connection, µs of the database",
    "sync_us": "a sync of the disk, µs",
    "load_us": "a post, µs of the load generator",
    "load_heard_us": "a received message, µs of the load generator",
    "log_bytes": "write-ahead log of a post in a transaction of its own, bytes",
    "message_bytes": "a message of 64 characters in the database, without its index, bytes",
    "room_row_bytes": "a room's rows, bytes",
    "room_bytes": "an open room in a server's heap, bytes",
    "place_bytes": "a member's place in a room, bytes",
}


def times_table(kept):
    of = constants(kept)
    show = lambda name: short(of[name]) if name in of else ""
    return table(["processor time, µs", "server", "database"],
                 [[what, show(f"server_{name}_us"), show(f"database_{name}_us")] for name, what in TIMES.items()])


def constants_table(kept):
    of = constants(kept)
    rows = [[what, short(of[name]), "shared.py"] for name, what in OTHERS.items()]
    rows += [[f"`{name}`", short(value), source] for name, (value, source) in kept["chosen"].items()]
    return table(["", "", "from"], rows)


def needs_table(of):
    found = [needs(of, *scenario) for scenario in SCENARIOS.values()]
    return table(["", *SCENARIOS], [[what, *(short(one[what]) for one in found)] for what in found[0]])


def wall(of):
    """What one core of the database can do."""
    times = [of[f"database_{name}_us"] for name in ("transaction", "room", "row")]
    rows = []
    for what, parts in (("that come alone, each a transaction", (1, 1, 1)),
                        ("in 64 rooms at once, one in each, a transaction", (1 / ROOMS_A_TRANSACTION, 1, 1)),
                        ("in one room, a hundred at once", (0.01, 0.01, 1))):
        micros = sum(part * each for part, each in zip(parts, times)) + of["database_index_us"]
        rows.append([what, f"{short(micros)} µs", short(1e6 / micros)])
    return table(["posts", "database, each", "a second on a core of it"], rows)


def tables(kept):
    """All tables, by the names that mark their places in scaling.md."""
    of, measured = constants(kept), kept["measured"]
    return {"posts": posts_table(measured), "latency": latency_table(measured), "spread": spread_table(measured),
            "notify": notify_table(measured), "times": times_table(kept), "constants": constants_table(kept),
            "needs": needs_table(of), "wall": wall(of)}


def put(tables, path):
    """Writes each table at its place."""
    text = path.read_text()
    for name, one in tables.items():
        text, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda at: f"{at[1]}{one}\n{at[2]}", text,
                              flags=re.DOTALL)
        if found != 1:
            sys.exit(f"{path} has {found} places for {name}, expected <!-- {name} --> and <!-- /{name} --> once")
    path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare the simulation with the measurements")
    parser.add_argument("--into", metavar="FILE", help="write the tables to their places in scaling.md")
    parser.add_argument("--learn", nargs="+", metavar="FILE", help="results of shared.py, from its --json")
    parser.add_argument("--constants", default=str(HERE / "scaling.json"), metavar="FILE")
    args = parser.parse_args()
    path = pathlib.Path(args.constants)
    kept = json.loads(path.read_text()) if path.exists() else {"chosen": {}, "measured": {}}
    if args.learn:
        for one in args.learn:
            kept["measured"] |= json.loads(pathlib.Path(one).read_text())
        path.write_text(json.dumps(kept, indent=1) + "\n")
    found, worst = tables(kept), 0.0
    if args.check or args.into:
        found["check"], worst = check(kept)
    if args.into:
        put(found, pathlib.Path(args.into))
    else:
        print(found["check"] if args.check else "\n\n".join(found.values()))
    if args.check and worst > TOLERANCE:
        sys.exit(f"the worst is {worst:.0%} away, expected at most {TOLERANCE:.0%}")


if __name__ == "__main__":
    main()
