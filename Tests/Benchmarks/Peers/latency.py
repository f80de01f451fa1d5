#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Measures how long a message takes from the rename into an inbound folder to its file in `taken/` (it is then in its
case, durably) and to its delivery in the outbound folder, while the daemon has nothing else to do.

latency.py PIIRIPOSTD MESSAGE.xml COUNT"""
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

daemon, message, count = sys.argv[1], open(sys.argv[2], encoding="utf-8").read(), int(sys.argv[3])
sbdh = r"(<sbdh:{0}>)[^<]*(</sbdh:{0}>)"


def fresh():
    """The same document as the first one of another case."""
    text = re.sub(r"(<sbdh:CaseId>\s*<sbdh:InstanceIdentifier>)[^<]*", rf"\g<1>{uuid.uuid4()}", message)
    text = re.sub(sbdh.format("SetId"), rf"\g<1>{uuid.uuid4()}\g<2>", text)
    head, rest = text.split("<sbdh:DocumentIdentification>", 1)
    rest = re.sub(sbdh.format("InstanceIdentifier"), rf"\g<1>{uuid.uuid4()}\g<2>", rest, count=1)
    return head + "<sbdh:DocumentIdentification>" + rest


def names(folder):
    return [name for name in os.listdir(folder) if name.endswith(".xml")]


with tempfile.TemporaryDirectory() as work:
    with open(f"{work}/log", "w", encoding="utf-8") as log:
        process = subprocess.Popen([daemon, "--workspace", work, "--listen", "off"], stderr=log)
    while '"ready"' not in open(f"{work}/log", encoding="utf-8").read():
        time.sleep(0.01)
    os.makedirs(f"{work}/outbound", exist_ok=True)
    placed, delivered = [], []
    for number in range(1, count + 1):
        with open(f"{work}/new", "w", encoding="utf-8") as file:
            file.write(fresh())
        begun = time.monotonic()
        os.rename(f"{work}/new", f"{work}/inbound/{number}.xml")
        while len(names(f"{work}/taken")) < number:
            time.sleep(0.0002)
        placed.append(1000 * (time.monotonic() - begun))
        while len(names(f"{work}/outbound")) < number:
            time.sleep(0.0002)
        delivered.append(1000 * (time.monotonic() - begun))
        time.sleep(0.1)
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        spent = sum(int(field) for field in file.read().split()[13:15]) / os.sysconf("SC_CLK_TCK")
    time.sleep(10)
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        idle = sum(int(field) for field in file.read().split()[13:15]) / os.sysconf("SC_CLK_TCK") - spent
    process.send_signal(signal.SIGTERM)
    process.wait()
    for word, times in (("placed", placed[5:]), ("delivered", delivered[5:])):
        times.sort()
        print(f"{word}: median {statistics.median(times):.1f} ms, 95 % {times[len(times) * 95 // 100]:.1f} ms, "
              f"worst {times[-1]:.1f} ms of {len(times)}")
    print(f"idle: {1000 * idle:.0f} ms of processor time in 10 s")
