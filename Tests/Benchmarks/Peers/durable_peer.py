# SPDX-License-Identifier: EUPL-1.2
"""Does with lxml and SQLite what a drain does, as one would write it down first: one message after the other, each
durable before the next.

    durable_peer.py SCHEMA FOLDER [--rules FOLDER --codelists FOLDER --types FOLDER]

Takes every FOLDER/inbound/*.xml: parses, validates, stores bytes, digest, identifiers and verdict in a transaction,
moves the file to FOLDER/taken and writes a copy to FOLDER/outbound, complete before it has its name. Prints messages
per second, without the time for its start.

With --rules it also judges what a drain judges, as far as Python has it from libraries: every Schematron file of that
folder by lxml's isoschematron, the codes of the document by the genericode lists that the types of the schemas name.
It then keeps findings, a row for the case, one for its step and two for the audit trail. It has still no functions of
Piiripost's own, no order of a case, no deadlines, no groups.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sqlite3
import time

from lxml import etree, isoschematron

HEADER = "{http://eessi.dgempl.ec.europa.eu/namespaces/sbdh}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def flush(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


class Judge:
    """The rules and code lists, read once."""

    def __init__(self, rules, codelists, types):
        self.schematrons = [
            isoschematron.Schematron(
                etree.parse(str(path)), store_report=True, validate_schema=False,
                error_finder=isoschematron.Schematron.ASSERTS_AND_REPORTS)
            for path in sorted(pathlib.Path(rules).glob("*.sch"))
        ]
        lists = {path.stem: self.codes(path) for path in pathlib.Path(codelists).glob("*.gc")}
        list_of_type, types_of_element = {}, {}
        for path in pathlib.Path(types).glob("*.xsd"):
            schema = etree.parse(str(path))
            for named in schema.iter(XSD + "complexType"):
                for mark in named.iter(XSD + "appinfo"):
                    if mark.get("source") == "urn:piiripost:codelist" and named.get("name"):
                        list_of_type[named.get("name")] = (mark.text or "").strip()
            for element in schema.iter(XSD + "element"):
                kind = (element.get("type") or "").split(":")[-1]
                types_of_element.setdefault(element.get("name"), set()).add(kind)
        # An element that several types describe may have the codes of any of them.
        self.codes_of = {}
        for name, kinds in types_of_element.items():
            named = [lists[list_of_type[kind]] for kind in kinds if list_of_type.get(kind) in lists]
            if named:
                self.codes_of[name] = frozenset().union(*named)

    @staticmethod
    def codes(path):
        return frozenset(
            row.findtext("Value/SimpleValue") for row in etree.parse(str(path)).iter("Row"))

    def findings(self, tree):
        found = []
        for element in tree.iter():
            codes = self.codes_of.get(etree.QName(element).localname) if isinstance(element.tag, str) else None
            if codes:
                found += [("code", value.text) for value in element.findall("{*}value") if value.text not in codes]
        for schematron in self.schematrons:
            schematron.validate(tree)
            found += [
                (entry.get("id"), entry.get("location"))
                for entry in schematron.validation_report.iter(SVRL + "failed-assert", SVRL + "successful-report")
            ]
        return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("schema")
    options.add_argument("folder")
    for name in ("--rules", "--codelists", "--types"):
        options.add_argument(name)
    options = options.parse_args()
    inbound, taken, outbound = (os.path.join(options.folder, name) for name in ("inbound", "taken", "outbound"))
    for place in (taken, outbound):
        os.makedirs(place, exist_ok=True)
    store = sqlite3.connect(os.path.join(options.folder, "store.sqlite"), isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = FULL")
    store.execute(
        "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, name TEXT, digest TEXT, sender TEXT, instance TEXT,"
        " caseId TEXT, verdict TEXT, findings TEXT, bytes BLOB, UNIQUE (sender, instance))"
    )
    store.execute('CREATE TABLE IF NOT EXISTS "case" (id TEXT PRIMARY KEY, state TEXT)')
    store.execute("CREATE TABLE IF NOT EXISTS step (caseId TEXT, message INTEGER, PRIMARY KEY (caseId, message))")
    store.execute("CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY, act TEXT, message INTEGER)")
    schema = etree.XMLSchema(etree.parse(options.schema))
    judge = Judge(options.rules, options.codelists, options.types) if options.rules else None
    start = time.monotonic()
    count = 0
    for entry in os.scandir(inbound):
        if not entry.name.endswith(".xml"):
            continue
        with open(entry.path, "rb") as file:
            content = file.read()
        tree = etree.fromstring(content)
        verdict = "valid" if schema.validate(tree) else "invalid"
        findings = judge.findings(tree) if judge else []
        facts = [
            tree.findtext(f".//{HEADER}{path}")
            for path in (
                f"Sender/{HEADER}Identifier",
                f"DocumentIdentification/{HEADER}InstanceIdentifier",
                f"CaseId/{HEADER}InstanceIdentifier",
            )
        ]
        store.execute("BEGIN IMMEDIATE")
        number = store.execute(
            "INSERT INTO message (name, digest, sender, instance, caseId, verdict, findings, bytes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (entry.name, hashlib.sha256(content).hexdigest(), *facts, verdict, json.dumps(findings), content),
        ).lastrowid
        if judge:
            store.execute(
                "INSERT INTO \"case\" (id, state) VALUES (?, 'open') ON CONFLICT (id) DO UPDATE SET state = 'open'",
                (facts[2],))
            store.execute("INSERT INTO step (caseId, message) VALUES (?, ?)", (facts[2], number))
            for act in ("received", "delivered"):
                store.execute("INSERT INTO audit (act, message) VALUES (?, ?)", (act, number))
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


main()
