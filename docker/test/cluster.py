"""Tests a cluster of cluster/compose.yaml: members connect through the balancer and post all the time, while servers and the
database stop, die and start. Afterwards each member's record is checked.

    cluster.py HOST:PORT PROJECT PODMAN...

PROJECT is the prefix of the containers' names, PODMAN the command that handles them. Prints "ok ..." for each check that
passes, and "FAILED ..." for the first that does not, and ends there.
"""
import asyncio
import json
import os
import random
import secrets
import signal
import sys
import time
import urllib.request

ROOM = "lobby"  # the room of the seed's protocol
SERVERS = ("chat-1", "chat-2", "chat-3")
SESSIONS = 9
SEEDS = 6
PATIENCE = 60.0  # enough for a slow machine; actual times are printed
CONNECTIONS = 24  # of a server to the database, as in docs/operating.md
BACK = 30.0  # seconds within which members of a lost server must be elsewhere

host, port = sys.argv[1].rsplit(":", 1)
project = sys.argv[2]
podman = sys.argv[3:]


class Failed(Exception):
    pass


def ok(what):
    print("ok", what, flush=True)


async def until(what, holds, seconds=PATIENCE):
    """Waits until a condition is true, and returns how long it took."""
    began = time.monotonic()
    while True:
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return time.monotonic() - began
        if time.monotonic() - began > seconds:
            raise Failed(f"not within {seconds:.0f} s: {what}")
        await asyncio.sleep(0.1)


def frame(text):
    data = text.encode()
    return b"%-10d" % len(data) + data


async def framed(reader):
    return await reader.readexactly(int(await reader.readexactly(10)))


class Member:
    """Connects, and reconnects until it is told to stop."""

    def __init__(self, name):
        self.name = name
        self.connected = False
        self.connections = 0
        self.wrong = None
        self.lost = None
        self.writer = None
        self.task = asyncio.create_task(self.live())

    async def live(self):
        pause = 0.0
        while True:
            try:
                reader, self.writer = await asyncio.open_connection(host, int(port))
                await self.connection(reader)
            except (OSError, asyncio.IncompleteReadError) as e:
                self.lost = e
            except Failed as e:
                self.wrong = f"{self.name}: {e}"
                return
            finally:
                self.connected = False
                if self.writer is not None:
                    self.writer.close()
            pause = self.pause()
            await asyncio.sleep(pause)

    def pause(self):
        return random.uniform(0.3, 1.0)

    def write(self, data):
        if self.writer is not None and not self.writer.is_closing():
            self.writer.write(data)


class Session(Member):
    """A member that resumes: it must receive everything after it first joined, once and in order (S-50)."""

    def __init__(self, name):
        super().__init__(name)
        self.client = secrets.token_hex(16)
        self.epoch = None
        self.first = self.seq = 0
        self.heard = []
        self.waiting = {}  # id -> text
        self.acked = {}  # id -> seq
        self.after = None
        self.unavailable = 0

    def say(self, **fields):
        self.write(frame(json.dumps(fields)))

    def post(self, text):
        name = f"{self.name}-{len(self.waiting) + len(self.acked)}"
        self.waiting[name] = text
        if self.connected:
            self.say(type="post", id=name, room=ROOM, text=text)

    def pause(self):
        return self.after if self.after is not None else super().pause()

    async def connection(self, reader):
        self.after = None
        place = {"room": ROOM}
        if self.epoch is not None:
            place["after"] = {"epoch": self.epoch, "seq": self.seq}
        self.writer.write(b"CHATROOM/2")
        self.say(type="hello", v=2, name=self.name, client=self.client, rooms=[place])
        pings = asyncio.create_task(self.ping())
        try:
            while True:
                # Over TCP the server sends no pings, it only answers them.
                said = json.loads(await asyncio.wait_for(framed(reader), 30))
                if said["type"] == "bye":
                    if said["do"] != "reconnect":
                        raise Failed(f"is told {said}")
                    self.after = said.get("afterMillis", 1000) / 1000 * random.uniform(0.5, 1.5)
                    return
                self.take(said)
        except asyncio.TimeoutError:
            return
        finally:
            pings.cancel()

    async def ping(self):
        while True:
            await asyncio.sleep(10)
            self.say(type="ping")

    def take(self, said):
        kind = said["type"]
        if kind == "joined":
            self.joined(said)
        elif kind in ("message", "event"):
            self.hear(said["seq"], said.get("text"), said.get("from"))
        elif kind == "ack":
            text = self.waiting.pop(said["id"], None)
            if text is None:
                raise Failed(f"is told twice of {said['id']}")
            self.acked[said["id"]] = said["seq"]
            if not said.get("duplicate"):
                self.hear(said["seq"], text, self.name)
        elif kind == "gap":
            raise Failed(f"is told of a gap: {said}")
        elif kind == "error":
            self.refused(said)

    def joined(self, said):
        if self.epoch is None:
            self.epoch, self.first, self.seq = said["epoch"], said["seq"] + 1, said["seq"]
        elif said["epoch"] != self.epoch:
            raise Failed(f"finds the epoch {said['epoch']} where {self.epoch} was")
        self.connected = True
        self.connections += 1
        for name, text in self.waiting.items():
            self.say(type="post", id=name, room=ROOM, text=text)

    def refused(self, said):
        if said["do"] != "retry":
            raise Failed(f"is told {said}")
        if said.get("id") in self.waiting:
            self.unavailable += 1
            again = said.get("afterMillis", 1000) / 1000
            asyncio.get_running_loop().call_later(again, self.again, said["id"], self.connections)
        else:  # the room could not be joined
            self.writer.close()

    def again(self, name, connection):
        if name in self.waiting and self.connected and self.connections == connection:
            self.say(type="post", id=name, room=ROOM, text=self.waiting[name])

    def hear(self, seq, text, name):
        if seq != self.seq + 1:
            raise Failed(f"hears {seq} behind {self.seq}")
        self.seq = seq
        self.heard.append((name, text))


class Seed(Member):
    """A program of the seed's protocol: receives messages only while it is connected."""

    def __init__(self, name):
        super().__init__(name)
        self.heard = []

    async def connection(self, reader):
        self.writer.write(frame(self.name))
        self.connected = True
        self.connections += 1
        while True:
            name = (await framed(reader)).decode()
            self.heard.append((name, (await framed(reader)).decode()))

    def say(self, text):
        self.write(frame(text))


async def run(*command):
    process = await asyncio.create_subprocess_exec(
        *podman, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise Failed(f"podman {' '.join(command)}: {out.decode().strip()}")
    return out.decode().strip()


def container(service):
    return f"{project}_{service}_1"


async def sql(statement):
    return await run("exec", container("database"), "psql", "--username=postgres", "--tuples-only", "--no-align",
                     "--quiet", "--command", statement)


async def address(service):
    return await run(
        "inspect", container(service), "--format",
        '{{(index .NetworkSettings.Networks "%s_front").IPAddress}}' % project)


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


async def metric(service, name, port=9306):
    where = await address(service)
    page = await asyncio.to_thread(fetch, f"http://{where}:{port}/metrics") if where else ""
    for line in page.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return 0.0


async def servers_up():
    lines = [
        await metric("balancer", 'haproxy_server_status{proxy="servers",server="%s",state="UP"}' % s, 8405)
        for s in SERVERS]
    return int(sum(lines))


async def all_up():
    return await servers_up() == len(SERVERS)


class Town:
    """All members."""

    def __init__(self):
        self.sessions = [Session(f"session-{i}") for i in range(SESSIONS)]
        self.seeds = [Seed(f"seed-{i}") for i in range(SEEDS)]
        self.members = self.sessions + self.seeds
        self.said = 0

    def sound(self):
        for member in self.members:
            if member.wrong:
                raise Failed(member.wrong)
        return True

    def all_here(self):
        return self.sound() and all(m.connected for m in self.members)

    def all_heard(self, text):
        """Everybody except the author."""
        return self.sound() and all(any(t == text for _, t in m.heard) for m in self.members if m is not self.speaker)

    def whole(self):
        """Every post is acknowledged, and all members have received the same messages."""
        return self.all_here() and not any(s.waiting for s in self.sessions) and len({s.seq for s in self.sessions}) == 1

    async def talk(self):
        """Some members post all the time."""
        while True:
            for session in self.sessions[::3]:
                session.post(f"{session.name} says {self.said}")
                self.said += 1
            await asyncio.sleep(0.1)

    async def everybody_hears(self, speaker):
        self.said += 1
        text = f"does everybody hear {speaker.name}, {self.said}?"
        self.speaker = speaker
        speaker.post(text) if isinstance(speaker, Session) else speaker.say(text)
        return await until(f"everybody hears {speaker.name}", lambda: self.all_heard(text))


async def spread():
    return [await metric(s, "chat_members") for s in SERVERS]


async def everybody_is_somewhere(town):
    return town.all_here() and sum(await spread()) == len(town.members)


async def healthy(service):
    where = await address(service)
    return bool(where) and await asyncio.to_thread(fetch, f"http://{where}:9306/healthz") != ""


async def live():
    await until("the balancer finds three servers", all_up)
    ok("three servers start on one database, and the balancer finds them")
    await sql(f"ALTER ROLE chat CONNECTION LIMIT {CONNECTIONS * len(SERVERS)}")
    town = Town()
    await until("everybody is in", lambda: everybody_is_somewhere(town))
    there = await spread()
    if min(there) < 3:
        raise Failed(f"the servers have {there} members, expected each to have some")
    ok("the balancer spreads sessions and members of the seed's protocol over them")
    here = await address("balancer")
    for service in SERVERS:
        if f"{here}:" in await run("logs", container(service)):
            raise Failed(f"{service} takes {here} for the address of its members, and that is the balancer's")
    ok("which know the addresses of their members")
    for session in town.sessions[:3]:
        await town.everybody_hears(session)
    for seed in town.seeds[:3]:
        await town.everybody_hears(seed)
    ok("a session and a member of the seed's protocol, wherever they are, are heard by everybody")

    talk = asyncio.create_task(town.talk())
    await until("some talk", lambda: town.sound() and town.sessions[1].seq > 50)
    await run("stop", "--time", "20", container("chat-2"))
    took = await until("everybody is elsewhere", lambda: everybody_is_somewhere(town), BACK)
    ok(f"a server is stopped: its members are elsewhere {took:.1f} s later")
    await run("start", container("chat-2"))
    await until("chat-2 is there again", all_up)

    # Not by podman, which would not restart a container that it has killed itself.
    os.kill(int(await run("inspect", container("chat-3"), "--format", "{{.State.Pid}}")), signal.SIGKILL)
    took = await until("everybody is elsewhere", lambda: everybody_is_somewhere(town), BACK)
    ok(f"a server is killed: its members are elsewhere {took:.1f} s later")
    await until("chat-3 is there again", all_up)

    for service in SERVERS:
        await run("restart", "--time", "20", container(service))
        await until(f"{service} is healthy", lambda service=service: healthy(service))
        await until(f"the balancer finds {service}", all_up)
        await until("everybody is somewhere", lambda: everybody_is_somewhere(town), BACK)
    ok("one after the other is started again, as in an update, and everybody stays in")

    most = int(await sql("SELECT max(n) FROM (SELECT count(*) AS n FROM pg_stat_activity WHERE usename = 'chat'"
                         " GROUP BY client_addr) AS server"))
    if most > CONNECTIONS:
        raise Failed(f"a server has {most} connections to the database, expected at most {CONNECTIONS}")
    ok(f"a server has {most} connections to the database, and all this goes with {CONNECTIONS} for each")

    before = [m.connections for m in town.members]
    await run("restart", "--time", "30", container("database"))
    session = town.sessions[0]
    said = len(session.acked)
    took = await until("posts are acknowledged again", lambda: town.sound() and len(session.acked) > said + 5)
    if [m.connections for m in town.members] != before:
        raise Failed("connections were lost when the database was started again")
    ok(f"the database is started again: all connections stay, and {took:.1f} s later posts are stored again")

    talk.cancel()
    await until("all posts are acknowledged, and all have heard them", town.whole)
    for seed in town.seeds[:3]:
        await town.everybody_hears(seed)
    await until("all have heard the same", town.whole)
    judge(town)
    ok(f"of {town.sessions[0].seq} messages each session has heard each, once, in one order")


def judge(town):
    """Reads everybody's record."""
    longest = min(town.sessions, key=lambda s: s.first)
    for session in town.sessions:
        if session.heard != longest.heard[session.first - longest.first:]:
            raise Failed(f"{session.name} and {longest.name} have heard different things")
        for name, seq in session.acked.items():
            if longest.heard[seq - longest.first][0] != session.name:
                raise Failed(f"{name} is acknowledged as {seq}, and that is {longest.heard[seq - longest.first]}")
    for seed in town.seeds:
        # In the order of the room, possibly with omissions
        rest = iter(longest.heard)
        for heard in seed.heard:
            if heard not in rest:
                raise Failed(f"{seed.name} has heard {heard} out of order, or twice")


async def main():
    try:
        await live()
    except Failed as e:
        print("FAILED", e, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
