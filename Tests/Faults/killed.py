#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Kills a drain under load at random moments, hundreds of times, and holds the end against an undisturbed drain.

Nobody may be lost, doubled or taken for the cause: a message that was merely there when the process was killed is
judged like any other.
"""
import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workspaces import FIRST_RUN, INBOUND, LAYOUTS, LATER_RUN, ROOT, Program, Reader, differences, final_state, write

IDENTIFIER = re.compile(rb"[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
# A posting with its second version and its end, and a request for recovery with its instrument.
CASES = [["01", "02", "03"], ["24"]]


def fill(workspace, messages, seed):
    """Messages of many cases, whose names give no order."""
    LAYOUTS["plain"].fill(workspace)
    for path in (workspace / "in" / "ap").iterdir():
        if path.is_file():
            path.unlink()
    dice = random.Random(seed)
    count = 0
    while count < messages:
        word = b"%08x" % dice.getrandbits(32)
        for number in CASES[count % 5 == 0]:
            source = next(INBOUND.glob(f"{number}-*.xml"))
            name = "%08x" % dice.getrandbits(32)

            def other(found):
                return b"%08x" % (int(found.group(0), 16) ^ int(word, 16))

            write(workspace / "in" / "ap" / f"{name}.xml", IDENTIFIER.sub(other, source.read_bytes()))
            beside = source.with_suffix(".attachments")
            for file in beside.iterdir() if beside.is_dir() else []:
                renamed = IDENTIFIER.sub(other, file.name.encode()).decode()
                write(workspace / "in" / "ap" / f"{name}.attachments" / renamed, file.read_bytes())
            count += 1


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("program")
    options.add_argument("--kills", type=int, default=300)
    options.add_argument("--messages", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    program = Program(given.program)
    dice = random.Random(given.seed)
    kills, rounds, bad = 0, 0, []
    with tempfile.TemporaryDirectory(prefix="piiripost-killed-") as work:
        calm = Path(work) / "calm"
        fill(calm, given.messages, given.seed)
        begun = time.monotonic()
        if program.process(calm, FIRST_RUN, timeout=600).returncode != 0:
            raise SystemExit("the undisturbed run failed")
        duration = time.monotonic() - begun
        reader = Reader(calm, Path(work) / "calm-read")
        reader.take()
        program.process(calm, LATER_RUN)
        reader.take()
        expected = final_state(calm, reader)
        while kills < given.kills:
            rounds += 1
            workspace = Path(work) / f"round-{rounds}"
            fill(workspace, given.messages, given.seed)
            reader = Reader(workspace, Path(work) / f"round-{rounds}-read")
            inhere = 0
            while True:
                command = [given.program, "process", "--workspace", str(workspace), "--once", "--now", FIRST_RUN]
                command += ["--schemas", str(ROOT / "sed-schemas")]
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                # Most of a start is over when the first message is judged, so that most kills hit work.
                time.sleep(dice.uniform(0, duration * dice.choice([0.1, 0.3, 1])))
                process.kill()
                _, errors = process.communicate()
                reader.take()
                if process.returncode == 0:
                    break
                if process.returncode != -9:
                    bad.append(f"a run ended with {process.returncode}: {errors.strip()[-300:]}")
                    break
                kills += 1
                inhere += 1
                if inhere > 2000:
                    bad.append("it never came to its end")
                    break
            for _ in range(2):
                program.process(workspace, LATER_RUN, timeout=600)
                reader.take()
            bad += differences(final_state(workspace, reader), expected)
    print(f"{kills} kills in {rounds} drains of {given.messages} messages: lost, doubled or partial in {len(bad)}")
    for line in bad[:40]:
        print(line[:600])
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
