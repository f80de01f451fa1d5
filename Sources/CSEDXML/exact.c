// SPDX-License-Identifier: EUPL-1.2

#include "exact.h"

#include <stdio.h>
#include <string.h>

static inline int is_blank(char letter) {
    return (unsigned char)letter <= ' ' && (letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r');
}

/// The bytes between white space.
static const char *trimmed(const char *text, size_t *length) {
    while (is_blank(*text)) text++;
    *length = strlen(text);
    while (*length > 0 && is_blank(text[*length - 1])) *length -= 1;
    return text;
}

// MARK: Decimals

enum { CSX_MOST_DIGITS = 18 };

int csx_decimal_read(const char *text, csx_decimal *decimal) {
    while (is_blank(*text)) text++;
    int isNegative = *text == '-';
    const char *at = text + isNegative, *start = at;
    // More digits than fit are refused below, so that it does not matter what they make.
    uint64_t units = 0;
    for (; *at >= '0' && *at <= '9'; at++) units = units * 10 + (uint64_t)(*at - '0');
    ptrdiff_t digits = at - start, decimals = 0;
    if (digits == 0) return 0;
    if (*at == '.') {
        start = ++at;
        for (; *at >= '0' && *at <= '9'; at++) units = units * 10 + (uint64_t)(*at - '0');
        decimals = at - start;
        if (decimals == 0) return 0;
    }
    while (is_blank(*at)) at++;
    if (*at != '\0' || digits + decimals > CSX_MOST_DIGITS) return 0;
    *decimal = (csx_decimal){isNegative ? -(int64_t)units : (int64_t)units, (int32_t)decimals};
    return 1;
}

/// The same number with more decimals. 0 when it no longer fits.
static int widen(csx_decimal decimal, int32_t decimals, int64_t *units) {
    *units = decimal.units;
    for (int32_t i = decimal.decimals; i < decimals; i++) {
        if (__builtin_mul_overflow(*units, (int64_t)10, units)) return 0;
    }
    return 1;
}

/// Both numbers in units of the smaller kind. 0 when one does not fit.
static int align(csx_decimal left, csx_decimal right, int64_t units[2], int32_t *decimals) {
    *decimals = left.decimals > right.decimals ? left.decimals : right.decimals;
    return widen(left, *decimals, &units[0]) && widen(right, *decimals, &units[1]);
}

int csx_decimal_add(csx_decimal left, csx_decimal right, csx_decimal *sum) {
    int64_t units[2];
    if (!align(left, right, units, &sum->decimals)) return 0;
    // The smallest integer has no counterpart without sign.
    return !__builtin_add_overflow(units[0], units[1], &sum->units) && sum->units != INT64_MIN;
}

int csx_decimal_compare(csx_decimal left, csx_decimal right, int *order) {
    int64_t units[2];
    int32_t decimals;
    if (!align(left, right, units, &decimals)) return 0;
    *order = units[0] < units[1] ? -1 : units[0] > units[1];
    return 1;
}

int csx_decimal_is_readable(csx_decimal decimal) {
    const int64_t limit = 1000000000000000000;
    return decimal.units > -limit && decimal.units < limit && decimal.decimals < CSX_MOST_DIGITS;
}

void csx_decimal_write(csx_decimal decimal, char text[CSX_EXACT_TEXT]) {
    char digits[CSX_EXACT_TEXT];
    int64_t units = decimal.units < 0 ? -decimal.units : decimal.units;
    int length = snprintf(digits, sizeof(digits), "%0*lld", (int)decimal.decimals + 1, (long long)units);
    int whole = length - decimal.decimals;
    char *end = text;
    if (decimal.units < 0) *end++ = '-';
    memcpy(end, digits, (size_t)whole);
    end += whole;
    if (decimal.decimals > 0) *end++ = '.';
    memcpy(end, digits + whole, (size_t)decimal.decimals + 1);
}

// MARK: Days

static int is_leap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int32_t days_in(int32_t month, int32_t year) {
    if (month == 2) return 28 + is_leap(year);
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Two digits as a number; -1 where one is none.
static inline int32_t two_digits(const char *text) {
    unsigned ten = (unsigned char)text[0] - '0', one = ten > 9 ? 10 : (unsigned char)text[1] - '0';
    return ten > 9 || one > 9 ? -1 : (int32_t)(ten * 10 + one);
}

/// Where a zone ends, which is Z or a sign with hours and minutes; NULL for another text.
static const char *end_of_zone(const char *text) {
    if (*text == 'Z') return text + 1;
    if (*text != '+' && *text != '-') return text;
    return two_digits(text + 1) >= 0 && text[3] == ':' && two_digits(text + 4) >= 0 ? text + 6 : NULL;
}

int csx_date_read(const char *text, csx_date *date) {
    while (is_blank(*text)) text++;
    // Each is read only behind digits, and so never behind the end.
    int32_t century = two_digits(text);
    int32_t year = century < 0 ? -1 : two_digits(text + 2);
    if (year < 0 || text[4] != '-') return 0;
    date->year = century * 100 + year;
    if (date->year < 1) return 0;
    date->month = two_digits(text + 5);
    if (date->month < 1 || date->month > 12 || text[7] != '-') return 0;
    date->day = two_digits(text + 8);
    if (date->day < 1 || date->day > days_in(date->month, date->year)) return 0;
    const char *end = end_of_zone(text + 10);
    if (end == NULL) return 0;
    while (is_blank(*end)) end++;
    return *end == '\0';
}

int csx_date_compare(csx_date left, csx_date right) {
    if (left.year != right.year) return left.year < right.year ? -1 : 1;
    if (left.month != right.month) return left.month < right.month ? -1 : 1;
    return left.day < right.day ? -1 : left.day > right.day;
}

int64_t csx_date_days(csx_date date) {
    // Howard Hinnant's era arithmetic: 146,097 days in 400 years, the year starting in March.
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t yearOfEra = year - era * 400;
    int64_t dayOfYear = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

csx_date csx_date_of_days(int64_t days) {
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t dayOfEra = shifted - era * 146097;
    int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int64_t month = (5 * dayOfYear + 2) / 153;
    csx_date date = {0, 0, 0};
    date.day = (int32_t)(dayOfYear - (153 * month + 2) / 5 + 1);
    date.month = (int32_t)(month < 10 ? month + 3 : month - 9);
    date.year = (int32_t)(yearOfEra + era * 400 + (date.month <= 2));
    return date;
}

csx_date csx_date_add_months(csx_date date, int64_t months) {
    int64_t index = (int64_t)date.year * 12 + (date.month - 1) + months;
    int64_t year = (index >= 0 ? index : index - 11) / 12;
    csx_date later = {(int32_t)year, (int32_t)(index - year * 12 + 1), date.day};
    int32_t last = days_in(later.month, later.year);
    if (later.day > last) later.day = last;
    return later;
}

int csx_date_is_readable(csx_date date) { return date.year >= 0 && date.year <= 9999; }

void csx_date_write(csx_date date, char text[CSX_EXACT_TEXT]) {
    char year[16];
    int length = snprintf(year, sizeof(year), "%d", (int)date.year);
    // Zeros stand before a sign, too, so that nobody takes such a year for one.
    int zeros = length < 4 ? 4 - length : 0;
    memset(text, '0', (size_t)zeros);
    snprintf(text + zeros, CSX_EXACT_TEXT - 4, "%s-%02d-%02d", year, (int)date.month, (int)date.day);
}

// MARK: Whole numbers

int csx_whole_read(const char *text, int64_t *number) {
    size_t length;
    text = trimmed(text, &length);
    int isNegative = *text == '-';
    size_t start = length > 0 && (isNegative || *text == '+');
    if (length == start) return 0;
    *number = 0;
    for (size_t i = start; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return 0;
        int64_t digit = text[i] - '0';
        if (__builtin_mul_overflow(*number, (int64_t)10, number)) return 0;
        if (__builtin_add_overflow(*number, isNegative ? -digit : digit, number)) return 0;
    }
    return 1;
}
