"""Rolls a die at each !roll in the lobby, and misses none when the server restarts."""
import json, random, secrets, socket, sys, time

client = secrets.token_hex(16)  # the client's identity (S-72); keep it in a file to survive a restart of the bot
place = {}  # epoch and seq up to which everything was received (S-71)
waiting = {}  # posts without an answer, by id: resent on the next connection (S-73)

def send(wire, **what):
    wire.sendall(b"%-10d" % len(body := json.dumps(what).encode()) + body)  # S-03: the length in ten bytes first

def objects(wire):  # from the server, one at a time; sends pings meanwhile (S-63)
    got, silences, pinged = b"", 0, time.monotonic()
    while silences < 4:
        if time.monotonic() >= pinged + wire.gettimeout():
            send(wire, type="ping")
            pinged = time.monotonic()
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
        elif kind == "joined" and place.get("epoch") != it["epoch"]:  # S-53: another log, whose numbers start again
            place.update(epoch=it["epoch"], seq=0 if "resume" in it else it["seq"])
        elif kind == "pong" and it["heads"].get("lobby", 0) > place.get("seq", 0):
            return  # S-62: something was lost; connects again
        elif kind in ("error", "bye", "left"):
            if it.get("do") not in ("retry", "reconnect"):
                sys.exit(it.get("text", kind))  # a person must act
            time.sleep(it.get("afterMillis", 1000) / 1000)
            if it.get("id") not in waiting:
                return  # not in the room, or at the end; connects again
            again = [it["id"]]
        elif kind in ("message", "event", "gap", "ack") and "duplicate" not in it:
            place["seq"] = it["to" if kind == "gap" else "seq"]
            if kind == "message" and it.get("text") == "!roll":
                again = [secrets.token_hex(8)]
                waiting[again[0]] = f"{it['from']} rolls a {random.randint(1, 6)}"
        for id in waiting if kind == "joined" else again:
            send(wire, type="post", id=id, room="lobby", text=waiting[id])
        waiting.pop(it["id"] if kind == "ack" else None, None)

host, _, port = (sys.argv + ["localhost:3306"])[1].rpartition(":")
while True:
    try:
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            session(wire)
    except OSError as gone:
        print(gone, file=sys.stderr)
    time.sleep(random.uniform(0.5, 1.5))
