# SPDX-License-Identifier: EUPL-1.2
"""Does with lxml and SQLite what a drain does, as one would write it down first: one message after the other, each
durable before the next.

    durable_peer.py SCHEMA FOLDER

Takes every FOLDER/inbound/*.xml: parses, validates, stores bytes, digest, identifiers and verdict in a transaction,
moves the file to FOLDER/taken and writes a copy to FOLDER/outbound, complete before it has its name. Prints messages
per second. No cases, no rules, no code lists.
"""

import hashlib
import os
import sqlite3
import sys
import time

from lxml import etree

HEADER = "{http://eessi.dgempl.ec.europa.eu/namespaces/sbdh}"


def flush(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def main(schema_path, folder):
    inbound, taken, outbound = (os.path.join(folder, name) for name in ("inbound", "taken", "outbound"))
    for place in (taken, outbound):
        os.makedirs(place, exist_ok=True)
    store = sqlite3.connect(os.path.join(folder, "store.sqlite"), isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = FULL")
    store.execute(
        "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, name TEXT, digest TEXT, sender TEXT, instance TEXT,"
        " caseId TEXT, verdict TEXT, bytes BLOB, UNIQUE (sender, instance))"
    )
    schema = etree.XMLSchema(etree.parse(schema_path))
    start = time.monotonic()
    count = 0
    for entry in os.scandir(inbound):
        if not entry.name.endswith(".xml"):
            continue
        with open(entry.path, "rb") as file:
            content = file.read()
        tree = etree.fromstring(content)
        verdict = "valid" if schema.validate(tree) else "invalid"
        facts = [
            tree.findtext(f".//{HEADER}{path}")
            for path in (
                f"Sender/{HEADER}Identifier",
                f"DocumentIdentification/{HEADER}InstanceIdentifier",
                f"CaseId/{HEADER}InstanceIdentifier",
            )
        ]
        store.execute("BEGIN IMMEDIATE")
        store.execute(
            "INSERT INTO message (name, digest, sender, instance, caseId, verdict, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (entry.name, hashlib.sha256(content).hexdigest(), *facts, verdict, content),
        )
        store.execute("COMMIT")
        partial = os.path.join(outbound, ".part-" + entry.name)
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(partial, os.path.join(outbound, entry.name))
        flush(outbound)
        os.rename(entry.path, os.path.join(taken, entry.name))
        flush(taken)
        flush(inbound)
        count += 1
    print("%.3f" % (count / (time.monotonic() - start)))


main(*sys.argv[1:])
