"""What soak.py and backlog.py share: the wire, a server to watch, and witnesses who check what they hear."""
import multiprocessing
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SERVER_JAR = ROOT / "chat-server/target/chat-server.jar"


def compiled(tool, args, directory):
    """Compiles one of the yardsticks, which are C, and answers where it is."""
    source = pathlib.Path(args.yardsticks) / f"{tool}.c"
    if not source.exists():
        sys.exit(f"no {source}: say where the yardsticks are with --yardsticks or BENCH_DIR")
    subprocess.run(["cc", "-O2", "-w", "-o", directory / tool, source], check=True)
    return directory / tool


def frame(payload):
    """Header and payload; the payload is bytes."""
    return b"%-10d" % len(payload) + payload


def said(number, size=0):
    """A message that witnesses can check: a sender's numbers go up by one, from 0."""
    text = b"%d " % number
    return frame(text + b"x" * max(0, size - len(text)))


def connect(port, name=None, host="127.0.0.1", receive_buffer=None):
    """A blocking socket; registered if it is given a name."""
    s = socket.socket()
    if receive_buffer:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    s.settimeout(30)
    s.connect((host, port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if name is not None:
        s.sendall(frame(name))
    return s


def reset(s):
    """Ends a connection by RST."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    s.close()


class OutOfStep(Exception):
    """What came is not whole pairs of name and message."""


class Pairs:
    """Cuts a stream into names and messages."""

    def __init__(self):
        self.rest = b""
        self.parts = []

    def feed(self, data):
        data = self.rest + data if self.rest else data
        at, end, pairs, parts = 0, len(data), [], self.parts
        while end - at >= 10:
            try:
                to = at + 10 + int(data[at:at + 10])
            except ValueError:
                raise OutOfStep(f"{data[at:at + 10]!r} where a header should be")
            if to > end:
                break
            parts.append(data[at + 10:to])
            if len(parts) == 2:
                pairs.append((parts[0], parts[1]))
                parts.clear()
            at = to
        self.rest = data[at:]
        return pairs

    def is_whole(self):
        return not self.rest and not self.parts


# ---- witnesses

class Witness:
    """A member in a process of its own, who reads as fast as it can and checks everything:

    each sender's numbers come without a gap, and at each message of the sender "beat" all that was
    heard so far is noted as one number, which must be the same for all witnesses. Names that start
    with "w" are witnesses' own; they are left out of that number, for nobody hears itself.

    A member that reads nothing for most of the server's patience is a slow one, and may miss messages. So a
    witness that misses some looks whether this machine has let it read: much was waiting for it when it got
    to read after such a time. If so the server is not to blame, and from there on it is a witness no more.
    """

    STALL_SECONDS = 0.4  # of the patience's 0.5
    READ_BYTES = 1 << 17  # a reader that is there when the first of it comes never gets so much at once

    def __init__(self, port, number, talks=True):
        self.name = b"w%d" % number
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self._run, args=(port, theirs, talks), daemon=True)
        self.process.start()

    def _run(self, port, pipe, talks):
        try:
            pipe.send(self._listen(port, pipe, talks))
        except (OSError, ValueError, OutOfStep) as e:
            pipe.send({"errors": [f"{self.name.decode()}: {type(e).__name__}: {e}"]})

    def _listen(self, port, pipe, talks):
        s = connect(port, self.name)
        s.settimeout(0.5)
        pairs, first, last, notes, errors = Pairs(), {}, {}, {}, []
        digest = heard = own = 0
        spoke = stall = 0.0
        read, stalled = time.monotonic(), None
        until = None
        buffer = bytearray(self.READ_BYTES)
        while True:
            if until is None and pipe.poll():
                until, patience = pipe.recv(), time.monotonic() + 60
            if until is not None:
                if last.get(b"beat", -1) >= until:
                    break
                if time.monotonic() > patience:
                    errors.append(f"{self.name.decode()}: did not hear beat {until}")
                    break
            elif talks and time.monotonic() - spoke > 0.5:
                s.sendall(said(own, 40))
                own, spoke = own + 1, time.monotonic()
            try:
                n = s.recv_into(buffer)
            except socket.timeout:
                read = time.monotonic()
                continue
            since, read = read, time.monotonic()
            if read - since > self.STALL_SECONDS and n == self.READ_BYTES:
                stall, stall_ended = read - since, read
            elif stall and read - stall_ended > 10:
                stall = 0.0
            if n == 0:
                errors.append(f"{self.name.decode()}: the server closed the connection")
                break
            for name, message in pairs.feed(bytes(memoryview(buffer)[:n])):
                number = int(message[:message.index(b" ")])
                if stalled:  # until the last beat has come
                    last[name] = number
                    continue
                before = last.get(name)
                if before is None:
                    first[name] = number
                    if name == b"beat":
                        pipe.send("in")
                    elif name == b"start":
                        digest = 0
                elif number != before + 1 and stall:
                    stalled = stall
                elif number != before + 1 and len(errors) < 10:
                    errors.append(f"{self.name.decode()}: {name.decode()} went from {before} to {number}")
                last[name] = number
                heard += 1
                if name[:1] != b"w" and not stalled:
                    digest = zlib.crc32(name + b"%d" % number, digest)
                    if name == b"beat" and b"start" in first:
                        notes[number] = digest
        s.close()
        return {"errors": errors, "notes": notes, "first": first, "last": last, "heard": heard, "own": own,
                "stalled": stalled}

    def result(self, last_beat):
        """What it heard until that beat."""
        self.pipe.send(last_beat)
        while self.pipe.poll(90):
            answer = self.pipe.recv()
            if isinstance(answer, dict):
                self.process.join(10)
                return answer
        return {"errors": [f"{self.name.decode()}: no answer"]}


def gather(port, count, talks=True):
    """Witnesses, and the beat they hear; all of them are in when this returns."""
    beat = Beat(port)
    witnesses = [Witness(port, i, talks) for i in range(count)]
    for witness in witnesses:
        while not witness.pipe.poll(0.05):
            beat.say()
    start = connect(port, b"start")
    start.sendall(said(0))
    start.shutdown(socket.SHUT_WR)
    while start.recv(1 << 16):  # the others' first words, then the server's answer to the end
        pass
    start.close()
    return witnesses, beat


class Beat:
    """A member whose messages all witnesses compare their notes at."""

    def __init__(self, port):
        self.socket = connect(port, b"beat")
        self.number = 0
        threading.Thread(target=self._drop_what_comes, daemon=True).start()

    def _drop_what_comes(self):
        buffer = bytearray(1 << 20)
        try:
            while self.socket.recv_into(buffer):
                pass
        except OSError:
            pass  # closed at the end

    def say(self):
        self.socket.sendall(said(self.number))
        self.number += 1


def compare(results):
    """What is wrong with what the witnesses heard, as sentences; and at how many beats they agree."""
    errors = [e for r in results for e in r["errors"]]
    notes = [r["notes"] for r in results if "notes" in r]
    agreed = 0
    for beat in sorted(set().union(*notes)):
        heard = [n[beat] for n in notes if beat in n]
        if len(set(heard)) > 1:
            errors.append(f"the witnesses heard different things before beat {beat}")
            break
        agreed += len(heard) > 1
    stalls = [f"{r['stalled']:.1f}" for r in results if r.get("stalled")]
    if stalls:
        print(f"this machine did not let {len(stalls)} of {len(results)} witnesses read for {', '.join(stalls)} s; "
              "they missed messages after that, and count up to there")
    if len(results) - len(stalls) < 2:
        errors.append("fewer than two witnesses could read all the time: try again on a quieter machine")
    return errors, agreed


# ---- the server

class Server:
    """A chat server on a port of its own, with what there is to see of it from outside."""

    def __init__(self, args, jvm="", options="", cpu=None):
        self.tmp = pathlib.Path(tempfile.mkdtemp(prefix="chat"))
        self.log = self.tmp / "server.log"
        known = subprocess.run([args.java, "-jar", args.jar, "--help"], capture_output=True, text=True).stdout
        wanted = {"--messages-per-second": "0",  # floods are to be floods
                  "--vanished-after": "130s"}    # the shortest there is, so that nobody waits for it long
        options = " ".join([f"{o} {v}" for o, v in wanted.items() if o in known] + [options])
        command = (["taskset", "-c", str(cpu)] if cpu is not None else []) + [
            args.java, *shlex.split(jvm), "-jar", args.jar, "--port", "0", *shlex.split(options)]
        self.command = shlex.join(command)
        self.process = subprocess.Popen(command, stdout=self.log.open("w"), stderr=subprocess.STDOUT)
        self.pid = self.process.pid
        for _ in range(300):
            found = re.search(r"listening on .*:(\d+)", self.log.read_text())
            if found:
                self.port = int(found.group(1))
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(f"the server does not start: {self.command}\n{self.log.read_text()[-2000:]}")

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "killed"

    def is_running(self):
        return self.process.poll() is None

    def rss(self):
        """Resident memory, in MiB."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu(self):
        """Processor time so far, in seconds."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        """All of them, and how many are TCP connections."""
        links = []
        for fd in pathlib.Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                links.append(os.readlink(fd))
            except OSError:
                pass  # closed meanwhile
        connections = set()
        for table in ("tcp", "tcp6"):
            for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] != "0A":  # listening
                    connections.add(f"socket:[{fields[9]}]")
        return len(links), sum(link in connections for link in links)

    def jcmd(self, *what):
        done = subprocess.run(["jcmd", str(self.pid), *what], capture_output=True, text=True, timeout=60)
        return done.stdout

    def threads(self):
        """The names of the threads that are not the JVM's own."""
        names = re.findall(r'^"([^"]+)"', self.jcmd("Thread.print"), re.M)
        own = r"C[12] Compiler|G1|GC|VM |Attach|Monitor|Reference|Finalizer|Signal|Service|Notif|Common-Cleaner|" \
              r"Sweeper|StartUp|Concurrent|Parallel|Serial|process reaper"
        return sorted(n for n in names if not re.match(own, n))

    def live(self):
        """After a full collection: bytes of live objects in MiB, live sockets, live members, NMT's Other."""
        self.jcmd("GC.run")
        self.jcmd("GC.run")
        histogram = self.jcmd("GC.class_histogram")
        total = int(re.search(r"^Total\s+\d+\s+(\d+)", histogram, re.M).group(1)) / 1048576

        def count(pattern):
            rows = re.finditer(r"^\s*\d+:\s+(\d+)\s+\d+\s+" + pattern + r"(?: |$)", histogram, re.M)
            return sum(int(row.group(1)) for row in rows)

        sockets = count(r"io\.netty\.channel\.(?:epoll\.Epoll|uring\.IoUring|socket\.nio\.Nio)SocketChannel")
        members = count(r"io\.chatroom\.server\.seed\.SeedMember")
        return total, sockets, members, self.other()

    def other(self):
        """What NMT calls Other, mostly direct memory, in MiB; 0 without NMT."""
        found = re.search(r"Other \(reserved=\d+KB, committed=(\d+)KB", self.jcmd("VM.native_memory", "summary"))
        return int(found.group(1)) / 1024 if found else 0.0

    def troubles(self):
        """Lines of the log that no log should have."""
        return [line for line in self.log.read_text(errors="replace").splitlines()
                if re.search(r"LEAK|Exception|OutOfMemory|\bERROR\b|internal error", line)]


class Curve(threading.Thread):
    """Samples the server once a second."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.rows, self.done = server, [], threading.Event()
        self.start()

    def run(self):
        began = time.monotonic()
        while not self.done.wait(1) and self.server.is_running():
            try:
                self.rows.append((round(time.monotonic() - began, 1), round(self.server.rss(), 1),
                                  self.server.descriptors()[0], round(self.server.cpu(), 2)))
            except OSError:
                return

    def stop(self, csv=None):
        self.done.set()
        self.join(5)
        if csv:
            with open(csv, "w") as out:
                out.write("seconds,rss_mib,descriptors,cpu_seconds\n")
                out.writelines(",".join(map(str, row)) + "\n" for row in self.rows)

    def thirds(self):
        """The highest resident memory of each third of the time: a leak climbs, a bound does not."""
        rss = [row[1] for row in self.rows] or [0.0]
        n = max(1, len(rss) // 3)
        return [max(rss[i * n:(i + 1) * n] or rss[-1:]) for i in range(3)]


def kernel_memory():
    """What all TCP sockets of this machine's network namespace hold in the kernel, in MiB."""
    found = re.search(r"^TCP:.* mem (\d+)", pathlib.Path("/proc/net/sockstat").read_text(), re.M)
    return int(found.group(1)) * os.sysconf("SC_PAGE_SIZE") / 1048576 if found else 0.0


def table(rows):
    width = max(len(r[0]) for r in rows)
    for name, *values in rows:
        print(f"  {name:{width}}  " + "  ".join(f"{v:>12}" for v in values), flush=True)
