#!/usr/bin/env python3
"""Ten thousand sessions come back in one moment, and each resumes a hundred messages.

    chat-server/bench/herd.py [chat-server/target/chat-server.jar] [--sessions N] [-- server options]

A server of its own runs on one event loop with a heap of 512 MiB. A hundred messages are posted in
one room; then all sessions connect, and when all are connected, all say hello in that room with the
position in front of them. Meanwhile a member of another room posts and waits for its answer, again
and again. It prints how long it took until every session had every message, the server's memory
before and at its most (VmRSS, VmHWM), and the longest that the other member waited; before the herd
came, too, so that there is something to compare with. It exits with 0 if nobody missed anything.

The sessions are this one process, which is the slower side: the time is an upper bound. Two
descriptors a session are needed, one in each process: `ulimit -n 20000`.
"""

import json
import re
import resource
import selectors
import socket
import subprocess
import sys
import threading
import time

MESSAGES = 100
TEXT = "x" * 64


def frame(**said):
    payload = json.dumps(said).encode()
    return b"%-10d" % len(payload) + payload


def hello(name, rooms):
    client = "%032x" % (hash(name) & (2**64 - 1))
    return frame(type="hello", v=2, name=name, client=client, rooms=rooms)


class Peer:
    """One that talks and waits for its answer."""

    def __init__(self, port, name, room):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(120)
        self.file = self.socket.makefile("rb")
        self.room, self.ids = room, 0
        self.socket.sendall(b"CHATROOM/2" + hello(name, [{"room": room}]))
        self.joined = self.until("joined")

    def next(self):
        return json.loads(self.file.read(int(self.file.read(10))))

    def until(self, kind):
        while True:
            said = self.next()
            if said["type"] == kind:
                return said

    def say(self, text):
        self.ids += 1
        self.socket.sendall(frame(type="post", id=str(self.ids), room=self.room, text=text))

    def post(self, text):
        self.say(text)
        self.until("ack")


def memory(pid, what):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(what + r":\s+(\d+)", status.read())[1]) // 1024


def main():
    arguments, options = sys.argv[1:], []
    if "--" in arguments:
        options = arguments[arguments.index("--") + 1:]
        arguments = arguments[:arguments.index("--")]
    if "--help" in arguments or "-h" in arguments:
        print(__doc__.replace("chat-server/bench/herd.py", "herd.py", 1))
        return 0
    sessions = 10_000
    if "--sessions" in arguments:
        at = arguments.index("--sessions")
        sessions = int(arguments[at + 1])
        del arguments[at:at + 2]
    jar = arguments[0] if arguments else "chat-server/target/chat-server.jar"
    files = min(20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    server = subprocess.Popen(
        ["java", "-Xmx512m", "-jar", jar, "--host", "127.0.0.1", "--port", "0",
         "--event-loops", "1", "--messages-per-second", "0"] + options,
        stdout=subprocess.PIPE, text=True)
    try:
        return measure(server, sessions)
    finally:
        server.kill()
        server.wait()


def measure(server, sessions):
    for line in server.stdout:
        if match := re.search(r"listening on .*:(\d+)", line):
            port = int(match[1])
            break
    else:
        sys.exit("the server did not start")
    threading.Thread(target=lambda: [None for _ in server.stdout], daemon=True).start()
    talker = Peer(port, "talker", "herd")
    epoch = talker.joined["epoch"]
    for _ in range(MESSAGES):
        talker.post(TEXT)
    live = Peer(port, "live", "elsewhere")
    before = max(timed(lambda: live.post("x")) for _ in range(1000))

    waiting = selectors.DefaultSelector()
    herd = []
    for number in range(sessions):
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(b"CHATROOM/2")
        one.setblocking(False)
        herd.append(one)
        waiting.register(one, selectors.EVENT_READ, bytearray())
    resting = memory(server.pid, "VmRSS")
    live.socket.setblocking(False)
    waiting.register(live.socket, selectors.EVENT_READ, None)
    rooms = [{"room": "herd", "after": {"epoch": epoch, "seq": 0}}]
    began = time.perf_counter()
    for number, one in enumerate(herd):
        one.sendall(hello(f"sheep{number}", rooms))
    live.socket.sendall(frame(type="post", id="h0", room="elsewhere", text="x"))
    asked, longest, answers, left, broken = time.perf_counter(), 0, 0, sessions, 0
    last = b'"seq":%d,' % MESSAGES
    while left:
        for key, _ in waiting.select(60) or sys.exit(f"{left} sessions still wait"):
            try:
                data = key.fileobj.recv(1 << 18)
            except ConnectionError:
                data = b""
            if key.data is None:
                if b'"ack"' in data:
                    now = time.perf_counter()
                    longest, answers = max(longest, now - asked), answers + 1
                    live.socket.sendall(
                        frame(type="post", id=f"h{answers}", room="elsewhere", text="x"))
                    asked = time.perf_counter()
                continue
            key.data.extend(data)
            whole = key.data.count(b'"type":"message"') >= MESSAGES and last in key.data
            if whole or not data:
                broken += not whole
                left -= 1
                waiting.unregister(key.fileobj)
    took = time.perf_counter() - began
    print(f"{sessions} sessions, {MESSAGES} messages each: {took:.2f} s, {broken} broken")
    print(f"memory: {resting} MiB when all were connected, "
          f"{memory(server.pid, 'VmHWM')} MiB at its most")
    print(f"a member of another room waited {longest * 1000:.1f} ms at most "
          f"({answers} answers), {before * 1000:.1f} ms before; part of that is this process'")
    return 0 if broken == 0 else 1


def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
