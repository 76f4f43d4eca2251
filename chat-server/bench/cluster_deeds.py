"""The deeds of cluster.py, what it did to servers and members, and the checks of their effects.

The run records each deed, with times in the same seconds as all records:

    {"did": "ban", "who": name, "asked": t, "stored": t, "undone": t, "over": t}   undone, over: unban requested, stored
    {"did": "try", "who": name, "as": name, "server": name, "told": code}          a banned person tries to connect
    {"did": "kick", "who": name, "room": name or null, "asked": t, "stored": t}
    {"did": "drain", "server": name, "address": address, "asked": t}
    {"did": "kill", "server": name, "rows": seconds until its row in the database was gone, or null}
    {"did": "update", "jars": number of different jars, "versions": those that ran side by side}
    {"did": "move", "asked": t, "over": t}
    {"did": "away", "address": of the server without database, or null for all, "from": t, "to": t}
"""
import collections
import json

HOLDS_SECONDS = 1   # limit until a ban or a kick holds everywhere
GONE_SECONDS = 15   # limit until the rows of a dead server are gone
LOST_SECONDS = 15   # limit for answering a post while the database is away


class Deeds:
    """All deeds of a run. `patience` is the factor for time limits on slow machines."""

    def __init__(self, fault):
        self.fault = fault
        self.patience = 1.0
        self.all = collections.defaultdict(list)
        self.held = []     # seconds until the target of a ban or kick was told

    def read(self, lines):
        """Reads the deeds; must be called before the records of members are judged."""
        lines = map(json.loads, lines)
        self.patience = next(lines)["patience"]
        for deed in lines:
            self.all[deed["did"]].append(deed)
        for deed in self.all["try"]:
            if deed["told"] != "banned":
                self.fault(f"{deed['who']} was banned, came to {deed['server']} as {deed['as']}, and was told {deed['told']}")
        for deed in self.all["kill"]:
            if deed["rows"] is None or deed["rows"] > GONE_SECONDS * self.patience:
                self.fault(f"rows of {deed['server']}, which was killed, were there for longer than"
                           f" {GONE_SECONDS * self.patience:.0f} s")
        for deed in self.all["update"]:
            if len(set(deed["versions"])) < deed["jars"]:
                self.fault(f"nothing but {', '.join(sorted(set(deed['versions'])))} ran in an update")

    def holds(self):
        return HOLDS_SECONDS * self.patience

    def end(self):
        for kind in ("ban", "kick"):
            for deed in self.all[kind]:
                if deed.get("told", float("inf")) > deed["stored"] + self.holds():
                    self.fault(f"a {kind} did not hold: {deed['who']} was not put out of {deed.get('room') or 'all servers'}"
                               f" within {self.holds():.0f} s")


class Fate:
    """Checks the effects of deeds on one session member, line by line of its record."""

    def __init__(self, deeds, me):
        self.deeds, self.me = deeds, me
        self.connection = None

    def line(self, line):
        t = line["t"]
        if line["c"] != self.connection:
            self.connection = line["c"]
            self.address = self.welcomed = self.bye = None
            self.goes = False  # True once it leaves by itself
            self.posted = {}
        if "got" in line:
            self.got(t, line["got"])
        elif "sent" in line:
            said = line["sent"]
            if said["type"] == "post":
                self.posted[said["id"]] = t
        elif line["event"] == "connected":
            self.address = line["to"]
        elif line["event"] == "goes":
            self.goes = True
        elif line["event"] == "ended":
            self.ended(t, line.get("why"))

    def got(self, t, got):
        kind, code = got["type"], got.get("code")
        if kind == "welcome":
            self.welcomed = t
        elif kind == "bye":
            self.bye = code
        if kind == "bye" and code in ("banned", "kicked"):
            self.put_out(t, {"banned": "ban", "kicked": "kick"}[code], None, got)
        elif kind == "left" and "q" not in got:
            self.put_out(t, "kick", got["room"], got)
        elif self.is_banned(t):
            self.deeds.fault(f"{self.me} is banned and was told a {kind}")
        if kind in ("ack", "error") and "id" in got:
            self.answered(t, got["id"])
        if kind == "gap" and got["why"] == "epoch" and any(
                deed["asked"] <= t <= deed["over"] for deed in self.deeds.all["move"]):
            self.deeds.fault(f"{self.me} was told another epoch of {got['room']} because all was moved")

    def put_out(self, t, kind, room, got):
        for deed in self.deeds.all[kind]:
            end = deed["over" if kind == "ban" else "stored"] + self.deeds.holds()
            if deed["who"] == self.me and deed.get("room") == room and deed["asked"] <= t:
                if "told" not in deed:
                    deed["told"] = t
                    self.deeds.held.append(max(0.0, t - deed["stored"]))
                    return
                if t <= end:
                    return
        self.deeds.fault(f"{self.me} was put out, and nothing was done to it: {got}")

    def is_banned(self, t):
        return any(deed["who"] == self.me and deed["stored"] + self.deeds.holds() < t < deed["undone"]
                   for deed in self.deeds.all["ban"])

    def answered(self, t, id):
        posted = self.posted.pop(id, None)
        for deed in self.deeds.all["away"]:
            if (posted is not None and deed["address"] in (None, self.address)
                    and max(posted, deed["from"]) <= deed["to"] - LOST_SECONDS and t > deed["to"]):
                self.deeds.fault(f"{self.me} got no answer to its post {id} for {deed['to'] - posted:.0f} s, until the database"
                                 " was back")

    def ended(self, t, why):
        for deed in self.deeds.all["drain"]:
            if (deed["address"] == self.address and self.welcomed is not None and self.welcomed < deed["asked"] <= t
                    and self.bye is None and not self.goes):
                self.deeds.fault(f"{self.me} was not told to go when {deed['server']} ended in order: {why}")
