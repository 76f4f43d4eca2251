"""Rolls a die at each !roll in the lobby, and misses none when the server restarts."""
import json, random, secrets, socket, sys, time

client = secrets.token_hex(16)  # the client's identity (S-72); keep it in a file to survive a restart of the bot
place = {}  # epoch and seq up to which everything was received (S-71)
waiting = {}  # posts without an answer, by id: resent on the next connection (S-73)

def send(wire, **what):
    body = json.dumps(what).encode()
    wire.sendall(b"%-10d" % len(body) + body)  # S-03: the length in ten bytes, then one object

def objects(wire):  # from the server, one at a time; sends pings meanwhile (S-63)
    got, silences, ping = b"", 0, time.monotonic() + 10
    while silences < 4:
        if time.monotonic() >= ping:
            send(wire, type="ping")
            ping = time.monotonic() + wire.gettimeout()
        try:
            got += (more := wire.recv(65536))
            silences = 0 if more else 4  # the end of the stream
        except socket.timeout:
            silences += 1
        while len(got) >= 10 and len(got) >= (end := 10 + int(got[:10])):
            yield json.loads(got[10:end])
            got = got[end:]

def session(wire):
    wire.sendall(b"CHATROOM/2")
    send(wire, type="hello", v=2, name="dice", client=client, rooms=[{"room": "lobby", "after": place or None}])
    for it in objects(wire):
        kind, again = it["type"], []
        if kind == "welcome":
            wire.settimeout(it["pingSeconds"] / 2)
        elif kind == "joined":
            again += waiting
            if place.get("epoch") != it["epoch"]:  # S-53: another log, whose numbers start again
                place.update(epoch=it["epoch"], seq=0 if "resume" in it else it["seq"])
        elif kind in ("error", "bye"):
            if it["do"] not in ("retry", "reconnect"):
                sys.exit(it["text"])  # a person must act
            time.sleep(it.get("afterMillis", 1000) / 1000)
            again += [it["id"]] if "id" in it else []
        elif kind in ("message", "event", "gap", "ack") and "duplicate" not in it:
            place["seq"] = it["to" if kind == "gap" else "seq"]
            if it.get("text") == "!roll":
                again = [secrets.token_hex(8)]
                waiting[again[0]] = f"{it['from']} rolls a {random.randint(1, 6)}"
        for id in again:
            send(wire, type="post", id=id, room="lobby", text=waiting[id])
        if kind == "ack":
            waiting.pop(it["id"], None)

host, _, port = (sys.argv + ["localhost:3306"])[1].rpartition(":")
while True:
    try:
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            session(wire)
    except OSError as gone:
        print(gone, file=sys.stderr)
    time.sleep(random.uniform(0.5, 1.5))
