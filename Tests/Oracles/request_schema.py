#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds request files of the recovery desk against docs/recovery-request.schema.json.

Arguments: the schema, and a file with a JSON document a line. Writes a line for each: "valid", or "invalid" with the
first breach.
"""

import json
import sys

from jsonschema import Draft202012Validator, FormatChecker

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema, format_checker=FormatChecker())
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        breach = next(validator.iter_errors(json.loads(line)), None)
        place = "/".join(str(step) for step in breach.absolute_path) if breach else ""
        print(f"invalid /{place} {breach.validator}" if breach else "valid")
