#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Lets a disk run full under a process that goes on, and makes room again.

The disk is a small tmpfs, so this needs root; without, it says so and ends with status 77. While it is full the process
must go on and say that intake has stopped, listings must answer, and what is stored must be sound. When there is room
again, everything must come to the end that an undisturbed drain comes to, by itself.
"""
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from killed import fill
from workspaces import FIRST_RUN, LATER_RUN, ROOT, Program, Reader, differences, final_state, stored

MESSAGES = 300
SCHEMAS = ["--schemas", str(ROOT / "sed-schemas")]


def waited(condition, seconds=60):
    """Whether it came true in that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def listed(program, *words):
    run = subprocess.run([program, *words], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout


def trial(program, work, where):
    """Fills the disk of the whole workspace, or that of one destination only; what is wrong then."""
    bad = []
    calm = work / "calm"
    fill(calm, MESSAGES, 1)
    Program(program).process(calm, FIRST_RUN, timeout=600)
    reader = Reader(calm, work / "calm-read")
    reader.take()
    expected = final_state(calm, reader)
    workspace = work / "full"
    place = workspace if where == "workspace" else workspace / "out" / "inside"
    place.mkdir(parents=True)
    size = "32m" if where == "workspace" else "8m"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        print("SKIPPED: no file system can be mounted here")
        sys.exit(77)
    log = open(work / "log", "w+")
    process = None
    try:
        fill(workspace, MESSAGES, 1)
        # What is in the way leaves room for some messages and not for all.
        filler = place / "filler"
        if where == "workspace":
            free = os.statvfs(place).f_bavail * 4096
            filler.write_bytes(bytes(max(0, free - 2_500_000)))
        else:
            filler.write_bytes(bytes(7_600_000))
        command = [program, "process", "--workspace", str(workspace), *SCHEMAS]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

        def said(word):
            return word in (work / "log").read_text()

        if where == "workspace":
            if not waited(lambda: said("disk is full")):
                bad.append("nothing told that the disk is full")
        else:
            inbound = workspace / "in" / "ap"
            if not waited(lambda: not list(inbound.glob("*.xml"))):
                bad.append("a full destination stopped the intake")
        if process.poll() is not None:
            bad.append(f"the process ended with {process.returncode}")
        for words in (["queue", "list"], ["case", "list"], ["store", "check"]):
            status, text = listed(program, *words, "--workspace", str(workspace))
            if status != 0 or not text.strip():
                bad.append(f"{' '.join(words)} ended with {status}")
        bad += stored(workspace)["faults"]
        filler.unlink()
        taken = workspace / "taken"

        def done():
            left = stored(workspace)["outbox"]
            return len(list(taken.glob("*.xml"))) == MESSAGES and all(row[5] == "delivered" for row in left)

        if not waited(done, 180):
            bad.append("it did not go on by itself")
        process.terminate()
        process.wait(30)
        reader = Reader(workspace, work / "full-read")
        reader.take()
        # A file that could not be moved is told until the run after that.
        Program(program).process(workspace, LATER_RUN)
        reader.take()
        state = final_state(workspace, reader)
        # Deadlines count from the day on which a message came.
        for name in ["deadline"]:
            state[name] = expected[name]
        bad += differences(state, expected)
    finally:
        if process and process.poll() is None:
            process.kill()
        subprocess.run(["umount", "-l", str(place)], capture_output=True)
        log.close()
    return bad


def main():
    program = sys.argv[1]
    failed = False
    for where in ["workspace", "destination"]:
        with tempfile.TemporaryDirectory(prefix="piiripost-full-") as work:
            bad = trial(program, Path(work), where)
        print(f"a full disk under the {where}: {len(bad)} faults")
        for line in bad[:20]:
            print("  " + line[:500])
        failed = failed or bool(bad)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
