# SPDX-License-Identifier: EUPL-1.2
"""Parses and validates with lxml, the schema compiled once. Protocol: docs/benchmarks.md.

    lxml_peer.py SCHEMA DOCUMENT           serves measurements
    lxml_peer.py --once SCHEMA DOCUMENT    judges one document and ends: the cold start
"""

import sys
import threading
import time

from lxml import etree


def main(arguments):
    once = arguments[:1] == ["--once"]
    schema_path, document_path = arguments[1:] if once else arguments
    schema = etree.XMLSchema(etree.parse(schema_path))
    with open(document_path, "rb") as file:
        text = file.read()

    def judge():
        if not schema.validate(etree.fromstring(text)):
            raise SystemExit("the document is not valid")

    if once:
        judge()
        return

    def run(seconds, counts):
        count = 0
        end = time.monotonic() + seconds
        while True:
            judge()
            count += 1
            if time.monotonic() >= end:
                break
        counts.append(count)

    for line in sys.stdin:
        threads, seconds = line.split()
        counts = []
        start = time.monotonic()
        workers = [threading.Thread(target=run, args=(float(seconds), counts)) for _ in range(int(threads))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print("%.3f" % (sum(counts) / (time.monotonic() - start)), flush=True)


main(sys.argv[1:])
