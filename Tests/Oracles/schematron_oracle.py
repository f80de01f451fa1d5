#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Judges documents by Schematron files with the isoschematron of lxml.

Reads lines of "SCHEMA<tab>DOCUMENT" from standard input, both paths. Writes for each a line of "id path" pairs with
tabs between them, sorted, where the path is made of local names as Piiripost writes it; "@" stands for the place of an
attribute, which the engine tells without its element. A line "! reason" says that the engine refused.

With --portable SCHEMA COPY it writes a copy without what only Piiripost understands: its own functions, and all that
depends on them.
"""

import itertools
import re
import sys

from lxml import etree, isoschematron

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
STEP = re.compile(r"/(?:\*\[local-name\(\)='([^']*)'(?: and namespace-uri\(\)='[^']*')?\]|([^/\[]+))(?:\[(\d+)\])?")


def element_at(location, document):
    """The element that a location of SVRL means."""
    element = None
    # Outside of a namespace the number counts elements of one name, inside one those of one local name.
    for match in STEP.finditer(location):
        local = match.group(1) or match.group(2).split(":")[-1]
        number = int(match.group(3) or 1)
        children = [document.getroot()] if element is None else [c for c in element if isinstance(c.tag, str)]
        named = [c for c in children if etree.QName(c).localname == local]
        if match.group(1) is None:
            named = [c for c in named if etree.QName(c).namespace is None]
        element = named[number - 1]
    return document.getroot() if element is None else element


def path_of(element):
    steps = []
    while element is not None:
        local = etree.QName(element).localname
        parent = element.getparent()
        twins = [] if parent is None else [
            c for c in parent if isinstance(c.tag, str) and etree.QName(c).localname == local]
        steps.append(f"{local}[{twins.index(element) + 1}]" if len(twins) > 1 else local)
        element = parent
    return "/" + "/".join(reversed(steps))


def place(location, document):
    return "@" if location.startswith("/@") else path_of(element_at(location, document))


SCH = "{http://purl.oclc.org/dsdl/schematron}"
NUMBERS = itertools.count()
OURS = re.compile(r"\bpp:")


def portable(schema, copy):
    document = etree.parse(schema)
    root = document.getroot()

    def needs_ours(expression, lost):
        return bool(OURS.search(expression)) or any(
            re.search(r"\$" + re.escape(name) + r"(?![\w.-])", expression) for name in lost)

    def lose_variables(scope, lost):
        lost = set(lost)
        for variable in scope.findall(SCH + "let"):
            if needs_ours(variable.get("value"), lost):
                lost.add(variable.get("name"))
                scope.remove(variable)
        return lost

    def lose_checks(rule, lost):
        for check in rule.findall(SCH + "assert") + rule.findall(SCH + "report"):
            check.attrib.pop("subject", None)
            if needs_ours(check.get("test"), lost):
                rule.remove(check)
        # A rule without checks still keeps its elements from the rules behind it.
        if not any(rule.findall(SCH + name) for name in ("assert", "report", "extends")):
            etree.SubElement(rule, SCH + "report", test="false()", id="none." + str(next(NUMBERS)))

    in_schema = lose_variables(root, set())
    in_abstract = {}
    for rule in root.iter(SCH + "rule"):
        if rule.get("abstract") == "true":
            in_abstract[rule.get("id")] = lose_variables(rule, in_schema)
            lose_checks(rule, in_abstract[rule.get("id")])
    for pattern in root.findall(SCH + "pattern"):
        in_pattern = lose_variables(pattern, in_schema)
        for rule in pattern.findall(SCH + "rule"):
            if rule.get("abstract") == "true":
                continue
            lost = set(in_pattern)
            for extends in rule.findall(SCH + "extends"):
                lost |= in_abstract[extends.get("rule")]
            lost = lose_variables(rule, lost)
            lose_checks(rule, lost)
            if needs_ours(rule.get("context"), set()):
                pattern.remove(rule)
    document.write(copy)


def main():
    if sys.argv[1:2] == ["--portable"]:
        return portable(*sys.argv[2:])
    schemas, documents = {}, {}
    for line in sys.stdin:
        schema, document = line.rstrip("\n").split("\t")
        try:
            if schema not in schemas:
                # Not held against the schema of Schematron: an abstract pattern used twice has its ids twice.
                schemas[schema] = isoschematron.Schematron(
                    etree.parse(schema), store_report=True, validate_schema=False,
                    error_finder=isoschematron.Schematron.ASSERTS_AND_REPORTS)
            if document not in documents:
                documents[document] = etree.parse(document)
            schemas[schema].validate(documents[document])
            report = schemas[schema].validation_report
            fired = [
                entry.get("id") + " " + place(entry.get("location"), documents[document])
                for entry in report.iter(SVRL + "failed-assert", SVRL + "successful-report")
            ]
            print("\t".join(sorted(fired)))
        except (etree.LxmlError, etree.XSLTError, ValueError, IndexError) as error:
            print("! " + str(error).replace("\n", " ")[:300])


main()
