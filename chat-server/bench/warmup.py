#!/usr/bin/env python3
"""How long a server that has just started takes until it runs at nine tenths of its steady speed.

    chat-server/bench/warmup.py                                          # all that is known, three rounds
    chat-server/bench/warmup.py --only jdk25,jdk25-aot --rounds 5
    chat-server/bench/warmup.py --only '' --java17 '' --config mine='JDK/bin/java -XX:TieredStopAtLevel=1'

Each server is started anew, on one core, and gets one load without a pause from the generator on another; it
verifies every delivery. The load is not asked how far it is: a pause between short loads would be time to compile
in. Instead the bytes that went through the loopback device are read every 50 ms, and scaled so that together
they are the deliveries that were verified. Nothing else may use the loopback device meanwhile.

For each configuration it prints the medians of the rounds:
  steady     deliveries a second in the last quarter of the load, and their processor time
  until 0.9  seconds from the first delivery until the speed is nine tenths of that, and stays there for a second
  lost       seconds of work at the steady speed that were not done until then
  the speed in each of the first slices of 0.3 s, as a part of the steady one

The -aot and -cds configurations use an archive that this script makes first, by io.chatroom.server.container.Rehearsal.
Needs python3, cc, taskset, two cores, and the directory with fanout.c (--yardsticks).
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
import room

LOOPBACK = pathlib.Path("/sys/class/net/lo/statistics/rx_bytes")
SAMPLE, SLICE = 0.05, 0.3
REHEARSAL = "io.chatroom.server.container.Rehearsal"

# How an archive is written, and used
ARCHIVES = {"aot": ("-XX:AOTCacheOutput={}", "-XX:AOTCache={}"),
            "cds": ("-XX:ArchiveClassesAtExit={}", "-XX:SharedArchiveFile={}")}
# name: which Java, flags, and which archive
KNOWN = {
    "jdk17": ("17", "", None),
    "jdk17-cds": ("17", "", "cds"),
    "jdk25": ("25", "", None),
    "jdk25-cds": ("25", "", "cds"),
    "jdk25-aot": ("25", "", "aot"),
    # As the container runs it
    "jdk25-serial": ("25", "-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xms16m -Xmn8m", None),
    "jdk25-serial-aot": ("25", "-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xms16m -Xmn8m", "aot"),
    "c1": ("25", "-XX:TieredStopAtLevel=1", None),
    "c2-only": ("25", "-XX:-TieredCompilation", None),
    "early-c2": ("25", "-XX:Tier4InvocationThreshold=1000 -XX:Tier4MinInvocationThreshold=200"
                       " -XX:Tier4CompileThreshold=2500 -XX:Tier4BackEdgeThreshold=8000", None),
    "early-c1": ("25", "-XX:Tier3InvocationThreshold=50 -XX:Tier3MinInvocationThreshold=20"
                       " -XX:Tier3CompileThreshold=400 -XX:Tier3BackEdgeThreshold=12000", None),
    "no-wait": ("25", "-XX:Tier3DelayOn=100", None),
    "no-share": ("25", "-Xshare:off", None),
}


def java(args, version):
    given = args.java17 if version == "17" else args.java25
    found = [given] if given else sorted(map(str, pathlib.Path("/usr/lib/jvm").glob(f"*{version}*/bin/java")))
    return found[0] if found else sys.exit(f"no JDK {version} under /usr/lib/jvm: say where it is with --java{version}")


def configurations(args, tmp):
    """Command lines up to -jar, by name; archives are made."""
    commands = {}
    for name in filter(None, args.only.split(",")):
        if name not in KNOWN:
            sys.exit(f"--only {name} is not known, expected some of {', '.join(KNOWN)}")
        version, flags, archive = KNOWN[name]
        command = [java(args, version), *flags.split()]
        if archive:
            write, use = (flag.format(tmp / name) for flag in ARCHIVES[archive])
            began = time.monotonic()
            done = subprocess.run([*command, write, "-cp", args.jar, REHEARSAL, "--host", "127.0.0.1"],
                                  capture_output=True, text=True)
            if done.returncode or not (tmp / name).exists():
                sys.exit(f"the rehearsal of {name} ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
            print(f"{name}: archive of {(tmp / name).stat().st_size / 1048576:.0f} MiB"
                  f" in {time.monotonic() - began:.0f} s", flush=True)
            command.append(use)
        commands[name] = command
    for config in args.config:
        name, command = config.split("=", 1)
        commands[name] = shlex.split(command)
    return commands


class Run:
    """One life of a server under one load."""

    def __init__(self, args, name, command, fanout, tmp):
        with open(tmp / f"{name}.log", "w") as log:
            server = compare.Server(name, "chat", [*command, "-jar", args.jar, "--port", str(args.port),
                                                   *shlex.split(args.options)], args.port, log, args.server_cores)
        try:
            self._load(server, args, fanout)
        finally:
            server.stop()

    def _load(self, server, args, fanout):
        receivers, senders, size, _, _, how = compare.WORK[args.work]
        load = subprocess.Popen(
            ["taskset", "-c", args.load_cores, fanout, "--proto", "chat", "--port", str(server.port), "--watch", "2",
             "--receivers", str(receivers), "--senders", str(senders), "--size", str(size),
             "--messages", str(args.deliveries // receivers), *how.split()], stdout=subprocess.PIPE, text=True)
        samples = []
        while load.poll() is None:
            samples.append((time.monotonic(), int(LOOPBACK.read_text()), cpu(server.process.pid)))
            time.sleep(SAMPLE)
        result = json.loads(load.stdout.read() or "{}")
        if load.returncode or result["lost"] or result["bad"]:
            sys.exit(f"{server.name}: a message was lost or wrong, or the load failed: {result}")
        self._sum_up(samples, result["deliveries"], result["secs"])

    def _sum_up(self, samples, deliveries, seconds):
        # From where a twentieth of a second had more than joining takes, to where the last bytes came
        busy = [i for i, (a, b) in enumerate(zip(samples, samples[1:])) if b[1] - a[1] > 200_000]
        first, last = busy[0], busy[-1] + 1
        began, end = samples[first][0], samples[last][0]
        scale = deliveries / (samples[last][1] - samples[first][1])
        if not 0.8 < (end - began) / seconds < 1.25:
            sys.exit(f"the loopback device was busy for {end - began:.1f} s, the load for {seconds:.1f}: something else uses it")

        def at(moment, column):
            """A column's value at a moment, between two samples."""
            for a, b in zip(samples[first:last], samples[first + 1:last + 1]):
                if moment <= b[0]:
                    return a[column] + (b[column] - a[column]) * (moment - a[0]) / (b[0] - a[0])
            return samples[last][column]

        slices = int((end - began) / SLICE)
        self.speeds = [(at(began + (i + 1) * SLICE, 1) - at(began + i * SLICE, 1)) * scale / SLICE for i in range(slices)]
        tail = self.speeds[-max(1, slices // 4):]
        self.steady = statistics.median(tail)
        from_tail = end - len(tail) * SLICE
        self.cpu_ns = 1e9 * (at(end, 2) - at(from_tail, 2)) / ((at(end, 1) - at(from_tail, 1)) * scale)
        stays = 4  # slices, a second and a bit
        good = [i for i in range(slices) if self.speeds[i] >= 0.9 * self.steady
                and statistics.median(self.speeds[i:i + stays]) >= 0.9 * self.steady]
        self.until = good[0] * SLICE if good else float("nan")
        self.lost = sum((self.steady - v) / self.steady * SLICE for v in self.speeds[:good[0] if good else slices])


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(KNOWN), help="which of " + ", ".join(KNOWN))
    parser.add_argument("--config", action="append", default=[], metavar="NAME=COMMAND",
                        help="another one: the command up to -jar; may be repeated")
    parser.add_argument("--java17", default="", help="the java of a JDK 17")
    parser.add_argument("--java25", default="", help="the java of a JDK 25")
    parser.add_argument("--work", default="64x100", help="one of compare.py's: " + ", ".join(compare.WORK))
    parser.add_argument("--deliveries", type=int, default=200_000_000, help="how long the load is")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--options", default="--event-loops 1 --messages-per-second 0", help="options for the server")
    parser.add_argument("--port", type=int, default=4200)
    parser.add_argument("--server-cores", default="0", help="where servers run, as taskset takes it")
    parser.add_argument("--load-cores", default="1", help="where the load generator runs")
    parser.add_argument("--yardsticks", default=os.environ.get("BENCH_DIR", str(room.ROOT.parent / "shared/bench")))
    args = parser.parse_args()
    if args.work not in compare.WORK:
        sys.exit(f"--work {args.work} is not known, expected one of {', '.join(compare.WORK)}")

    with tempfile.TemporaryDirectory(prefix="warmup") as directory:
        tmp = pathlib.Path(directory)
        fanout = room.compiled("fanout", args, tmp)
        commands = configurations(args, tmp)
        runs = {name: [] for name in commands}
        for _ in range(args.rounds):
            for name, command in commands.items():
                runs[name].append(Run(args, name, command, fanout, tmp))
                show(name, runs[name][-1:])
        print(f"medians of {args.rounds} rounds")
        for name, of_rounds in runs.items():
            show(name, of_rounds)


def show(name, runs):
    def median(of):
        return statistics.median(map(of, runs))

    shortest = min(len(r.speeds) for r in runs)
    parts = [median(lambda r, i=i: r.speeds[i] / r.steady) for i in range(min(10, shortest))]
    print(f"  {name:16} steady {median(lambda r: r.steady) / 1e6:5.2f} M, {median(lambda r: r.cpu_ns):4.0f} ns"
          f"   until 0.9 {median(lambda r: r.until):4.1f} s   lost {median(lambda r: r.lost):4.1f} s"
          f"   slices {' '.join(f'{p:.2f}' for p in parts)}", flush=True)


if __name__ == "__main__":
    main()
