#!/usr/bin/env python3
"""What servers that share a PostgreSQL need for many members and rooms: the model of scaling.md, and what checks it.

    chat-server/bench/scaling.py                             # the tables of scaling.md, from scaling.json
    chat-server/bench/scaling.py --check                     # the simulation beside what was measured; fails beyond 20 %
    chat-server/bench/scaling.py --learn measured.json       # constants from a run of shared.py, into scaling.json

The constants are processor time: of one post, of one transaction, of one message in it, of one delivery. They are
learnt from the processor time that one server and two servers take, never from how fast they are. How fast they are is
what the simulation has to find out: it sends posts through servers, the lock of a room's row, the database's
processor and the disk's one sync for all who wait, as long as that takes.

Needs python3 (3.9 or newer) and nothing else.
"""
import argparse
import collections
import heapq
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE = 0.20
WRITERS = 8  # transactions of one server at a time, as many as its pool has for that


class Machine:
    """Events in their order, and processors that do one piece of work after the other."""

    def __init__(self):
        self.now, self.events, self.counter, self.free = 0.0, [], 0, {}

    def at(self, when, then):
        self.counter += 1
        heapq.heappush(self.events, (when, self.counter, then))

    def work(self, core, micros, then):
        """Does it once the core has done what came before."""
        self.free[core] = max(self.now, self.free.get(core, 0.0)) + micros
        self.at(self.free[core], then)

    def run(self, until):
        while self.events and self.events[0][0] <= until:
            self.now, _, then = heapq.heappop(self.events)
            then()


class Disk:
    """A sync takes its time, and those who come meanwhile share the next one."""

    def __init__(self, machine, micros):
        self.machine, self.micros, self.waiting, self.busy = machine, micros, [], False

    def sync(self, then):
        self.waiting.append(then)
        if not self.busy:
            self.begin()

    def begin(self):
        self.busy, now = True, self.waiting
        self.waiting = []

        def done():
            self.busy = False
            for then in now:
                then()
            if self.waiting and not self.busy:
                self.begin()

        self.machine.at(self.machine.now + self.micros, done)


class Lock:
    """A room's row: one transaction has it, the others wait in turn."""

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


class Server:
    def __init__(self, world, number):
        self.world, self.number = world, number
        self.collected = collections.defaultdict(list)  # by room, posts that wait for a transaction
        self.running, self.ready = set(), collections.deque()

    def post(self, room, answered):
        """A post has come; it waits until its room's transaction has ended and a connection is free."""
        self.world.machine.work("servers", self.world.of["post_us"], lambda: self.collect(room, answered))

    def collect(self, room, answered):
        self.collected[room].append(answered)
        if len(self.collected[room]) == 1 and room not in self.running:
            self.ready.append(room)
        self.next()

    def next(self):
        while self.ready and len(self.running) < WRITERS:
            room = self.ready.popleft()
            self.running.add(room)
            self.transaction(room, self.collected.pop(room))

    def transaction(self, room, posts):
        world, of, k = self.world, self.world.of, len(posts)
        world.transactions += 1

        def committed():
            world.locks[room].give_back()
            self.running.discard(room)
            if self.collected[room]:
                self.ready.append(room)
            self.next()
            for answered in posts:
                answered()
            world.others_read(self, k)

        def stored():
            world.disk.sync(lambda: world.machine.work("database", 0, committed))

        def locked():
            world.machine.work("database", of["database_transaction_us"] + k * of["database_row_us"], stored)

        world.machine.work("servers", of["server_transaction_us"] + k * of["server_row_us"],
                           lambda: world.locks[room].take(locked))


class World:
    """Servers, a database and members who post as soon as they are answered, or as often as they are to."""

    def __init__(self, of, servers, rooms, connections, window, rate=None):
        self.of, self.machine = of, Machine()
        self.disk, self.locks = Disk(self.machine, of["sync_us"]), collections.defaultdict(Lock)
        self.servers = [Server(self, number) for number in range(servers)]
        self.rooms, self.connections, self.window, self.rate = rooms, connections, window, rate
        self.answers, self.taken, self.transactions, self.counting = 0, [], 0, False

    def others_read(self, author, k):
        """What was stored is read by every other server with members in that room: here all of them."""
        for server in self.servers:
            if server is not author:
                self.machine.work("database", self.of["database_read_us"] + k * self.of["database_read_row_us"],
                                  lambda: self.machine.work(
                                      "servers", self.of["server_read_us"] + k * self.of["server_read_row_us"], lambda: None))

    def say(self, connection):
        server, room, since = self.servers[connection % len(self.servers)], connection % self.rooms, self.machine.now

        def answered():
            if self.counting:
                self.answers += 1
                self.taken.append(self.machine.now - since)
            if self.rate is None:
                self.machine.work("load", self.of["load_us"], lambda: self.say(connection))

        server.post(room, answered)

    def tick(self, number):
        self.say(number % self.connections)
        self.machine.at(self.machine.now + 1e6 / self.rate, lambda: self.tick(number + 1))

    def measure(self, warm=0.5, seconds=2.0):
        if self.rate is None:
            for connection in range(self.connections):
                for _ in range(self.window):
                    self.say(connection)
        else:
            self.tick(0)
        self.machine.run(warm * 1e6)
        self.counting, before = True, self.transactions
        self.machine.run((warm + seconds) * 1e6)
        taken = sorted(self.taken)
        return {"per_s": self.answers / seconds, "p50_us": taken[len(taken) // 2] if taken else 0,
                "posts_a_transaction": self.answers / max(1, self.transactions - before)}


def simulate(of, servers, rooms, connections, window, rate=None):
    """On the machine that was measured: servers and database share a core."""
    world = World(of, servers, rooms, connections, window, rate)
    if of["cores"] == 1:
        work = world.machine.work
        world.machine.work = lambda core, micros, then: work("load" if core == "load" else "all", micros, then)
    return world.measure()


# ---- constants

def learn(measured):
    """Constants from the processor time of one server in one room and in 1,000, and of two servers in both."""
    median = measured["posts"]["median"]
    one, many = median["one room"]["1 server"], median["1,000 rooms"]["1 server"]
    two = median["one room"]["2 servers"], median["1,000 rooms"]["2 servers"]

    def split(row, few=one, lot=many):
        """Time of a transaction and of a post in it: a x transactions a post + b, twice."""
        a, b = 1 / few["posts_a_transaction"], 1 / lot["posts_a_transaction"]
        transaction = max(0.0, (lot[row] - few[row]) / (b - a))
        return transaction, max(0.0, few[row] - a * transaction)

    def more(row):
        """What the second server costs a transaction and a post: it reads what the first has stored."""
        extra = []
        for work, before in ((two[0], one), (two[1], many)):
            transaction, post = split(row)
            extra.append({row: work[row] - transaction / work["posts_a_transaction"] - post,
                          "posts_a_transaction": work["posts_a_transaction"]})
        return split(row, *extra)

    of = {"cores": 1, "sync_us": measured["sync_us"], "load_us": measured["load_us"]}
    of["database_transaction_us"], of["database_row_us"] = split("database_us")
    of["server_transaction_us"], post = split("servers_us")
    of["post_us"] = of["server_row_us"] = post / 2
    of["database_read_us"], of["database_read_row_us"] = more("database_us")
    of["server_read_us"], of["server_read_row_us"] = more("servers_us")
    return of


def check(kept):
    """Every set-up that was measured, beside the simulation."""
    of, worst = kept["constants"], 0.0
    print(f"{'':28} {'measured':>12} {'simulated':>12}")
    for work, (rooms, connections, window) in {"one room": (1, 64, 16), "1,000 rooms": (1_000, 1_000, 1)}.items():
        for name, was in kept["measured"][work].items():
            count = int(name.split()[0])
            is_ = simulate(of, count, rooms, connections, window)
            ratio = is_["per_s"] / was["per_s"]
            worst = max(worst, abs(ratio - 1))
            print(f"{work + ', ' + name:28} {was['per_s']:10,.0f}/s {is_['per_s']:10,.0f}/s  {ratio:5.2f}"
                  f"   ({is_['posts_a_transaction']:.1f} posts a transaction, {was['posts_a_transaction']:.1f} measured)")
    print(f"the worst is {worst:.0%} away, expected at most {TOLERANCE:.0%}")
    return worst <= TOLERANCE


# ---- what much needs

def needs(of, members, rooms, posts_per_s, size=200):
    """What so many members in so many rooms need when the rooms together have so many posts a second.

    Each room has its members spread over all servers, so each post is read once by each server that has some.
    """
    each = members / rooms
    delivery, session = of["delivery_us"] / 1e6, of["session_bytes"]
    deliveries = posts_per_s * each
    servers = 1
    while True:
        readers = min(servers, max(1.0, each)) - 1  # servers beside the author's that have a member of a room
        posts_each = posts_per_s / servers
        busy = (deliveries / servers * delivery
                + posts_each * (of["post_us"] + of["server_row_us"] + of["server_transaction_us"]) / 1e6
                + posts_per_s * readers / servers * (of["server_read_us"] + of["server_read_row_us"]) / 1e6
                + members / servers * of["ping_us"] / of["ping_seconds"] / 1e6)
        if busy <= of["cores_a_server"] * of["use"] and members / servers <= of["connections_a_server"]:
            break
        servers += 1
    database = posts_per_s * (of["database_transaction_us"] + of["database_row_us"]
                              + readers * (of["database_read_us"] + of["database_read_row_us"])) / 1e6
    return {
        "servers": servers, "cores busy in each": busy, "memory of each (GB)": members / servers * session / 1e9,
        "deliveries a second": deliveries, "network out (Gbit/s)": deliveries * (size + of["wire_bytes"]) * 8 / 1e9,
        "connections to the database": servers * of["connections_to_database"],
        "transactions a second": posts_per_s, "cores of the database": database,
        "rooms' rows (GB)": rooms * of["room_row_bytes"] / 1e9,
    }


SCENARIOS = {
    "a million members in 10,000 rooms, each room a post every 10 s": (1_000_000, 10_000, 1_000),
    "ten thousand members in one room, 10 posts a second": (10_000, 1, 10),
    "a million rooms of 3 members, each room a post every 10 minutes": (3_000_000, 1_000_000, 1_667),
}


def tables(of):
    for name, (members, rooms, posts_per_s) in SCENARIOS.items():
        print(name)
        for what, number in needs(of, members, rooms, posts_per_s).items():
            print(f"  {what:30} {number:12,.2f}" if number < 100 else f"  {what:30} {number:12,.0f}")
    row = of["database_transaction_us"] + of["database_row_us"]
    print(f"the first wall: a core of the database commits {1e6 / row:,.0f} transactions of one post a second;"
          f" with 100 posts in each, {1e6 / (of['database_transaction_us'] / 100 + of['database_row_us']):,.0f} posts")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compares the simulation with what was measured")
    parser.add_argument("--learn", metavar="FILE", help="what shared.py has measured, as its --json keeps it")
    parser.add_argument("--constants", default=str(HERE / "scaling.json"), metavar="FILE")
    args = parser.parse_args()
    path = pathlib.Path(args.constants)
    kept = json.loads(path.read_text()) if path.exists() else {"constants": {}}
    if args.learn:
        measured = json.loads(pathlib.Path(args.learn).read_text())
        kept["constants"].update(learn(measured))
        median = measured["posts"]["median"]
        kept["measured"] = {work: {name: row for name, row in of.items() if "server" in name} for work, of in median.items()}
        path.write_text(json.dumps(kept, indent=1) + "\n")
    if not kept["constants"]:
        sys.exit(f"{path} is not there, expected constants: --learn FILE makes it")
    if args.check:
        sys.exit(0 if check(kept) else 1)
    tables(kept["constants"])


if __name__ == "__main__":
    main()
