#!/usr/bin/env python3
"""Kills a busy server with SIGKILL again and again, and proves each time that nothing acknowledged is lost.

    chat-server/bench/crash.py [--kills 100] [--seed N] [--jar JAR]

As powerloss.py, but on the disk as it is: what the process has written survives it, synced or not. So this says
nothing about fsync; it is about what is half done when a process ends. Exit code 0: it holds. 1: something is lost.
"""
import argparse
import pathlib
import sys
import tempfile
import time

import kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long they talk at most before it is killed")
    args, chance = kept.parse(parser)
    with tempfile.TemporaryDirectory(prefix="crash") as work:
        try:
            prove(args, chance, pathlib.Path(work) / "data")
        except kept.Wrong as e:
            print("FAILED:", e)
            return 1
    return 0


def prove(args, chance, data):
    crowd = kept.Crowd(chance)
    began = time.monotonic()
    for kill in range(args.kills + 1):
        server = kept.Server(args, data)
        try:
            messages = crowd.check(server.port, whole=kill == args.kills)
            if kill < args.kills:
                crowd.connect(server.port)
                crowd.talk(chance.uniform(0.05, args.seconds))
        finally:
            server.kill()
        if kill < args.kills:
            crowd.disconnect()
        if kill % 10 == 9:
            print(f"{kill + 1} kills: {messages:,} messages", flush=True)
    book = crowd.book
    print(f"{args.kills} kills in {time.monotonic() - began:.0f} s: {book.acks:,} acks, {book.heard:,} messages heard by sessions "
          f"and {len(book.seed_heard):,} by others; {messages:,} messages are there, and none of them is missing, moved or doubled")


if __name__ == "__main__":
    sys.exit(main())
