// SPDX-License-Identifier: EUPL-1.2
//
// Calls of functions of ours. What rules ask most, of amounts and days, is answered here on the bytes of the document;
// the others are answered in Swift, once for the same arguments.

#include "expression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef csx_place place;
typedef csx_evaluator evaluator;
typedef csx_term term;

static const struct {
    const char *name;
    csx_type type;
    int arguments;
} functions[] = {
    {"add-days", CSX_IS_TEXT, 2},
    {"add-months", CSX_IS_TEXT, 2},
    {"add-years", CSX_IS_TEXT, 2},
    {"after", CSX_IS_BOOLEAN, 2},
    {"amount-compare", CSX_IS_NUMBER, 2},
    {"amount-differs", CSX_IS_BOOLEAN, 3},
    {"amount-sum", CSX_IS_TEXT, 1},
    {"before", CSX_IS_BOOLEAN, 2},
    {"days-between", CSX_IS_NUMBER, 2},
    {"decimals", CSX_IS_NUMBER, 1},
    {"is-date", CSX_IS_BOOLEAN, 1},
    {"longer-than-months", CSX_IS_BOOLEAN, 3},
    {"longer-than-years", CSX_IS_BOOLEAN, 3},
};

int32_t csx_exact_number(const char *name, size_t length, csx_type *type, int *arguments) {
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strncmp(functions[i].name, name, length) != 0 || functions[i].name[length] != '\0') continue;
        *type = functions[i].type;
        *arguments = functions[i].arguments;
        return (int32_t)i;
    }
    return -1;
}

// MARK: Amounts and days

enum {
    /// A count from elsewhere must not reach a year that no calendar has.
    CSX_MOST_MONTHS = 12000,
    CSX_MOST_DAYS = CSX_MOST_MONTHS * 31
};

/// What comes of reading an argument: evaluation failed, it is nothing of the kind, or it is known.
typedef enum { FAILED, NONE, KNOWN } reading;

/// The exact sum of the amounts in an argument; none when one of them is no amount, or when it does not fit.
static reading sum_of(evaluator *self, const term *argument, const place *at, csx_decimal *sum) {
    csx_value taken;
    if (!csx_term_value(self, argument, at, &taken)) return FAILED;
    *sum = (csx_decimal){0, 0};
    if (taken.type != CSX_IS_NODES) {
        const char *text = csx_value_text(self, &taken);
        if (text == NULL) return FAILED;
        return csx_decimal_read(text, sum) ? KNOWN : NONE;
    }
    for (int32_t i = 0; i < taken.count; i++) {
        csx_mark mark = csx_pool_mark(&self->values);
        const char *text = csx_node_text(self, taken.nodes[i]);
        csx_decimal amount;
        if (text == NULL || !csx_charge(self, 1)) return FAILED;
        if (!csx_decimal_read(text, &amount) || !csx_decimal_add(*sum, amount, sum)) return NONE;
        csx_pool_release(&self->values, mark);
    }
    return KNOWN;
}

static reading amount_of(evaluator *self, const term *it, const place *at, csx_decimal *amount) {
    if (it->kind == CSX_TEXT) {
        *amount = it->amount;
        return it->isAmount ? KNOWN : NONE;
    }
    if (it->kind == CSX_EXACT && it->number == CSX_AMOUNT_SUM) {
        reading sum = sum_of(self, it->first, at, amount);
        return sum == KNOWN && !csx_decimal_is_readable(*amount) ? NONE : sum;
    }
    const char *text;
    if (!csx_term_text(self, it, at, &text)) return FAILED;
    return csx_decimal_read(text, amount) ? KNOWN : NONE;
}

static reading whole_of(evaluator *self, const term *it, const place *at, int64_t *number) {
    const char *text;
    if (!csx_term_text(self, it, at, &text)) return FAILED;
    return csx_whole_read(text, number) ? KNOWN : NONE;
}

static reading moved(evaluator *self, const term *call, const place *at, csx_date *date);

static reading date_of(evaluator *self, const term *it, const place *at, csx_date *date) {
    int isMoved = it->kind == CSX_EXACT &&
                  (it->number == CSX_ADD_DAYS || it->number == CSX_ADD_MONTHS || it->number == CSX_ADD_YEARS);
    if (isMoved && it->constant < 0) {
        reading later = moved(self, it, at, date);
        return later == KNOWN && !csx_date_is_readable(*date) ? NONE : later;
    }
    const char *text;
    if (!csx_term_text(self, it, at, &text)) return FAILED;
    return csx_date_read(text, date) ? KNOWN : NONE;
}

/// None when the count of months is too large for a calendar.
static reading add_months(csx_date date, int64_t months, csx_date *later) {
    if (months < -CSX_MOST_MONTHS || months > CSX_MOST_MONTHS) return NONE;
    *later = csx_date_add_months(date, months);
    return KNOWN;
}

static reading add_years(csx_date date, int64_t years, csx_date *later) {
    if (years < -CSX_MOST_MONTHS / 12 || years > CSX_MOST_MONTHS / 12) return NONE;
    return add_months(date, years * 12, later);
}

/// The day that add-days, add-months or add-years answers.
static reading moved(evaluator *self, const term *call, const place *at, csx_date *later) {
    csx_date date;
    int64_t count;
    reading first = date_of(self, call->first, at, &date);
    reading second = first == FAILED ? FAILED : whole_of(self, call->first->next, at, &count);
    if (second == FAILED) return FAILED;
    if (first == NONE || second == NONE) return NONE;
    if (call->number == CSX_ADD_MONTHS) return add_months(date, count, later);
    if (call->number == CSX_ADD_YEARS) return add_years(date, count, later);
    if (count < -CSX_MOST_DAYS || count > CSX_MOST_DAYS) return NONE;
    *later = csx_date_of_days(csx_date_days(date) + count);
    return KNOWN;
}

/// Both of two arguments, of which the second is read even where the first is nothing, because it may fail.
static reading dates_of(evaluator *self, const term *call, const place *at, csx_date dates[2]) {
    reading first = date_of(self, call->first, at, &dates[0]);
    if (first == FAILED) return FAILED;
    reading second = date_of(self, call->first->next, at, &dates[1]);
    return second == KNOWN ? first : second;
}

static reading amounts_of(evaluator *self, const term *call, const place *at, csx_decimal amounts[2]) {
    reading first = amount_of(self, call->first, at, &amounts[0]);
    if (first == FAILED) return FAILED;
    reading second = amount_of(self, call->first->next, at, &amounts[1]);
    return second == KNOWN ? first : second;
}

/// Whether a period whose last day belongs to it is longer than so many months or years: RuleFunctions tells the law.
static reading is_longer(evaluator *self, const term *call, const place *at, int *answer) {
    csx_date dates[2], limit;
    int64_t count;
    *answer = 0;
    reading known = dates_of(self, call, at, dates);
    if (known == FAILED) return FAILED;
    reading length = whole_of(self, call->first->next->next, at, &count);
    if (length != KNOWN || known == NONE) return length == FAILED ? FAILED : NONE;
    reading isLimited = call->number == CSX_LONGER_THAN_YEARS ? add_years(dates[0], count, &limit)
                                                              : add_months(dates[0], count, &limit);
    if (isLimited != KNOWN) return NONE;
    int order = csx_date_compare(dates[1], limit);
    *answer = limit.day == dates[0].day ? order >= 0 : order > 0;
    return KNOWN;
}

static reading differs(evaluator *self, const term *call, const place *at, int *answer) {
    csx_decimal amounts[2], tolerance, difference;
    int order = 0;
    *answer = 0;
    reading known = amounts_of(self, call, at, amounts);
    if (known == FAILED) return FAILED;
    reading limit = amount_of(self, call->first->next->next, at, &tolerance);
    if (limit != KNOWN || known == NONE) return limit == FAILED ? FAILED : NONE;
    amounts[1].units = -amounts[1].units;
    if (!csx_decimal_add(amounts[0], amounts[1], &difference)) return NONE;
    if (difference.units < 0) difference.units = -difference.units;
    if (!csx_decimal_compare(difference, tolerance, &order)) return NONE;
    *answer = order == 1;
    return KNOWN;
}

static int exact_value(evaluator *self, const term *call, const place *at, csx_value *value) {
    csx_date dates[2];
    csx_decimal amounts[2];
    char text[CSX_EXACT_TEXT] = "";
    int order = 0;
    reading known = FAILED;
    *value = (csx_value){.type = call->type, .number = NAN};
    switch ((csx_exact)call->number) {
    case CSX_IS_DATE:
        known = date_of(self, call->first, at, &dates[0]);
        value->boolean = known == KNOWN;
        break;
    case CSX_BEFORE:
    case CSX_AFTER:
        known = dates_of(self, call, at, dates);
        if (known == KNOWN) order = csx_date_compare(dates[0], dates[1]);
        value->boolean = call->number == CSX_BEFORE ? order < 0 : order > 0;
        break;
    case CSX_DAYS_BETWEEN:
        known = dates_of(self, call, at, dates);
        if (known == KNOWN) value->number = (double)(csx_date_days(dates[1]) - csx_date_days(dates[0]));
        break;
    case CSX_LONGER_THAN_MONTHS:
    case CSX_LONGER_THAN_YEARS: known = is_longer(self, call, at, &value->boolean); break;
    case CSX_ADD_DAYS:
    case CSX_ADD_MONTHS:
    case CSX_ADD_YEARS:
        known = moved(self, call, at, &dates[0]);
        if (known == KNOWN) csx_date_write(dates[0], text);
        break;
    case CSX_AMOUNT_COMPARE:
        known = amounts_of(self, call, at, amounts);
        if (known == KNOWN && csx_decimal_compare(amounts[0], amounts[1], &order)) value->number = order;
        break;
    case CSX_AMOUNT_DIFFERS: known = differs(self, call, at, &value->boolean); break;
    case CSX_AMOUNT_SUM:
        known = sum_of(self, call->first, at, &amounts[0]);
        if (known == KNOWN) csx_decimal_write(amounts[0], text);
        break;
    case CSX_DECIMALS:
        known = amount_of(self, call->first, at, &amounts[0]);
        if (known == KNOWN) value->number = amounts[0].decimals;
        break;
    }
    if (known == FAILED) return 0;
    if (value->type == CSX_IS_TEXT) value->text = csx_pool_copy(&self->values, text, strlen(text));
    return value->type != CSX_IS_TEXT || value->text != NULL;
}

// MARK: Functions in Swift

static uint64_t run_of(const evaluator *self, const term *call) {
    return self->lasting[call->number] ? CSX_ANY_RUN : self->run;
}

/// The memory of a call, and its key in `key`; NULL for arguments that none is kept of.
static csx_memory *memory_of(evaluator *self, const term *call, const csx_argument *arguments, int32_t count, csx_memory *key) {
    if (self->memories == NULL) self->memories = calloc(CSX_MEMORIES, sizeof(csx_memory));
    if (self->memories == NULL) return NULL;
    key->run = run_of(self, call);
    key->function = call->number;
    key->length = 0;
    uint32_t hash = (uint32_t)call->number * 2654435761u;
    for (int32_t i = 0; i < count; i++) {
        const char *text = arguments[i].count == 0 ? "" : arguments[i].texts[0];
        if (arguments[i].count > 1 || key->length == CSX_MEMORY_KEY) return NULL;
        // No text and an empty one are not the same.
        char letter = (char)(arguments[i].count + 1);
        key->key[key->length++] = letter;
        do {
            if (key->length == CSX_MEMORY_KEY) return NULL;
            letter = *text++;
            key->key[key->length++] = letter;
            hash = (hash ^ (unsigned char)letter) * 16777619u;
        } while (letter != '\0');
    }
    return &self->memories[(hash ^ hash >> 16) % CSX_MEMORIES];
}

/// Whether a memory is that of a call with these arguments; most calls have those of the last time.
static int is_same_call(const evaluator *self, const term *call, const csx_memory *memory, const csx_argument *arguments,
                        int32_t count) {
    if (memory == NULL || memory->function != call->number || memory->run != run_of(self, call)) return 0;
    const char *letter = memory->key, *end = memory->key + memory->length;
    for (int32_t i = 0; i < count; i++) {
        if (arguments[i].count > 1 || letter == end || *letter++ != (char)(arguments[i].count + 1)) return 0;
        const char *text = arguments[i].count == 0 ? "" : arguments[i].texts[0];
        for (; *letter == *text && *text != '\0'; letter++) text++;
        if (*letter++ != *text) return 0;
    }
    return letter == end;
}

static int recall(evaluator *self, const csx_memory *memory, csx_value *value) {
    *value = memory->value;
    // The next call may replace it.
    if (value->type == CSX_IS_TEXT) value->text = csx_pool_copy(&self->values, memory->text, strlen(memory->text));
    return value->type != CSX_IS_TEXT || value->text != NULL;
}

static void remember(csx_memory *memory, csx_memory *key, const csx_value *value) {
    if (value->type == CSX_IS_TEXT) {
        size_t size = strlen(value->text) + 1;
        if (size > CSX_MEMORY_TEXT) return;
        memcpy(key->text, value->text, size);
    }
    key->value = *value;
    *memory = *key;
}

void csx_forget_calls(evaluator *self) {
    for (int32_t i = 0; self->memories != NULL && i < CSX_MEMORIES; i++) {
        if (self->memories[i].run == self->run) self->memories[i] = (csx_memory){.run = 0};
    }
}

static int take_argument(evaluator *self, const term *it, const place *at, csx_argument *argument, char **single) {
    csx_value taken;
    if (!csx_term_value(self, it, at, &taken)) return 0;
    *argument = (csx_argument){taken.type == CSX_IS_NODES ? taken.count : 1, single};
    if (taken.type != CSX_IS_NODES) {
        *single = (char *)csx_value_text(self, &taken);
        return *single != NULL && csx_charge(self, 1 + strlen(*single) / 4);
    }
    if (taken.count > 1) {
        argument->texts = csx_pool_take(&self->values, (size_t)taken.count * sizeof(char *));
        if (argument->texts == NULL) return 0;
    }
    for (int32_t i = 0; i < taken.count; i++) {
        argument->texts[i] = (char *)csx_node_text(self, taken.nodes[i]);
        if (argument->texts[i] == NULL || !csx_charge(self, 1)) return 0;
    }
    return 1;
}

static int swift_value(evaluator *self, const term *call, const place *at, csx_value *value) {
    csx_argument arguments[8];
    char *single[8];
    int32_t count = 0;
    for (const term *argument = call->first; argument != NULL; argument = argument->next, count++) {
        if (!take_argument(self, argument, at, &arguments[count], &single[count])) return 0;
    }
    if (is_same_call(self, call, *call->last, arguments, count)) return recall(self, *call->last, value);
    csx_memory key;
    csx_memory *memory = memory_of(self, call, arguments, count, &key);
    *call->last = memory;
    if (is_same_call(self, call, memory, arguments, count)) return recall(self, memory, value);
    csx_answer answer = {self, CSX_IS_UNKNOWN, 0, 0, NULL};
    if (self->call == NULL || self->call(self->owner, call->number, arguments, count, &answer) == 0) return 0;
    *value = (csx_value){.type = answer.type, .boolean = answer.boolean, .number = answer.number, .text = answer.text};
    if (answer.type == CSX_IS_UNKNOWN || (answer.type == CSX_IS_TEXT && answer.text == NULL)) return 0;
    if (call->type != CSX_IS_UNKNOWN && answer.type != call->type) return 0;
    if (memory != NULL) remember(memory, &key, value);
    return 1;
}

int csx_call_value(evaluator *self, const term *call, const place *at, csx_value *value) {
    if (call->constant >= 0 && self->constants[call->constant].type != CSX_IS_UNKNOWN) {
        *value = self->constants[call->constant];
        return 1;
    }
    if (!(call->kind == CSX_EXACT ? exact_value : swift_value)(self, call, at, value)) return 0;
    if (call->constant < 0) return 1;
    if (value->type == CSX_IS_TEXT) value->text = csx_pool_copy(&self->constant_texts, value->text, strlen(value->text));
    if (value->type == CSX_IS_TEXT && value->text == NULL) return 0;
    self->constants[call->constant] = *value;
    return 1;
}
