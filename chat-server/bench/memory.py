#!/usr/bin/env python3
"""What the server costs before anybody talks: time to 'listening', memory just started, memory an idle member.

    chat-server/bench/memory.py                              # -Xmx256m, 10,000 idle members
    chat-server/bench/memory.py --java /usr/lib/jvm/X/bin/java --jvm '-Xmx256m -XX:TieredStopAtLevel=1'
    chat-server/bench/memory.py --over tcp                   # idle sessions; --over websocket, too
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
    parser.add_argument("--over", choices=["seed", "tcp", "websocket"], default="seed",
                        help="what the members speak: the seed's protocol, or sessions over TCP or WebSocket")
    parser.add_argument("--histogram", action="store_true", help="show what the heap is full of at the end")
    parser.add_argument("--first", type=int, default=0, metavar="N",
                        help="so many come first and stay: what the first ones cost, such as compiled code, is not counted")
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
            each.append(idle_members(process.pid, 4400 + n, args))
        process.stdout.close()
        process.terminate()
        process.wait()
    print(f"java -jar to 'listening': {statistics.median(times):.2f} s (median of {args.rounds})")
    print(f"resident, just started:   {statistics.median(fresh) / 1024:.0f} MiB")
    for more, kib in each:
        print(f"{args.members} idle members:      {more / 1024:.0f} MiB more, {kib:.1f} KiB each ({args.over})")


def idle_members(pid, port, args):
    members = [ENTER[args.over](port, i) for i in range(args.first)]
    before = rss_kib(pid)
    members += [ENTER[args.over](port, args.first + i) for i in range(args.members)]
    if args.over == "seed":
        # The last one is in when somebody hears it.
        members[-1].sendall(room.frame(b"here I am"))
        members[0].settimeout(60)
        members[0].recv(64)
    time.sleep(3)
    more = rss_kib(pid) - before
    if args.histogram:
        print(subprocess.run(["jmap", "-histo:live", str(pid)], capture_output=True, text=True).stdout[:6000])
    for s in members:
        s.close()
    return more, more / args.members


def enter_seed(port, number):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(room.frame(b"user%06d" % number))
    return s


def hello(number):
    return (b'{"type":"hello","v":2,"name":"user%06d","client":"%032x","rooms":[{"room":"bench"}]}' % (number, number))


def enter_tcp(port, number):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(b"CHATROOM/2" + room.frame(hello(number)))
    return joined(s)


def enter_websocket(port, number):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
              b"Sec-WebSocket-Protocol: chatroom.2\r\n\r\n")
    await_bytes(s, b"\r\n\r\n")
    text = hello(number)
    s.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)  # masked by zeros, which change nothing
    return joined(s)


def joined(s):
    await_bytes(s, b'"joined"')
    return s


def await_bytes(s, wanted):
    s.settimeout(60)
    heard = b""
    while wanted not in heard:
        more = s.recv(1 << 16)
        if not more:
            raise SystemExit(f"the server closed the connection, expected {wanted}, got {heard}")
        heard += more


ENTER = {"seed": enter_seed, "tcp": enter_tcp, "websocket": enter_websocket}


if __name__ == "__main__":
    main()
