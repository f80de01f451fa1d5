#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Lets single system calls of a drain fail, one in each trial, and holds what comes of it against an undisturbed drain.

Each trial drains a workspace while strace kills the process at the n-th call of a kind or lets that call fail, lets a
reader take what is delivered, drains again without disturbance, and compares: messages, cases, outbox, audit trail,
what is left in the inbound folder and what the reader got.
"""
import argparse
import concurrent.futures
import os
import random
import re
import shutil
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

from workspaces import FIRST_RUN, LATER_RUN, LAYOUTS, Program, Reader, final_state, settle

CALLS = [
    "openat", "rename", "renameat", "renameat2", "link", "linkat", "symlinkat", "unlink", "unlinkat", "mkdir",
    "mkdirat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "close", "read", "pread64", "newfstatat",
    "fstat", "getdents64",
]  # fmt: skip
FAULTS = {"KILL": "signal=KILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
# Calls that only look: they can fail, and nothing else is at stake there.
LOOKING = {"read", "pread64", "newfstatat", "fstat", "getdents64"}


def strace(calls, *more, log="/dev/null"):
    return ["strace", "-f", "-qqq", "-o", str(log), "-e", "trace=" + ",".join(calls), *more]


class Trials:
    def __init__(self, program, layout, work):
        self.program, self.layout, self.work = program, LAYOUTS[layout], work
        self.template = work / f"{layout}-template"
        self.layout.fill(self.template)
        # Opening makes store and folders: a run over an empty folder costs points that say nothing about messages.
        self.expected, self.delivered = self.undisturbed()
        self.counts = self.count_calls()

    def prepare(self, name):
        workspace = self.work / name
        shutil.copytree(self.template, workspace, copy_function=shutil.copy2)
        return workspace, Reader(workspace, self.work / f"{name}-read")

    def undisturbed(self):
        workspace, reader = self.prepare(f"{self.layout.name}-calm")
        for now in [FIRST_RUN, LATER_RUN]:
            run = self.program.process(workspace, now)
            if run.returncode != 0:
                raise SystemExit(f"the undisturbed run failed: {run.stderr}")
            reader.take()
            self.layout.go_on(workspace)
        if not self.program.is_rebuildable(workspace):
            raise SystemExit("the cases are not what their messages come to")
        return final_state(workspace, reader), set(reader.all())

    def count_calls(self):
        """The calls of each kind, counted by thread: strace counts them so when it chooses one."""
        workspace, _ = self.prepare(f"{self.layout.name}-counted")
        log = self.work / f"{self.layout.name}.log"
        self.program.process(workspace, FIRST_RUN, before=["taskset", "-c", "0", *strace(CALLS, log=log)])
        counts = Counter()
        with open(log, errors="replace") as lines:
            for line in lines:
                found = re.match(r"(\d+) +(\w+)\(", line)
                if found:
                    counts[found.group(2), found.group(1)] += 1
        most = Counter()
        for (call, _), count in counts.items():
            most[call] = max(most[call], count)
        return most

    def points(self, calls):
        for call in calls:
            for number in range(1, self.counts[call] + 1):
                for fault in FAULTS:
                    if fault == "EIO" or call not in LOOKING:
                        yield call, fault, number

    def run(self, point, core):
        """What became of one trial: outcome and faults."""
        call, fault, number = point
        name = f"{self.layout.name}-{call}-{fault}-{number}"
        workspace, reader = self.prepare(name)
        injected = strace([call], "-e", f"inject={call}:{FAULTS[fault]}:when={number}")
        # strace 6.1 sends no signal where a filter in the kernel chooses the calls.
        if fault != "KILL":
            injected.insert(1, "--seccomp-bpf")
        before = ["taskset", "-c", str(core)]
        # One core gives one thread that drains, so that the n-th call is the same in every run.
        run = self.program.process(workspace, FIRST_RUN, before=[*before, *injected])
        faults = []
        if run.returncode in (-9, 137):
            outcome = "died"
        elif run.returncode in (2, 127) and run.stderr.strip():
            outcome = "refused"
        elif run.returncode == 0:
            outcome = "continued"
        else:
            outcome = "wrong"
            faults.append(f"ended with {run.returncode}: {run.stderr.strip()[-300:]}")
        reader.take()
        for file in reader.all() - Counter(dict.fromkeys(self.delivered, 1)):
            faults.append(f"delivered what is not whole: {file[0]}")
        faults += settle(self.program, workspace, reader, self.expected, before, self.layout)
        shutil.rmtree(self.work / f"{name}-read", ignore_errors=True)
        if faults and os.environ.get("KEEP"):
            return outcome, faults
        shutil.rmtree(workspace, ignore_errors=True)
        return outcome, faults


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("program")
    options.add_argument("--layouts", default=",".join(LAYOUTS))
    options.add_argument("--calls", default=",".join(CALLS))
    options.add_argument("--faults", default=",".join(FAULTS))
    options.add_argument("--sample", type=int, help="so many points of each layout, chosen by --seed")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--every", type=int, default=1, help="every n-th point only")
    options.add_argument("--show", type=int, default=200)
    given = options.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    table, bad = {}, []
    with tempfile.TemporaryDirectory(prefix="piiripost-faults-") as work:
        if os.environ.get("KEEP"):
            work = tempfile.mkdtemp(prefix="piiripost-faults-")
        for layout in given.layouts.split(","):
            trials = Trials(Program(given.program), layout, Path(work))
            points = [p for p in trials.points(given.calls.split(",")) if p[1] in given.faults.split(",")]
            points = points[:: given.every]
            if given.sample and given.sample < len(points):
                points = sorted(random.Random(given.seed).sample(points, given.sample))
            free = list(cores)
            lock = threading.Lock()

            def attempt(point):
                with lock:
                    core = free.pop()
                try:
                    return point, trials.run(point, core)
                finally:
                    with lock:
                        free.append(core)

            with concurrent.futures.ThreadPoolExecutor(len(cores)) as pool:
                for (call, fault, number), (outcome, faults) in pool.map(attempt, points):
                    row = table.setdefault((call, fault), Counter())
                    row["points"] += 1
                    row[outcome] += 1
                    row["faulty"] += bool(faults)
                    if faults:
                        bad.append(f"{layout} {call} {number} {fault}, {outcome}: " + "; ".join(faults[:4]))
                        print(bad[-1][:900], file=sys.stderr, flush=True)
    print_table(table)
    for line in bad[: given.show]:
        print(line[:900])
    sys.exit(1 if bad else 0)


def print_table(table):
    columns = ["points", "died", "refused", "continued", "wrong", "faulty"]
    print("| call | fault | " + " | ".join(columns) + " |")
    print("|---|---|" + "--:|" * len(columns))
    total = Counter()
    for (call, fault), row in sorted(table.items()):
        total.update(row)
        print(f"| `{call}` | {fault} | " + " | ".join(str(row[column]) for column in columns) + " |")
    print("| all | | " + " | ".join(str(total[column]) for column in columns) + " |")
    print(f"{total['points']} points: lost, doubled or partial in {total['faulty']}")


if __name__ == "__main__":
    main()
