#!/usr/bin/env python3
"""Members that vanish without a word are found in time, and nobody else is taken for one.

    sudo chat-server/bench/vanish.py [chat-server/target/chat-server.jar] [-- server options]

Needs root, `ip` (iproute2) and `iptables`. The server runs here, its peers in a network namespace
of their own that is removed at the end. There are five of them, and the room falls silent:

  talker, witness  talk and listen to the end
  idle             vanishes while nothing is on its way to it
  inflight         vanishes, then something is said to it
  stuck            never reads, its window is full, then it vanishes
  deaf             never reads, its window is full, but it is there; must stay

It waits until the three have been closed and for at least five minutes, says when each was, and
exits with 0 if all is as it should be.
"""

import ctypes
import os
import re
import socket
import subprocess
import sys
import threading
import time

NAMESPACE, SERVER, PEERS = "chat-vanish", "10.77.0.1", "10.77.0.2"
QUIET_SECONDS = 300
FRAME = "%-10d%s"


def run(command):
    subprocess.run(command.split(), check=True)


def frame(text):
    return (FRAME % (len(text), text)).encode()


class Server:
    """The server, and when it said that somebody left."""

    def __init__(self, jar, options):
        self.came, self.left, self.vanished = set(), {}, []
        self.listening = threading.Event()
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-jar", jar, "--host", SERVER, "--port", "0"]
            + ["--messages-per-second", "0"] + options,
            stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        if not self.listening.wait(60):
            sys.exit("the server did not start")

    def read(self):
        for line in self.process.stdout:
            print("   ", line, end="", flush=True)
            if match := re.match(r"listening on .*:(\d+)", line):
                self.port = int(match[1])
                self.listening.set()
            elif match := re.match(r".* user: (\w+)", line):
                self.came.add(match[1])
            elif match := re.match(r"(\w+) disconnected", line):
                self.left[match[1]] = time.monotonic()
            elif match := re.match(r".*:(\d+) vanished", line):
                self.vanished.append(int(match[1]))


class Peer:
    def __init__(self, port, name, receive_buffer=0):
        self.name = name
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect((SERVER, port))
        self.port = self.socket.getsockname()[1]
        self.say_raw(frame(name))

    def say_raw(self, data):
        self.socket.sendall(data)

    def say(self, text):
        self.say_raw(frame(text))

    def expect(self, name, text):
        expected = frame(name) + frame(text)
        self.socket.settimeout(20)
        actual = b""
        while len(actual) < len(expected):
            part = self.socket.recv(len(expected) - len(actual))
            if not part:
                sys.exit(f"{self.name} was closed")
            actual += part
        if actual != expected:
            sys.exit(f"{self.name} got {actual[:80]!r}, expected {expected[:80]!r}")

    def vanish(self):
        for rule in f"INPUT -p tcp --dport {self.port}", f"OUTPUT -p tcp --sport {self.port}":
            run(f"iptables -A {rule} -j DROP")


def enter_namespace():
    with open(f"/var/run/netns/{NAMESPACE}") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0x40000000):
            sys.exit(f"cannot enter the namespace: {os.strerror(ctypes.get_errno())}")


def check(server):
    witness = Peer(server.port, "witness")
    while "witness" not in server.came:
        time.sleep(0.1)

    def join(name, receive_buffer=0):
        peer = Peer(server.port, name, receive_buffer)
        peer.say("here is " + name)
        witness.expect(name, "here is " + name)
        return peer

    talker = join("talker")
    stuck, deaf = join("stuck", 4096), join("deaf", 4096)
    chatter = "x" * 60_000
    for _ in range(200):  # 12 MB, more than windows and backlogs hold
        talker.say(chatter)
        witness.expect("talker", chatter)
    idle, inflight = join("idle"), join("inflight")
    time.sleep(2)  # until all is acknowledged

    start = time.monotonic()
    inflight.vanish()
    talker.say("are you there?")
    witness.expect("talker", "are you there?")
    stuck.vanish()
    # Whatever is on its way to the idle one must be there first.
    while b"are you there?" not in idle.socket.recv(65536):
        pass
    time.sleep(1)
    idle.vanish()
    gone = {"idle", "inflight", "stuck"}
    while time.monotonic() < start + 2 * QUIET_SECONDS:
        if gone <= server.left.keys() and time.monotonic() > start + QUIET_SECONDS:
            break
        time.sleep(1)

    for name in sorted(gone):
        when = server.left.get(name)
        print(f"{name}: " + (f"closed after {when - start:.0f} s" if when else "is still there"))
    ok = gone <= server.left.keys()
    for peer in deaf, talker:
        peer.say("I am still here")
        witness.expect(peer.name, "I am still here")
    print(f"deaf: still there after {time.monotonic() - start:.0f} s, and others hear it")
    ok = ok and server.left.keys() == gone
    for peer in stuck, inflight:
        print(f"{peer.name}: " + ("found by" if peer.port in server.vanished else "not by")
              + " the server's own watch")
    return ok


def main():
    arguments = sys.argv[1:]
    options = arguments[arguments.index("--") + 1:] if "--" in arguments else []
    own = arguments[:arguments.index("--")] if "--" in arguments else arguments
    if "-h" in own or "--help" in own:
        sys.exit(print(__doc__))
    jar = own[0] if own else os.path.join(
        os.path.dirname(__file__), "..", "target", "chat-server.jar")
    run(f"ip netns add {NAMESPACE}")
    server = None
    try:
        run(f"ip link add chat0 type veth peer name chat1 netns {NAMESPACE}")
        run(f"ip addr add {SERVER}/24 dev chat0")
        run("ip link set chat0 up")
        run(f"ip netns exec {NAMESPACE} ip addr add {PEERS}/24 dev chat1")
        run(f"ip netns exec {NAMESPACE} ip link set chat1 up")
        server = Server(jar, options)
        # In a thread: only that enters the namespace, and what it starts.
        result = []

        def in_namespace():
            enter_namespace()
            result.append(check(server))

        thread = threading.Thread(target=in_namespace)
        thread.start()
        thread.join()
        sys.exit(0 if result == [True] else 1)
    finally:
        if server:
            server.process.terminate()
            server.process.wait()
        run(f"ip netns del {NAMESPACE}")


if __name__ == "__main__":
    main()
