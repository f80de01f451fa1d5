#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Judges documents by Schematron files with the isoschematron of lxml.

Reads lines of "SCHEMA<tab>DOCUMENT" from standard input, both paths. Writes for each a line of "id path" pairs with
tabs between them, sorted, where the path is made of local names as Piiripost writes it; or "! reason".
"""

import re
import sys

from lxml import etree, isoschematron

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
STEP = re.compile(r"/(?:\*\[local-name\(\)='([^']*)'(?: and namespace-uri\(\)='[^']*')?\]|([^/\[]+))(?:\[(\d+)\])?")


def element_at(location, document):
    """The element that a location of SVRL means; that of an attribute is the element which bears it."""
    location = re.sub(r"/@.*$", "", location)
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


def main():
    schemas, documents = {}, {}
    for line in sys.stdin:
        schema, document = line.rstrip("\n").split("\t")
        try:
            if schema not in schemas:
                schemas[schema] = isoschematron.Schematron(
                    etree.parse(schema), store_report=True, error_finder=isoschematron.Schematron.ASSERTS_AND_REPORTS)
            if document not in documents:
                documents[document] = etree.parse(document)
            schemas[schema].validate(documents[document])
            report = schemas[schema].validation_report
            fired = [
                f"{entry.get('id')} {path_of(element_at(entry.get('location'), documents[document]))}"
                for entry in report.iter(SVRL + "failed-assert", SVRL + "successful-report")
            ]
            print("\t".join(sorted(fired)))
        except (etree.LxmlError, etree.XSLTError, ValueError, IndexError) as error:
            print("! " + str(error).replace("\n", " ")[:300])


main()
