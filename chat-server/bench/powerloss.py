#!/usr/bin/env python3
"""Cuts the power of a busy server again and again, and proves each time that nothing acknowledged is lost.

    chat-server/bench/powerloss.py [--cuts 100] [--seed N] [--lie each|directory|some] [--jar JAR]

A server runs with --data on a disk that keeps only what was synced: lostcache.c, preloaded into its process, writes
down each change of its files and each fsync. Sessions and members of the seed's protocol talk in three rooms. At a
random moment the process is killed, and its directory is made what it would be after a loss of power: without
everything that was not synced, or with a random part of it, by files, names and torn pieces of 512 bytes. The next
server starts on that. Everything that was acknowledged to anybody, and everything that anybody has heard, must be in
its room at its number, once; what the seed's members said must have no hole; and sessions resume without a gap, say
again what was not answered, and find it said once.

--lie proves that this can fail: fsync tells that it has happened, and has not. Each time, of the directory alone, or
at random every other time. Then the exit code must be 1.

Exit code 0: it holds. 1: something is lost. 77: there is no C compiler.
"""
import argparse
import sys
import tempfile
import time

import kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long they talk at most before a cut")
    parser.add_argument("--lie", choices=kept.LIES)
    args, chance = kept.parse(parser)
    with tempfile.TemporaryDirectory(prefix="powerloss") as work:
        try:
            prove(args, chance, kept.Disk(work))
        except kept.Wrong as e:
            print("FAILED:", e)
            return 1
    return 0


def prove(args, chance, disk):
    disk.set(lie=kept.LIES.get(args.lie, 0))
    crowd = kept.Crowd(chance)
    lost = cut = messages = 0
    began = time.monotonic()
    while True:
        # A disk that is slow now and then makes large transactions.
        disk.set(sync_micros=chance.choice((0, 500, 3_000, 20_000)))
        server = kept.Server(args, disk.data, disk.environment())
        try:
            messages = crowd.check(server.port, whole=cut == args.cuts)
            if cut == args.cuts:
                break
            crowd.connect(server.port)
            crowd.talk(chance.uniform(0.05, args.seconds))
            if chance.random() < 0.7:  # most is at stake while a disk is at work
                crowd.talk(0.5, until=lambda: disk["begun"] > disk["syncs"])
            if not server.alive():
                raise kept.Wrong("the server has ended: " + " / ".join(server.said[-3:]))
        finally:
            server.kill()
        crowd.disconnect()
        lost += disk.lose_power(chance)
        cut += 1
        if args.cuts > 10 and cut % 10 == 0:
            print(f"{cut} cuts: {messages:,} messages", flush=True)
    if crowd.book.acks == 0:
        raise kept.Wrong("nothing was tried: no post was acknowledged")
    book = crowd.book
    print(f"{cut} cuts in {time.monotonic() - began:.0f} s: {book.acks:,} acks, {book.heard:,} messages heard by sessions and "
          f"{len(book.seed_heard):,} by others; {lost:,} bytes that were not synced were lost, {messages:,} messages are there, "
          "and none of them is missing, moved or doubled")


if __name__ == "__main__":
    sys.exit(main())
