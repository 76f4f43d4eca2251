#!/usr/bin/env python3
"""Who pays for a slow member: the claims of server.md about slow members, measured.

    chat-server/bench/backlog.py                       # all four parts, about five minutes
    chat-server/bench/backlog.py --only stuck --rounds 7

  flood   one sends as fast as it can for a minute to members that read: nothing is lost, memory is bounded
  stuck   100 members that never read: what the others lose, what it costs, and what happens when they read again
  talker  the seed's input client, which never reads, in a room with 1 GB of chatter: it can still send
  sip     members that read one byte a second: what the others lose

The server runs on one core, the load on another. "stuck" and "sip" take the load generator fanout.c
(--yardsticks or BENCH_DIR); rounds with and without slow members alternate, and medians are compared.
Exit code 0 if all holds, else 1.
"""
import argparse
import json
import os
import pathlib
import re
import select
import socket
import statistics
import subprocess
import sys
import threading
import time

import room

JVM = "-Xmx256m -XX:NativeMemoryTracking=summary"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="which of " + ", ".join(PARTS))
    parser.add_argument("--seconds", type=float, default=60, help="how long the flood lasts")
    parser.add_argument("--size", type=int, default=1_024, help="bytes of a message of the flood")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--members", type=int, default=100, help="how many members never read")
    parser.add_argument("--chatter", type=float, default=1.0, metavar="GB", help="how much is said around the talker")
    parser.add_argument("--max-drop", type=float, default=10.0, metavar="PERCENT")
    parser.add_argument("--csv", help="the flood's curve, a line a second")
    parser.add_argument("--java", default="java")
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--jvm", default=JVM)
    parser.add_argument("--options", default="--event-loops 1")
    parser.add_argument("--yardsticks", default=os.environ.get("BENCH_DIR", str(room.ROOT.parent / "shared/bench")))
    parser.add_argument("--seed", default=os.environ.get("SEED_DIR", str(room.ROOT.parent / "shared/seed")),
                        help="where sender.py is; a stand-in is used if it is not there")
    args = parser.parse_args()
    failures = []
    for part in args.only.split(","):
        server = room.Server(args, args.jvm, args.options, cpu=0)
        print(f"{part}: {server.command}", flush=True)
        os.sched_setaffinity(0, {1} if os.cpu_count() > 1 else {0})
        try:
            failures += [f"{part}: {f}" for f in PARTS[part](args, server)]
        finally:
            code = server.stop()
        failures += [f"{part}: {line}" for line in server.troubles()[:3]]
        if code != 0:
            failures.append(f"{part}: the server exited with {code}")
    for failure in failures:
        print("FAILED:", failure)
    print("all of it holds" if not failures else f"{len(failures)} failures")
    return 1 if failures else 0


# ---- members that do not read, or hardly

class Slow:
    """Members who are connected, and read only when told to."""

    def __init__(self, port, count):
        self.sockets = [room.connect(port, b"slow%d" % i, receive_buffer=4_096) for i in range(count)]

    def sip(self, seconds_between=1.0):
        """Each reads a byte a second from here on."""
        self.sipped = {s: b"" for s in self.sockets}
        self.full = threading.Event()

        def run():
            while not self.full.wait(seconds_between):
                for s in self.sockets:
                    s.setblocking(False)
                    try:
                        self.sipped[s] += s.recv(1)
                    except BlockingIOError:
                        pass

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def read_again(self, port):
        """All read what waits for them, and then hear a new word. What is wrong, as sentences."""
        already = {s: b"" for s in self.sockets}
        if hasattr(self, "full"):
            self.full.set()
            self.thread.join()
            already = self.sipped
        pairs = {s: room.Pairs() for s in self.sockets}
        last = {s: None for s in self.sockets}
        failures, waited = [], 0

        def read(s, data):
            got = pairs[s].feed(data)
            if got:
                last[s] = got[-1]

        try:
            for s in self.sockets:
                s.setblocking(False)
                read(s, already[s])
            word = (b"newcomer", b"good morning")
            # A skipped member follows again once it has read; so the word is said until all have it.
            with room.connect(port, word[0]) as newcomer:
                end = time.monotonic() + 60
                while any(last[s] != word for s in self.sockets) and time.monotonic() < end:
                    ready = select.select(self.sockets, [], [], 0.2)[0]
                    for s in ready:
                        data = s.recv(1 << 18)
                        waited += len(data)
                        if not data:
                            failures.append("a slow member was closed")
                            return failures, waited
                        read(s, data)
                    if not ready:
                        newcomer.sendall(room.frame(word[1]))
            missing = sum(last[s] != word for s in self.sockets)
            if missing:
                failures.append(f"{missing} slow members do not follow the room though they read again")
            if not all(p.is_whole() for p in pairs.values()):
                failures.append("a slow member got half a message")
        except (room.OutOfStep, OSError) as e:
            failures.append(f"a slow member got something else than messages: {e}")
        return failures, waited

    def close(self):
        for s in self.sockets:
            s.close()


class Fanout:
    """The load generator, and how fast the room is for it."""

    def __init__(self, args, server):
        self.server = server
        self.tool = room.compiled("fanout", args, server.tmp)

    def run(self, messages=60_000, size=64, receivers=100, warmup=5_000):
        done = subprocess.run(
            [self.tool, "--proto", "chat", "--port", str(self.server.port), "--receivers", str(receivers), "--senders",
             "1", "--size", str(size), "--messages", str(messages), "--warmup", str(warmup), "--window", "64",
             "--pid", str(self.server.pid)], capture_output=True, text=True)
        result = json.loads(done.stdout) if done.stdout else {"per_s": 0, "lost": 1, "bad": 0}
        if done.returncode or result["lost"] or result["bad"]:
            raise RuntimeError(f"a message was lost, or the load failed: {done.stdout} {done.stderr[-300:]}")
        return result["per_s"], result.get("cpu_ns_per_delivery", 0)


def compare(args, server, make_slow):
    """Rounds with and without slow members, in turn. Failures, and the figures as rows of a table."""
    fanout = Fanout(args, server)
    for _ in range(4):
        fanout.run()
    rss, other = server.rss(), server.other()
    without, first, later, costs, kernel, failures, waited = [], [], [], [], [], [], 0
    for _ in range(args.rounds):
        without.append(fanout.run())
        before, kernel_before = server.other(), room.kernel_memory()
        slow = make_slow(server.port)
        first.append(fanout.run(messages=5_000, warmup=0))  # the time in which the room waits for them
        fanout.run()
        later.append(fanout.run())
        costs.append(server.other() - before)
        kernel.append(room.kernel_memory() - kernel_before)
        wrong, bytes_read = slow.read_again(server.port)
        failures += wrong
        waited = max(waited, bytes_read)
        slow.close()
        time.sleep(0.5)
    drops = [(1 - b / a) * 100 for (a, _), (b, _) in zip(without, later)]
    dearer = [(b / a - 1) * 100 for (_, a), (_, b) in zip(without, later) if a]
    drop = statistics.median(drops)

    def median(results):
        return f"{statistics.median(r[0] for r in results):,.0f}"

    rows = [("deliveries a second without them", median(without)),
            ("while the room waits for them", median(first)),
            ("after that", median(later)),
            ("drop, %, median of rounds", f"{drop:.1f}"),
            ("  each round", *(f"{d:.1f}" for d in drops)),
            ("more CPU per delivery, %, median of rounds", f"{statistics.median(dearer or [0]):.1f}"),
            ("  each round", *(f"{d:.1f}" for d in dearer)),
            ("memory for all of them (NMT other), MiB", f"{statistics.median(costs):.1f}"),
            ("  and in the kernel's socket buffers, MiB", f"{statistics.median(kernel):.1f}"),
            ("what they read when they read again, MiB", f"{waited / 1048576:.1f}"),
            ("RSS before and at the end, MiB", f"{rss:.1f}", f"{server.rss():.1f}"),
            ("NMT other before and at the end, MiB", f"{other:.1f}", f"{server.other():.1f}")]
    if drop > args.max_drop:
        failures.append(f"the others lose {drop:.1f} %, at most {args.max_drop:g} expected")
    return failures, rows


# ---- the parts

def flood(args, server):
    witnesses, beat = room.gather(server.port, 3, talks=False)
    curve = room.Curve(server)
    other_before = server.other()
    name, number = b"flood", 0
    filler = room.said(0, args.size)[12:]
    with room.connect(server.port, name) as s:
        began = time.monotonic()
        next_beat = began
        while time.monotonic() - began < args.seconds:
            head = b"%-10d" % args.size
            s.sendall(b"".join(head + b"%d " % i + filler[len(b"%d" % i) - 1:] for i in range(number, number + 500)))
            number += 500
            if time.monotonic() > next_beat:
                beat.say()
                next_beat += 1
        took = time.monotonic() - began
        other_in = server.other()
        s.shutdown(socket.SHUT_WR)
        s.settimeout(60)
        while s.recv(1 << 18):
            pass
    beat.say()
    results = [w.result(beat.number - 1) for w in witnesses]
    curve.stop(args.csv)
    failures, _ = room.compare(results)
    for r in results:
        if "last" in r and not r["stalled"] and r["last"].get(name, -1) + 1 != number:
            failures.append(f"{number} messages said, {r['last'].get(name, -1) + 1} heard")
    thirds = curve.thirds()
    room.table([("messages a second, each to 3 members that check them", f"{number / took:,.0f}"),
                ("MiB a second in", f"{number * (args.size + 10) / took / 1048576:.0f}"),
                ("messages", f"{number:,}"),
                ("highest RSS by thirds, MiB", *(f"{t:.1f}" for t in thirds)),
                ("NMT other before, during, MiB", f"{other_before:.1f}", f"{other_in:.1f}")])
    if thirds[2] > thirds[1] * 1.1 + 8:
        failures.append("resident memory still grows in the last third: " + ", ".join(f"{t:.1f}" for t in thirds))
    return failures


def stuck(args, server):
    failures, rows = compare(args, server, lambda port: Slow(port, args.members))
    room.table([("members that never read", str(args.members)), *rows])
    return failures


def sip(args, server):
    def sipping(port):
        slow = Slow(port, 10)
        slow.sip()
        return slow

    failures, rows = compare(args, server, sipping)
    room.table([("members that read a byte a second", "10"), *rows])
    return failures


def talker(args, server):
    client = InputClient(args, server)
    fanout = Fanout(args, server)
    messages = int(args.chatter * 1e9 / (16_384 + 30))
    began = time.monotonic()
    fanout.run(messages=messages, size=16_384, receivers=2, warmup=0)
    took = time.monotonic() - began
    listener = room.connect(server.port, b"listener")
    listener.sendall(room.frame(b""))  # once this is relayed, it is in
    time.sleep(0.5)
    client.say("still here")
    pairs, heard, end = room.Pairs(), [], time.monotonic() + 10
    listener.settimeout(10)
    while (b"talker", b"still here") not in heard and time.monotonic() < end:
        try:
            heard += pairs.feed(listener.recv(1 << 16))
        except socket.timeout:
            break
    client.close()
    room.table([("the input client", client.what), ("chatter it never read, GB", f"{args.chatter:g}"),
                ("at MB a second", f"{args.chatter * 1e3 / took:.0f}"), ("RSS, MiB", f"{server.rss():.1f}"),
                ("heard at the end", str((b"talker", b"still here") in heard))])
    return [] if (b"talker", b"still here") in heard else ["what the input client says is not heard any more"]


class InputClient:
    """The seed's sender.py, which never reads, with the server's address written into a copy."""

    def __init__(self, args, server):
        source = pathlib.Path(args.seed) / "sender.py"
        self.process = self.socket = None
        if source.exists():
            self.what = "sender.py"
            text = re.sub(r"^IP = .*$", "IP = '127.0.0.1'", source.read_text(), flags=re.M)
            text = re.sub(r"^Port = .*$", f"Port = {server.port}", text, flags=re.M)
            copy = server.tmp / "sender.py"
            copy.write_text(text)
            self.process = subprocess.Popen([sys.executable, copy], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                            text=True)
            self.process.stdin.write("talker\n")
            self.process.stdin.flush()
        else:
            self.what = "a stand-in"
            self.socket = room.connect(server.port, b"talker")
        time.sleep(1)

    def say(self, text):
        if self.process:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
        else:
            self.socket.sendall(room.frame(text.encode()))

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        else:
            self.socket.close()


PARTS = {"flood": flood, "stuck": stuck, "talker": talker, "sip": sip}

if __name__ == "__main__":
    sys.exit(main())
