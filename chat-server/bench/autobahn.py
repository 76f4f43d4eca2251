#!/usr/bin/env python3
"""Lets Autobahn's fuzzing client judge the server's WebSocket (RFC 6455), a suite that nobody here wrote.

Its cases want an echo, and a session is none. So most run against a small echo that has the server's own decoder,
handler and framing (WebSocketEcho among the tests), and those that need no echo against a server as users have it.
Not run: binary messages (1.2, 9.2, 9.4, 9.6, 9.8), which chatroom.2 has none of and refuses, and compression
(12, 13), which the server does not offer. A session's own number for an error, 4500, and the object that comes
before it are no matter for this suite; WebSocketServerTest has them.

    mvn -q package -DskipTests && chat-server/bench/autobahn.py
    chat-server/bench/autobahn.py --cases '5.*' '6.*'

Exits with 1 if a case failed; a report is in chat-server/target/autobahn/index.html. Needs a JDK 17 or later, and
Maven to fetch the suite and the Python that runs it, 46 MB.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "chat-server/target"
HOME = TARGET / "autobahn"
SUITE = "me.normanmaurer.maven.autobahntestsuite:autobahntestsuite-maven-plugin:0.1.5"
PYTHON = "org.python:jython-standalone:2.7.1"
BINARY = ["1.2.*", "9.2.*", "9.4.*", "9.6.*", "9.8.*"]
COMPRESSION = ["12.*", "13.*"]
# No echo, and an end by the client alone
SESSION_CASES = ["2.1", "2.2", "2.3", "2.4", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11",
                 "7.3.1", "7.3.3", "7.3.4", "7.3.5", "7.7.*"]
GOOD = ("OK", "NON-STRICT", "INFORMATIONAL")
# The suite writes a subprotocol as it was read from JSON, and its Python refuses to send that.
RUN = """
import sys
from autobahntestsuite import fuzzing, wstest
sys.argv = ['wstest', '-m', 'fuzzingclient', '-s', sys.argv[1]]
given = fuzzing.FuzzingClientFactory.setSessionParameters
def plain(self, *args, **named):
    if 'protocols' in named:
        named['protocols'] = [str(p) for p in named['protocols']]
    given(self, *args, **named)
fuzzing.FuzzingClientFactory.setSessionParameters = plain
wstest.run()
"""
RUN_SECONDS = 1200


def fetched():
    """The suite and its Python, which come once."""
    jars = []
    for artifact in SUITE, PYTHON:
        _, name, version = artifact.split(":")
        jar = HOME / "lib" / f"{name}-{version}.jar"
        if not jar.exists():
            subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}",
                            f"-DoutputDirectory={jar.parent}"], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
        jars.append(str(jar))
    return ":".join(jars)


class Running:
    """A server of ours, until the end of a with."""

    def __init__(self, command, port):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.port = None
        for line in self.process.stdout:
            found = re.search(port, line)
            if found:
                self.port = int(found.group(1))
                break
        if self.port is None:
            sys.exit(f"{' '.join(command)} has not come up")

    def __enter__(self):
        return self.port

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


def judge(suite, agent, server, cases, exclude):
    """Runs cases against one server, and answers what is to be complained of."""
    directory = HOME / agent
    directory.mkdir(parents=True, exist_ok=True)
    spec = directory / "spec.json"
    spec.write_text(json.dumps({"outdir": str(directory), "servers": [{"agent": agent, **server}], "cases": cases,
                                "exclude-cases": exclude, "exclude-agent-cases": {}}))
    run = subprocess.run(["java", "-Djava.awt.headless=true", f"-Dpython.cachedir={HOME}/cache", "-cp", suite,
                          "org.python.util.jython", "-c", RUN, spec], text=True, capture_output=True, cwd=directory,
                         timeout=RUN_SECONDS)
    index = directory / "index.json"
    if run.returncode or not index.exists():
        sys.exit(f"the suite has not run:\n{run.stdout[-2000:]}{run.stderr[-4000:]}")
    results = json.loads(index.read_text())[agent]
    for case, result in sorted(results.items()):
        found = result["behavior"], result["behaviorClose"]
        if not all(f in GOOD for f in found):
            description = json.loads((directory / result["reportfile"]).read_text())
            yield f"{agent} {case}: {found[0]}, close {found[1]}\n    {' '.join(description['description'].split())}\n" \
                  f"    {description['result']} {description['resultClose']}\n    see {directory}/{result['reportfile']}"
    strict = sum(r["behavior"] != "NON-STRICT" for r in results.values())
    print(f"{agent}: {len(results)} cases, {len(results) - strict} of them within the RFC but not in the best way")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=["*"], help="those for the echo, as the suite numbers them")
    args = parser.parse_args()
    jar = TARGET / "chat-server.jar"
    if not jar.exists() or not (TARGET / "test-classes").exists():
        sys.exit(f"no {jar}, or no tests beside it: mvn -q package -DskipTests")
    suite = fetched()
    failures = []
    echo = ["java", "-cp", f"{TARGET}/test-classes:{jar}", "io.chatroom.server.carrier.WebSocketEcho"]
    with Running(echo, r"^(\d+)$") as port:
        failures += judge(suite, "echo", {"url": f"ws://127.0.0.1:{port}"}, args.cases, BINARY + COMPRESSION)
    server = ["java", "-jar", str(jar), "--host", "127.0.0.1", "--port", "0"]
    with Running(server, r"listening on \S+:(\d+)") as port:
        failures += judge(suite, "session", {"url": f"ws://127.0.0.1:{port}/ws", "protocols": ["chatroom.2"]},
                          SESSION_CASES, [])
    if failures:
        sys.exit("\n".join(failures))
    print("no failure")


if __name__ == "__main__":
    main()
