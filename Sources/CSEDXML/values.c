// SPDX-License-Identifier: EUPL-1.2
//
// Quick checks of simple values for the acceptor. Each accepts a part of what libxml2 accepts, the part that documents
// hold: blanks around a value, years beyond 9999 and the like are left to libxml2.

#include "internal.h"

#include <string.h>

static int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Takes exactly `count` digits; -1 where there are fewer.
static int take_number(const char **text, int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit((*text)[i])) return -1;
        number = number * 10 + ((*text)[i] - '0');
    }
    *text += count;
    return number;
}

static int take(const char **text, char byte) {
    if (**text != byte) return 0;
    (*text)++;
    return 1;
}

/// Takes YYYY-MM-DD.
static int take_date(const char **text) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = take_number(text, 4);
    if (year < 1 || !take(text, '-')) return 0;
    int month = take_number(text, 2);
    if (month < 1 || month > 12 || !take(text, '-')) return 0;
    int day = take_number(text, 2);
    int isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[month - 1] + (month == 2 && isLeap);
}

/// Takes hh:mm:ss and perhaps a fraction.
static int take_time(const char **text) {
    int hour = take_number(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ':')) return 0;
    int minute = take_number(text, 2);
    if (minute < 0 || minute > 59 || !take(text, ':')) return 0;
    int second = take_number(text, 2);
    if (second < 0 || second > 59) return 0;
    if (!take(text, '.')) return 1;
    if (!is_digit(**text)) return 0;
    while (is_digit(**text)) (*text)++;
    return 1;
}

/// Whether the rest is a time zone or nothing.
static int ends_with_zone(const char *text) {
    if (*text == '\0') return 1;
    if (take(&text, 'Z')) return *text == '\0';
    if (!take(&text, '+') && !take(&text, '-')) return 0;
    int hour = take_number(&text, 2);
    if (hour < 0 || hour > 13 || !take(&text, ':')) return 0;
    int minute = take_number(&text, 2);
    return minute >= 0 && minute <= 59 && *text == '\0';
}

/// At most nine digits, which fit every type of whole numbers that is asked for.
static int is_whole(const char *text, int32_t minimum, int32_t maximum) {
    int isNegative = take(&text, '-');
    if (!isNegative) take(&text, '+');
    int32_t number = 0;
    int count = 0;
    for (; is_digit(text[count]); count++) {
        if (count == 9) return 0;
        number = number * 10 + (text[count] - '0');
    }
    if (isNegative) number = -number;
    return count > 0 && text[count] == '\0' && number >= minimum && number <= maximum;
}

/// Digits with a sign and a fraction that may be missing, short enough for any reading.
static int is_decimal(const char *text) {
    if (!take(&text, '-')) take(&text, '+');
    int whole = 0, fraction = 0;
    while (is_digit(text[whole]) && whole <= 12) whole++;
    text += whole;
    if (take(&text, '.')) {
        while (is_digit(text[fraction]) && fraction <= 8) fraction++;
        if (fraction == 0) return 0;
        text += fraction;
    }
    return whole > 0 && whole <= 12 && fraction <= 8 && *text == '\0';
}

static int is_boolean(const char *text) {
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "1") == 0 || strcmp(text, "0") == 0;
}

/// Whether collapsing its white space would leave the text as it is.
static int is_collapsed(const char *text) {
    int wasBlank = 1;
    for (; *text != '\0'; text++) {
        if (*text == '\t' || *text == '\n' || *text == '\r' || (*text == ' ' && wasBlank)) return 0;
        wasBlank = *text == ' ';
    }
    return !wasBlank;
}

static int has_kind(const csx_simple_type *value, const char *text) {
    switch (value->kind) {
    case CSX_VALUE_TEXT:
        return 1;
    case CSX_VALUE_TOKEN:
        return *text == '\0' || is_collapsed(text);
    case CSX_VALUE_BOOLEAN:
        return is_boolean(text);
    case CSX_VALUE_WHOLE:
        return is_whole(text, value->minimum, value->maximum);
    case CSX_VALUE_DECIMAL:
        return is_decimal(text);
    case CSX_VALUE_DATE:
        return take_date(&text) && ends_with_zone(text);
    case CSX_VALUE_DATE_TIME:
        return take_date(&text) && take(&text, 'T') && take_time(&text) && ends_with_zone(text);
    default:
        return 0;
    }
}

/// Lengths count characters; the parser has made sure of UTF-8.
static int has_length(const csx_simple_type *value, const char *text) {
    size_t bytes = strlen(text);
    int64_t length = 0;
    for (size_t i = 0; i < bytes; i++) length += ((uint8_t)text[i] & 0xC0) != 0x80;
    return length >= value->minLength && length <= value->maxLength;
}

/// Whether an automaton accepts a text of ASCII; other texts are left to libxml2.
static int matches(const csx_text_pattern *pattern, const uint16_t *moves, const char *text) {
    const uint16_t *table = moves + pattern->moves;
    uint16_t state = 1;
    for (;; text++) {
        uint8_t byte = (uint8_t)*text;
        if (byte >= 128) return 0;
        // The column of the end of the text tells whether it may end here; every other one, where to go.
        state = table[(size_t)state * (size_t)pattern->columns + pattern->column[byte]];
        if (state == 0 || byte == 0) return state != 0;
    }
}

static int is_listed(const csx_simple_type *value, const char *texts, const char *text) {
    const char *word = texts + value->words;
    for (int32_t i = 0; i < value->wordCount; i++) {
        if (strcmp(word, text) == 0) return 1;
        word += strlen(word) + 1;
    }
    return 0;
}

int csx_value_accepts(const csx_simple_type *value, const csx_text_pattern *patterns, const uint16_t *moves, const char *texts,
                      const char *text) {
    if (!has_kind(value, text)) return 0;
    if ((value->minLength > 0 || value->maxLength < INT32_MAX) && !has_length(value, text)) return 0;
    for (int32_t i = 0; i < value->patternCount; i++) {
        if (!matches(patterns + value->patterns + i, moves, text)) return 0;
    }
    return value->wordCount == 0 || is_listed(value, texts, text);
}
