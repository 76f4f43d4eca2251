"""Compares the flags for the container in both compose.yaml files and in gce/cloud-init.yaml with those in test.sh."""
import pathlib
import re
import sys

import yaml

docker = pathlib.Path(__file__).resolve().parent.parent
compose = yaml.safe_load((docker / "compose.yaml").read_text())
(service,) = compose["services"].values()
cloud = yaml.safe_load((docker / "gce" / "cloud-init.yaml").read_text())
vm = next(f["content"] for f in cloud["write_files"] if f["path"].endswith("chat.sh"))
vm = re.sub(r"\\\n\s*", "", vm[vm.index("contain() {") :])
test = (docker / "test.sh").read_text()
test = re.sub(r"\\\n\s*", "", test[test.index("pod run") :])

wrong = []


def expect(what, holds):
    if not holds:
        wrong.append(what)


for where, command in (("cloud-init.yaml", vm), ("test.sh", test)):
    for flag in (
        "--read-only",
        f"--tmpfs {service['tmpfs'][0]}",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        f"--pids-limit {service['pids_limit']}",
        "--memory-swap",
        ":/data:" if where == "test.sh" else "target=/data",
    ):
        expect(f"{where} runs without {flag}", flag in command)
expect("compose.yaml keeps no data", service["volumes"] == ["data:/data"] and list(compose["volumes"]) == ["data"])
expect("compose.yaml is not read-only", service["read_only"] is True)
expect("compose.yaml keeps capabilities", service["cap_drop"] == ["ALL"])
expect("compose.yaml lets privileges grow", service["security_opt"] == ["no-new-privileges:true"])
expect("compose.yaml has another limit than test.sh", f"memory={service['mem_limit']}\n" in (docker / "test.sh").read_text())
expect("compose.yaml allows swap", service["memswap_limit"] == service["mem_limit"])
expect("compose.yaml does not restart", service["restart"] == "unless-stopped")
expect("compose.yaml publishes more than one port", len(service["ports"]) == 1)
expect("compose.yaml has more than one service by default", len(compose["services"]) == 1)

cluster = yaml.safe_load((docker / "cluster" / "compose.yaml").read_text())
servers = {name: s for name, s in cluster["services"].items() if name.startswith("chat-")}
expect("the cluster has other than three servers", len(servers) == 3)
for name, server in servers.items():
    for key in ("image", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "pids_limit", "stop_grace_period", "logging"):
        expect(f"{name} of the cluster has another {key} than compose.yaml", server[key] == service[key])
    expect(f"{name} of the cluster publishes a port", "ports" not in server)
    expect(f"{name} of the cluster is set otherwise than the others", server["environment"] == servers["chat-1"]["environment"])
for name in ("balancer", "database"):
    other = cluster["services"][name]
    expect(f"{name} has more rights than the servers", other["read_only"] and other["cap_drop"] == ["ALL"] and other["security_opt"] == service["security_opt"])
expect("the database can be reached from outside", cluster["networks"]["database"]["internal"] is True and cluster["services"]["database"]["networks"] == ["database"])
sys.exit("\n".join(wrong) or 0)
