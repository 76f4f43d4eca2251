#!/usr/bin/env python3
"""What was acknowledged, or delivered, is there after kill -9.

    chat-server/bench/crash.py [chat-server/target/chat-server.jar] [--kills N] [--seed N] [-- server options]

A server with a data directory of its own is ended by SIGKILL at random moments, a hundred times if
not said otherwise, while sessions post, sixteen at once each, and programs of the seed's protocol
talk. After each restart the sessions resume where they were, and post again what was not answered.
In the end all rooms are read from their beginning, and held against what everybody was told:

 - each ack is there, at its number, and with its text;
 - each message that anybody heard is there, at the number that it had where it had one;
 - each post is there once, numbers are dense, and the epoch is the same as at the beginning.

It says what it found and exits with 0 if all of it holds. It shows what the end of a process does.
What the end of a machine does it cannot show: the kernel still has what was not synced.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
JAR = HERE.parent / "target/chat-server.jar"
ROOMS = ["lobby", "tea"]
IN_FLIGHT = 16
SESSIONS = 4
SEEDS = 2


def frame(payload):
    return b"%-10d" % len(payload) + payload


class Server:
    def __init__(self, jar, data, options):
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-jar", str(jar), "--host", "127.0.0.1", "--port", "0",
             "--admin", "off", "--messages-per-second", "0", "--data", str(data), *options],
            stdout=subprocess.PIPE, text=True)
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            port = re.search(r"listening on .*:(\d+)$", line)
            if port:
                self.port = int(port.group(1))
                threading.Thread(target=self.read, daemon=True).start()
                return
        sys.exit("the server has not started: " + " / ".join(self.lines))

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


class Connection:
    def __init__(self, port, opening):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.socket.sendall(opening)

    def frame(self):
        header = self.file.read(10)
        if len(header) < 10:
            raise EOFError
        payload = self.file.read(int(header))
        if len(payload) < int(header):
            raise EOFError
        return payload

    def say(self, **said):
        self.socket.sendall(frame(json.dumps(said).encode()))

    def hear(self):
        return json.loads(self.frame())


def session(port, name, client, rooms):
    connection = Connection(port, b"CHATROOM/2")
    connection.say(type="hello", v=2, name=name, client=client, rooms=rooms)
    return connection


class Poster:
    """A client that keeps what a client keeps, over all its connections."""

    def __init__(self, number):
        self.name, self.client = f"poster{number}", f"{number + 1:032x}"
        self.number = 0
        self.unanswered = {}  # by id: room and text
        self.acks = {}        # by id: room, seq and text
        self.heard = {}       # by room and seq: who and what
        self.epochs = {}      # by room
        self.positions = {}   # by room
        self.faults = []

    def life(self, port):
        try:
            self.talk(port)
        except (OSError, EOFError, ValueError):
            pass  # the server has gone, with what was on its way

    def talk(self, port):
        rooms = [{"room": room, **({"after": {"epoch": self.epochs[room], "seq": self.positions[room]}}
                                   if room in self.epochs else {})} for room in ROOMS]
        connection = session(port, self.name, self.client, rooms)
        for id, (room, text) in list(self.unanswered.items()):
            connection.say(type="post", id=id, room=room, text=text)
        while True:
            while len(self.unanswered) < IN_FLIGHT:
                self.number += 1
                id, room = f"{self.number}", ROOMS[self.number % len(ROOMS)]
                text = f"{self.name} {self.number}"
                self.unanswered[id] = (room, text)
                connection.say(type="post", id=id, room=room, text=text)
            self.take(connection.hear())

    def take(self, said):
        kind = said["type"]
        if kind == "joined":
            room = said["room"]
            if self.epochs.setdefault(room, said["epoch"]) != said["epoch"]:
                self.faults.append(f"{room} has another epoch")
            if said.get("resume") == "gap":
                self.faults.append(f"{room} has lost what {self.name} had heard up to")
            self.positions.setdefault(room, said["seq"])
        elif kind == "gap":
            self.faults.append(f"a gap: {said}")
        elif kind == "message":
            self.heard[said["room"], said["seq"]] = (said["from"], said["text"])
            self.positions[said["room"]] = said["seq"]
        elif kind == "ack":
            room, text = self.unanswered.pop(said["id"])
            self.acks[said["id"]] = (room, said["seq"], text)
            if not said.get("duplicate"):
                self.positions[said["room"]] = said["seq"]
        elif kind == "error":
            self.faults.append(f"an error: {said}")


class Seed:
    """A program of the seed's protocol: it knows of no number."""

    def __init__(self, number):
        self.name = f"seed{number}"
        self.number = 0
        self.heard = []

    def life(self, port):
        try:
            connection = Connection(port, frame(self.name.encode()))
            threading.Thread(target=self.say, args=(connection,), daemon=True).start()
            while True:
                name = connection.frame().decode()
                self.heard.append((name, connection.frame().decode()))
        except (OSError, EOFError, ValueError):
            pass

    def say(self, connection):
        try:
            while True:
                self.number += 1
                connection.socket.sendall(frame(f"{self.name} {self.number}".encode()))
                time.sleep(0.002)
        except OSError:
            pass


def whole(port, room, epoch):
    """All that is in a room, by number."""
    there = {}
    connection = session(port, "reader", "f" * 32, [{"room": room, "after": {"epoch": epoch, "seq": 0}}])
    newest = None
    while newest is None or len(there) < newest:
        said = connection.hear()
        if said["type"] == "joined":
            newest = said["seq"]
            assert said["epoch"] == epoch, f"{room} has the epoch {said['epoch']}, expected {epoch}"
            assert said["resume"] == "complete", f"{room} does not begin at its beginning: {said}"
        elif said["type"] == "message":
            assert said["seq"] == len(there) + 1, f"{said['seq']} in {room}, expected {len(there) + 1}"
            there[said["seq"]] = (said["from"], said["text"])
        elif said["type"] in ("gap", "bye"):
            raise AssertionError(f"{said}")
    connection.socket.close()
    return there


def judge(port, posters, seeds):
    faults = [fault for poster in posters for fault in poster.faults]
    epochs = {room: {poster.epochs[room] for poster in posters if room in poster.epochs} for room in ROOMS}
    rooms = {}
    for room in ROOMS:
        if len(epochs[room]) != 1:
            faults.append(f"{room} has the epochs {epochs[room]}")
        try:
            rooms[room] = whole(port, room, next(iter(epochs[room])))
        except AssertionError as fault:
            faults.append(str(fault))
            rooms[room] = {}
    for room, there in rooms.items():
        texts = [what for what in there.values() if what[0].startswith("poster")]
        if len(set(texts)) != len(texts):
            faults.append(f"{len(texts) - len(set(texts))} posts are twice in {room}")
    for poster in posters:
        for room, seq, text in poster.acks.values():
            if rooms[room].get(seq) != (poster.name, text):
                faults.append(f"{poster.name} has an ack for {text!r} at {seq} of {room}, where"
                              f" {rooms[room].get(seq)} stands")
        for (room, seq), what in poster.heard.items():
            if rooms[room].get(seq) != what:
                faults.append(f"{poster.name} heard {what} at {seq} of {room}, where"
                              f" {rooms[room].get(seq)} stands")
    stored = set(rooms["lobby"].values())
    for seed in seeds:
        for what in seed.heard:
            if what not in stored:
                faults.append(f"{seed.name} heard {what}, which is not there")
    return faults, sum(map(len, rooms.values()))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("jar", nargs="?", default=JAR)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=None, help="the moments again (about)")
    options.add_argument("server_options", nargs="*", help="options of the server, behind --")
    args = options.parse_args()
    chance = random.Random(args.seed)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="crash-"))
    posters = [Poster(i) for i in range(SESSIONS)]
    seeds = [Seed(i) for i in range(SEEDS)]
    server = None
    try:
        for kill in range(args.kills):
            server = Server(args.jar, directory / "data", args.server_options)
            lives = [threading.Thread(target=one.life, args=(server.port,)) for one in posters + seeds]
            for life in lives:
                life.start()
            before = sum(len(poster.acks) for poster in posters)
            while sum(len(poster.acks) for poster in posters) == before and server.process.poll() is None:
                time.sleep(0.01)  # a life in which nothing happens proves nothing
            time.sleep(chance.uniform(0, 0.5))
            server.kill()
            for life in lives:
                life.join()
        server = Server(args.jar, directory / "data", args.server_options)
        started = server.lines[0]
        faults, messages = judge(server.port, posters, seeds)
        if server.stop() != 0:
            faults.append("the server has not stopped in order")
    finally:
        if server and server.process.poll() is None:
            server.kill()
        shutil.rmtree(directory, ignore_errors=True)
    acks = sum(len(poster.acks) for poster in posters)
    heard = sum(len(poster.heard) for poster in posters) + sum(len(seed.heard) for seed in seeds)
    print(started)
    print(f"{args.kills} kills, {messages} messages, {acks} acks, {heard} heard, {len(faults)} faults")
    for fault in faults[:20]:
        print("  " + fault)
    sys.exit(1 if faults or not acks else 0)


if __name__ == "__main__":
    main()
