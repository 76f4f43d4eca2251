#!/usr/bin/env python3
"""How long a search takes among a million messages, and what the index costs.

    chat-server/bench/search.py [chat-server/target/chat-server.jar] [--messages N] [--data DIR]
                                [--java JAVA] [--jvm FLAGS] [-- server options]

A server of its own runs with a heap of 512 MiB, or with FLAGS, on a directory of its own, which is taken away
afterwards; with --data it stays, and a second run on it only searches. A million messages are
posted to 200 rooms by 2,000 authors: English-like words, of which few are frequent and most are
rare, one message in four with "common", one in ten thousand with "rareword", one in five Chinese.
Then a session in 100 of the rooms asks, 200 times for each kind of query, for pages of 50: half of
the times for the first one, half of the times for one further back.

It prints how fast messages were taken, how long after the last one all could be found, the sizes
of the store and the index, the server's memory, and how long pages took. It exits with 1 if the
99th percentile of a rare or a frequent word is above 50 ms.
"""

import hashlib
import json
import os
import random
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOMS, AUTHORS, CHUNK, WINDOW, ASKED = 200, 2_000, 1_000, 200, 200
GOAL_MILLIS = 50
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
QUERIES = {
    "rare word": "rareword",
    "frequent word": "common",
    "two frequent words": "common usual",
    "phrase": '"common usual"',
    "frequent, by an author": "common from:author7",
    "frequent, in a room": "common in:room3",
    "frequent, of a day": "common after:2020-01-01",
    "rare and frequent": "rareword common",
    "nothing": "common nosuchword",
    "beginning": "com*",
    "first letter": "e*",
    "two Chinese characters": "一丁",
    "one Chinese character": "一",
}


def frame(**said):
    payload = json.dumps(said, ensure_ascii=False).encode()
    return b"%-10d" % len(payload) + payload


class Session:
    def __init__(self, port, name, rooms):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(300)
        self.file = self.socket.makefile("rb", 1 << 16)
        client = hashlib.md5(name.encode()).hexdigest()  # so that it may come again at once
        said = frame(type="hello", v=2, name=name, client=client,
                     rooms=[{"room": room} for room in rooms])
        self.socket.sendall(b"CHATROOM/2" + said)
        self.until("welcome")
        for _ in rooms:
            self.until("joined")

    def next(self):
        return self.file.read(int(self.file.read(10)))

    def until(self, kind):
        while True:
            said = json.loads(self.next())
            if said["type"] in (kind, "error", "bye"):
                if said["type"] != kind:
                    sys.exit(f"instead of {kind}: {said}")
                return said

    def search(self, **asked):
        began = time.perf_counter()
        self.socket.sendall(frame(type="search", q="s", **asked))
        while True:
            said = self.next()
            if said.startswith((b'{"type":"page"', b'{"type":"error"')):
                return json.loads(said), (time.perf_counter() - began) * 1000

    def close(self):
        self.socket.close()


def word(rank):
    random_letters = random.Random(rank)
    return "".join(LETTERS[int(26 * random_letters.random() ** 1.5)]
                   for _ in range(random_letters.randint(2, 9)))


WORDS = [word(rank) for rank in range(50_000)]


def text(chance):
    if chance.random() < 0.2:
        said = "".join(chr(0x4E00 + int(3000 * chance.random() ** 3))
                       for _ in range(chance.randint(4, 24)))
    else:
        said = " ".join(WORDS[int(50_000 * chance.random() ** 4)]
                        for _ in range(chance.randint(2, 20)))
    for often, added in ((0.25, " common"), (0.33, " usual"), (0.0001, " rareword")):
        if chance.random() < often:
            said += added
    return said


def talk(port, messages):
    chance = random.Random(1)
    began, size = time.perf_counter(), 0
    for chunk in range(0, messages, CHUNK):
        room = f"room{int(ROOMS * chance.random() ** 2)}"
        session = Session(port, f"author{int(AUTHORS * chance.random() ** 2)}", [room])
        for start in range(0, CHUNK, WINDOW):
            said = b"".join(
                frame(type="post", id=f"{chunk}-{start + i}", room=room, text=text(chance))
                for i in range(WINDOW))
            size += len(said)
            session.socket.sendall(said)
            left = WINDOW
            while left:
                left -= session.next().startswith(b'{"type":"ack"')
        session.close()
    return time.perf_counter() - began, size


def percentile(sorted_millis, part):
    return sorted_millis[min(len(sorted_millis) - 1, int(len(sorted_millis) * part))]


def memory(pid, what):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(what + r":\s+(\d+)", status.read())[1]) // 1024


def measure(port, pid, data, messages):
    if messages:
        seconds, size = talk(port, messages)
        print(f"{messages} messages posted in {seconds:.0f} s, {messages / seconds:.0f} a second")
    rooms = [f"room{number}" for number in range(100)]
    asker = Session(port, "asker", rooms)
    began = time.perf_counter()
    while not asker.search(query="nosuchword", limit=1)[0]["complete"]:
        pass
    print(f"all can be found {time.perf_counter() - began:.1f} s later")
    for name in ("log.db", "search.db"):
        size = sum(os.path.getsize(os.path.join(data, file))
                   for file in os.listdir(data) if file in (name, name + "-wal"))
        print(f"{name:10} {size / 1e6:.0f} MB")
    print(f"memory     {memory(pid, 'VmRSS')} MiB, at most {memory(pid, 'VmHWM')}")
    print(f"{'page of 50':24} {'hits':>5} {'median':>8} {'p99':>8} {'most':>8}  ms")
    missed = False
    for kind, query in QUERIES.items():
        taken, hits, before = [], 0, None
        for number in range(ASKED):
            go_on = {"before": before} if number % 2 and before else {}
            page, millis = asker.search(query=query, limit=50, **go_on)
            taken.append(millis)
            hits = max(hits, len(page["messages"]))
            before = page.get("next")
        taken.sort()
        p99 = percentile(taken, 0.99)
        print(f"{kind:24} {hits:5} {percentile(taken, 0.5):8.1f} {p99:8.1f} {taken[-1]:8.1f}")
        missed |= kind in ("rare word", "frequent word") and p99 > GOAL_MILLIS
    asker.close()
    print(f"memory     {memory(pid, 'VmRSS')} MiB, at most {memory(pid, 'VmHWM')}")
    return 1 if missed else 0


def option(arguments, name, default):
    if name not in arguments:
        return default
    at = arguments.index(name)
    value = arguments[at + 1]
    del arguments[at:at + 2]
    return value


def main():
    arguments, options = sys.argv[1:], []
    if "--" in arguments:
        options = arguments[arguments.index("--") + 1:]
        arguments = arguments[:arguments.index("--")]
    if "--help" in arguments or "-h" in arguments:
        print(__doc__.replace("chat-server/bench/search.py", "search.py", 1))
        return 0
    messages = int(option(arguments, "--messages", "1000000"))
    kept = option(arguments, "--data", None)
    java = option(arguments, "--java", "java")
    flags = shlex.split(option(arguments, "--jvm", "-Xmx512m"))
    jar = arguments[0] if arguments else "chat-server/target/chat-server.jar"
    data = kept or tempfile.mkdtemp(prefix="search-")
    if kept and os.path.exists(os.path.join(kept, "log.db")):
        messages = 0
    server = subprocess.Popen(
        [java, *flags, "-jar", jar, "--host", "127.0.0.1", "--port", "0",
         "--messages-per-second", "0", "--max-connections-per-address", "0", "--data", data]
        + options, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout:
            if match := re.search(r"listening on .*:(\d+)", line):
                break
        else:
            sys.exit("the server did not start")
        threading.Thread(target=lambda: [None for _ in server.stdout], daemon=True).start()
        return measure(int(match[1]), server.pid, data, messages)
    finally:
        server.kill()
        server.wait()
        if not kept:
            shutil.rmtree(data)


if __name__ == "__main__":
    sys.exit(main())
