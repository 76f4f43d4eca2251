"""What compare.py has measured: kept in a file, read again, and summed up as ratios to the first server.

A file holds, for each work, what was asked for and a row for each round: server -> what fanout printed, or null
where the load failed. Servers come in the order in which they ran; the first is the measure.
"""
import json
import pathlib
import statistics
import sys

ROWS = ("per_s", "cpu_ns_per_delivery", "p99_us")


def keep(works, path):
    """Writes all of it, one round a line."""
    parts = []
    for name, work in works.items():
        rounds = ",\n   ".join(json.dumps(r) for r in work["rounds"])
        parts.append(f' {json.dumps(name)}: {{"asked": {json.dumps(work["asked"])}, "rounds": [\n   {rounds}]}}')
    pathlib.Path(path).write_text("{\n" + ",\n".join(parts) + "\n}\n")


def read(paths):
    """Reads files that were kept; where two have the same work, the later one counts."""
    works = {}
    for path in paths:
        try:
            found = json.loads(pathlib.Path(path).read_text())
            for work in found.values():
                _check(work)
        except OSError as e:
            sys.exit(f"{path} cannot be read: {e.strerror}")
        except (ValueError, TypeError, KeyError, AttributeError):
            sys.exit(f"{path} holds no results, expected a file that --json of compare.py wrote")
        works.update(found)
    if not works:
        sys.exit(f"there is no work in {', '.join(paths)}, expected what --json of compare.py wrote")
    measures = {servers(work)[0] for work in works.values()}
    if len(measures) > 1:
        sys.exit(f"the files are ratios to different servers ({', '.join(sorted(measures))}), expected one")
    return works


def _check(work):
    describe(work["asked"])
    first = list(work["rounds"][0])
    if not first:
        raise ValueError
    for one in work["rounds"]:
        if list(one) != first:
            raise ValueError
        for result in one.values():
            if result is not None:
                for row in (*ROWS, "lost", "bad"):
                    float(result[row])


def servers(work):
    return list(work["rounds"][0])


def bad_rounds(work, server):
    """In how many rounds something was lost or wrong, or the load failed."""
    results = [r[server] for r in work["rounds"]]
    return sum(r is None or r["lost"] + r["bad"] > 0 for r in results)


def median(work, server, row):
    values = [r[server][row] for r in work["rounds"] if r[server]]
    return statistics.median(values) if values else float("nan")


def ratios(work, server, row):
    """Each round's ratio to the measure, of the rounds in which both did their work."""
    first = servers(work)[0]
    return [r[server][row] / r[first][row] for r in work["rounds"] if r[server] and r[first] and r[first][row]]


def describe(asked):
    """The work in words."""
    receivers, senders, size, _, _, how = asked
    option, number = how.split()
    size = f"{size} B" if size < 1024 else f"{size // 1024} KiB"
    load = f"{number} in flight" if option == "--window" else f"{number} messages a second"
    who = f"{receivers:,} receivers" + (f", {senders} senders" if senders > 1 else "")
    return f"{size}, {load}, {who}"


def show(name, work):
    """Prints a work's medians."""
    print(f"{name}: {describe(work['asked'])}, {len(work['rounds'])} rounds")
    for server in servers(work):
        line = f"  {server:12}"
        for row, title, unit, places in (("per_s", "deliveries/s", 1e6, "6.2f} M"),
                                         ("cpu_ns_per_delivery", "CPU", 1, "7.0f} ns"), ("p99_us", "p99", 1, "8.0f} us")):
            value = ("{:" + places).format(median(work, server, row) / unit)
            of_rounds = ratios(work, server, row)
            ratio = statistics.median(of_rounds) if of_rounds else float("nan")
            line += f" {title} {value}   ratio {ratio:5.2f}  "
        print(line.rstrip() + ("   LOST OR WRONG" if bad_rounds(work, server) else ""), flush=True)
