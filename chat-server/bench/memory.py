#!/usr/bin/env python3
"""What the server costs before anybody talks: time to 'listening', memory just started, memory an idle member.

    chat-server/bench/memory.py                              # -Xmx256m, 10,000 idle members
    chat-server/bench/memory.py --java /usr/lib/jvm/X/bin/java --jvm '-Xmx256m -XX:TieredStopAtLevel=1'
"""
import argparse
import resource
import shlex
import socket
import statistics
import subprocess
import time

import room


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def start(args, port):
    command = [args.java, *shlex.split(args.jvm), "-jar", args.jar, "--port", str(port), "--host", "127.0.0.1",
               *shlex.split(args.options)]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if line.startswith("listening"):
            return process, time.monotonic() - began
    raise SystemExit(f"ended with {process.wait()}: {shlex.join(command)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--java", default="java")
    parser.add_argument("--jvm", default="-Xmx256m")
    parser.add_argument("--jar", default=str(room.SERVER_JAR))
    parser.add_argument("--options", default="", help="options for the server")
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    times, fresh, each = [], [], []
    for n in range(args.rounds):
        process, seconds = start(args, 4400 + n)
        times.append(seconds)
        time.sleep(2)  # what it does after it has said 'listening' counts too
        fresh.append(rss_kib(process.pid))
        if n == args.rounds - 1 and args.members:
            each.append(idle_members(process.pid, 4400 + n, args.members))
        process.stdout.close()
        process.terminate()
        process.wait()
    print(f"java -jar to 'listening': {statistics.median(times):.2f} s (median of {args.rounds})")
    print(f"resident, just started:   {statistics.median(fresh) / 1024:.0f} MiB")
    for more, kib in each:
        print(f"{args.members} idle members:      {more / 1024:.0f} MiB more, {kib:.1f} KiB each")


def idle_members(pid, port, count):
    before = rss_kib(pid)
    members = []
    for i in range(count):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(room.frame(b"user%06d" % i))
        members.append(s)
    # The last one is in when somebody hears it.
    members[0].setblocking(True)
    members[-1].sendall(room.frame(b"here I am"))
    members[0].settimeout(60)
    members[0].recv(64)
    time.sleep(3)
    more = rss_kib(pid) - before
    for s in members:
        s.close()
    return more, more / count


if __name__ == "__main__":
    main()
