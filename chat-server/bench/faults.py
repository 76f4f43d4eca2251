#!/usr/bin/env python3
"""Lets the disk of a busy server fail in every way, and proves that it goes on and loses nothing.

    chat-server/bench/faults.py [--rounds 60] [--starts N|every] [--seed N] [--jar JAR]

1. While people talk: calls of the server's that write, sync, truncate, open, rename or read its files fail with EIO,
   ENOSPC or EROFS, from a random call on, once, three times or until it is over; a write may have done its first
   half, and what a failed fsync was to bring to the disk is gone. The server must live, answer sessions
   "unavailable", let the seed's members wait, and go on when the fault is over. Nothing accepted may be lost, not by
   a loss of power at the end either.
2. While it starts: each call fails in turn, of a new directory and of one that has lost power. The server starts, or
   ends with a sentence and no stack trace; and the next start finds everything.
3. A disk that is really full, a tmpfs of 32 MiB, until something on it is deleted. This needs root.

Exit code 0: it holds. 1: it does not. 77: there is no C compiler.
"""
import argparse
import errno
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import kept

KINDS = {"write": kept.WRITE, "sync": kept.SYNC, "truncate": kept.TRUNCATE, "open": kept.OPEN, "name": kept.NAME,
         "read": kept.READ, "map": kept.MAP, "any": 127}
OFTEN = ("write", "sync")  # there are such calls all the time
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS)
FULL_MIB = 32


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="of faults while people talk")
    parser.add_argument("--starts", default="every", metavar="N|every", help="so many calls of a start fail, or every one")
    parser.add_argument("--full", help=argparse.SUPPRESS)
    args, chance = kept.parse(parser)
    if args.full:
        return on_a_full_disk(args)
    with tempfile.TemporaryDirectory(prefix="faults") as work:
        try:
            while_they_talk(args, chance, kept.Disk(work))
            while_it_starts(args, chance, work)
        except kept.Wrong as e:
            print("FAILED:", e)
            return 1
    return full(args)


def while_they_talk(args, chance, disk):
    crowd = kept.Crowd(chance)
    disk.set(sync_micros=1_000)
    server = kept.Server(args, disk.data, disk.environment())
    met, began = {}, time.monotonic()
    try:
        crowd.connect(server.port)
        tried = 0
        while sum(met.values()) < args.rounds and tried < 5 * args.rounds:
            tried += 1
            kind = chance.choice(OFTEN if tried % 2 else list(KINDS))
            error = chance.choice(ERRORS)
            what = f"{kind} with {errno.errorcode[error]}"
            crowd.talk(0.1)
            disk.fail(KINDS[kind], error, spare=chance.choice((0, 1, 2, 3, chance.randrange(100))),
                      times=chance.choice((1, 3, 1 << 31)), half=chance.randrange(2))
            crowd.talk(1, until=lambda: disk["failed"])
            if disk["failed"]:
                met[what] = met.get(what, 0) + 1
            crowd.talk(0.2)
            disk.heal()
            acks = crowd.book.acks
            if not crowd.talk(60, until=lambda: crowd.book.acks > acks + 20 or not server.alive()):
                raise kept.Wrong(f"60 s after {what} was over nobody is acknowledged anything; its log ends with: "
                                 + " / ".join(server.said[-3:]))
            if not server.alive():
                raise kept.Wrong(f"the server has ended after {what}: " + " / ".join(server.said[-3:]))
        if sum(met.values()) < args.rounds:
            raise kept.Wrong(f"only {sum(met.values())} of {args.rounds} faults were met")
        messages = crowd.hear_all(server.port)
        traces = [line for line in server.said if line.startswith("\tat ")]
        if traces:
            raise kept.Wrong(f"the log has a stack trace: {traces[0].strip()}")
    finally:
        server.kill()
    crowd.disconnect()
    disk.lose_power(chance)
    server = kept.Server(args, disk.data, disk.environment())
    try:
        crowd.check(server.port, whole=True)
    finally:
        server.kill()
    print(f"{sum(met.values())} faults of {len(met)} kinds while they talked, in {time.monotonic() - began:.0f} s: "
          f"{crowd.book.unavailable:,} posts were answered unavailable, {crowd.book.acks:,} acknowledged, {messages:,} are there")


def while_it_starts(args, chance, work):
    began, refused, started = time.monotonic(), [], 0
    for new in (True, False):
        disk = kept.Disk(work)
        shutil.rmtree(disk.data, ignore_errors=True)
        crowd = kept.Crowd(chance, sessions=2, seeds=1)
        calls = itertools.count() if args.starts == "every" else [chance.randrange(40) for _ in range(int(args.starts))]
        for call in calls:
            if new:
                shutil.rmtree(disk.data, ignore_errors=True)
            else:
                start(args, disk, crowd, chance, talk=0.3)
            disk.fail(127, chance.choice(ERRORS), spare=call, times=chance.choice((1, 1 << 31)))
            try:
                kept.Server(args, disk.data, disk.environment()).kill()
                started += 1
            except kept.Wrong as e:
                refused.append(str(e))
                if "\tat " in str(e) or "Exception" in str(e):
                    raise kept.Wrong(f"when call {call} fails, it is not a sentence that tells: {e}")
            failed = disk["failed"]
            disk.heal()
            disk.lose_power(chance)
            start(args, disk, crowd, chance)
            if not failed:
                break
    print(f"{started + len(refused)} starts with a call that fails, in {time.monotonic() - began:.0f} s: {started} came about all the "
          f"same, {len(refused)} were refused in words such as: {refused[0] if refused else '-'}")


def start(args, disk, crowd, chance, talk=0.0):
    """A start that must find everything, and a loss of power."""
    server = kept.Server(args, disk.data, disk.environment())
    try:
        crowd.check(server.port)
        if talk:
            crowd.connect(server.port)
            crowd.talk(talk)
    finally:
        server.kill()
    if talk:
        crowd.disconnect()
    disk.lose_power(chance)


def full(args):
    if os.geteuid() != 0 or not shutil.which("unshare"):
        print("left out: a disk that is really full, which needs root and the command unshare")
        return 0
    with tempfile.TemporaryDirectory(prefix="full") as place:
        return subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, __file__, "--full", place,
                               "--seed", "1", "--jar", args.jar, "--java", args.java]).returncode


def on_a_full_disk(args):
    """In a mount namespace of its own."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FULL_MIB}m", "tmpfs", args.full], check=True)
    ballast = fill(os.path.join(args.full, "ballast"), FULL_MIB // 2)
    crowd = kept.Crowd(random.Random(1))
    server = None
    try:
        server = kept.Server(args, os.path.join(args.full, "data"))
        crowd.connect(server.port)
        crowd.talk(1, until=lambda: crowd.book.acks > 50)
        rest = fill(os.path.join(args.full, "rest"), FULL_MIB)
        before = -1
        while before != crowd.book.acks and server.alive():
            before = crowd.book.acks
            crowd.talk(2)
        for person in crowd.people:
            person.window += 5  # what is not answered yet does not keep them from saying more
        if not crowd.talk(20, until=lambda: crowd.book.unavailable > 0 or not server.alive()):
            raise kept.Wrong("nobody is answered unavailable within 20 s on a disk that is full")
        os.unlink(rest)
        os.unlink(ballast)
        acks = crowd.book.acks
        if not crowd.talk(60, until=lambda: crowd.book.acks > acks + 20 or not server.alive()) or not server.alive():
            raise kept.Wrong("it does not go on though there is room again: " + " / ".join(server.said[-3:]))
        messages = crowd.hear_all(server.port)
        print(f"a disk of {FULL_MIB} MiB was full: {crowd.book.unavailable:,} posts were answered unavailable, "
              f"{crowd.book.acks:,} acknowledged, {messages:,} are there")
        return 0
    except kept.Wrong as e:
        print("FAILED:", e)
        return 1
    finally:
        if server:
            server.kill()


def fill(path, mib):
    """A file as large as that, or as there is room for."""
    with open(path, "wb", buffering=0) as file:
        try:
            for _ in range(mib * 256):
                file.write(bytes(4096))
        except OSError:
            pass
    return path


if __name__ == "__main__":
    sys.exit(main())
