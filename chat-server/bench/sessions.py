#!/usr/bin/env python3
"""Compares sessions (SESSIONS.md) over TCP and over WebSocket with other servers, as ratios taken in one run.

Every server runs on one core, the load generator (crowd.c, one for all protocols) on another. In every round each
server does the same work, one after the other; what is printed are medians of the rounds' ratios to the first
server, relay. Everybody posts 64 bytes of text. relay gets a longer text, so that a delivery of it has as many
bytes as one of a session over TCP has with its JSON; relay-short gets the 64 bytes, to be compared with a room
of the seed's members. Every delivery is verified.

    chat-server/bench/sessions.py --ws-module DIRECTORY             # where `npm install ws` has been run
    chat-server/bench/sessions.py --peers redis --work 64x100       # beside relay, these others
    chat-server/bench/sessions.py --build before=OLD.jar --build after=NEW.jar --peers ''
    chat-server/bench/sessions.py --json speed.json                 # and keeps what each round gave
    chat-server/bench/sessions.py --from speed.json                 # runs nothing

Needs python3, cc, taskset, two cores; redis-server, mosquitto, and node with the npm package ws where they are
compared; and the directory with relay.c (--yardsticks).
"""
import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import compare
import results
import room

# name: receivers, senders, size, messages, warm-up, and how they are sent
WORK = {
    "64x100": (100, 1, 64, 60_000, 12_000, "--window 64"),
    "64x1000": (1000, 1, 64, 10_000, 2_000, "--window 64"),
}
# and which part of the work they do, as the slow ones would take most of the time
PEERS = {"redis": 0.25, "mosquitto": 0.06, "ws": 0.06}
# what our server is talked to
OURS = ("tcp", "websocket", "seed")
PROTOCOL = {"relay": "seed", "short": "seed", "redis": "redis", "mosquitto": "mqtt", "ws": "ws", "tcp": "session",
            "websocket": "websocket", "seed": "seed"}

WS_SERVER = """
const { WebSocketServer, WebSocket } = require('ws');
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) });
server.on('connection', (one) => one.on('message', (data, isBinary) => {
  for (const other of server.clients) {
    if (other !== one && other.readyState === WebSocket.OPEN) other.send(data, { binary: isBinary });
  }
}));
"""


def start(name, port, tmp, args, builds):
    log = open(tmp / f"{name}.log", "w")
    if name in builds:
        command = [args.java, *shlex.split(args.jvm), "-jar", builds[name], "--port", str(port), *shlex.split(args.options)]
    elif name == "mosquitto":
        (tmp / "mosquitto.conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nset_tcp_nodelay true\n")
        command = ["mosquitto", "-c", str(tmp / "mosquitto.conf")]
    elif name == "ws":
        (tmp / "ws.js").write_text(WS_SERVER)
        os.environ["NODE_PATH"] = str(pathlib.Path(args.ws_module) / "node_modules")
        command = ["node", str(tmp / "ws.js"), str(port)]
    else:
        return compare.start(name, port, tmp, args, {})
    return compare.Server(name, None, command, port, log, args.server_cores)


class Contender:
    """What is compared: a server, and a protocol that it speaks."""

    def __init__(self, name, server, text=None):
        self.name, self.server, self.text = name, server, text
        self.proto = PROTOCOL[name.rsplit("-", 1)[-1]]

    def load(self, work, crowd, args, part=1.0):
        receivers, _, size, messages, warmup, how = work
        command = ["taskset", "-c", args.load_cores, str(crowd), "--proto", self.proto, "--port", str(self.server.port),
                   "--receivers", str(receivers), "--size", str(self.text or size), "--messages", str(int(messages * part)),
                   "--warmup", str(int(warmup * part)), "--pid", str(self.server.process.pid), *how.split()]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"  {self.name}: {done.stdout.strip()} {done.stderr.strip()[-300:]}", file=sys.stderr)
        return json.loads(done.stdout) if done.stdout else None


def compiled_crowd(tmp):
    subprocess.run(["cc", "-O2", "-w", "-o", tmp / "crowd", room.HERE / "crowd.c"], check=True)
    return tmp / "crowd"


def run(args):
    """Starts all servers, warms them up and compares them; the rounds of each work."""
    tmp = pathlib.Path(tempfile.mkdtemp(prefix="sessions"))
    crowd = compiled_crowd(tmp)
    room.compiled("relay", args, tmp)
    builds = dict(b.split("=", 1) for b in args.build) or {"ours": args.jar}
    servers = {}
    try:
        for i, name in enumerate(["relay", *builds, *[p for p in args.peers.split(",") if p]]):
            servers[name] = start(name, 4500 + i, tmp, args, builds)
        ours = [Contender(f"{b}-{way}" if len(builds) > 1 else way, servers[b]) for b in builds for way in args.ours.split(",")]
        end = time.monotonic() + args.warm * len(builds)
        while time.monotonic() < end:
            for one in ours:
                one.load(WORK["64x100"], crowd, args, 1.0)
                one.load(WORK["64x1000"], crowd, args, 0.2)
        peers = [Contender(name, servers[name]) for name in servers if name in PEERS]
        relay = [Contender("relay", servers["relay"], text_of_relay(servers, builds, crowd, args)),
                 Contender("relay-short", servers["relay"])]
        works = {}
        for name in args.work.split(","):
            rounds = []
            for _ in range(args.rounds):
                rounds.append({c.name: c.load(WORK[name], crowd, args, PEERS.get(c.name, 1.0))
                               for c in [*relay, *ours, *peers]})
            works[name] = {"asked": WORK[name], "rounds": rounds}
            show(name, works[name])
            if args.json:
                results.keep(works, args.json)
        return works
    finally:
        for server in servers.values():
            server.stop()


def text_of_relay(servers, builds, crowd, args):
    """How long a text relay sends so that its deliveries have as many bytes as those of sessions over TCP."""
    size = WORK["64x100"][2]
    bytes_of = [Contender(way, server).load(WORK["64x100"], crowd, args, 0.1)["bytes"]
                for way, server in (("tcp", servers[next(iter(builds))]), ("relay", servers["relay"]))]
    return size + round(bytes_of[0] - bytes_of[1])


def show(name, work):
    results.show(name, work)
    for server in results.servers(work):
        answers = results.median(work, server, "answer_p99_us")
        bytes_of, busy = (results.median(work, server, row) for row in ("bytes", "load_busy"))
        waits = f"   its sender is answered within {answers:.0f} us at p99" if answers else ""
        print(f"    {server:12} {bytes_of:.0f} B a delivery, load generator {busy:.0%} busy{waits}")
    for one in results.servers(work):
        way = one.rsplit("-", 1)[-1]
        for other in (*PEERS, "relay-short") if way in OURS else ():
            ratios = [r[one]["per_s"] / r[other]["per_s"] for r in work["rounds"] if r.get(one) and r.get(other)]
            if ratios and (way == "seed") == (other == "relay-short"):
                print(f"    {one} against {other}: {statistics.median(ratios):.2f} times the deliveries a second")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default=",".join(WORK), help="which of " + ", ".join(WORK))
    parser.add_argument("--peers", default=",".join(PEERS), help="which of " + ", ".join(PEERS))
    parser.add_argument("--ours", default=",".join(OURS), help="what our server is talked to, of " + ", ".join(OURS))
    parser.add_argument("--build", action="append", default=[], metavar="NAME=JAR", help="compares these of our servers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--java", default="java")
    parser.add_argument("--jvm", default="", help="flags for every JVM")
    parser.add_argument("--options", default="--event-loops 1 --messages-per-second 0", help="for every chat server")
    parser.add_argument("--server-cores", default="0", help="where servers run, as taskset takes it")
    parser.add_argument("--load-cores", default="1", help="where the load generator runs")
    parser.add_argument("--yardsticks", default=os.environ.get("BENCH_DIR", str(room.ROOT.parent / "shared/bench")))
    parser.add_argument("--ws-module", default=".", metavar="DIRECTORY", help="where npm has installed ws")
    parser.add_argument("--warm", type=float, default=30.0, help="seconds of load for each JVM before the first round")
    parser.add_argument("--json", metavar="FILE", help="keep what each round gave")
    parser.add_argument("--from", dest="kept", action="append", metavar="FILE", help="run nothing, take what was kept")
    args = parser.parse_args()
    for option, known in (("work", WORK), ("peers", PEERS), ("ours", OURS)):
        for one in getattr(args, option).split(","):
            if one and one not in known:
                sys.exit(f"--{option} {one} is not known, expected some of {', '.join(known)}")
    if args.rounds < 1:
        sys.exit(f"--rounds is {args.rounds}, expected at least 1")
    if args.kept:
        for name, work in results.read(args.kept).items():
            show(name, work)
    else:
        run(args)


if __name__ == "__main__":
    main()
