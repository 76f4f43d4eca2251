#!/usr/bin/env python3
"""What TLS costs: one server, loaded without and with TLS in turns on its one port.

The server runs on core 0 with one event loop, `chat-client bench` on core 1, where it has to decrypt for all
members. So what counts is the server's processor time for each delivery; deliveries a second are what
the slower of the two lets through. It is warmed up by a turn of each that does not count. Printed are
medians of the rounds, and of their ratios.

    chat-server/bench/tls.py
    chat-server/bench/tls.py --java JDK25/bin/java --work 64x100

Needs python3, taskset, two cores, and both jars.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import threading
import time

import room

CLIENT_JAR = room.ROOT / "chat-client/target/chat-client.jar"
WORK = {
    "64x100": "--receivers 100 --size 64 --in-flight 64",
    "64x1000": "--receivers 1000 --size 64 --in-flight 64",
    "1x100": "--receivers 100 --size 64 --in-flight 1",
    "1KiB": "--receivers 100 --size 1024 --in-flight 64",
    "16KiB": "--receivers 100 --size 16384 --in-flight 64",
}
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Meter(threading.Thread):
    """Notes the server's processor time ten times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.notes, self.done = pid, [], threading.Event()
        self.start()

    def run(self):
        while not self.done.wait(0.1):
            self.notes.append((time.monotonic(), processor_seconds(self.pid)))

    def share(self, seconds):
        """Of one core, over the last so many seconds but the very last."""
        self.done.set()
        self.join()
        end = self.notes[-1][0] - 0.5
        window = [n for n in self.notes if end - seconds <= n[0] <= end]
        (t0, c0), (t1, c1) = window[0], window[-1]
        return (c1 - c0) / (t1 - t0)


def measure(args, port, pid, work, tls):
    meter = Meter(pid)
    command = ["taskset", "-c", "1", args.java, "-jar", args.client_jar, "bench", f"127.0.0.1:{port}", "--json",
               "--warmup", "3", "--seconds", str(args.seconds), *WORK[work].split(), *tls]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{work} {tls}: {done.stdout} {done.stderr}")
    result = json.loads(done.stdout)
    result["cpuNanos"] = meter.share(args.seconds - 1) * 1e9 / result["deliveriesPerSecond"]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default=",".join(WORK))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--java", default="java")
    parser.add_argument("--server-jar", default=str(room.SERVER_JAR))
    parser.add_argument("--client-jar", default=str(CLIENT_JAR))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tls") as directory:
        server = subprocess.Popen(
            ["taskset", "-c", "0", args.java, "-jar", args.server_jar, "--port", "0", "--event-loops", "1",
             "--messages-per-second", "0", "--tls-self-signed", directory],
            stdout=subprocess.PIPE, text=True)
        try:
            port = fingerprint = None
            while port is None:
                line = server.stdout.readline()
                fingerprint = fingerprint or (re.search("SHA256:[^ ,]+", line) or [None])[0]
                found = re.search(r"listening on .*:(\d+)", line)
                port = found and int(found[1])
            threading.Thread(target=server.stdout.read, daemon=True).start()
            tls = ["--tls-fingerprint", fingerprint.strip()]
            for options in ([], tls, [], tls):
                measure(args, port, server.pid, "64x100", options)
            for work in args.work.split(","):
                rounds = [(measure(args, port, server.pid, work, []), measure(args, port, server.pid, work, tls))
                          for _ in range(args.rounds)]
                print(work, end=":")
                for key, unit, scale in (("deliveriesPerSecond", "deliveries/s", 1), ("cpuNanos", "ns", 1),
                                         ("p50", "us p50", 1)):
                    def value(result):
                        return (result if key in result else result["latencyMicros"])[key] / scale
                    plain = statistics.median(value(a) for a, _ in rounds)
                    secure = statistics.median(value(b) for _, b in rounds)
                    ratio = statistics.median(value(b) / value(a) for a, b in rounds)
                    print(f"  {unit} {plain:,.0f} plain, {secure:,.0f} TLS, ratio {ratio:.2f}", end=";")
                busy = statistics.median(b["clientBusy"] for _, b in rounds)
                print(f"  the bench was busy {busy:.0%} of the time", flush=True)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
