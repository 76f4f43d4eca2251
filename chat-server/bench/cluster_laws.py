"""The judge of cluster.py. It compares the records of the members, the rooms as each server returns them at the end,
and the rows of the database.

A record is a file of JSON lines. The first line names the member. Each other line is something that happened at second
`t` on connection `c`: {"event": "connected", "to": ...}, {"event": "ended", "why": ...}, {"sent": object} or
{"got": object}. For a seed member, `sent` is a text, and `got` is a name and a text. Another record has the deeds of
the run (cluster_deeds.py).
"""
import collections
import copy
import hashlib
import json
import pathlib
import re

from cluster_deeds import Deeds, Fate

ENOUGH = 3  # the number of faults of one kind to report


def key(room, me=None):
    """The same name for a room whoever sees it; the two members of a private room use different names."""
    return "@" + "|".join(sorted((me, room[1:]))) if room.startswith("@") else room


def digest(entry):
    """A digest of the parts of a message or event that must be the same for all."""
    parts = [entry["type"], entry.get("from"), entry.get("text"), entry.get("kind"), entry.get("by"), entry.get("target")]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


class Laws:
    """Judges records one after the other, then the end; `faults` has a sentence for each broken law."""

    def __init__(self):
        self.faults = []
        self.kinds = collections.Counter()
        self.more = 0
        self.order = {}    # (room, epoch, seq): digest, and the member that received it first
        self.acks = {}     # (client, id): room, epoch, seq, digest, member
        self.posts = {}    # (client, id): room and text
        self.last = {}     # member: {room: (epoch, seq)}
        self.seeds = []    # name, sent texts, received texts, True if its connection lasted to the end
        self.waited = []   # seconds from a post to its ack
        self.heard = self.told_epochs = self.unavailable = self.connections = 0
        self.deeds = Deeds(self.fault)

    def fault(self, sentence):
        kind = re.sub(r"\S*\d\S*", "…", sentence)[:50]
        self.kinds[kind] += 1
        if self.kinds[kind] <= ENOUGH:
            self.faults.append(sentence)
        else:
            self.more += 1

    def place(self, who, room, epoch, seq, what):
        there, first = self.order.setdefault((room, epoch, seq), (what, who))
        if there != what:
            self.fault(f"another order: {who} and {first} were told different messages as {seq} of {room}, epoch {epoch}")

    def read(self, lines):
        lines = map(json.loads, lines)
        head = next(lines)
        (self.seed if head["kind"] == "seed" else self.session)(head, lines)

    # ---- a session member, over all its connections

    def session(self, head, lines):
        me, client = head["member"], None
        position, joined, asked, unanswered, first = {}, set(), {}, {}, {}
        resumed = {}  # rooms in which a gap must come next
        connection = None
        fate = Fate(self.deeds, me)
        for line in lines:
            fate.line(line)
            if line["c"] != connection:
                connection = line["c"]
                joined, asked, resumed = set(), {}, {}
                sent = collections.Counter()  # unanswered posts on this connection, by id
                self.connections += 1
            if "sent" in line:
                said = line["sent"]
                if said["type"] == "hello":
                    client = said["client"]
                for place in said.get("rooms", ()) if said["type"] == "hello" else [said] if said["type"] == "join" else ():
                    asked[key(place["room"], me)] = place.get("after")
                if said["type"] == "post":
                    post = (key(said["room"], me), said["text"])
                    if self.posts.setdefault((client, said["id"]), post) != post:
                        self.fault(f"{me} has used the id {said['id']} twice; that is the script's own mistake")
                    unanswered[said["id"]] = post
                    sent[said["id"]] += 1
                    first.setdefault(said["id"], line["t"])
                continue
            if "got" not in line:
                continue
            got = line["got"]
            kind, room = got["type"], key(got["room"], me) if "room" in got else None
            if room in resumed and kind in ("message", "event", "ack") and not got.get("duplicate"):
                self.fault(f"{me} came back to {room} in another epoch and was not told of a gap")
                del resumed[room]
            if kind == "joined":
                if room in joined:
                    if got["epoch"] != position[room][0]:
                        self.fault(f"{me} was told another epoch of {room} without a bye")
                    continue
                joined.add(room)
                after = asked.get(room)
                if after is None:
                    position[room] = (got["epoch"], got["seq"])
                elif position.get(room) != (after["epoch"], after["seq"]):
                    self.fault(f"{me} asked for {room} behind {after} and was at {position.get(room)};"
                               " that is the script's own mistake")
                elif got["epoch"] == after["epoch"]:
                    unasked = room.startswith("@") and "resume" not in got  # joined by the server, as somebody posts there
                    if got.get("resume") != "complete" and not (unasked and got["seq"] == after["seq"]):
                        self.fault(f"{me} could not resume {room} whole in the same epoch, behind {after['seq']}")
                else:
                    self.told_epochs += 1
                    if got.get("resume") != "gap":
                        self.fault(f"{me} came back to {room} in another epoch and was told nothing is missing")
                    position[room] = (got["epoch"], 0)
                    resumed[room] = True
            elif kind in ("message", "event") or kind == "ack" and not got.get("duplicate"):
                if room not in joined:
                    self.fault(f"{me} heard {got['seq']} of {room}, in which it is not")
                    continue
                epoch, seq = position[room]
                if got["seq"] != seq + 1:
                    self.fault(f"a hole or a repetition: {me} was told {got['seq']} of {room} behind {seq}")
                position[room] = (epoch, got["seq"])
                if kind != "ack":
                    self.place(me, room, epoch, got["seq"], digest(got))
                    self.heard += 1
            if kind in ("ack", "error") and "id" in got:
                sent[got["id"]] -= 1
            if kind == "ack":
                if sent[got["id"]] < 0:
                    self.fault(f"{me} got an ack of {got['id']}, which has its answer")
                    continue
                unanswered.pop(got["id"], None)
                posted, text = self.posts[client, got["id"]]
                if posted != room:
                    self.fault(f"{me} posted {got['id']} into {posted}, and the ack is of {room}")
                what = digest({"type": "message", "from": me, "text": text})
                if room in position:
                    self.acks[client, got["id"]] = (room, position[room][0], got["seq"], what, me)
                    self.place(me, room, position[room][0], got["seq"], what)
                self.waited.append(line["t"] - first[got["id"]])
            elif kind == "gap":
                if got["why"] == "epoch" and room in resumed:
                    del resumed[room]
                    position[room] = (position[room][0], got["to"])
                else:
                    self.fault(f"{me} was told of a gap, though all is kept: {got}")
            elif kind == "pong":
                for head_room, seq in got["heads"].items():
                    head_room = key(head_room, me)
                    if head_room in joined and seq != position[head_room][1]:
                        self.fault(f"{me} was told that it has {head_room} up to {seq}, and it was told"
                                   f" {position[head_room][1]} last")
            elif kind == "page":
                self.page(me, room, got)
            elif kind == "left":
                joined.discard(room)
            elif kind in ("error", "bye"):
                self.unavailable += got["code"] == "unavailable"
                if got["do"] not in ("retry", "reconnect") and got["code"] not in ("banned", "kicked"):
                    self.fault(f"{me} was told {got}")
        for id, (room, _) in unanswered.items():
            self.fault(f"{me} never got an answer to its post {id} into {room}")
        self.last[me] = position

    def page(self, me, room, page):
        seqs = [entry["seq"] for entry in page["messages"]]
        if seqs and (not page["complete"] or seqs != list(range(seqs[0], seqs[0] + len(seqs)))):
            self.fault(f"{me} read a page of {room} that has a hole: {seqs}")
        for entry in page["messages"]:
            self.place(me, room, page["epoch"], entry["seq"], digest(entry))

    # ---- a seed member

    def seed(self, head, lines):
        """Collects what each connection sent and received; each has its own name."""
        lives = {}
        for line in lines:
            name = f"{head['member']}.{line['c']}"
            life = lives.setdefault(name, {"sent": [], "got": [], "ended": False})
            if "sent" in line:
                life["sent"].append(line["sent"])
            elif "got" in line:
                life["got"].append(tuple(line["got"]))
                self.heard += 1
            elif line["event"] == "ended":
                life["ended"] = line.get("why") != "over"
        self.connections += len(lives)
        self.seeds += lives.items()

    # ---- the end

    def end(self, told, rows, seed_room, lossy=False):
        """told: by server and room, {"epoch", "messages"} as the server returned them. rows: (client, id) to room and
        seq in the database; None if there is none. lossy: acknowledged messages may be lost with an old epoch."""
        whole = {}
        for server, rooms in told.items():
            for room, there in rooms.items():
                entries = [(entry["seq"], digest(entry)) for entry in there["messages"]]
                if [seq for seq, _ in entries] != list(range(1, len(entries) + 1)):
                    self.fault(f"{room} has holes, as {server} tells it")
                first = whole.setdefault(room, (server, there["epoch"], dict(entries)))
                if first[1:] != (there["epoch"], dict(entries)):
                    self.fault(f"{server} and {first[0]} tell {room} differently")
                if first[0] == server:
                    for what, count in collections.Counter(what for _, what in entries).items():
                        if count > 1 and self.a_message(there, what):
                            self.fault(f"doubled: a message stands in {room} {count} times: {self.a_message(there, what)}")
        self.deeds.end()
        everywhere = {room: set(there.values()) for room, (_, _, there) in whole.items()}
        self.end_of_order(whole)
        self.end_of_acks(whole, everywhere, rows, lossy)
        for me, position in self.last.items():
            for room, (epoch, seq) in position.items():
                if room in whole and (epoch, seq) != (whole[room][1], len(whole[room][2])):
                    self.fault(f"{me} is not whole in the end: it was told {room} up to {seq} of epoch {epoch}, where"
                               f" {len(whole[room][2])} of {whole[room][1]} are")
        if told and seed_room in next(iter(told.values())):
            renewed = any(room == seed_room and epoch != whole[room][1] for room, epoch, _ in self.order)
            self.end_of_seeds([entry for entry in next(iter(told.values()))[seed_room]["messages"]
                               if entry["type"] == "message"], renewed)
        return sum(len(there) for _, _, there in whole.values())

    @staticmethod
    def a_message(there, what):
        return next((f"{entry['from']}: {entry['text'][:40]!r}" for entry in there["messages"]
                     if entry["type"] == "message" and digest(entry) == what), None)

    def end_of_order(self, whole):
        old = collections.Counter()
        for (room, epoch, seq), (what, who) in self.order.items():
            if room not in whole:
                self.fault(f"{who} heard something in {room}, which is not there")
            elif epoch == whole[room][1]:
                if whole[room][2].get(seq) != what:
                    self.fault(f"{who} was told {seq} of {room}, where "
                               + ("another message stands" if seq in whole[room][2] else "nothing stands"))
            else:
                old[room, epoch] += whole[room][2].get(seq) != what  # it may have another seq now, if it was resent
        for (room, epoch), lost in old.items():
            if not lost:
                self.fault(f"{room} has a new epoch instead of {epoch}, though nothing that was told is missing")

    def end_of_acks(self, whole, everywhere, rows, lossy):
        for (client, id), (room, epoch, seq, what, me) in self.acks.items():
            if room not in whole:
                continue
            current = epoch == whole[room][1]
            if (current and whole[room][2].get(seq) != what or what not in everywhere[room]) and (current or not lossy):
                self.fault(f"a lost ack: {me} was told that {id} stands at {seq} of {room}, epoch {epoch}")
            elif rows is not None and (current or not lossy):
                row = rows.get((client, id))
                if row is None:
                    self.fault(f"a lost ack: the database has no row for {me}'s {id}")
                elif current and row[1] != seq:
                    self.fault(f"the database has {me}'s {id} at {row[1]}, and its ack was {seq}")

    def end_of_seeds(self, entries, renewed):
        """renewed: the room has a new epoch and may lack messages, which seed members cannot be told."""
        place = {(entry["from"], entry["text"]): n for n, entry in enumerate(entries)}
        said = collections.defaultdict(list)
        for entry in entries:
            said[entry["from"]].append(entry["text"])
        for name, life in self.seeds:
            sent, there = life["sent"], said[name]
            if there != [text for text in sent if text in there] if renewed else there != sent[:len(there)]:
                self.fault(f"what the seed's {name} said stands in another order, or with a hole or a double")
            elif not life["ended"] and not renewed and len(there) < len(sent):
                self.fault(f"the seed's {name} stayed to the end, and {len(sent) - len(there)} of its messages are missing")
            at = None
            for what in life["got"]:
                if renewed:
                    continue
                if what not in place:
                    self.fault(f"the seed's {name} heard {what[0]}: {what[1][:40]!r}, which is not there")
                    continue
                if at is not None:
                    at += 1
                    while at < len(entries) and entries[at]["from"] == name:
                        at += 1
                    if place[what] != at:
                        self.fault(f"the seed's {name} heard {what[0]}: {what[1][:40]!r} out of order, or missed what stands"
                                   " in front of it")
                at = place[what]


def judge(directory, lossy=False):
    """Judges the directory of a run; returns the laws and the number of messages."""
    directory = pathlib.Path(directory)
    laws = Laws()
    with open(directory / "run.jsonl", encoding="utf-8") as lines:
        laws.deeds.read(lines)
    for path in sorted(directory.glob("member-*.jsonl")):
        with open(path, encoding="utf-8") as lines:
            laws.read(lines)
    end = json.loads((directory / "end.json").read_text(encoding="utf-8"))
    rows = end["rows"]
    if rows is not None:
        rows = {(client, id): (room, seq) for client, id, room, seq in rows}
    return laws, laws.end(end["told"], rows, end["seedRoom"], lossy)


# ---- self-test

def a_message(seq, name, text):
    return {"type": "message", "room": "tea", "seq": seq, "at": 0, "from": name, "text": text}


def honest():
    """A small correct run: two sessions, one of which resumes, a third that is banned and kicked, and a seed member."""
    texts = [("ann", "a1"), ("bob", "b1"), ("s0.0", "s0.0 1"), ("ann", "a2"), ("s0.0", "s0.0 2"), ("bob", "b2")]
    entries = [a_message(n, *text) for n, text in enumerate(texts, 1)]

    def lines(member, client, steps):
        return [{"member": member, "kind": "session"}] + [
            {"t": 10.0 * n, "c": c, way: what} for n, (c, way, what) in enumerate(
                [(0, "sent", {"type": "hello", "client": client, "rooms": [{"room": "tea"}]})] + steps)]

    def joined(seq, **more):
        return {"type": "joined", "room": "tea", "epoch": "e", "seq": seq, "first": 1, **more}

    def post(id, text):
        return {"type": "post", "id": id, "room": "tea", "text": text}

    def ack(id, seq, **more):
        return {"type": "ack", "id": id, "room": "tea", "seq": seq, **more}

    ann = lines("ann", "aa", [
        (0, "got", joined(0)), (0, "sent", post("1", "a1")), (0, "got", ack("1", 1)), (0, "got", entries[1]),
        (0, "sent", post("2", "a2")), (0, "event", "ended"),
        (1, "sent", {"type": "hello", "client": "aa",
                     "rooms": [{"room": "tea", "after": {"epoch": "e", "seq": 2}}]}),
        (1, "sent", post("2", "a2")), (1, "got", joined(4, resume="complete")), (1, "got", entries[2]),
        (1, "got", entries[3]), (1, "got", ack("2", 4, duplicate=True)), (1, "got", entries[4]), (1, "got", entries[5]),
        (1, "got", {"type": "pong", "heads": {"tea": 6}})])
    bob = lines("bob", "bb", [
        (0, "got", joined(0)), (0, "got", entries[0]), (0, "sent", post("1", "b1")), (0, "got", ack("1", 2)),
        (0, "got", entries[2]), (0, "got", entries[3]), (0, "got", entries[4]), (0, "sent", post("2", "b2")),
        (0, "got", {"type": "error", "id": "2", "code": "unavailable", "do": "retry"}), (0, "sent", post("2", "b2")),
        (0, "got", ack("2", 6))])
    bob.insert(1, {"t": 0.0, "c": 0, "event": "connected", "to": "10.0.0.1"})
    def hello(after):
        return "sent", {"type": "hello", "client": "cc", "rooms": [{"room": "tea", "after": {"epoch": "e", "seq": after}}]}

    # It is told of the ban at 120 and 160, of the kicks at 210 and 220, and of its server's end at 270.
    cat = lines("cat", "cc", [
        (0, "got", joined(6)), (0, "got", {"type": "bye", "code": "banned", "do": "stop"}), (0, "event", "ended"),
        (1, "event", "connected"), (1, *hello(6)), (1, "got", {"type": "bye", "code": "banned", "do": "stop"}),
        (2, "event", "connected"), (2, *hello(6)), (2, "got", {"type": "welcome"}),
        (2, "got", joined(6, resume="complete")), (2, "got", {"type": "left", "room": "tea"}),
        (2, "got", {"type": "bye", "code": "kicked", "do": "stop"}),
        (3, "event", "connected"), (3, *hello(6)), (3, "got", {"type": "welcome"}),
        (3, "got", joined(6, resume="complete")), (3, "got", {"type": "bye", "code": "draining", "do": "reconnect"}),
        (3, "event", "ended"), (4, *hello(6)), (4, "got", joined(6, resume="complete"))])
    for line in cat[1:]:
        line["t"] += 100.0
        if line.get("event") == "connected":
            line["to"] = "10.0.0.2"
        elif "event" in line:
            line["why"] = "EOF"
    did = [{"patience": 1},
           {"did": "ban", "who": "cat", "asked": 118.0, "stored": 119.5, "undone": 165.0, "over": 166.0},
           {"did": "try", "who": "cat", "as": "tac", "server": "s1", "told": "banned"},
           {"did": "kick", "who": "cat", "room": "tea", "asked": 209.0, "stored": 209.5},
           {"did": "kick", "who": "cat", "room": None, "asked": 219.0, "stored": 219.5},
           {"did": "drain", "server": "s2", "address": "10.0.0.2", "asked": 265.0},
           {"did": "kill", "server": "s3", "rows": 14.0},
           {"did": "update", "jars": 2, "versions": ["1.0", "1.0", "1.1"]},
           {"did": "move", "asked": 270.0, "over": 300.0},
           {"did": "away", "address": "10.0.0.1", "from": 70.0, "to": 98.0}]  # bob's second post is answered unavailable at 90
    seed = [{"member": "s0", "kind": "seed"}] + [
        {"t": 0.0, "c": 0, **step} for step in (
            {"event": "connected"}, {"got": ["bob", "b1"]}, {"sent": "s0.0 1"}, {"sent": "s0.0 2"}, {"got": ["ann", "a2"]},
            {"got": ["bob", "b2"]}, {"event": "ended", "why": "over"})]
    told = {server: {"tea": {"epoch": "e", "messages": copy.deepcopy(entries)}} for server in ("s1", "s2")}
    rows = {("aa", "1"): ("tea", 1), ("bb", "1"): ("tea", 2), ("aa", "2"): ("tea", 4), ("bb", "2"): ("tea", 6)}
    return {"ann": ann, "bob": bob, "cat": cat, "seed": seed, "told": told, "rows": rows, "did": did}


def a_new_epoch(run, lost, acknowledged=False):
    """Gives the rooms a new epoch that lacks the last `lost` messages; ann resumes in it, bob leaves before."""
    del run["cat"], run["did"][1:]
    for rooms in run["told"].values():
        rooms["tea"]["epoch"] = "f"
        del rooms["tea"]["messages"][6 - lost:]
    there = run["told"]["s1"]["tea"]["messages"]
    if lost:
        del run["rows"]["bb", "2"]
    if lost and not acknowledged:
        del run["bob"][told(run["bob"], "error") - 1:]
    run["seed"].insert(heard(run["seed"], "b2"), {"t": 0.0, "c": 0, "event": "ended", "why": "reset"})
    del run["seed"][heard(run["seed"], "b2"):]

    def joined(after):
        return {"type": "joined", "room": "tea", "epoch": "f", "seq": 6 - lost, "first": 1, **after}

    def hello(client, after):
        return {"type": "hello", "client": client, "rooms": [{"room": "tea", **after}]}

    run["bob"] += [{"t": 20.0, "c": 1, "sent": hello("bb", {})}, {"t": 20.0, "c": 1, "got": joined({})}]
    run["ann"] += [{"t": 20.0, "c": 2, way: what} for way, what in [
        ("sent", hello("aa", {"after": {"epoch": "e", "seq": 6}})), ("got", joined({"resume": "gap"})),
        ("got", {"type": "gap", "room": "tea", "from": 1, "to": 0, "why": "epoch"})]
        + [("got", entry) for entry in there]]


def told(lines, type, seq=None):
    """The index in a record of the last such object received."""
    return max(n for n, line in enumerate(lines) if isinstance(line.get("got"), dict) and line["got"]["type"] == type
               and seq in (None, line["got"].get("seq")))


def heard(lines, text):
    """The index in a seed member's record of a received text."""
    return max(n for n, line in enumerate(lines) if line.get("got", "  ")[1] == text)


def swap(lines, one, other):
    lines[one], lines[other] = lines[other], lines[one]


def forgeries():
    """The forgeries: a name, the function that forges the record, and a part of the judge's sentence."""
    def both(run):
        return [rooms["tea"]["messages"] for rooms in run["told"].values()]

    def lost_ack(run):
        for messages in both(run):
            del messages[5]

    def lost_middle(run):
        for messages in both(run):
            messages[3] = a_message(4, "eve", "never said")

    def lost_row(run):
        del run["rows"]["aa", "2"]

    def moved_row(run):
        run["rows"]["aa", "2"] = ("tea", 5)

    def doubled(run):
        for messages in both(run):
            messages.append(a_message(7, "ann", "a2"))

    def doubled_live(run):
        at = told(run["bob"], "message", 3)
        run["bob"].insert(at, run["bob"][at])

    def swapped(run):
        swap(run["bob"], told(run["bob"], "message", 3), told(run["bob"], "message", 4))

    def hole(run):
        del run["bob"][told(run["bob"], "message", 3)]

    def hole_at_resume(run):
        del run["ann"][told(run["ann"], "message", 3)]

    def other_order(run):
        one, other = told(run["bob"], "message", 3), told(run["bob"], "message", 5)
        run["bob"][one]["got"], run["bob"][other]["got"] = (
            {**run["bob"][other]["got"], "seq": 3}, {**run["bob"][one]["got"], "seq": 5})

    def servers_differ(run):
        run["told"]["s2"]["tea"]["messages"][2]["text"] = "else"

    def wrong_ack(run):
        run["ann"][told(run["ann"], "ack", 4)]["got"]["seq"] = 3

    def unanswered(run):
        del run["bob"][told(run["bob"], "ack", 6)]

    def answered_twice(run):
        at = told(run["bob"], "ack", 6)
        run["bob"].insert(at, {**run["bob"][at], "got": {**run["bob"][at]["got"], "duplicate": True}})

    def late(run):
        del run["ann"][told(run["ann"], "message", 6):]

    def last_missing(run):
        del run["ann"][told(run["ann"], "message", 6)]

    def told_gap(run):
        run["bob"][told(run["bob"], "message", 3)]["got"] = {"type": "gap", "room": "tea", "from": 3, "to": 3, "why": "lagged"}

    def refused(run):
        run["bob"][told(run["bob"], "error")]["got"] = {"type": "error", "id": "2", "code": "id-reused", "do": "change"}

    def silent_epoch(run):
        a_new_epoch(run, 1)
        del run["ann"][told(run["ann"], "gap")]

    def needless_epoch(run):
        a_new_epoch(run, 0)

    def lossy_epoch(run):
        a_new_epoch(run, 1, acknowledged=True)

    def seed_hole(run):
        del run["seed"][heard(run["seed"], "a2")]

    def seed_lost(run):
        run["seed"].insert(heard(run["seed"], "b2"), {"t": 0.0, "c": 0, "sent": "s0.0 3"})

    def seed_swapped(run):
        swap(run["seed"], heard(run["seed"], "b1"), heard(run["seed"], "a2"))

    def seed_heard(run):
        run["seed"].insert(heard(run["seed"], "b2"), {"t": 0.0, "c": 0, "got": ["eve", "never said"]})

    def deed(run, did, **changed):
        next(deed for deed in run["did"][1:] if deed["did"] == did).update(changed)

    def late_ban(run):
        deed(run, "ban", asked=116.0, stored=117.0)

    def deaf_ban(run):
        deed(run, "ban", who="bob")

    def back_in_spite(run):
        deed(run, "ban", undone=195.0, over=195.5)

    def banned_for_nothing(run):
        deed(run, "ban", undone=140.0, over=140.5)

    def let_in(run):
        deed(run, "try", told="welcome")

    def late_kick(run):
        deed(run, "kick", asked=207.0, stored=208.0)

    def kicked_for_nothing(run):
        del run["did"][3:5]

    def kicked_again(run):
        run["cat"].append({"t": 410.0, "c": 4, "got": {"type": "left", "room": "tea"}})

    def dropped_by_drain(run):
        del run["cat"][told(run["cat"], "bye")]

    def dead_rows(run):
        deed(run, "kill", rows=15.5)

    def rows_for_ever(run):
        deed(run, "kill", rows=None)

    def one_version(run):
        deed(run, "update", versions=["1.0", "1.0", "1.0"])

    def moved_epoch(run):
        a_new_epoch(run, 1)
        run["did"].append({"did": "move", "asked": 10.0, "over": 30.0})

    def no_answer(run):
        run["bob"][told(run["bob"], "error")]["t"] = 99.0

    def no_answer_under_way(run):
        deed(run, "away", **{"from": 81.0, "to": 97.0})
        run["bob"][told(run["bob"], "error")]["t"] = 98.0

    return [
        ("a lost ack at the end", lost_ack, "a lost ack: bob"),
        ("another message where an ack was", lost_middle, "a lost ack: ann"),
        ("an ack that the database does not have", lost_row, "the database has no row for ann's 2"),
        ("a row at another place", moved_row, "the database has ann's 2 at 5"),
        ("a post stored twice", doubled, "doubled"),
        ("a message delivered twice", doubled_live, "a hole or a repetition: bob was told 3"),
        ("two swapped", swapped, "a hole or a repetition: bob was told 4"),
        ("a hole", hole, "a hole or a repetition: bob was told 4"),
        ("a hole where one resumes", hole_at_resume, "a hole or a repetition: ann was told 4"),
        ("another order", other_order, "another order"),
        ("servers that tell a room differently", servers_differ, "s2 and s1 tell tea differently"),
        ("an ack at another place", wrong_ack, "a lost ack: ann"),
        ("a post without an answer", unanswered, "never got an answer"),
        ("an answer too many", answered_twice, "which has its answer"),
        ("a member that is not whole in the end", late, "ann is not whole in the end"),
        ("a last message that is missing", last_missing, "ann was told that it has tea up to 6"),
        ("a gap although all is kept", told_gap, "told of a gap"),
        ("a resend taken for another post", refused, "id-reused"),
        ("a new epoch without a gap", silent_epoch, "was not told of a gap"),
        ("a new epoch without a need", needless_epoch, "though nothing that was told is missing"),
        ("an ack lost with its epoch", lossy_epoch, "a lost ack: bob"),
        ("a hole in what a seed's member hears", seed_hole, "out of order, or missed"),
        ("a seed's message that was dropped", seed_lost, "1 of its messages are missing"),
        ("two swapped for a seed's member", seed_swapped, "out of order, or missed"),
        ("a seed's member that hears what was never stored", seed_heard, "which is not there"),
        ("a ban that is late", late_ban, "a ban did not hold: cat"),
        ("a ban that its target does not notice", deaf_ban, "a ban did not hold: bob"),
        ("a ban that lets its target come back", back_in_spite, "cat is banned and was told a welcome"),
        ("a ban that outlives its end", banned_for_nothing, "cat was put out, and nothing was done to it"),
        ("a server that does not know of a ban", let_in, "came to s1 as tac, and was told welcome"),
        ("a kick that is late", late_kick, "a kick did not hold: cat was not put out of tea"),
        ("a kick that nobody has asked for", kicked_for_nothing, "cat was put out, and nothing was done to it"),
        ("a kick that is done twice", kicked_again, "cat was put out, and nothing was done to it"),
        ("a server that ends without a word", dropped_by_drain, "cat was not told to go when s2 ended"),
        ("rows of a dead server that stay too long", dead_rows, "rows of s3"),
        ("rows of a dead server that stay", rows_for_ever, "rows of s3"),
        ("an update in which no two versions meet", one_version, "nothing but 1.0 ran"),
        ("an epoch that is new by a move", moved_epoch, "because all was moved"),
        ("a post that is answered when the database is back only", no_answer, "bob got no answer to its post 2"),
        ("a post under way when the database went", no_answer_under_way, "bob got no answer to its post 2"),
    ]


def verdict(run, lossy=False):
    laws = Laws()
    laws.deeds.read(map(json.dumps, run["did"]))
    for member in [name for name in ("ann", "bob", "cat", "seed") if name in run]:
        laws.read(map(json.dumps, run[member]))
    laws.end(run["told"], run["rows"], "tea", lossy)
    return laws.faults


def self_test():
    """Returns the forgeries that the judge has missed, and its false alarms."""
    wrong = [f"an honest run: {fault}" for fault in verdict(honest())]
    run = honest()
    a_new_epoch(run, 1)
    wrong += [f"an epoch that is new because something was lost: {fault}" for fault in verdict(run, lossy=True)]
    for name, forge, expected in forgeries():
        run = honest()
        forge(run)
        found = verdict(run)
        if not any(expected in fault for fault in found):
            wrong.append(f"{name}: expected \"{expected}\", found {found or 'nothing'}")
    return wrong
