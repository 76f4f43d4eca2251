#!/usr/bin/env python3
"""Compares the chat server with others, as ratios taken in one run.

Every server runs on one core, the load generator on another. In every round each server does the same
work, one after the other, so that what else the machine does meets them all; what is printed are the
medians of the rounds' ratios to the first server. Deliveries are verified by the load generator:
whole, in order, none lost.

    chat-server/bench/compare.py                                  # ours against relay, all of the table
    chat-server/bench/compare.py --work 64x100 --peers relay,redis,nats,ngircd
    chat-server/bench/compare.py --peers '' --server-cores 0,1 --load-cores 0,1 \\
        --options '--messages-per-second 0' --ours one='--event-loops 1' --ours two='--event-loops 2'
    chat-server/bench/compare.py --ours epoll='--transport epoll' --ours io_uring='--transport io_uring'
    chat-server/bench/compare.py --json speed.json --chart speed.svg     # and keeps and draws it
    chat-server/bench/compare.py --from speed.json --chart speed.svg     # draws what was kept, runs nothing

Needs python3, cc, taskset, two cores; redis-server, nats-server and ngircd where they are compared;
and the directory with fanout.c and relay.c (--yardsticks).
"""
import argparse
import json
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import tempfile
import time

import chart
import results
import room

# name: receivers, senders, size, messages, warm-up, and how they are sent
WORK = {
    "64x100": (100, 1, 64, 100_000, 20_000, "--window 64"),
    "64x1000": (1000, 1, 64, 12_000, 2_400, "--window 64"),
    "1x100": (100, 1, 64, 8_000, 1_600, "--window 1"),
    "1x1000": (1000, 1, 64, 1_000, 200, "--window 1"),
    "8senders": (100, 8, 64, 100_000, 20_000, "--window 64"),
    "16B": (100, 1, 32, 100_000, 20_000, "--window 64"),
    "1KiB": (100, 1, 1024, 40_000, 8_000, "--window 64"),
    "16KiB": (100, 1, 16384, 4_000, 800, "--window 64"),
    "10members": (10, 1, 64, 600_000, 120_000, "--window 64"),
    "10000members": (10_000, 1, 64, 1_200, 240, "--window 64"),
    "rate20": (100, 1, 64, 300, 40, "--rate 20"),
}


class Server:
    """A server on one core, ready to accept."""

    def __init__(self, name, proto, command, port, log, cores):
        self.name, self.proto, self.port = name, proto, port
        self.load_cores = "1"
        self.process = subprocess.Popen(["taskset", "-c", cores, *command], stdout=log, stderr=log)
        for _ in range(200):
            if self.process.poll() is not None:
                sys.exit(f"{name} ended with {self.process.returncode}: {shlex.join(command)}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{name} does not listen on {port}")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def start(name, port, tmp, args, ours):
    log = open(tmp / f"{name}.log", "w")
    if name == "relay":
        return Server(name, "chat", [str(tmp / "relay"), str(port)], port, log, args.server_cores)
    if name == "redis":
        command = ["redis-server", "--port", str(port), "--save", "", "--maxclients", "15000",
                   "--client-output-buffer-limit", "pubsub 0 0 0"]
        return Server(name, "redis", command, port, log, args.server_cores)
    if name == "nats":
        (tmp / "nats.conf").write_text(
            f"port: {port}\nmax_pending: 1073741824\nmax_connections: 15000\nwrite_deadline: \"60s\"\n")
        return Server(name, "nats", ["nats-server", "-c", str(tmp / "nats.conf")], port, log, args.server_cores)
    if name == "ngircd":
        (tmp / "ngircd.conf").write_text(
            f"[Global]\nName = irc.test\nInfo = x\nPorts = {port}\nListen = 127.0.0.1\nMotdPhrase = hi\n"
            "AdminInfo1 = a\nAdminEMail = a@b.c\n"
            "[Limits]\nMaxPenaltyTime = 0\nMaxConnections = 0\nMaxConnectionsIP = 0\nMaxNickLength = 16\n"
            "[Options]\nDNS = no\nIdent = no\nPAM = no\n[Channel]\nName = #room\nMaxUsers = 0\n")
        return Server(name, "irc", ["ngircd", "-n", "-f", str(tmp / "ngircd.conf")], port, log, args.server_cores)
    jar = dict(build.split("=", 1) for build in args.build).get(name, args.jar)
    command = [args.java, *shlex.split(args.jvm), "-jar", jar, "--port", str(port),
               *shlex.split(args.options), *shlex.split(ours[name])]
    return Server(name, "chat", command, port, log, args.server_cores)


def load(server, work, fanout, ratio_of_work=1.0):
    receivers, senders, size, messages, warmup, how = work
    command = ["taskset", "-c", server.load_cores, str(fanout), "--proto", server.proto, "--port", str(server.port),
               "--receivers", str(receivers), "--senders", str(senders), "--size", str(size),
               "--messages", str(int(messages * ratio_of_work)), "--warmup", str(int(warmup * ratio_of_work)),
               "--pid", str(server.process.pid), *how.split()]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"  {server.name}: {done.stdout.strip()} {done.stderr.strip()[-300:]}", file=sys.stderr)
    return json.loads(done.stdout) if done.stdout else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default=",".join(WORK), help="which of " + ", ".join(WORK))
    parser.add_argument("--peers", default="relay", help="relay, redis, nats, ngircd; the first is the measure")
    parser.add_argument("--ours", action="append", metavar="NAME=OPTIONS",
                        help="a chat server with these options; may be repeated")
    parser.add_argument("--build", action="append", default=[], metavar="NAME=JAR",
                        help="the jar of one of --ours, to judge a change against what was before")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jar", default=str(room.ROOT / "chat-server/target/chat-server.jar"))
    parser.add_argument("--java", default="java")
    parser.add_argument("--jvm", default="", help="flags for every JVM")
    parser.add_argument("--options", default="--event-loops 1 --messages-per-second 0",
                        help="options for every chat server")
    parser.add_argument("--server-cores", default="0", help="where servers run, as taskset takes it")
    parser.add_argument("--load-cores", default="1", help="where the load generator runs")
    parser.add_argument("--yardsticks", default=os.environ.get("BENCH_DIR", str(room.ROOT.parent / "shared/bench")))
    parser.add_argument("--warm", type=float, default=30.0, help="seconds of load for a JVM before the first round")
    parser.add_argument("--json", metavar="FILE", help="keep what each round gave")
    parser.add_argument("--chart", metavar="FILE", help="draw the ratios, as SVG")
    parser.add_argument("--from", dest="kept", action="append", metavar="FILE",
                        help="run nothing, take what --json kept; may be repeated")
    args = parser.parse_args()
    unknown = [w for w in args.work.split(",") if w not in WORK]
    if unknown:
        sys.exit(f"--work {unknown[0]} is not known, expected some of {', '.join(WORK)}")
    if args.rounds < 1:
        sys.exit(f"--rounds is {args.rounds}, expected at least 1")

    if args.kept:
        works = results.read(args.kept)
        for name, work in works.items():
            results.show(name, work)
    else:
        works = run(args)
    try:
        if args.json:
            results.keep(works, args.json)
        if args.chart:
            pathlib.Path(args.chart).write_text(chart.draw(works))
    except OSError as e:
        sys.exit(f"{e.filename} cannot be written: {e.strerror}")


def run(args):
    """Starts all servers, warms them up and compares them; the rounds of each work."""
    ours = dict(o.split("=", 1) for o in args.ours or ["ours="])
    names = [n for n in args.peers.split(",") if n] + list(ours)
    tmp = pathlib.Path(tempfile.mkdtemp(prefix="compare"))
    fanout = room.compiled("fanout", args, tmp)
    room.compiled("relay", args, tmp)

    servers = []
    try:
        for i, name in enumerate(names):
            servers.append(start(name, 4100 + i, tmp, args, ours))
            servers[-1].load_cores = args.load_cores
        for server in servers:
            if server.name in ours:
                end = time.monotonic() + args.warm
                while time.monotonic() < end:
                    for work in ("64x100", "1x100", "8senders"):
                        load(server, WORK[work], fanout, 0.3)
        works = {}
        for name in args.work.split(","):
            works[name] = {"asked": WORK[name], "rounds": [one_round(name, servers, fanout) for _ in range(args.rounds)]}
            results.show(name, works[name])
            if args.json:
                results.keep(works, args.json)  # so that a run that is stopped has not been for nothing
        return works
    finally:
        for server in servers:
            server.stop()


def one_round(name, servers, fanout):
    """One round: what each server gave."""
    return {s.name: load(s, WORK[name], fanout, 0.1 if s.proto == "irc" else 1.0) for s in servers}


if __name__ == "__main__":
    main()
