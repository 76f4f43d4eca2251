#!/usr/bin/env python3
"""An attacker's afternoon: nothing of a closed server or a private conversation is given away.

    chat-server/bench/attack.py [chat-server/target/chat-server.jar] [--short]

A closed server (access keys, no programs of the seed's protocol) with a data directory of its own,
on which Alice and Bob own their names and talk in private. Strangers without a key, a guest with
one, and Eve, who owns a name, then try to be somebody else, to hear what is not theirs, and to come
back where they were put out: over TCP, WebSocket, HTTP, the seed's protocol, the admin address and
the control socket. In the end all that any of them has heard, all that the server has printed, and
all files of the data directory are searched for the secrets.

Each line is an attack, and "held", or "GAVE AWAY" with what. It exits with 0 if all held. Where it
needs root or Linux and there is none, a line says "skipped". --short leaves out what takes long.
"""

import argparse
import base64
import http.client
import json
import os
import pathlib
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
JAR = HERE.parent / "target/chat-server.jar"
PATIENCE = 60       # seconds; a loaded machine is slow
ROOMS_AN_HOUR = 30
NOBODY = 65534      # another user

KEY, EXPIRED = secrets.token_hex(16), secrets.token_hex(16)
LABEL = "the workshop"

# What Alice and Bob say in private, what was deleted, and what is said behind a closed door.
PRIVATE, DELETED, VAULT = ("marzipan" + secrets.token_hex(8), "quince" + secrets.token_hex(8),
                           "saffron" + secrets.token_hex(8))

LIKE_ALICE = [
    "ALICE", "Alice", "ａｌｉｃｅ", "\u0430lice", "ali\u0441e", "al\u0456ce", "al\u200bice", "alice\u200d",
    "\u202ealice", "\u2066alice\u2069", "alice\u00ad", "alice\ufe0f", " alice", "alice\u00a0", "\u3164alice",
    "a1ice", "aIice", "alıce", "𝑎lice", "ⓐlice", "alice\U000e0061", "\ufeffalice", "al\u034fice"]


class Server:
    """A server that talks to loopback alone, and all that it prints."""

    def __init__(self, jar, data, *options, before=b""):
        self.jar, self.data = jar, data
        self.process = subprocess.Popen(
            ["java", "-Xmx128m", "-jar", str(jar), "--host", "127.0.0.1", "--port", "0",
             "--admin", "127.0.0.1:0", "--log-level", "debug", "--data", str(data), *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = before
        for line in self.process.stdout:
            self.output += line
            if admin := re.search(rb"metrics on .*:(\d+)$", line.rstrip()):
                self.admin = int(admin.group(1))
            if port := re.search(rb"listening on .*:(\d+)$", line.rstrip()):
                self.port = int(port.group(1))
                self.reader = threading.Thread(target=self.read, daemon=True)
                self.reader.start()
                return
        sys.exit("the server has not started: " + self.output.decode(errors="replace"))

    def read(self):
        for line in self.process.stdout:
            self.output += line

    def stop(self):
        self.process.terminate()
        code = self.process.wait()
        self.reader.join()
        return code

    def command(self, *words):
        done = subprocess.run(["java", "-jar", str(self.jar), *words[:-1], str(self.data), words[-1]]
                              if words[0] in ("ban", "unban") or words[0] == "operator"
                              else ["java", "-jar", str(self.jar), words[0], str(self.data), *words[1:]],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
        return done.stdout


class Peer:
    """A client over TCP. All that an attacker hears is kept."""

    HEARD = []          # by all attackers, as it came
    addresses = 0       # each attacker comes from elsewhere, as limits are by address

    def __init__(self, port, friend=False, address=None):
        self.friend = friend
        if address is None:
            Peer.addresses += 1
            address = f"127.77.{Peer.addresses >> 8}.{Peer.addresses & 255}"
        self.address, self.port = address, port
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE, (address, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.asked = 0
        self.all = []
        self.begin()

    def begin(self):
        self.socket.sendall(b"CHATROOM/2")

    def send(self, payload):
        self.socket.sendall(b"%-10d" % len(payload) + payload)

    def receive(self):
        header = self.file.read(10)
        return self.file.read(int(header)) if len(header) == 10 else b""

    def say(self, **said):
        try:
            self.send(json.dumps(said).encode())
        except OSError:
            pass  # it has ended, which receive tells

    def hear(self):
        """The next object; a bye where there is none."""
        try:
            payload = self.receive()
        except OSError:  # reset
            payload = b""
        if not payload:
            return {"type": "bye", "code": "eof"}
        if not self.friend:
            Peer.HEARD.append(payload)
        said = json.loads(payload)
        self.all.append(said)
        return said

    def hello(self, name, client=None, key=KEY, **more):
        if key is not None:
            more["key"] = key
        self.say(type="hello", v=2, name=name, client=client or secrets.token_hex(16), **more)
        while True:
            said = self.hear()
            if said["type"] in ("welcome", "error", "bye"):
                return said

    def ask(self, type, **more):
        """The answer to a request."""
        self.asked += 1
        tag = f"q{self.asked}"
        if type == "post":
            more.setdefault("id", secrets.token_hex(8))
            tag = more["id"]
        elif type != "read":
            more["q"] = tag
        self.say(type=type, **more)
        while True:
            said = self.hear()
            if said["type"] == "bye" or tag in (said.get("q"), said.get("id")):
                return said
            if type == "read" and (said["type"] == "read" or said["type"] == "error" and "q" not in said):
                return said
            mine = {"topic": "topic", "delete": "deleted", "moderate": "moderated"}.get(type)
            if mine and said["type"] == "event" and said["kind"] == mine:
                return said

    def do(self, type, **more):
        """Asks for what must be done, or the attack says nothing."""
        said = self.ask(type, **more)
        assert said["type"] not in ("error", "bye"), f"{type} {more}: {said}"
        return said

    def close(self):
        self.file.close()
        self.socket.close()


class WebSocket(Peer):
    """The same over WebSocket."""

    def begin(self):
        host = "127.0.0.1:%d" % self.socket.getpeername()[1]
        self.socket.sendall(upgrade(host))
        status = self.file.readline()
        while self.file.readline().strip():
            pass
        assert b" 101 " in status, status

    def send(self, payload):
        length = len(payload)
        head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
        self.socket.sendall(head + bytes(4) + payload)

    def receive(self):
        while True:
            head = self.file.read(2)
            if len(head) < 2:
                return b""
            length = head[1] & 127
            if length > 125:
                length = int.from_bytes(self.file.read(2 if length == 126 else 8), "big")
            payload = self.file.read(length)
            if head[0] & 15 == 1:
                return payload
            if head[0] & 15 == 8:
                return b""


def upgrade(host, origin=None):
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    return ("GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: chatroom.2\r\n%s\r\n"
            % (host, key, f"Origin: {origin}\r\n" if origin else "")).encode()


def raw(port, sent):
    """What comes back for these bytes until the end of the stream."""
    Peer.addresses += 1
    with socket.create_connection(("127.0.0.1", port), PATIENCE, (f"127.78.0.{Peer.addresses & 255}", 0)) as line:
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            heard = b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:  # reset
            return b""
    Peer.HEARD.append(heard)
    return heard


class Http(Peer):
    """The same over HTTP, a request each: what it is and shows goes with each of them."""

    def begin(self):
        self.close()
        self.mine, self.headers = {}, {}

    def hello(self, name, client=None, key=KEY, token=None, rooms=(), **more):
        self.mine = {"name": name}
        if token is not None:
            self.headers["Authorization"] = b"Bearer " + token.encode()
        if key is not None:
            self.headers["Chat-Key"] = key.encode()
        said = self.ask("history", room="lobby", before=1, limit=1)
        for room in rooms if said["type"] == "page" else ():
            self.ask("join", **room)
        return {"type": "welcome"} if said["type"] == "page" else said

    def ask(self, type, room="", after=None, last=None, **more):
        path = "/api/rooms/" + urllib.parse.quote(room, safe="")
        if type == "join":
            place = {"after": f"{after['epoch']}:{after['seq']}"} if after else {"last": last or 0}
            said = self.request("GET", path + "/events", place)
            if said["type"] == "joined":
                self.all += self.request("GET", path + "/messages", {"limit": 200}).get("messages", [])
            return said
        if type == "history":
            side = {"after": after} if after is not None else {}
            return self.request("GET", path + "/messages", {**side, **more})
        if type == "post":
            return self.request("POST", path + "/messages", {}, more["text"], {"Idempotency-Key": more.get("id")})
        if type == "search":
            query = {"q": more.pop("query"), **({"room": room} if room else {}), **more}
            return self.request("GET", "/api/search", query)
        if type == "rooms":
            return self.request("GET", "/api/rooms", more)
        return {"type": "pong"} if type == "ping" else {"type": "error", "code": "bad-request"}  # there is no such thing

    def request(self, method, path, query, body=None, headers=()):
        query = urllib.parse.urlencode({**self.mine, **query}, errors="surrogatepass")
        line = http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE, (self.address, 0))
        try:
            line.putrequest(method, f"{path}?{query}")
            for name, value in {**self.headers, **dict(headers)}.items():
                if value is not None:
                    line.putheader(name, value)
            if body is not None:
                line.putheader("Content-Type", "text/plain")
                line.putheader("Content-Length", len(body.encode()))
            line.endheaders((body or "").encode())
            answer = line.getresponse()
            if answer.headers.get_content_type() == "text/event-stream":
                while not (heard := answer.readline()).startswith(b"data:"):
                    assert heard, "a stream has ended before it began"
                heard = heard[5:]
            else:
                heard = answer.read()
        except (OSError, http.client.HTTPException):  # closed without a word
            return {"type": "bye", "code": "eof"}
        finally:
            line.close()
        if not self.friend:
            Peer.HEARD.append(heard)
        is_sentence = answer.headers.get_content_type() == "text/plain"  # to what is no request at all
        said = {"code": "bad-request", "text": heard.decode()} if is_sentence else json.loads(heard)
        if answer.status >= 400:
            said["type"] = "error"
        self.all.append(said)
        return said


WAYS = {"TCP": Peer, "WebSocket": WebSocket, "HTTP": Http}


class Afternoon:
    def __init__(self, server, short):
        self.server, self.short = server, short
        self.faults = 0
        self.secrets = {"an access key": KEY, "a key that is over": EXPIRED}
        self.clients = {}

    def verdict(self, attack, given_away):
        """given_away: what should not have been, empty where all held."""
        self.faults += bool(given_away)
        print(f"GAVE AWAY  {attack}: {'; '.join(map(str, given_away))[:600]}" if given_away else f"held       {attack}",
              flush=True)

    def come(self, way, name, friend=False, **more):
        peer = WAYS[way](self.server.port, friend)
        welcome = peer.hello(name, **more)
        assert welcome["type"] == "welcome", f"{name} does not come in: {welcome}"
        return peer

    def own(self, name, friend=False):
        client = secrets.token_hex(16)
        peer = self.come("TCP", name, friend, client=client, rooms=[{"room": "lobby"}])
        token = peer.do("claim")["token"]
        if friend:
            self.secrets[f"the token of {name}"] = token
            self.clients[f"the client of {name}"] = client
        return peer, token

    # ---- those who are at home

    def settle(self):
        self.alice, self.alices = self.own("alice", friend=True)
        self.bob, self.bobs = self.own("bob", friend=True)
        self.eve, self.eves = self.own("eve")
        self.alice.do("post", room="@bob", text=PRIVATE)
        self.alice.do("topic", room="@bob", text="about " + PRIVATE)
        self.bob.do("post", room="@alice", text="yes, " + PRIVATE)
        phone = self.come("HTTP", "alice", friend=True, token=self.alices)
        assert PRIVATE in json.dumps(phone.do("history", room="@bob", limit=9)), "alice reads nothing over HTTP"
        self.greeting = self.alice.do("post", room="lobby", text="good morning")["id"]
        self.server.command("operator", "add", "alice")
        exported = self.server.command("export").decode()
        self.inner = next(json.loads(line)["room"] for line in exported.splitlines() if PRIVATE in line)

    # ---- without a key

    def strangers(self):
        wrong = [None, "", "0" * 32, LABEL, KEY[:-1], KEY + " ", KEY.upper() if KEY.upper() != KEY else KEY[::-1],
                 EXPIRED, KEY + "\0", "ｆ" * 32]
        for way, peer in WAYS.items():
            bad = []
            for key in wrong:
                if way == "HTTP" and key and key.strip() == KEY:
                    continue  # spaces around a header's value are none of it
                one = peer(self.server.port)
                for early in ("rooms", "members", "history", "search", "join", "post", "claim", "link"):
                    said = one.ask(early, **self.wants(early, "lobby"))
                    if said.get("code") not in ("bad-request", "key-wrong" if way == "HTTP" else ""):
                        bad.append(f"{early} before a hello: {said}")
                said = one.hello("mallory", key=key)
                if said.get("code") not in ("key-wrong", "bad-request"):
                    bad.append(f"key {key!r}: {said}")
                one.close()
            self.verdict(f"come in without a good key, or ask before a hello ({way})", bad)

            bad = []
            said = [peer(self.server.port, address="127.79.0.1").hello("mallory", key=secrets.token_hex(16))
                    for _ in range(12)]
            if said[-1].get("code") != "rate":
                bad.append(f"the 12th wrong key: {said[-1]}")
            self.verdict(f"guess keys from one address ({way})", bad)

        bad = []
        for name in ("mallory", "alice", "bob"):
            heard = raw(self.server.port, b"%-10d%s%-10d%s" % (len(name), name.encode(), 5, b"hello"))
            if heard:
                bad.append(heard)
        if any("hello" == said.get("text") for said in self.heard(self.alice, "lobby")):
            bad.append("what a program of the seed's protocol says is heard")
        self.verdict("come in by the seed's protocol", bad)

        bad = []
        for path in ("/", "/api", "/api/asyncapi", "/manifest.webmanifest"):  # these are for everybody
            heard = raw(self.server.port, f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n".encode())
            if any(text.encode() in heard for text in (LABEL, PRIVATE, self.inner, *self.secrets.values())):
                bad.append(f"GET {path}: {heard[:200]}")
        for request in ("GET /ws HTTP/1.1", "HEAD /ws HTTP/1.1", "GET /api/rooms HTTP/1.1",
                        "GET /api/rooms/lobby/messages?after=0 HTTP/1.1", "GET /api/rooms/%40bob/messages HTTP/1.1",
                        "GET /api/search?q=marzipan HTTP/1.1", "GET /api/rooms/lobby/events HTTP/1.1",
                        "POST /api/rooms/lobby/messages?name=alice HTTP/1.1", "GET /metrics HTTP/1.1",
                        "GET /../data/log.db HTTP/1.1", "GET //etc/passwd HTTP/1.1"):
            heard = raw(self.server.port, f"{request}\r\nHost: x\r\nAuthorization: Bearer {self.eves}\r\n\r\n".encode())
            if b" 200 " in heard[:20] or b" 201 " in heard[:20] or b" 101 " in heard[:20]:
                bad.append(f"{request}: {heard[:200]}")
        self.verdict("read by plain HTTP", bad)

        bad = []
        host = f"127.0.0.1:{self.server.port}"
        for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "http://evil.example/" + host,
                       f"http://{host}.evil.example", f"http://{host}@evil.example", "file://", f"ftp://{host}"):
            heard = raw(self.server.port, upgrade(host, origin))
            if b" 403 " not in heard[:20]:
                bad.append(f"{origin}: {heard[:100]}")
        self.verdict("open a WebSocket from a page of another origin", bad)

        bad = []
        for origin in ("https://evil.example", "null", f"http://{host}.evil.example", "file://"):
            page = self.come("HTTP", "alice", friend=True, token=self.alices)
            page.headers["Origin"] = origin
            for request in ("history", "post", "search", "rooms", "join"):
                said = page.ask(request, **self.wants(request, "lobby"))
                if said.get("code") != "origin":
                    bad.append(f"{request} from {origin}: {said}")
        self.verdict("ask over HTTP from a page of another origin", bad)

        bad = []
        for path in ("/", "/metrics", "/health", "/healthz", "/ready", "/../log.db", "/rooms", "/names"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.server.admin}{path}", timeout=PATIENCE) as page:
                    body = page.read()
            except urllib.error.HTTPError as refused:
                body = refused.read()
            Peer.HEARD.append(body)
            for name in (b"alice", b"lobby", b"@bob", LABEL.encode()):
                if name in body:
                    bad.append(f"{path} has {name}")
        self.verdict("find names, rooms or keys at the admin address", bad)

    @staticmethod
    def heard(peer, room):
        peer.ask("ping")
        return [said for said in peer.all if said.get("room") == room]

    @staticmethod
    def wants(type, room, seq=1):
        """What a request needs."""
        return {"rooms": {}, "claim": {}, "link": {},
                "members": {"room": room}, "join": {"room": room, "last": 100},
                "history": {"room": room, "before": 100, "limit": 50},
                "search": {"room": room, "query": "a*", "limit": 50},
                "post": {"room": room, "text": "knock"}, "topic": {"room": room, "text": "knock"},
                "delete": {"room": room, "seq": seq}, "read": {"room": room, "seq": seq},
                "leave": {"room": room},
                "moderate": {"room": room, "action": "ban", "target": "bob"}}[type]

    # ---- who somebody is

    def impostors(self):
        for way, peer in WAYS.items():
            bad = []
            for name in LIKE_ALICE + ["alice"]:
                said = peer(self.server.port).hello(name)
                if said.get("code") not in ("name-owned", "name-looks-alike", "name-bad"):
                    bad.append(f"{name!r}: {said}")
            self.verdict(f"take the name alice, or one that looks like it ({way})", bad)

        code = self.alice.do("link")["code"]
        self.secrets["a code that links a device"] = code
        bad = []
        if Peer(self.server.port).hello("bob", token=code).get("code") != "token-wrong":
            bad.append("a code opens another name")
        phone = Peer(self.server.port, friend=True)
        phone.hello("alice", token=code)
        self.secrets["the token of alice's phone"] = phone.ask("claim")["token"]
        phone.close()
        for replayed in (code, code.lower(), code.replace("-", "")):
            said = WebSocket(self.server.port).hello("alice", token=replayed)
            if said.get("code") not in ("token-wrong", "rate"):
                bad.append(f"a code is good twice: {said}")
        self.verdict("use a code that links a device again, or for another name", bad)

        for way, peer in WAYS.items():
            bad = []
            guesses = [secrets.token_urlsafe(32), "", "0" * 43, self.bobs, self.eves, self.alices[:-1],
                       self.alices + "=", self.alices.swapcase(), KEY, self.clients["the client of alice"]]
            for token in guesses:
                said = peer(self.server.port).hello("alice", token=token)
                if said.get("code") not in ("token-wrong", "bad-request", "rate"):
                    bad.append(f"a wrong token: {said}")
            if peer(self.server.port).hello("bob", token=self.alices)["type"] == "welcome":
                bad.append("a token opens another name")
            self.verdict(f"come in as alice with tokens of others and pieces of hers ({way})", bad)

        bad = []
        said = [Peer(self.server.port, address="127.79.0.2").hello("alice", token=secrets.token_urlsafe(32))
                for _ in range(12)]
        if said[-1].get("code") != "rate":
            bad.append(f"the 12th wrong token: {said[-1]}")
        friend = Peer(self.server.port, friend=True)
        if friend.hello("alice", token=self.alices)["type"] != "welcome":
            bad.append("alice is locked out by it")
        friend.close()
        self.verdict("guess tokens from one address, and lock alice out by it", bad)

        bad = []
        answers = {name: Peer(self.server.port).hello(name, token="0" * 43) for name in ("bob", "nobody-there")}
        for said in answers.values():
            said.pop("q", None)
        if answers["bob"] != answers["nobody-there"]:
            bad.append(answers)
        if not self.short:
            bad += self.timed()
        self.verdict("learn by wrong tokens which names are owned", bad)

    def timed(self):
        times = {"bob": [], "nobody-there": []}
        for _ in range(400):
            for name, all in times.items():
                peer = Peer(self.server.port)
                peer.ask("ping")
                begun = time.perf_counter()
                peer.hello(name, token=secrets.token_urlsafe(32))
                all.append(time.perf_counter() - begun)
                peer.close()
        a, b = (statistics.median(all) * 1e6 for all in times.values())
        print(f"           a wrong token takes {a:.0f} us for an owned name, {b:.0f} us for another (medians)")
        return [f"{a:.0f} against {b:.0f} us"] if abs(a - b) > 0.2 * max(a, b) else []

    # ---- what is private

    def listeners(self):
        requests = ("join", "post", "history", "search", "members", "topic", "delete", "read", "leave", "moderate")
        for way in WAYS:
            guest = self.come(way, "mallory" + way.lower())
            eve = self.come(way, "eve", token=self.eves)
            for who, peer in (("a guest", guest), ("an owner of another name", eve)):
                bad = []
                mine = ("@alice", "@bob", "@ALICE", "@Ｂｏｂ") if peer is eve else ()
                for room in ("@alice", "@bob", "@ALICE", "@Ｂｏｂ", self.inner, self.inner[1:], "@@bob", "@", "@alice+bob",
                             "@bob/../alice", "＠bob"):
                    for request in requests:
                        said = peer.ask(request, **self.wants(request, room))
                        if said["type"] != "error" and not (room in mine or request == "leave"):
                            bad.append(f"{request} {room}: {said}")
                        if said.get("epoch") == self.epoch_of_two():
                            bad.append(f"{request} {room} tells of the log of the two: {said}")
                for query in (PRIVATE, PRIVATE[:10] + "*", f'"{PRIVATE}"', "in:@bob", "in:@alice", f"in:{self.inner}",
                              "from:alice", "from:bob", f"from:alice in:@bob {PRIVATE}", "about*", "yes", "*", '"',
                              "after:2020", "in:lobby in:@bob"):
                    said = peer.ask("search", query=query, limit=50)
                    found = [one for one in said.get("messages", [])
                             if one["room"].startswith("@") and "knock" not in json.dumps(one)]
                    if found or self.inner in json.dumps(said):
                        bad.append(f"search {query}: {found}")
                rooms = [one["room"] for one in peer.ask("rooms", limit=200).get("rooms", [])]
                if any("@" in room for room in rooms):
                    bad.append(f"rooms: {rooms}")
                again = WAYS[way](self.server.port)
                again.hello("eve2" + way.lower(), rooms=[
                    {"room": room, "after": {"epoch": self.epoch_of_two(), "seq": 0}} for room in ("@alice", "@bob")])
                again.ask("ping")
                if any(said["type"] in ("joined", "message", "gap") for said in again.all):
                    bad.append(f"rooms of a hello: {again.all}")
                again.close()
                if any(room.startswith("@") and peer is guest for room in peer.ask("ping").get("heads", {})):
                    bad.append("heads of a pong have private rooms")
                self.verdict(f"hear or change a private conversation as {who} ({way})", bad)
            guest.close()
            eve.close()
        thief = self.come("TCP", "thief", rooms=[{"room": "lobby"}])
        said = thief.ask("post", room="lobby", id=self.greeting, text="good morning")
        thief.close()
        more = self.come("HTTP", "thief").ask("post", room="lobby", id=self.greeting, text="good morning")
        bad = [one for one in (said, more) if one.get("duplicate") or one["type"] != "ack"]
        self.verdict("claim a post of somebody else by its id", bad)
        bad = [said for said in self.heard(self.alice, "@bob") + self.heard(self.bob, "@alice")
               if "knock" in json.dumps(said)]
        self.verdict("be heard in a private conversation of two others", bad)

    def epoch_of_two(self):
        return next(said["epoch"] for said in self.alice.all if said["type"] == "joined" and said["room"] == "@bob")

    def doors(self):
        self.bob.do("join", room="vault")
        self.bob.do("post", room="vault", text=VAULT)
        self.bob.do("topic", room="vault", text="about " + VAULT)
        self.bob.do("moderate", room="vault", action="close")
        for way in WAYS:
            bad = []
            for who, peer in (("guest", self.come(way, "trudy" + way.lower())),
                              ("eve", self.come(way, "eve", token=self.eves)),
                              ("hello", self.come(way, "victor" + way.lower(), rooms=[{"room": "VAULT", "last": 99}]))):
                for room in ("vault", "VAULT", "ｖault"):
                    for request in ("join", "history", "search", "members", "post", "topic", "delete", "read", "moderate"):
                        said = peer.ask(request, **self.wants(request, room))
                        if said["type"] != "error":
                            bad.append(f"{who}, {request} {room}: {said}")
                for query in (VAULT, "in:vault", "from:bob"):
                    said = peer.ask("search", query=query, limit=50)
                    if VAULT in json.dumps(said):
                        bad.append(f"{who}, search {query}: {said}")
                if VAULT in json.dumps(peer.ask("rooms", limit=200)):
                    bad.append(f"{who}, rooms")
                peer.close()
            self.verdict(f"come into a closed room, or read there ({way})", bad)

    def bots(self):
        # Eve is broken into: her bot's token is all that the attacker has.
        made = self.eve.do("tokens", action="make", label="weather", rooms=["lobby"], scope="read")
        self.secrets["a bot's token"] = made["token"]
        for way, peer in WAYS.items():
            bad = []
            for name in ("alice", "bob", "weather", "mallory"):
                said = peer(self.server.port).hello(name, token=made["token"])
                if said["type"] == "welcome":
                    bad.append(f"the bot comes in as {name}")
            bot = self.come(way, "eve", token=made["token"], rooms=[{"room": "tea"}, {"room": "@alice"}])
            for room in ("tea", "@alice", "@eve", "@bob", self.inner, "vault"):
                for request in ("join", "post", "history", "search", "members", "topic", "delete", "read", "moderate"):
                    said = bot.ask(request, **self.wants(request, room))
                    if said["type"] != "error":
                        bad.append(f"{request} {room}: {said}")
            bot.ask("join", room="lobby")
            for request in ("post", "topic", "delete", "read", "moderate", "claim", "link", "rooms"):
                said = bot.ask(request, **self.wants(request, "lobby"))
                if said["type"] != "error":
                    bad.append(f"{request} lobby: {said}")
            for more in ({"type": "members"}, {"type": "tokens", "action": "list"}, {"type": "block", "name": "bob"},
                         {"type": "tokens", "action": "make", "label": "b", "rooms": ["vault"], "scope": "write"},
                         {"type": "moderate", "action": "kick", "target": "bob"}):
                said = bot.ask(**more)
                if said["type"] != "error":
                    bad.append(f"{more}: {said}")
            said = bot.ask("search", query="in:tea in:@alice " + PRIVATE, limit=9)
            if said.get("messages"):
                bad.append(f"search: {said}")
            bot.close()
            self.verdict(f"do with a bot's token what is outside of its scope ({way})", bad)
        self.eve.do("tokens", action="revoke", label="weather")
        said = Peer(self.server.port).hello("eve", token=made["token"])
        self.verdict("come in with a bot's token that was revoked", [] if said.get("code") == "token-wrong" else [said])

    # ---- who is put out

    def banned(self):
        address, client = "127.80.0.1", secrets.token_hex(16)
        mallory = Peer(self.server.port, address=address)
        mallory.hello("Mallory", client=client, rooms=[{"room": "lobby"}])
        self.alice.do("moderate", action="ban", target="Mallory", why="noise")
        bad = []
        while mallory.hear()["type"] != "bye":
            pass
        for way, peer in WAYS.items():
            tries = {"the same name": {"name": "Mallory"}, "in other letters": {"name": "ＭＡＬＬＯＲＹ"},
                     "with what nobody sees": {"name": "Mal\u200blory"},
                     "another name, the same client": {"name": "harmless", "client": client}}
            for how, hello in tries.items():
                if way == "HTTP" and "client" in hello:
                    continue  # nobody is asked for one there
                said = peer(self.server.port).hello(**hello)
                if said.get("code") != "banned":
                    bad.append(f"{how} ({way}): {said}")
        self.verdict("come back under a banned name or client", bad)

        bad = []
        self.alice.do("moderate", action="ban", target="address:::ffff:" + address)
        self.alice.do("moderate", action="ban", target="address:127.80.1.0/24")
        for one in (address, "127.80.1.200"):
            for way in ("CHATROOM/2", "GET /ws HTTP/1.1\r\nHost: x\r\n\r\n", "4         eve6"):
                try:
                    with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE, (one, 0)) as line:
                        line.sendall(way.encode())
                        line.shutdown(socket.SHUT_WR)
                        heard = b"".join(iter(lambda: line.recv(65536), b""))
                except OSError:  # reset
                    heard = b""
                if heard and b"banned" not in heard:
                    bad.append(f"{one}, {way[:12]}: {heard[:100]}")
        self.verdict("come back from a banned address, written as IPv6, or network", bad)

    # ---- what was deleted

    def deleted(self):
        bad = []
        for room in ("lobby", "@bob"):
            at = self.alice.do("post", room=room, text="about " + DELETED)["seq"]
            found = self.alice.do("search", query=DELETED, limit=9)["messages"]
            assert DELETED in json.dumps(found), "a search does not find what is there"
            if self.eve.ask("delete", room="lobby", seq=at)["type"] != "error" and room == "lobby":
                bad.append("eve deletes what alice has said")
            self.alice.do("delete", room=room, seq=at)
        for reader, rooms in ((self.alice, ("lobby", "@bob")), (self.bob, ("lobby", "@alice"))):
            for room in rooms:
                page = reader.ask("history", room=room, after=0, limit=200)
                if DELETED in json.dumps(page):
                    bad.append(f"history of {room}")
            for query in (DELETED, DELETED[:8] + "*"):
                if DELETED in json.dumps(reader.ask("search", query=query, limit=50)):
                    bad.append(f"search {query}")
        late = self.come("WebSocket", "late", rooms=[{"room": "lobby", "last": 100}])
        late.ask("ping")
        if DELETED in json.dumps(late.all):
            bad.append("who comes later hears it")
        late.close()
        if DELETED.encode() in self.server.command("export"):
            bad.append("export")
        backup = self.server.data.parent / "backup.db"
        self.server.command("backup", str(backup))
        if DELETED.encode() in backup.read_bytes():
            bad.append("backup")
        deadline = time.monotonic() + PATIENCE  # the index follows
        while (left := self.files_with(DELETED)) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.verdict("find what was deleted: history, search, resume, export, backup, files", bad + left)

    def files_with(self, text):
        return [f"{file.name} has it" for file in sorted(self.server.data.iterdir())
                if file.is_file() and text.encode() in file.read_bytes()]

    # ---- what is around it

    def neighbours(self):
        control = self.server.data / "control"
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in self.server.data.iterdir()}
        bad = [f"{name} has mode {mode}" for name, mode in modes.items() if mode != "0o600"]
        if self.server.data.stat().st_mode & 0o077:
            bad.append("the data directory is open to others")
        self.verdict("read files of the data directory as another user", bad)
        if os.geteuid() != 0:
            print("skipped    ask the control socket as another user: needs root")
            return
        code = ("import os,socket,sys; os.setgid(%d); os.setuid(%d)\n"
                "try: socket.socket(socket.AF_UNIX).connect(sys.argv[1])\n"
                "except PermissionError: sys.exit(7)" % (NOBODY, NOBODY))
        bad = []
        parents = [folder for folder in control.parents if folder.stat().st_uid == os.getuid()
                   and folder.is_relative_to(self.server.data.parent) and folder != self.server.data]
        for folder in parents:  # so that it is the server's own modes that hold
            folder.chmod(0o755)
        for opened in (False, True):
            self.server.data.chmod(0o755 if opened else 0o700)
            if subprocess.run([sys.executable, "-c", code, str(control)], check=False).returncode != 7:
                bad.append("it answers" + (" where the directory is open" if opened else ""))
        self.server.data.chmod(0o700)
        self.verdict("ask the control socket as another user", bad)

    def vandals(self):
        evil = "x\u001b[31m\r\n2026-11-26 ERROR forged line\u202e\u0085\u2028"
        bad, came = [], 0
        for way in WAYS:
            for name in (evil, "ev\u202eil", "line\u2028separator", "\u009b31m"):
                peer = WAYS[way](self.server.port)
                came += peer.hello(name, agent=evil)["type"] == "welcome"
                peer.ask("join", room=evil)
                peer.ask("post", room="lobby", text=evil)
                peer.close()
        assert came, "no hostile name comes in at all"
        self.alice.do("moderate", action="mute", target="ev\u202eil" + "\u2028", why=evil[:400])
        self.alice.do("moderate", room="lobby", action="mute", target="dave", why=evil)
        for command in ("audit", "bans"):
            printed = self.server.command(command).decode()
            if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", printed) \
                    or re.search("^2026-11-26 ERROR", printed, re.M):
                bad.append(f"{command} prints it as it is")
        self.verdict("write into a terminal or the audit log by names and reasons", bad)

    def floods(self):
        bad = []
        spammer = Peer(self.server.port)
        spammer.hello("spammer", rooms=[{"room": "lobby"}])
        made = [spammer.ask("join", room=f"spam{i}") for i in range(ROOMS_AN_HOUR + 5)]
        if made[-1].get("code") != "rate":
            bad.append(f"room {len(made)} of a guest: {made[-1]}")
        claims = []
        for i in range(25):
            squatter = Peer(self.server.port, address="127.81.0.1")
            said = squatter.hello(f"squatter{'abcdefghijklmnopqrstuvwxyz'[i]}")
            claims.append(squatter.ask("claim") if said["type"] == "welcome" else said)
            squatter.close()
        if claims[-1].get("code") != "rate":
            bad.append(f"claim {len(claims)} from an address: {claims[-1]}")
        wrong = 200 if self.short else 20_000
        for i in range(wrong):
            peer = Peer(self.server.port, address=f"127.{90 + (i >> 16)}.{i >> 8 & 255}.{i & 255}")
            peer.hello("alice", token="wrong")
            peer.close()
        if self.bob.ask("ping")["type"] != "pong" or self.server.process.poll() is not None:
            bad.append("the server does not answer any more")
        self.verdict(f"fill it with rooms, claims and {wrong} wrong tokens from as many addresses (128 MiB)", bad)

    def hooks(self, trap):
        refused = self.server.output.count(b"of a private network")
        assert refused, "no hook was tried"
        bad = [f"{trap.reached} connections"] if trap.reached else []
        self.verdict("reach this machine and private networks by a hook", bad)

    # ---- after a restart, where programs of the seed's protocol come in

    def restart(self, *options):
        code = self.server.stop()
        self.server = Server(self.server.jar, self.server.data, *options, before=self.server.output)
        bad = [f"exit code {code}"] if code not in (0, 143) else []
        for way, peer in WAYS.items():
            for name, code in (("Mallory", "banned"), ("alice", "name-owned"), ("a1ice", "name-looks-alike")):
                said = peer(self.server.port).hello(name)
                if said.get("code") != code:
                    bad.append(f"{name} ({way}): {said}")
            late = self.come(way, "later" + way.lower(), rooms=[{"room": "vault", "last": 9}, {"room": "lobby", "last": 200}])
            late.ask("ping")
            if any(said["type"] == "joined" and said["room"] == "vault" for said in late.all):
                bad.append("the closed room is open")
            if DELETED in json.dumps(late.all):
                bad.append("what was deleted is there")
            late.close()
        self.verdict("wait for a restart: bans, owned names, closed rooms and what was deleted", bad)

    def seeds(self):
        alice = Peer(self.server.port, friend=True)
        alice.hello("alice", token=self.alices, rooms=[{"room": "lobby"}])
        bad = []
        for name, text in (("alice", "send me the key"), ("Mallory", "back again"), ("ｍａｌｌｏｒｙ", "and again")):
            line = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
            for part in (name.encode(), text.encode(), PRIVATE[:4].encode()):
                try:
                    line.sendall(b"%-10d" % len(part) + part)
                except OSError:
                    pass  # it was closed
            if name == "alice":
                while (said := alice.hear()).get("text") != text:
                    pass
                if said.get("owned"):
                    bad.append(f"it counts as owned: {said}")
                alice.do("post", room="@bob", text="again " + PRIVATE)
                alice.do("post", room="lobby", text="the end of it")
                heard = b""
                while b"the end of it" not in heard:
                    heard += line.recv(65536)
                Peer.HEARD.append(heard)
            else:
                try:
                    heard = b"".join(iter(lambda: line.recv(65536), b""))
                except OSError:
                    heard = b""
                if heard:
                    bad.append(f"{name} hears {heard[:100]}")
            line.close()
        if any("again" in said.get("text", "") for said in self.heard(alice, "lobby")):
            bad.append("who is banned is heard")
        alice.do("moderate", room="lobby", action="close")
        line = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
        line.sendall(b"4         eve7")
        try:
            if line.recv(1):
                bad.append("a program of the seed's protocol comes into a closed room")
        except ConnectionError:
            pass
        line.close()
        self.verdict("be somebody, come back, or hear what is private by the seed's protocol", bad)
        alice.close()

    # ---- what is left of it

    def search_all(self):
        said = b"\n".join(Peer.HEARD)
        for what, text in (("what is private", PRIVATE), ("what is said behind a closed door", VAULT),
                           ("what was deleted", DELETED), *self.secrets.items(), *self.clients.items()):
            # Deleted texts were for all in the lobby before, the bot's token is the attacker's own.
            if text.encode() in said and what not in ("what was deleted", "a bot's token"):
                self.verdict(f"hear {what}", ["an attacker has heard it"])
        self.verdict("find a secret in all that the attackers have heard", [])
        code = self.server.stop()
        bad = [f"exit code {code}"] if code not in (0, 143) else []
        for what, text in (*self.secrets.items(), *self.clients.items(), ("what is private", PRIVATE),
                           ("the room of the two", self.inner)):
            if text.encode() in self.server.output:
                bad.append(f"{what} is in the log")
        if b"\tat io.chatroom" in self.server.output or b"defect" in self.server.output:
            bad.append("the log tells of a defect")
        self.verdict("find secrets in the log", bad)
        bad = []
        printed = self.server.output.decode()
        if found := re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", printed):
            bad.append(f"the log has {found.group()!r}")
        if re.search("^2026-11-26 ERROR forged", printed, re.M):
            bad.append("the log has a line of an attacker's own")
        self.verdict("write into the log by names, agents and texts", bad)
        bad = []
        for file in sorted(self.server.data.iterdir()):
            content = file.read_bytes() if file.is_file() else b""
            for what, text in self.secrets.items():
                binary = base64.urlsafe_b64decode(text + "=") if len(text) == 43 else text.encode()
                if text.encode() in content or binary in content:
                    bad.append(f"{what} is in {file.name}")
        self.verdict("find tokens, codes or keys in the data directory", bad)


class Trap:
    """Where a hook must not lead."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.reached = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.listener.accept()
            self.reached += 1

    def lines(self):
        secret = secrets.token_hex(16)
        return "".join(f"lobby http://{host}:{self.port}/ {secret}\n" for host in (
            "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433", "0.0.0.0",
            "[64:ff9b::7f00:1]", "169.254.169.254", "[2002:7f00:1::]"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jar", nargs="?", default=JAR, type=pathlib.Path)
    parser.add_argument("--short", action="store_true", help="some seconds instead of a minute")
    arguments = parser.parse_args()
    os.umask(0o077)
    with tempfile.TemporaryDirectory() as folder:
        folder, trap = pathlib.Path(folder), Trap()
        (folder / "keys").write_text(f"{KEY}  {LABEL}\n{EXPIRED}  over until 2020-01-01\n")
        (folder / "hooks").write_text(trap.lines())
        server = Server(arguments.jar, folder / "data", "--access-key-file", str(folder / "keys"),
                        "--seed-members", "nobody", "--hook-file", str(folder / "hooks"),
                        "--new-rooms-per-hour", str(ROOMS_AN_HOUR))
        afternoon = Afternoon(server, arguments.short)
        try:
            afternoon.settle()
            afternoon.strangers()
            afternoon.impostors()
            afternoon.listeners()
            afternoon.doors()
            afternoon.bots()
            afternoon.banned()
            afternoon.deleted()
            afternoon.neighbours()
            afternoon.vandals()
            afternoon.floods()
            afternoon.hooks(trap)
            afternoon.restart("--access-key-file", str(folder / "keys"), "--seed-members", "loopback")
            afternoon.seeds()
            afternoon.search_all()
        finally:
            afternoon.server.process.kill()
    print(f"{afternoon.faults} attacks gave something away")
    sys.exit(1 if afternoon.faults else 0)


if __name__ == "__main__":
    main()
