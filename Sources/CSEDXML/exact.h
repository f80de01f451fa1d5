// SPDX-License-Identifier: EUPL-1.2
//
// Exact decimals and days of the calendar, read from bytes: what the functions of rules ask most, without a String. They
// answer as ExactDecimal and CivilDate of SEDCore do, and a test holds both beside each other.

#ifndef CSEDXML_EXACT_H
#define CSEDXML_EXACT_H

#include <stddef.h>
#include <stdint.h>

/// `units` times 10 to the power of minus `decimals`.
typedef struct {
    int64_t units;
    int32_t decimals;
} csx_decimal;

/// A day of the proleptic Gregorian calendar.
typedef struct {
    int32_t year;
    int32_t month;
    int32_t day;
} csx_date;

enum {
    /// What a number or a date needs at most as text, with its end.
    CSX_EXACT_TEXT = 48
};

/// White space of XML around a text does not count. 0 for what is none, and for more than 18 digits.
int csx_decimal_read(const char *text, csx_decimal *decimal);
/// 0 when the sum does not fit.
int csx_decimal_add(csx_decimal left, csx_decimal right, csx_decimal *sum);
/// -1, 0 or 1 in `order`. 0 when the numbers are too far apart in size.
int csx_decimal_compare(csx_decimal left, csx_decimal right, int *order);
/// Whether a reader takes the text of it: it has 18 digits at most.
int csx_decimal_is_readable(csx_decimal decimal);
void csx_decimal_write(csx_decimal decimal, char text[CSX_EXACT_TEXT]);

/// Reads `2026-01-15`, also with a zone behind it and white space around it. 0 for anything else.
int csx_date_read(const char *text, csx_date *date);
/// Negative, 0 or positive.
int csx_date_compare(csx_date left, csx_date right);
/// Since 1970-01-01.
int64_t csx_date_days(csx_date date);
csx_date csx_date_of_days(int64_t days);
/// The last day of the month where it has no such day: Reg. 1182/71 Art. 3(2)(c).
csx_date csx_date_add_months(csx_date date, int64_t months);
/// Whether a reader takes the text of it: its year has four digits.
int csx_date_is_readable(csx_date date);
void csx_date_write(csx_date date, char text[CSX_EXACT_TEXT]);

/// A whole number with or without a sign, white space around it. 0 for anything else and for what does not fit.
int csx_whole_read(const char *text, int64_t *number);

#endif
