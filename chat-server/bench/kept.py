"""What powerloss.py and faults.py share: a server that keeps its rooms in a directory, people who talk in
them and write down what they were told, and the proof afterwards that all of it is there."""
import collections
import ctypes
import json
import mmap
import os
import pathlib
import random
import re
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SERVER_JAR = ROOT / "chat-server/target/chat-server.jar"
ROOMS = ("lobby", "tea", "coffee")  # those of the seed's protocol sit in the first
SECTOR = 512

# What lets calls of the server fail; see lostcache.c
OPEN, WRITE, SYNC, TRUNCATE, NAME, READ, MAP = (1 << i for i in range(7))
FIELDS = "calls spare times error half lie sync_micros real_sync seen failed begun syncs".split()
LIES = {"each": 1, "directory": 2, "some": 3}


class Wrong(Exception):
    """Something is not as it was promised."""


def parse(parser):
    """The command line, with the options that all of these scripts have, and what is random in this run."""
    parser.add_argument("--seed", type=int, default=None, help="repeats the random choices of a run, not its timing")
    parser.add_argument("--jar", default=SERVER_JAR)
    parser.add_argument("--java", default="java")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().getrandbits(32)
    print(f"seed {seed}", flush=True)
    return args, random.Random(seed)


# ---- the disk

class Disk:
    """A directory below which changes are written down, as lostcache.c does it, so that they can be lost."""

    def __init__(self, work):
        self.work = pathlib.Path(work).resolve()
        self.data = self.work / "data"
        self.library = self.work / "lostcache.so"
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            print("skipped: this needs a C compiler (cc), of Debian's package gcc")
            sys.exit(77)
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", self.library, HERE / "lostcache.c", "-ldl"], check=True)
        self.control_file = self.work / "control"
        self.control_file.write_bytes(bytes(4096))
        with open(self.control_file, "r+b") as file:
            self.control = (ctypes.c_uint32 * len(FIELDS)).from_buffer(mmap.mmap(file.fileno(), 4096))
        self.base = {}  # what the directory had in it when the trace began
        self.traces = 0

    def __getitem__(self, field):
        return self.control[FIELDS.index(field)]

    def set(self, **fields):
        for field, value in fields.items():
            self.control[FIELDS.index(field)] = value

    def fail(self, calls, error, spare=0, times=0xffffffff, half=0):
        """From now on such calls fail, but for the first ones."""
        self.set(calls=0)
        self.set(seen=0, failed=0, spare=spare, times=times, error=error, half=half)
        self.set(calls=calls)

    def heal(self):
        self.set(calls=0)

    def environment(self):
        """For a program that begins now; what is there is taken as safe."""
        self.base = {path.name: path.read_bytes() for path in self.data.glob("*")} if self.data.exists() else None
        self.set(begun=0, syncs=0)
        self.traces += 1
        self.trace = self.work / f"trace{self.traces}"
        self.trace.unlink(missing_ok=True)
        return {"LOSTCACHE_DIR": str(self.data), "LOSTCACHE_TRACE": str(self.trace),
                "LOSTCACHE_CONTROL": str(self.control_file), "LD_PRELOAD": str(self.library)}

    def lose_power(self, chance):
        """Makes the directory what it would be after a loss of power, and answers how much was lost."""
        state = Replay(self.data, self.base)
        with open(self.trace, "rb") as trace:
            state.run(trace)
        files, lost = state.survivors(chance)
        shutil.rmtree(self.data, ignore_errors=True)
        if files is not None:
            self.data.mkdir(mode=0o700)
            for name, content in files.items():
                (self.data / name).write_bytes(content)
        self.trace.unlink()
        return lost


class File:
    def __init__(self, content=b""):
        self.safe = bytearray(content)
        self.pending = []  # (offset, bytes), or (length, None)
        self.done = 0      # how many were pending and are not any more

    def settle(self, upto, keep=True):
        count = max(0, upto - self.done)
        if keep:
            for change in self.pending[:count]:
                apply(self.safe, change)
        del self.pending[:count]
        self.done += count

    def end(self):
        return self.done + len(self.pending)


def apply(content, change):
    offset, data = change
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
    else:
        content.extend(bytes(max(0, offset - len(content))))
        content[offset:offset + len(data)] = data


class Replay:
    """Goes through a trace. The directory is flat: a directory in it counts as a name."""

    HEAD = struct.Struct("=IIQII")

    def __init__(self, data, base):
        self.data = data
        self.there = base is not None  # the directory itself
        self.names = {name: File(content) for name, content in (base or {}).items()}  # now
        self.safe_names = dict(self.names)
        self.entries = File()  # the directory's own changes, as (name, file or None)
        self.files = {}  # by number; the directory is None
        self.begun = {}  # fsyncs

    def name(self, path):
        path = pathlib.Path(path)
        if path.parent != self.data:
            raise Wrong(f"{path} was changed, which is not in {self.data} itself")
        return path.name

    def link(self, name, file):
        if file is None:
            self.names.pop(name, None)
        else:
            self.names[name] = file
        self.entries.pending.append([(name, file)])

    def run(self, trace):
        while True:
            head = trace.read(self.HEAD.size)
            if len(head) < self.HEAD.size:
                return
            kind, number, offset, length, _ = self.HEAD.unpack(head)
            rest = trace.read(length)
            if len(rest) < length:
                return
            self.step(chr(kind), number, offset, rest)

    def step(self, kind, number, offset, rest):
        if kind == "d":
            if os.fsdecode(rest) == str(self.data):
                self.files[number] = self.entries
        elif kind == "k":
            self.files[number] = self.names[self.name(os.fsdecode(rest))]
        elif kind == "c":
            self.files[number] = File()
            self.link(self.name(os.fsdecode(rest)), self.files[number])
        elif kind == "w":
            self.files[number].pending.append((offset, rest))
        elif kind == "t":
            self.files[number].pending.append((offset, None))
        elif kind == "b":
            if number in self.files:
                self.begun[offset] = self.files[number].end()
        elif kind == "e":
            if number in self.files:
                self.settle(self.files[number], self.begun.pop(offset))
        elif kind == "f":
            if number in self.files and self.files[number] is not self.entries:
                self.files[number].settle(self.files[number].end(), keep=False)
        elif kind == "u":
            self.link(self.name(os.fsdecode(rest)), None)
        elif kind == "r":
            one, other = os.fsdecode(rest).split("\n")
            file = self.names[self.name(one)]
            self.entries.pending.append([(self.name(one), None), (self.name(other), file)])
            self.names.pop(self.name(one))
            self.names[self.name(other)] = file
        elif kind == "m":
            if os.fsdecode(rest) == str(self.data):
                self.there = True  # who makes it syncs what is around it, which is not looked at here
        elif kind == "M":
            name = next((n for n, f in self.names.items() if f is self.files[number]), "a file")
            if not name.endswith("-shm"):
                raise Wrong(f"{name} was mapped for writing, so what happens to it is not seen")

    def settle(self, file, upto):
        if file is not self.entries:
            file.settle(upto)
            return
        count = max(0, upto - file.done)
        for change in file.pending[:count]:
            self.rename(self.safe_names, change)
        file.settle(upto, keep=False)

    @staticmethod
    def rename(names, change):
        for name, file in change:
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file

    def survivors(self, chance):
        """Nothing that was not synced survives, or all of it, or some: by sectors, files and names."""
        share = chance.choice((0.0, 0.0, 0.1, 0.5, 0.9, 1.0))
        for change in self.entries.pending:
            if chance.random() < share:
                self.rename(self.safe_names, change)
        files, lost = {}, 0
        for name, file in self.safe_names.items():
            content = bytearray(file.safe)
            for change in file.pending:
                lost += self.survive(content, change, share, chance)
            if name.endswith("-shm"):  # written through a map, so anything may be in it
                content = bytearray(chance.randbytes(len(content)))
            files[name] = bytes(content)
        return (files if self.there else None), lost

    @staticmethod
    def survive(content, change, share, chance):
        offset, data = change
        if data is None:
            if chance.random() < share:
                apply(content, change)
            return 0
        at, lost = 0, 0
        while at < len(data):
            upto = min(len(data), at + SECTOR - (offset + at) % SECTOR)
            if chance.random() < share:
                apply(content, (offset + at, data[at:upto]))
            else:
                lost += upto - at
            at = upto
        return lost


# ---- the server

class Server:
    """A process with its own port, told to keep what its rooms have."""

    JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

    def __init__(self, args, data, environment=None):
        command = [args.java, *self.JVM, "-jar", str(args.jar), "--host", "127.0.0.1", "--port", "0", "--admin", "off",
                   "--messages-per-second", "0", "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env={**os.environ, **(environment or {})})
        self.said, self.port = [], None
        listening = threading.Event()
        self.reader = threading.Thread(target=self._read, args=(listening,), daemon=True)
        self.reader.start()
        if not listening.wait(60) or self.port is None:
            self.kill()
            raise Wrong("the server does not start: " + (" / ".join(self.said[-5:]) or "it says nothing"))

    def _read(self, listening):
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if match := re.search(r"listening on .*:(\d+)", line):
                self.port = int(match[1])
                listening.set()
        listening.set()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(10)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.reader.join(10)
        return code

    def alive(self):
        return self.process.poll() is None


# ---- those who talk

def frame(payload):
    return b"%-10d" % len(payload) + payload


class Book:
    """What anybody was told, and what must therefore be there for ever."""

    def __init__(self):
        self.epochs = {}
        self.told = {room: {} for room in ROOMS}  # by number, what was heard or acknowledged there
        self.seed_heard = set()
        self.seed_said = collections.Counter()
        self.acks = self.heard = self.unavailable = 0

    def joined(self, room, epoch):
        """Of which log its messages are; a room in which nothing was ever told may begin anew with each server."""
        if self.epochs.get(room, epoch) != epoch and self.told[room]:
            raise Wrong(f"{room} has another epoch: what was told in it is gone")
        self.epochs[room] = epoch

    def place(self, room, seq, author, text):
        what = hash((author, text))
        if self.told[room].setdefault(seq, what) != what:
            raise Wrong(f"two messages were told as number {seq} of {room}")


class Peer:
    def __init__(self, book, port):
        self.book, self.buffer, self.open = book, bytearray(), True
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.waiting = bytearray()

    def send(self, data):
        self.waiting += data
        try:
            while self.waiting:
                del self.waiting[:self.socket.send(self.waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self.waiting.clear()

    def receive(self):
        """Takes what there is; false at the end of the stream."""
        try:
            while data := self.socket.recv(1 << 18):
                self.buffer += data
                self.take()
            self.open = False
        except BlockingIOError:
            pass
        except OSError:
            self.open = False
        return self.open

    def take(self):
        at = 0
        while len(self.buffer) >= at + 10:
            upto = at + 10 + int(self.buffer[at:at + 10])
            if len(self.buffer) < upto:
                break
            self.frame(bytes(self.buffer[at + 10:upto]))
            at = upto
        del self.buffer[:at]

    def close(self):
        self.socket.close()


class Talker:
    """A session's person, who outlives connections: it says again what was not answered."""

    def __init__(self, book, number, chance):
        self.book, self.chance = book, chance
        self.name = f"t{number}"
        self.client = "%032x" % chance.getrandbits(128)
        self.rooms = list(ROOMS) if number % 2 else [ROOMS[number % len(ROOMS)]]
        self.unanswered = {}  # id: (room, text), in the order in which they were posted
        self.position = {}
        self.posts = 0
        self.peer = None

    def connect(self, port):
        self.window = self.chance.choice((1, 4, 16, 64))
        self.joined = set()
        self.again = []  # when, what
        self.peer = Peer(self.book, port)
        self.peer.frame = self.hear
        rooms = [{"room": room, "after": {"epoch": self.book.epochs[room], "seq": self.position[room]}}
                 if room in self.position else {"room": room} for room in self.rooms]
        self.peer.send(b"CHATROOM/2")
        self.say(type="hello", v=2, name=self.name, client=self.client, rooms=rooms)
        for id_ in self.unanswered:
            self.post(id_)

    def say(self, **what):
        self.peer.send(frame(json.dumps(what).encode()))

    def post(self, id_):
        room, text = self.unanswered[id_]
        self.say(type="post", id=id_, room=room, text=text)

    def talk(self):
        now = time.monotonic()
        while self.again and self.again[0][0] <= now:
            self.post(self.again.pop(0)[1])
        if len(self.joined) < len(self.rooms):
            return
        while len(self.unanswered) < self.window and not self.again and len(self.peer.waiting) < 1 << 16:
            self.posts += 1
            id_ = f"{self.name}-{self.posts}"
            size = self.chance.choice((0, 20, 200, 200, 3_000))
            self.unanswered[id_] = (self.chance.choice(self.rooms), f"{id_} " + "x" * size)
            self.post(id_)

    def hear(self, payload):
        what = json.loads(payload)
        kind = what["type"]
        if kind == "joined":
            room = what["room"]
            self.book.joined(room, what["epoch"])
            if what.get("resume", "complete") != "complete" and self.position[room] > 0:
                raise Wrong(f"{self.name} cannot resume {room} whole")
            self.position.setdefault(room, what["seq"])
            self.joined.add(room)
        elif kind == "message":
            self.place(what["room"], what["seq"], what["from"], what["text"])
            self.book.heard += 1
        elif kind == "ack":
            room, text = self.unanswered.pop(what["id"])
            if room != what["room"]:
                raise Wrong(f"the ack of {what['id']} is for {what['room']} and not {room}")
            if what.get("duplicate"):
                self.book.place(room, what["seq"], self.name, text)
            else:
                self.place(room, what["seq"], self.name, text)
            self.book.acks += 1
        elif kind == "error":
            if what["do"] != "retry" or "id" not in what:
                raise Wrong(f"{self.name} was answered {what}")
            self.book.unavailable += what["code"] == "unavailable"
            self.again.append((time.monotonic() + what.get("afterMillis", 1000) / 1000, what["id"]))
        elif kind == "gap" and self.position[what["room"]] > 0:
            raise Wrong(f"{self.name} was told of a gap: {what}")

    def place(self, room, seq, author, text):
        if seq != self.position[room] + 1:
            raise Wrong(f"{self.name} heard {seq} of {room} after {self.position[room]}")
        self.position[room] = seq
        self.book.place(room, seq, author, text)


class SeedMember:
    """Says numbers, and writes down what it hears."""

    def __init__(self, book, number, chance):
        self.book, self.chance, self.number, self.name = book, chance, number, ""
        self.lives = 0

    def connect(self, port):
        self.lives += 1
        self.window = 1
        self.name = f"s{self.number}.{self.lives}"
        self.peer = Peer(self.book, port)
        self.peer.frame = self.hear
        self.parts = []
        self.peer.send(frame(self.name.encode()))

    def talk(self):
        if self.window and len(self.peer.waiting) < 1 << 12 and self.chance.random() < 0.3:
            said = self.book.seed_said
            self.peer.send(frame(f"{self.name} {said[self.name]} {'y' * self.chance.choice((1, 50))}".encode()))
            said[self.name] += 1

    def hear(self, payload):
        self.parts.append(payload.decode())
        if len(self.parts) == 2:
            self.book.seed_heard.add(hash(tuple(self.parts)))
            self.parts.clear()


class Crowd:
    def __init__(self, chance, sessions=6, seeds=2):
        self.book = Book()
        self.chance = chance
        self.people = [Talker(self.book, n, chance) for n in range(sessions)]
        self.people += [SeedMember(self.book, n, chance) for n in range(seeds)]
        self.checked = {room: 0 for room in ROOMS}
        self.texts = set()
        self.seed_next = collections.Counter()

    def connect(self, port):
        self.selector = selectors.DefaultSelector()
        for person in self.people:
            person.connect(port)
            self.selector.register(person.peer.socket, selectors.EVENT_READ, person)

    def speak(self):
        """After quiet."""
        for person in self.people:
            person.window = 8

    def talk(self, seconds, until=None):
        """They talk for so long, or until something is so; whether it became so."""
        end = time.monotonic() + seconds
        quiet = 0.0  # now and then all of them pause, so that the server comes to what it does when nobody talks
        while time.monotonic() < end:
            if until and until():
                return True
            if self.chance.random() < 0.002:
                quiet = time.monotonic() + 1.3
            for key, _ in self.selector.select(0.002):
                if not key.data.peer.receive():
                    self.selector.unregister(key.fileobj)
            for person in self.people:
                if person.peer.open and time.monotonic() > quiet:
                    person.talk()
                person.peer.send(b"")
        return False

    def quiet(self, seconds=60):
        """Nobody says anything new from here on; all that was said is answered."""
        talkers = [person for person in self.people if isinstance(person, Talker)]
        for person in self.people:
            person.window = 0
        if not self.talk(seconds, lambda: not any(t.unanswered or len(t.joined) < len(t.rooms) for t in talkers)):
            raise Wrong(f"{sum(len(t.unanswered) for t in talkers)} posts were not answered within {seconds} s")

    def hear_all(self, port, seconds=60):
        """The server has gone on all the time, so that whatever members of the seed's protocol said is there in the end."""
        end = time.monotonic() + seconds
        self.quiet(seconds)
        while True:
            self.talk(0.1)
            total = self.check(port)
            waiting = {name: said for name, said in self.book.seed_said.items() if self.seed_next[name] < said}
            if not waiting:
                return total
            if time.monotonic() > end:
                name, said = next(iter(waiting.items()))
                raise Wrong(f"{name} said {said} messages, and {self.seed_next[name]} are there after {seconds} s")

    def disconnect(self):
        """What has come before the end was heard, too."""
        for person in self.people:
            person.peer.socket.setblocking(True)
            person.peer.socket.settimeout(5)
            while person.peer.open and person.peer.receive():
                pass
            person.peer.close()
        self.selector.close()

    # ---- the proof

    def check(self, port, whole=False):
        """Everything that anybody was told is there at its place, once. Answers how many there are."""
        total = 0
        if whole:
            self.checked = {room: 0 for room in ROOMS}
            self.texts.clear()
            self.seed_next.clear()
        for room in ROOMS:
            newest = self.check_room(port, room)
            total += newest
        missing = self.book.seed_heard - self.texts
        if missing:
            raise Wrong(f"{len(missing)} messages were heard by members of the seed's protocol and are not there")
        return total

    def check_room(self, port, room):
        told, first = self.book.told[room], self.checked[room] + 1
        entries, newest, epoch = read_room(port, room, first)
        self.book.joined(room, epoch)
        if told and max(told) > newest:
            lost = [seq for seq in told if seq > newest]
            raise Wrong(f"{room} ends at {newest}, but {len(lost)} messages up to {max(told)} were acknowledged or heard")
        for seq, (author, text) in enumerate(entries, first):
            what = hash((author, text))
            if told.get(seq, what) != what:
                raise Wrong(f"{seq} of {room} is another message than was told: {author}: {text[:40]}")
            if what in self.texts:
                raise Wrong(f"{author}: {text[:40]} is there twice, the second time as {seq} of {room}")
            self.texts.add(what)
            if re.fullmatch(r"s\d+\.\d+", author):
                number = int(text.split()[1])
                if number != self.seed_next[author]:
                    raise Wrong(f"{author}'s message {self.seed_next[author]} is missing in front of {number}")
                self.seed_next[author] = number + 1
        self.checked[room] = newest
        return newest


def read_room(port, room, first):
    """What is in a room from a number on, read as any session would."""
    entries = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(60)
        reader = connection.makefile("rb")

        def say(**what):
            connection.sendall(frame(json.dumps(what).encode()))

        def hear(kind):
            while True:
                head = reader.read(10)
                if len(head) < 10:
                    raise Wrong(f"the connection of the one who reads {room} has ended")
                what = json.loads(reader.read(int(head)))
                if what["type"] == kind:
                    return what
                if what["type"] in ("error", "bye"):
                    raise Wrong(f"the one who reads {room} was told {what}")

        connection.sendall(b"CHATROOM/2")
        say(type="hello", v=2, name="reader", client="5eed" * 8, rooms=[{"room": room}])
        joined = hear("joined")
        if joined["seq"] and joined["first"] != 1:
            raise Wrong(f"{room} begins at {joined['first']}, though nothing may be forgotten")
        after = first - 1
        while after < joined["seq"]:
            say(type="history", q="1", room=room, after=after, limit=200)
            page = hear("page")
            if not page["complete"] or not page["messages"]:
                raise Wrong(f"the page of {room} behind {after} is not complete")
            for entry in page["messages"]:
                after += 1
                if entry["seq"] != after:
                    raise Wrong(f"{after} of {room} is missing, {entry['seq']} comes instead")
                entries.append((entry["from"], entry["text"]))
        return entries, max(joined["seq"], after), joined["epoch"]
