#!/usr/bin/env python3
"""Everything that peers do to a chat room, at once and for a while; then: is all of it gone, and the room still in order?

    chat-server/bench/soak.py                      # 10 minutes
    chat-server/bench/soak.py --minutes 1 --csv curve.csv

Needs python3, a JDK (jcmd) and the server's jar (mvn package). The members that vanish need root and
`ip netns`; without, they are left out, and it says so. Exit code 0 if all holds, else 1.

What it does not show: everything runs on one machine, so floods are as fast as this machine has time
for, and the witnesses, who check every message, take their share of it. It looks at one transport and
one set of options. A leak of less than the margins below in this time is not seen.
"""
import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time

import room

JVM = "-Xmx128m -Dio.netty.leakDetection.level=paranoid -XX:NativeMemoryTracking=summary"

# How far from where it was something may end.
LIVE_MARGIN_MIB = 4     # classes loaded and code compiled meanwhile
OTHER_MARGIN_MIB = 32   # Netty keeps what it has allocated for the next burst, up to a bound

HISTORY_MESSAGES = 1_000  # what a room keeps, by default


class Load:
    """The members that misbehave, each in a thread, over and over until told to stop."""

    def __init__(self, port, seed):
        self.port, self.seed = port, seed
        self.done = threading.Event()
        self.threads, self.lock = [], threading.Lock()
        self.names, self.counts, self.spoken, self.errors = 0, {}, {}, []

    def start(self, kind, count):
        for i in range(count):
            thread = threading.Thread(target=self._again_and_again, args=(kind, i), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _again_and_again(self, kind, i):
        chance = random.Random(f"{self.seed}{kind.__name__}{i}")
        while not self.done.is_set():
            try:
                kind(self, chance)
            except OSError:
                self.done.wait(0.1)  # closed by the server, as many of them deserve
            except Exception as e:
                self.errors.append(f"{kind.__name__}: {type(e).__name__}: {e}")
                return

    def stop(self):
        self.done.set()
        for thread in self.threads:
            thread.join(40)

    def name(self, kind):
        with self.lock:
            self.names += 1
            self.counts[kind] = self.counts.get(kind, 0) + 1
            return b"%s%d.%d" % (kind.encode(), self.seed, self.names)

    def all_said(self, name, count):
        """The witnesses must have heard so many messages of this one, no more and no less."""
        with self.lock:
            self.spoken[name] = count


def read_to_the_end(s):
    """Reads and drops until the server closes too: by then it has read all that was sent."""
    s.settimeout(60)
    buffer = bytearray(1 << 18)
    while s.recv_into(buffer):
        pass


def some_words(chance):
    return chance.choice((0, 1, 10, 64, 64, 500, 4_000, 60_000))


# ---- the kinds; each is one life of a member

def comes_and_goes(load, chance):
    """Talks a little, in pieces cut anywhere, and ends its stream; all it said must be heard."""
    name = load.name("churn")
    with room.connect(load.port) as s:
        count = chance.randrange(20)
        stream = room.frame(name) + b"".join(room.said(i, some_words(chance)) for i in range(count))
        while stream:
            cut = chance.choice((1, 7, 11, 100, 5_000, 50_000))
            s.sendall(stream[:cut])
            stream = stream[cut:]
        s.shutdown(socket.SHUT_WR)
        read_to_the_end(s)
        load.all_said(name, count)


def breaks_off(load, chance):
    """Talks, and resets the connection in the middle of a message."""
    s = room.connect(load.port, load.name("reset"))
    for i in range(chance.randrange(10)):
        s.sendall(room.said(i, some_words(chance)))
    s.sendall(room.said(99, 1_000)[:chance.randrange(1, 900)])
    load.done.wait(chance.random() / 4)
    room.reset(s)


def floods(load, chance):
    """Sends as fast as it can for a while, then rests; all of it must be heard."""
    name = load.name("flood")
    size = chance.choice((64, 1_024, 16_384))
    with room.connect(load.port, name) as s:
        number, end = 0, time.monotonic() + chance.uniform(0.5, 2)
        s.settimeout(60)
        while time.monotonic() < end and not load.done.is_set():
            burst = max(1, 65_536 // size)
            s.sendall(b"".join(room.said(i, size) for i in range(number, number + burst)))
            number += burst
        s.shutdown(socket.SHUT_WR)
        read_to_the_end(s)
    load.all_said(name, number)
    load.done.wait(chance.uniform(1, 4))


def never_reads(load, chance):
    """Says a word now and then and reads nothing, ever."""
    name = load.name("stuck")
    with room.connect(load.port, name, receive_buffer=4_096) as s:
        end, number = time.monotonic() + chance.uniform(20, 60), 0
        while time.monotonic() < end and not load.done.wait(chance.uniform(0.5, 3)):
            s.sendall(room.said(number, 20))
            number += 1


def reads_a_byte_a_second(load, chance):
    """Reads, but a byte a second."""
    with room.connect(load.port, load.name("sip"), receive_buffer=4_096) as s:
        end = time.monotonic() + 60
        while time.monotonic() < end and not load.done.wait(1):
            if not s.recv(1):
                return


def drips(load, chance):
    """Sends its name and its messages byte by byte; some never finish their name in time."""
    name = load.name("drip")
    stream = room.frame(name) + b"".join(room.said(i, 30) for i in range(5))
    pause = chance.choice((0.01, 0.1, 1.5))
    with room.connect(load.port) as s:
        for byte in stream:
            s.sendall(bytes((byte,)))
            if load.done.wait(pause):
                return


def talks_garbage(load, chance):
    """Says something whole, then breaks the protocol; the first is heard, the rest is not."""
    name = load.name("bad")
    count = chance.randrange(5)
    whole = b"".join(room.said(i, some_words(chance)) for i in range(count))
    bad = chance.choice((b"+5        hello", b"99999999  ", b"2         \xc3(", b"\0" * 10, b"GET / HTTP/1.1\r\n\r\n",
                         chance.randbytes(200), b"5\n        hello"))
    with room.connect(load.port, name) as s:
        s.sendall(whole + bad + room.said(count, 10))
        try:
            read_to_the_end(s)
        except ConnectionResetError:
            pass
    load.all_said(name, count)


def strangers(load, chance):
    """Never gets as far as a name."""
    load.name("stranger")
    with room.connect(load.port) as s:
        s.sendall(chance.choice((b"", b"5    ", b"129       ", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                                 b"5         \xff\xff\xff\xff\xff")))
        read_to_the_end(s)


def leaves_it_half_said(load, chance):
    """Announces a large message, sends all of it but the last byte, and waits."""
    name = load.name("half")
    with room.connect(load.port, name) as s:
        s.sendall(room.frame(b"x" * 65_536)[:-1])
        end = time.monotonic() + chance.uniform(10, 40)
        buffer = bytearray(1 << 18)
        s.settimeout(1)
        while time.monotonic() < end and not load.done.is_set():
            try:
                if not s.recv_into(buffer):
                    return
            except socket.timeout:
                pass


def listens(load, chance):
    """Says nothing and reads all."""
    with room.connect(load.port, load.name("idle")) as s:
        buffer = bytearray(1 << 20)
        s.settimeout(1)
        while not load.done.is_set():
            try:
                if not s.recv_into(buffer):
                    return
            except socket.timeout:
                pass


KINDS = ((comes_and_goes, 12), (breaks_off, 6), (floods, 3), (never_reads, 20), (reads_a_byte_a_second, 8),
         (drips, 12), (talks_garbage, 4), (strangers, 4), (leaves_it_half_said, 20), (listens, 6))


# ---- members that vanish

class Vanishing:
    """Members in a network namespace that is cut off: no FIN, no RST, no answer."""

    COUNT = 10

    def __init__(self):
        self.namespace = f"soak{os.getpid()}"
        self.link, self.peer = f"sk{os.getpid() % 100_000}a", f"sk{os.getpid() % 100_000}b"
        net = f"169.254.{os.getpid() % 250}"  # so that one that was killed and left its own is in nobody's way
        self.server, self.member = f"{net}.1", f"{net}.2"
        self.process = None
        self.why_not = None
        if os.geteuid() != 0 or not shutil.which("ip"):
            self.why_not = "that needs root and the command ip"
            return
        try:
            self._ip("netns", "add", self.namespace)
            self._ip("link", "add", self.link, "type", "veth", "peer", "name", self.peer, "netns", self.namespace)
            self._ip("addr", "add", f"{self.server}/30", "dev", self.link)
            self._ip("link", "set", self.link, "up")
            self._ip("-n", self.namespace, "addr", "add", f"{self.member}/30", "dev", self.peer)
            self._ip("-n", self.namespace, "link", "set", self.peer, "up")
        except subprocess.CalledProcessError as e:
            self.why_not = f"no network namespace: {e.stderr.strip()}"
            self.clean_up()

    @staticmethod
    def _ip(*what):
        subprocess.run(["ip", *what], check=True, capture_output=True, text=True)

    def join(self, port):
        if self.why_not is None:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.namespace, sys.executable, __file__, "--vanish", f"{self.server}:{port}"],
                stdout=subprocess.PIPE, text=True)
            if self.process.stdout.readline().strip() != "in":
                self.why_not = "they could not connect"

    def vanish(self):
        """From here on no packet comes through, in either direction."""
        if self.why_not is None:
            self._ip("-n", self.namespace, "link", "set", self.peer, "down")

    def clean_up(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        for what in (("netns", "del", self.namespace), ("link", "del", self.link)):
            subprocess.run(["ip", *what], capture_output=True)


def be_the_vanishing(address):
    """In the namespace: half of them talk and read, half are idle, until the end."""
    host, port = address.split(":")
    members = [room.connect(int(port), b"gone%d" % i, host) for i in range(Vanishing.COUNT)]
    print("in", flush=True)
    number = 0
    for s in members:
        s.setblocking(False)
    while True:
        for i, s in enumerate(members):
            try:
                while len(s.recv(1 << 18)) == 1 << 18:
                    pass
            except OSError:
                pass
            try:
                if i % 2 and number % 5 == 0:
                    s.send(room.said(number // 5, 30))
            except OSError:
                pass
        number += 1
        time.sleep(0.1)


# ---- the run

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--witnesses", type=int, default=4, help="members who check everything")
    parser.add_argument("--settle", type=float, default=30.0, metavar="SECONDS",
                        help="how long the server may take to be back where it was")
    parser.add_argument("--found-within", type=float, default=160.0, metavar="SECONDS",
                        help="how long the server may take to notice that a member has vanished")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", help="write a line a second: resident memory, descriptors, processor time")
    parser.add_argument("--java", default="java")
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--jvm", default=JVM)
    parser.add_argument("--options", default="", help="more options for the server")
    parser.add_argument("--vanish", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.vanish:
        be_the_vanishing(args.vanish)

    vanishing = Vanishing()
    server = room.Server(args, args.jvm, args.options)
    print(server.command)
    try:
        failures = soak(args, server, vanishing)
    finally:
        vanishing.clean_up()
        code = server.stop()
    if code != 0:
        failures.append(f"the server exited with {code}")
    troubles = server.troubles()
    if troubles:
        failures.append(f"{len(troubles)} lines of trouble in {server.log}, the first: {troubles[0][:200]}")
    for failure in failures:
        print("FAILED:", failure)
    print("all of it holds" if not failures else f"{len(failures)} failures; the server's log is {server.log}")
    return 1 if failures else 0


def soak(args, server, vanishing):
    witnesses, beat = room.gather(server.port, args.witnesses)
    warm_up(server)
    fill_history(beat)
    before = figures(server)
    print(f"{args.minutes:g} minutes of " + ", ".join(f"{n} {kind.__name__.replace('_', ' ')}" for kind, n in KINDS))
    curve = room.Curve(server)
    os.nice(10)  # the load takes the time that the server and the witnesses leave it
    load = Load(server.port, args.seed)
    for kind, count in KINDS:
        load.start(kind, count)
    vanishing.join(server.port)
    if vanishing.why_not:
        print("members that vanish are left out:", vanishing.why_not)

    end = time.monotonic() + args.minutes * 60
    cut = end - args.minutes * 30
    vanished = None
    while time.monotonic() < end and server.is_running():
        if vanished is None and vanishing.why_not is None and time.monotonic() > cut:
            vanishing.vanish()
            vanished = time.monotonic()
        beat.say()
        time.sleep(1)

    failures = list(load.errors)
    if not server.is_running():
        return failures + ["the server is gone"]
    load.stop()
    failures += [e for e in load.errors if e not in failures]
    fill_history(beat)
    # The witnesses and the beat are all who are left.
    expected = args.witnesses + 1
    after, waited = settle(server, beat, before, expected, args.settle)
    if after["connections"] > expected and vanished is not None:
        wait = max(0.0, args.found_within - (time.monotonic() - vanished))
        after, more = settle(server, beat, before, expected, wait)
        waited += more
    curve.stop(args.csv)

    for _ in range(20):  # the room is still a room
        beat.say()
        time.sleep(0.02)
    busy = server.cpu()
    time.sleep(3)
    busy = (server.cpu() - busy) / 3
    results = [w.result(beat.number - 1) for w in witnesses]
    errors, agreed = room.compare(results)
    failures += errors
    failures += judge_said(results, load.spoken)
    failures += judge_figures(before, after, expected, busy)

    print("lives:", ", ".join(f"{n} {kind}" for kind, n in sorted(load.counts.items())))
    heard = [r.get("heard", 0) for r in results]
    print(f"the witnesses heard {min(heard):,} to {max(heard):,} messages and agree at {agreed} beats; "
          f"{len(load.spoken):,} members were heard to their last word")
    room.table([("", "before", "after")] + [(k, show(before[k]), show(after[k])) for k in before]
               + [("settled after, s", "", show(waited)), ("idle CPU, %", "", show(busy * 100)),
                  ("highest RSS by thirds, MiB", *map(show, curve.thirds()))])
    return failures


def warm_up(server):
    """Loads what the first connections load, so that it is not counted as a leak."""
    load = Load(server.port, 0)
    for kind in (comes_and_goes, breaks_off, talks_garbage, strangers, listens):
        load.start(kind, 1)
    time.sleep(3)
    load.stop()
    time.sleep(1)


def fill_history(beat):
    """Replaces what the room keeps by short messages: large ones on one side would hide a leak, or look like one."""
    for _ in range(HISTORY_MESSAGES):
        beat.say()


def figures(server):
    server.jcmd("VM.version")  # the JVM opens a socket for the first jcmd and keeps it
    descriptors, connections = server.descriptors()
    live, channels, members, other = server.live()
    return {"descriptors": descriptors, "connections": connections, "channels": channels,
            "members": members, "threads": len(server.threads()), "live heap, MiB": live,
            "NMT other, MiB": other, "RSS, MiB": server.rss()}


def settle(server, beat, before, expected, seconds):
    """Waits until the figures are back where they were, or the time is up."""
    began = time.monotonic()
    while True:
        beat.say()
        after = figures(server)
        waited = time.monotonic() - began
        if not judge_figures(before, after, expected, 0) or waited > seconds:
            return after, waited
        time.sleep(1)


def judge_figures(before, after, expected, busy):
    failures = []
    for what in ("descriptors", "connections", "channels", "members", "threads"):
        if after[what] > before[what]:
            failures.append(f"{what}: {before[what]} before, {after[what]} after")
    if after["members"] != expected:
        failures.append(f"{after['members']} members in the server's memory, {expected} are there")
    for what, margin in (("live heap, MiB", LIVE_MARGIN_MIB), ("NMT other, MiB", OTHER_MARGIN_MIB)):
        if after[what] > before[what] + margin:
            failures.append(f"{what}: {before[what]:.1f} before, {after[what]:.1f} after, margin {margin}")
    if busy > 0.1:
        failures.append(f"the server is {busy:.0%} busy though nobody says anything")
    return failures


def judge_said(results, spoken):
    """Whoever could be sure that the server had read all of it was heard to the last word."""
    failures = []
    for r in results:
        wrong = [(name, count, r["last"].get(name, -1) + 1) for name, count in spoken.items()
                 if r["last"].get(name, -1) + 1 != count or r["first"].get(name, 0) != 0] if "last" in r and not r["stalled"] else []
        if wrong:
            name, count, got = wrong[0]
            failures.append(f"{len(wrong)} members were not heard as they spoke, "
                            f"the first: {name.decode()} said {count}, heard {got}")
    return failures


def show(value):
    return f"{value:.1f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
