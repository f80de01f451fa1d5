#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Throws away what a drain had written and not yet made durable, as a power cut does, and drains what is left.

strace records every change that a drain makes to its workspace, with the bytes. They are replayed into a model of a
disk, which knows what each fsync had made durable. For many moments of the drain the model is written out as the worst
that a file system may leave then; the program drains that, and what it comes to is held against an undisturbed drain.

Three disks: one that keeps nothing that was not synced; one that keeps all names and none of the bytes; one that keeps
some of each, by chance. Names of one folder become durable with that folder only; of a rename both sides do together.
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
    "openat", "renameat", "rename", "linkat", "symlinkat", "unlink", "unlinkat", "mkdir", "mkdirat", "write",
    "pwrite64", "ftruncate", "fsync", "fdatasync",
]  # fmt: skip
DISKS = ["nothing", "names", "some"]


class File:
    def __init__(self):
        self.now, self.durable, self.pending = bytearray(), b"", []
        # Another name of a file that was there before, and what it held: a power cut leaves it as the one it was.
        self.original = None

    def change(self, change):
        change(self.now)
        self.pending.append(change)

    def sync(self):
        self.durable, self.pending = bytes(self.now), []

    def left(self, disk, keeps):
        if disk != "some":
            return self.durable
        content = bytearray(self.durable)
        for change in self.pending:
            if keeps(id(change)):
                change(content)
        return bytes(content)


class Link:
    def __init__(self, word):
        self.word = word


class Directory:
    def __init__(self):
        self.now, self.durable, self.pending = {}, {}, []

    def set(self, name, node, change=None):
        """`change` is the same object on both sides of a rename."""
        self.pending.append((name, node, change or object()))
        self.apply(self.now, name, node)

    @staticmethod
    def apply(entries, name, node):
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node

    def sync(self):
        """Makes the names durable; returns the changes that became so."""
        changes = {change for _, _, change in self.pending}
        self.durable, self.pending = dict(self.now), []
        return changes

    def settle(self, changes):
        """Makes those changes durable that became so in another folder."""
        for name, node, change in self.pending:
            if change in changes:
                self.apply(self.durable, name, node)
        self.pending = [entry for entry in self.pending if entry[2] not in changes]

    def left(self, disk, keeps):
        if disk == "names":
            return self.now
        entries = dict(self.durable)
        for name, node, change in self.pending:
            if disk == "some" and keeps(id(change)):
                self.apply(entries, name, node)
        return entries


def written(offset, content):
    def change(data):
        if len(data) < offset:
            data.extend(bytes(offset - len(data)))
        data[offset : offset + len(content)] = content

    return change


def truncated(size):
    def change(data):
        del data[size:]
        data.extend(bytes(size - len(data)))

    return change


class Disk:
    """The folder of a workspace, as it is and as it would be after a power cut."""

    def __init__(self, folder):
        self.place = str(folder)
        # Claims and the store know the files of a message by their numbers, so these are the same after a power cut.
        self.originals = Path(f"{folder}-originals")
        self.originals.mkdir()
        self.root = self.load(Path(folder))

    def load(self, path):
        if path.is_dir():
            node = Directory()
            for entry in path.iterdir():
                node.set(entry.name, self.load(entry))
        else:
            node = File()
            content = path.read_bytes()
            node.change(written(0, content))
            node.original = self.originals / str(path.stat().st_ino), content
            os.link(path, node.original[0])
        node.sync()
        return node

    def parts(self, path):
        """The names below the workspace; none for what lies elsewhere."""
        path = os.path.normpath(path)
        if path != self.place and not path.startswith(self.place + "/"):
            return None
        return [part for part in path[len(self.place) :].split("/") if part]

    def find(self, path):
        parts = self.parts(path)
        if parts is None:
            return None
        node = self.root
        for part in parts:
            node = node.now.get(part) if isinstance(node, Directory) else None
        return node

    def home(self, path):
        """The folder in which a path ends, and its name there."""
        parts = self.parts(path)
        if not parts:
            return None, None
        return self.find(self.place + "/" + "/".join(parts[:-1])), parts[-1]

    def sync(self, node):
        changes = node.sync()
        if isinstance(node, Directory):
            for other in self.folders(self.root):
                other.settle(changes)

    def folders(self, node):
        yield node
        for entry in node.now.values():
            if isinstance(entry, Directory):
                yield from self.folders(entry)

    def write_out(self, folder, disk, seed):
        dice = random.Random(seed)
        kept = {}
        self.write_folder(folder, disk, lambda change: kept.setdefault(change, dice.random() < 0.5), self.root)

    def write_folder(self, folder, disk, keeps, node):
        folder.mkdir()
        for name, entry in node.left(disk, keeps).items():
            # The index of the write-ahead log lives in memory; who opens the store makes it anew.
            if name.endswith("-shm"):
                continue
            if isinstance(entry, Directory):
                self.write_folder(folder / name, disk, keeps, entry)
            elif isinstance(entry, Link):
                os.symlink(entry.word, folder / name)
            else:
                content = entry.left(disk, keeps)
                if entry.original and entry.original[1] == content:
                    os.link(entry.original[0], folder / name)
                else:
                    (folder / name).write_bytes(content)


TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def bytes_of(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Log:
    """The calls of a drain in the order in which they ended."""

    def __init__(self, path):
        self.calls = []
        begun = {}
        with open(path, errors="replace") as lines:
            for line in lines:
                pid, _, rest = line.rstrip("\n").partition(" ")
                rest = rest.strip()
                if rest.endswith("<unfinished ...>"):
                    begun[pid] = rest[: -len("<unfinished ...>")]
                    continue
                resumed = re.match(r"<\.\.\. \w+ resumed>", rest)
                if resumed:
                    rest = begun.pop(pid, "") + rest[resumed.end() :]
                found = re.match(r"(\w+)\((.*)\)\s+= (\d+)", rest, re.S)
                if found:
                    self.calls.append((found.group(1), found.group(2)))


def decoded(path):
    """A path as strace prints it behind a descriptor."""
    path = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found.group(1), 16)), path)
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def described(arguments, position=0):
    """The path behind a descriptor argument, such as 14<path> or AT_FDCWD<path>."""
    found = re.findall(r"(?:^|, )(?:AT_FDCWD|\d+)<([^>]*)>", arguments)
    return decoded(found[position]) if len(found) > position else ""


def replay(disk, call, arguments, offsets):
    """Changes the disk as a call did; false for calls that changed nothing there."""
    names = [bytes_of(text).decode("utf-8", "replace") for text in TEXT.findall(arguments)] if "write" not in call else []

    def path(name, position=0):
        return name if name.startswith("/") else os.path.join(described(arguments, position), name)

    if call == "openat":
        home, name = disk.home(path(names[0]))
        if not isinstance(home, Directory):
            return False
        node = home.now.get(name)
        if node is None and "O_CREAT" in arguments:
            home.set(name, File())
            return True
        if isinstance(node, File):
            offsets[path(names[0])] = 0
            if "O_TRUNC" in arguments and node.now:
                node.change(truncated(0))
                return True
        return False
    if call in ("mkdir", "mkdirat"):
        where = path(names[0]) if call == "mkdirat" else os.path.join(offsets["cwd"], names[0])
        home, name = disk.home(where)
        if not isinstance(home, Directory) or name in home.now:
            return False
        home.set(name, Directory())
        return True
    if call == "symlinkat":
        home, name = disk.home(path(names[1]))
        if not isinstance(home, Directory):
            return False
        home.set(name, Link(names[0]))
        return True
    if call in ("unlink", "unlinkat"):
        where = path(names[0]) if call == "unlinkat" else os.path.join(offsets["cwd"], names[0])
        home, name = disk.home(where)
        if not isinstance(home, Directory):
            return False
        home.set(name, None)
        return True
    if call in ("rename", "renameat", "linkat"):
        source = path(names[0]) if call != "rename" else os.path.join(offsets["cwd"], names[0])
        target = path(names[1], 1) if call != "rename" else os.path.join(offsets["cwd"], names[1])
        (old, old_name), (new, new_name) = disk.home(source), disk.home(target)
        if not isinstance(old, Directory) or not isinstance(new, Directory):
            return False
        change = object()
        new.set(new_name, old.now[old_name], change)
        if call != "linkat":
            old.set(old_name, None, change)
        return True
    where = described(arguments)
    node = disk.find(where)
    if node is None:
        return False
    if call in ("fsync", "fdatasync"):
        disk.sync(node)
        return True
    if not isinstance(node, File):
        return False
    if call == "ftruncate":
        node.change(truncated(int(arguments.rsplit(", ", 1)[1])))
        return True
    content = bytes_of(TEXT.search(arguments).group(1))
    if call == "pwrite64":
        offset = int(arguments.rsplit(", ", 1)[1])
    else:
        offset = offsets.get(where, 0)
        offsets[where] = offset + len(content)
    node.change(written(offset, content))
    return True


def record(program, layout, work):
    """A workspace as it was, the calls of its drain, and what that came to."""
    workspace = work / f"{layout.name}-recorded"
    layout.fill(workspace)
    disk = Disk(workspace)
    log = work / f"{layout.name}.log"
    tracing = ["strace", "-f", "-y", "-xx", "-s", "1000000000", "-qqq", "-o", str(log), "-e", "trace=" + ",".join(CALLS)]
    run = program.process(workspace, FIRST_RUN, before=["taskset", "-c", "0", *tracing])
    if run.returncode != 0:
        raise SystemExit(f"the recorded run failed: {run.stderr}")
    reader = Reader(workspace, work / f"{layout.name}-read")
    reader.take()
    program.process(workspace, LATER_RUN)
    reader.take()
    return disk, Log(log).calls, final_state(workspace, reader)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("program")
    options.add_argument("--layouts", default=",".join(LAYOUTS))
    options.add_argument("--every", type=int, default=1, help="every n-th change only, and each sync")
    options.add_argument("--sample", type=int, help="so many moments of each layout")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    program = Program(given.program)
    table, bad = {}, []
    with tempfile.TemporaryDirectory(prefix="piiripost-unsynced-") as work:
        work = Path(work)
        for layout in given.layouts.split(","):
            disk, calls, expected = record(program, LAYOUTS[layout], work)
            cores = sorted(os.sched_getaffinity(0))
            slots = threading.Semaphore(len(cores) + 1)

            def attempt(number, kind):
                workspace = work / f"{layout}-{number}-{kind}"
                reader = Reader(workspace, work / f"{layout}-{number}-{kind}-read")
                faults = settle(program, workspace, reader, expected)
                shutil.rmtree(workspace, ignore_errors=True)
                shutil.rmtree(reader.kept, ignore_errors=True)
                slots.release()
                return layout, number, kind, faults

            offsets = {"cwd": os.getcwd()}
            changes = Counter()
            chosen = None
            if given.sample:
                chosen = set(random.Random(given.seed).sample(range(len(calls)), min(given.sample, len(calls))))
            with concurrent.futures.ThreadPoolExecutor(len(cores)) as pool:
                trials = []
                for number, (call, arguments) in enumerate(calls):
                    if not replay(disk, call, arguments, offsets):
                        continue
                    changes["all"] += 1
                    if chosen is not None:
                        if number not in chosen:
                            continue
                    elif changes["all"] % given.every and "sync" not in call:
                        continue
                    for kind in DISKS:
                        # The model is written out now: it goes on changing.
                        slots.acquire()
                        place = work / f"{layout}-{number}-{kind}"
                        disk.write_out(place, kind, f"{given.seed} {number}")
                        trials.append(pool.submit(attempt, number, kind))
                for trial in trials:
                    _, number, kind, faults = trial.result()
                    row = table.setdefault((layout, kind), Counter())
                    row["moments"] += 1
                    row["faulty"] += bool(faults)
                    if faults:
                        bad.append(f"{layout}, after call {number} ({calls[number][0]}), disk keeps {kind}: " + "; ".join(faults[:4]))
                        print(bad[-1][:800], file=sys.stderr, flush=True)
    print("| layout | what the disk keeps of what is not synced | moments | lost, doubled or partial |")
    print("|---|---|--:|--:|")
    for (layout, kind), row in table.items():
        print(f"| {layout} | {kind} | {row['moments']} | {row['faulty']} |")
    total = sum(row["moments"] for row in table.values())
    print(f"{total} power cuts: lost, doubled or partial in {sum(row['faulty'] for row in table.values())}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
