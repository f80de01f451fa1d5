// SPDX-License-Identifier: EUPL-1.2
//
// Reads expressions of the simple kind that rules are made of. Whatever is unusual is left to libxml2, which then says
// whether it is an expression at all.

#include "expression.h"

#include <stdlib.h>
#include <string.h>

// MARK: Memory

enum { CSX_CHUNK = 16384 };

void *csx_pool_take(csx_pool *pool, size_t size) {
    size = (size + 7) & ~(size_t)7;
    csx_chunk *chunk = pool->now;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        csx_chunk *next = chunk == NULL ? pool->first : chunk->next;
        if (next == NULL || next->size < size) {
            size_t room = size > CSX_CHUNK ? size : CSX_CHUNK;
            csx_chunk *added = malloc(sizeof(csx_chunk) + room);
            if (added == NULL) return NULL;
            *added = (csx_chunk){next, room, 0};
            if (chunk == NULL) pool->first = added;
            else chunk->next = added;
            next = added;
        }
        next->used = 0;
        pool->now = chunk = next;
    }
    void *bytes = (char *)chunk->bytes + chunk->used;
    chunk->used += size;
    return bytes;
}

char *csx_pool_copy(csx_pool *pool, const char *text, size_t length) {
    char *copy = csx_pool_take(pool, length + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void csx_pool_empty(csx_pool *pool) {
    pool->now = NULL;
    if (pool->first == NULL) return;
    csx_pool rest = {pool->first->next, NULL};
    pool->first->next = NULL;
    csx_pool_free(&rest);
    if (pool->first->size > CSX_CHUNK) csx_pool_free(pool);
}

void csx_pool_free(csx_pool *pool) {
    for (csx_chunk *chunk = pool->first, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *pool = (csx_pool){NULL, NULL};
}

// MARK: Reading

typedef struct {
    csx_evaluator *evaluator;
    const char *at;
    int depth;
    int joined;
    int deepestVariable;
} csx_reader;

enum {
    /// Brackets, predicates and calls inside one another; deeper ones are libxml2's.
    CSX_DEEPEST = 40,
    CSX_MOST_STEPS = 64,
    CSX_MOST_PREDICATES = 64,
    /// Operators of one expression, which lie inside one another when it is evaluated.
    CSX_MOST_OPERATORS = 200,
    CSX_MOST_ARGUMENTS = 8,
    /// Digits that a double holds exactly.
    CSX_MOST_DIGITS = 15
};

static const struct {
    const char *name;
    int fewest;
    int most;
    csx_type type;
    /// Whether its argument must be nodes.
    int takesNodes;
} core_functions[] = {
    {"boolean", 1, 1, CSX_IS_BOOLEAN, 0},
    {"ceiling", 1, 1, CSX_IS_NUMBER, 0},
    {"concat", 2, CSX_MOST_ARGUMENTS, CSX_IS_TEXT, 0},
    {"contains", 2, 2, CSX_IS_BOOLEAN, 0},
    {"count", 1, 1, CSX_IS_NUMBER, 1},
    {"current", 0, 0, CSX_IS_NODES, 0},
    {"false", 0, 0, CSX_IS_BOOLEAN, 0},
    {"floor", 1, 1, CSX_IS_NUMBER, 0},
    {"last", 0, 0, CSX_IS_NUMBER, 0},
    {"local-name", 0, 1, CSX_IS_TEXT, 1},
    {"normalize-space", 0, 1, CSX_IS_TEXT, 0},
    {"not", 1, 1, CSX_IS_BOOLEAN, 0},
    {"number", 0, 1, CSX_IS_NUMBER, 0},
    {"position", 0, 0, CSX_IS_NUMBER, 0},
    {"round", 1, 1, CSX_IS_NUMBER, 0},
    {"starts-with", 2, 2, CSX_IS_BOOLEAN, 0},
    {"string", 0, 1, CSX_IS_TEXT, 0},
    {"string-length", 0, 1, CSX_IS_NUMBER, 0},
    {"substring", 2, 3, CSX_IS_TEXT, 0},
    {"substring-after", 2, 2, CSX_IS_TEXT, 0},
    {"substring-before", 2, 2, CSX_IS_TEXT, 0},
    {"sum", 1, 1, CSX_IS_NUMBER, 1},
    {"translate", 3, 3, CSX_IS_TEXT, 0},
    {"true", 0, 0, CSX_IS_BOOLEAN, 0},
};

static const struct {
    const char *name;
    csx_axis axis;
} axes[] = {
    {"child", CSX_CHILD},
    {"attribute", CSX_ATTRIBUTE},
    {"self", CSX_SELF},
    {"parent", CSX_PARENT},
    {"ancestor", CSX_ANCESTOR},
    {"ancestor-or-self", CSX_ANCESTOR_OR_SELF},
    {"descendant", CSX_DESCENDANT},
};

static int is_name_start(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}
static int is_digit(char letter) { return letter >= '0' && letter <= '9'; }
static int is_name_part(char letter) { return is_name_start(letter) || is_digit(letter) || letter == '-' || letter == '.'; }
static int is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

static void skip(csx_reader *reader) {
    while (is_blank(*reader->at)) reader->at++;
}

/// The length of a name in ASCII at the place, or 0.
static size_t name_length(const char *at) {
    size_t length = 0;
    if (!is_name_start(*at)) return 0;
    while (is_name_part(at[length])) length++;
    // A name with other letters is for libxml2.
    return (unsigned char)at[length] >= 0x80 ? 0 : length;
}

static int is_word(const char *at, size_t length, const char *word) {
    return strncmp(at, word, length) == 0 && word[length] == '\0';
}

static csx_term *make(csx_reader *reader, csx_kind kind, csx_type type) {
    csx_term *term = csx_pool_take(&reader->evaluator->terms, sizeof(csx_term));
    if (term == NULL) return NULL;
    *term = (csx_term){.kind = kind, .type = type, .constant = -1};
    return term;
}

static int may_fail(const csx_term *terms) {
    for (; terms != NULL; terms = terms->next) {
        if (terms->mayFail) return 1;
    }
    return 0;
}

static int may_fault(const csx_term *terms) {
    for (; terms != NULL; terms = terms->next) {
        if (terms->mayFault) return 1;
    }
    return 0;
}

static csx_term *read_or(csx_reader *reader);

/// The predicates at the place, one after the other. 0 when one is not of the simple kind.
static int read_predicates(csx_reader *reader, csx_term **predicates, uint8_t *isPositional) {
    csx_term **end = predicates;
    int count = 0;
    *end = NULL;
    for (skip(reader); *reader->at == '['; skip(reader)) {
        if (++count > CSX_MOST_PREDICATES) return 0;
        reader->at++;
        csx_term *predicate = read_or(reader);
        if (predicate == NULL || *reader->at != ']') return 0;
        reader->at++;
        if (predicate->isPositional || predicate->type == CSX_IS_NUMBER || predicate->type == CSX_IS_UNKNOWN) {
            *isPositional = 1;
        }
        *end = predicate;
        end = &predicate->next;
    }
    return 1;
}

static const char *uri_of(const csx_evaluator *evaluator, const char *prefix, size_t length) {
    for (int32_t i = 0; i < evaluator->prefix_count; i++) {
        if (is_word(prefix, length, evaluator->prefixes[i].prefix)) return evaluator->prefixes[i].uri;
    }
    return NULL;
}

/// One step without what is before it; NULL when it is not of the simple kind.
static csx_step *read_step(csx_reader *reader) {
    csx_step *step = csx_pool_take(&reader->evaluator->terms, sizeof(csx_step));
    if (step == NULL) return NULL;
    *step = (csx_step){.axis = CSX_CHILD};
    skip(reader);
    if (*reader->at == '.') {
        int isParent = reader->at[1] == '.';
        reader->at += 1 + isParent;
        if (is_digit(*reader->at)) return NULL;
        step->axis = isParent ? CSX_PARENT : CSX_SELF;
        step->isOpen = 1;
        skip(reader);
        return *reader->at == '[' ? NULL : step;
    }
    if (*reader->at == '@') {
        step->axis = CSX_ATTRIBUTE;
        reader->at++;
        skip(reader);
    }
    size_t length = name_length(reader->at);
    if (length > 0 && reader->at[length] == ':' && reader->at[length + 1] == ':') {
        int found = 0;
        for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]) && step->axis == CSX_CHILD; i++) {
            if (!is_word(reader->at, length, axes[i].name)) continue;
            step->axis = axes[i].axis;
            found = 1;
            break;
        }
        if (!found) return NULL;
        reader->at += length + 2;
        length = name_length(reader->at);
    }
    if (*reader->at == '*') {
        reader->at++;
    } else {
        if (length == 0) return NULL;
        const char *name = reader->at;
        if (name[length] == ':') {
            step->uri = uri_of(reader->evaluator, name, length);
            name += length + 1;
            length = name_length(name);
            if (step->uri == NULL || length == 0) return NULL;
        }
        step->name = csx_name_of(reader->evaluator, name, length);
        if (step->name == NULL) return NULL;
        reader->at = name + length;
        skip(reader);
        if (*reader->at == '(' || *reader->at == ':') return NULL;
    }
    step->isToChild = step->axis == CSX_CHILD && step->name != NULL;
    return read_predicates(reader, &step->predicates, &step->isPositional) ? step : NULL;
}

/// The steps from the place on, the first after a `//` where `isDeep`. 0 when one is not of the simple kind.
static int read_steps(csx_reader *reader, csx_step **steps, int isDeep) {
    csx_step **end = steps;
    for (int count = 0; count < CSX_MOST_STEPS; count++) {
        csx_step *step = read_step(reader);
        if (step == NULL) return 0;
        if (isDeep) {
            // Without positions it is the same to look through all descendants at once.
            if (step->axis != CSX_CHILD || step->isPositional) return 0;
            step->axis = CSX_DESCENDANT;
            step->isToChild = 0;
        }
        *end = step;
        end = &step->next;
        skip(reader);
        if (*reader->at != '/') return 1;
        reader->at++;
        isDeep = *reader->at == '/';
        reader->at += isDeep;
    }
    return 0;
}

/// What is known of a path before it is walked.
static void look_over(csx_term *path) {
    int isMany = 0;
    int hasBranched = 0;
    path->isSimple = path->isOrdered = path->goesDown = 1;
    const csx_step *only = path->steps;
    int isSelf = path->first == NULL && !path->isAbsolute && only != NULL && only->next == NULL && only->axis == CSX_SELF;
    path->isHere = isSelf && only->isOpen;
    path->asksName = isSelf && !only->isOpen && only->predicates == NULL;
    for (csx_step *step = path->steps; step != NULL; step = step->next) {
        int goesDown = step->axis == CSX_CHILD || step->axis == CSX_ATTRIBUTE || step->axis == CSX_SELF;
        if (step->isPositional || (isMany && !goesDown)) path->isSimple = 0;
        if (step->isPositional || !goesDown) path->goesDown = 0;
        // Below descendants and ancestors the order is not that of the document.
        if (hasBranched || step->axis == CSX_ANCESTOR || step->axis == CSX_ANCESTOR_OR_SELF) path->isOrdered = 0;
        hasBranched = hasBranched || step->axis == CSX_DESCENDANT;
        if (may_fail(step->predicates)) path->mayFailInside = 1;
        if (may_fault(step->predicates)) path->mayFault = 1;
        isMany = isMany || (step->axis != CSX_SELF && step->axis != CSX_PARENT);
    }
    if (!path->isSimple) path->isOrdered = 0;
    // What is no set of nodes has no steps.
    if (path->first != NULL && (path->first->mayFault || path->first->type == CSX_IS_UNKNOWN)) path->mayFault = 1;
    path->mayFail = path->mayFailInside || path->mayFault || (path->first != NULL && path->first->mayFail);
}

static csx_term *read_location(csx_reader *reader) {
    csx_term *path = make(reader, CSX_PATH, CSX_IS_NODES);
    if (path == NULL) return NULL;
    int isDeep = 0;
    if (*reader->at == '/') {
        path->isAbsolute = 1;
        reader->at++;
        isDeep = *reader->at == '/';
        reader->at += isDeep;
        skip(reader);
        // The document alone.
        int isName = is_name_start(*reader->at) || (unsigned char)*reader->at >= 0x80;
        if (!isDeep && !isName && *reader->at != '.' && *reader->at != '@' && *reader->at != '*') {
            look_over(path);
            return path;
        }
    }
    if (!read_steps(reader, &path->steps, isDeep)) return NULL;
    look_over(path);
    return path;
}

/// A place for the answer of a call with nothing but literals; -1 when memory is short, so that none is kept.
static int32_t make_constant(csx_evaluator *evaluator) {
    if ((evaluator->constant_count & 15) == 0) {
        size_t room = (size_t)evaluator->constant_count + 16;
        csx_value *larger = realloc(evaluator->constants, room * sizeof(csx_value));
        if (larger == NULL) return -1;
        evaluator->constants = larger;
    }
    evaluator->constants[evaluator->constant_count] = (csx_value){.type = CSX_IS_UNKNOWN};
    return evaluator->constant_count++;
}

/// Makes a call of ours one that is answered here, where it can be. With another count of arguments it fails in Swift.
static void make_exact(csx_term *call, const char *name, size_t length, int count) {
    int arguments = 0;
    csx_type type;
    int32_t number = csx_exact_number(name, length, &type, &arguments);
    if (number < 0 || call->type != type || count != arguments) return;
    call->kind = CSX_EXACT;
    call->number = number;
    call->mayFail = may_fail(call->first);
}

/// A call; the place is at its name, which has this length.
static csx_term *read_call(csx_reader *reader, size_t length) {
    const char *name = reader->at;
    csx_term *call = make(reader, CSX_CORE, CSX_IS_UNKNOWN);
    if (call == NULL) return NULL;
    int fewest = 0, most = CSX_MOST_ARGUMENTS, takesNodes = 0;
    call->number = -1;
    if (name[length] == ':') {
        const char *uri = uri_of(reader->evaluator, name, length);
        if (uri == NULL || reader->evaluator->uri == NULL || strcmp(uri, reader->evaluator->uri) != 0) return NULL;
        name += length + 1;
        length = name_length(name);
        call->kind = CSX_OURS;
        call->mayFail = 1;
        for (int32_t i = 0; i < reader->evaluator->name_count && call->number < 0; i++) {
            if (!is_word(name, length, reader->evaluator->names[i])) continue;
            call->number = i;
            call->type = reader->evaluator->answers[i];
        }
    } else {
        for (size_t i = 0; i < sizeof(core_functions) / sizeof(core_functions[0]); i++) {
            if (!is_word(name, length, core_functions[i].name)) continue;
            call->number = (int32_t)i;
            call->type = core_functions[i].type;
            fewest = core_functions[i].fewest;
            most = core_functions[i].most;
            takesNodes = core_functions[i].takesNodes;
        }
        call->isPositional = call->number == CSX_POSITION || call->number == CSX_LAST;
    }
    // current() is offered together with functions of ours.
    int isAbsent = call->kind == CSX_CORE && call->number == CSX_CURRENT && reader->evaluator->uri == NULL;
    if (call->number < 0 || isAbsent) return NULL;
    reader->at = name + length;
    skip(reader);
    if (*reader->at != '(') return NULL;
    reader->at++;
    skip(reader);
    int count = 0, isConstant = call->kind == CSX_OURS;
    csx_term **end = &call->first;
    while (*reader->at != ')') {
        if (count > 0) {
            if (*reader->at != ',') return NULL;
            reader->at++;
        }
        csx_term *argument = read_or(reader);
        if (argument == NULL || ++count > most) return NULL;
        if (takesNodes && argument->type != CSX_IS_NODES && argument->type != CSX_IS_UNKNOWN) return NULL;
        call->isPositional = call->isPositional || argument->isPositional;
        isConstant = isConstant &&
                     (argument->kind == CSX_TEXT || argument->kind == CSX_NUMBER || argument->constant >= 0);
        if (argument->mayFault || (takesNodes && argument->type == CSX_IS_UNKNOWN)) call->mayFault = 1;
        if (argument->mayFail || call->mayFault) call->mayFail = 1;
        *end = argument;
        end = &argument->next;
    }
    reader->at++;
    if (count < fewest) return NULL;
    if (isConstant) call->constant = make_constant(reader->evaluator);
    if (call->kind == CSX_OURS) make_exact(call, name, length, count);
    if (call->kind != CSX_OURS) return call;
    call->last = csx_pool_take(&reader->evaluator->terms, sizeof(csx_memory *));
    if (call->last == NULL) return NULL;
    *call->last = NULL;
    return call;
}

static csx_term *read_primary(csx_reader *reader) {
    char letter = *reader->at;
    if (letter == '(') {
        reader->at++;
        csx_term *inner = read_or(reader);
        if (inner == NULL || *reader->at != ')') return NULL;
        reader->at++;
        return inner;
    }
    if (letter == '\'' || letter == '"') {
        const char *end = strchr(reader->at + 1, letter);
        csx_term *term = end == NULL ? NULL : make(reader, CSX_TEXT, CSX_IS_TEXT);
        if (term == NULL) return NULL;
        term->text = csx_pool_copy(&reader->evaluator->terms, reader->at + 1, (size_t)(end - reader->at - 1));
        term->length = (uint32_t)(end - reader->at - 1);
        reader->at = end + 1;
        if (term->text != NULL) term->isAmount = csx_decimal_read(term->text, &term->amount);
        return term->text == NULL ? NULL : term;
    }
    if (is_digit(letter)) {
        csx_term *term = make(reader, CSX_NUMBER, CSX_IS_NUMBER);
        if (term == NULL) return NULL;
        int digits = 0;
        for (; is_digit(*reader->at); reader->at++, digits++) term->value = term->value * 10 + (*reader->at - '0');
        return digits > CSX_MOST_DIGITS || *reader->at == '.' || is_name_start(*reader->at) ? NULL : term;
    }
    if (letter == '$') {
        reader->at++;
        size_t length = name_length(reader->at);
        csx_term *term = make(reader, CSX_VARIABLE, CSX_IS_UNKNOWN);
        if (length == 0 || term == NULL || reader->at[length] == ':') return NULL;
        term->number = csx_variable_place(reader->evaluator, reader->at, length);
        reader->at += length;
        if (term->number < 0) return NULL;
        const csx_variable *variable = &reader->evaluator->variables[term->number];
        if (variable->isDeclared) term->type = variable->declared;
        // One of libxml2 may hold what only libxml2 can use, and one that is not declared has no value.
        term->mayFault = !variable->isDeclared || variable->isForeign;
        term->mayFail = term->mayFault || term->type == CSX_IS_UNKNOWN;
        if (variable->depth > reader->deepestVariable) reader->deepestVariable = variable->depth;
        return term;
    }
    return NULL;
}

static csx_term *read_path(csx_reader *reader) {
    skip(reader);
    char letter = *reader->at;
    csx_term *primary = NULL;
    if (letter == '(' || letter == '\'' || letter == '"' || letter == '$' || is_digit(letter)) {
        primary = read_primary(reader);
        if (primary == NULL) return NULL;
    } else {
        size_t length = name_length(reader->at);
        size_t whole = length;
        if (length > 0 && reader->at[length] == ':' && reader->at[length + 1] != ':') {
            whole += 1 + name_length(reader->at + length + 1);
        }
        const char *behind = reader->at + whole;
        while (is_blank(*behind)) behind++;
        if (length == 0 || *behind != '(') return read_location(reader);
        primary = read_call(reader, length);
        if (primary == NULL) return NULL;
    }
    skip(reader);
    int canBeNodes = primary->type == CSX_IS_NODES || primary->type == CSX_IS_UNKNOWN;
    if (*reader->at == '[') {
        if (!canBeNodes) return NULL;
        csx_term *filter = make(reader, CSX_FILTER, CSX_IS_NODES);
        if (filter == NULL) return NULL;
        filter->first = primary;
        filter->isPositional = primary->isPositional;
        if (!read_predicates(reader, &filter->predicates, &filter->isCounting)) return NULL;
        filter->mayFault = primary->mayFault || primary->type == CSX_IS_UNKNOWN || may_fault(filter->predicates);
        filter->mayFail = filter->mayFault || primary->mayFail || may_fail(filter->predicates);
        primary = filter;
        canBeNodes = 1;
        skip(reader);
    }
    if (*reader->at != '/') return primary;
    if (!canBeNodes) return NULL;
    csx_term *path = make(reader, CSX_PATH, CSX_IS_NODES);
    if (path == NULL) return NULL;
    path->first = primary;
    path->isPositional = primary->isPositional;
    reader->at++;
    int isDeep = *reader->at == '/';
    reader->at += isDeep;
    skip(reader);
    // To libxml2 that is no step, and a variable with a text then is a path.
    if (*reader->at == '.' && reader->at[1] != '.') return NULL;
    if (!read_steps(reader, &path->steps, isDeep)) return NULL;
    look_over(path);
    return path;
}

static csx_term *join(csx_reader *reader, csx_kind kind, csx_type type, csx_term *left, csx_term *right) {
    if (left == NULL || right == NULL || ++reader->joined > CSX_MOST_OPERATORS) return NULL;
    // A chain of one operator is one term with many operands.
    int isChain = (kind == CSX_OR || kind == CSX_AND) && left->kind == kind;
    csx_term *term = isChain ? left : make(reader, kind, type);
    if (term == NULL) return NULL;
    csx_term **end = &term->first;
    if (!isChain) {
        term->first = left;
        end = &left->next;
    }
    while (*end != NULL) end = &(*end)->next;
    *end = right;
    term->isPositional = left->isPositional || right->isPositional;
    term->mayFail = left->mayFail || right->mayFail;
    term->mayFault = left->mayFault || right->mayFault ||
                     (kind == CSX_UNION && (left->type == CSX_IS_UNKNOWN || right->type == CSX_IS_UNKNOWN));
    term->mayFail = term->mayFail || term->mayFault;
    return term;
}

static int is_plain(const csx_step *step) {
    return step->name != NULL && step->predicates == NULL && (step->axis == CSX_CHILD || step->axis == CSX_ATTRIBUTE);
}

static int same_step(const csx_step *left, const csx_step *right) {
    return left->axis == right->axis && left->isOpen == right->isOpen && left->uri == right->uri &&
           left->predicates == NULL && right->predicates == NULL;
}

/// Makes one path of two that differ in their last names only: one walk then finds both. 0 where that cannot be.
static int unite(csx_reader *reader, csx_term *left, const csx_term *right) {
    if (left->kind != CSX_PATH || right->kind != CSX_PATH || left->isAbsolute != right->isAbsolute) return 0;
    const csx_term *start = left->first, *other = right->first;
    if ((start == NULL) != (other == NULL)) return 0;
    if (start != NULL && (start->kind != CSX_VARIABLE || other->kind != CSX_VARIABLE || start->number != other->number)) {
        return 0;
    }
    csx_step *last = left->steps;
    const csx_step *twin = right->steps;
    if (last == NULL || twin == NULL) return 0;
    for (; last->next != NULL && twin->next != NULL; last = last->next, twin = twin->next) {
        if (!same_step(last, twin) || last->name != twin->name || last->other_count > 0 || twin->other_count > 0) return 0;
    }
    if (last->next != NULL || twin->next != NULL || !is_plain(last) || !is_plain(twin) || !same_step(last, twin)) return 0;
    if (twin->other_count > 0) return 0;
    size_t count = (size_t)last->other_count + 1;
    csx_name **others = csx_pool_take(&reader->evaluator->terms, count * sizeof(csx_name *));
    if (others == NULL) return 0;
    if (count > 1) memcpy(others, last->others, (count - 1) * sizeof(csx_name *));
    others[count - 1] = twin->name;
    last->others = others;
    last->other_count = (int32_t)count;
    last->isToChild = 0;
    return 1;
}

static csx_term *read_union(csx_reader *reader) {
    csx_term *left = read_path(reader);
    for (skip(reader); left != NULL && *reader->at == '|'; skip(reader)) {
        reader->at++;
        csx_term *right = read_path(reader);
        if (right == NULL) return NULL;
        int areNodes = (left->type == CSX_IS_NODES || left->type == CSX_IS_UNKNOWN) &&
                       (right->type == CSX_IS_NODES || right->type == CSX_IS_UNKNOWN);
        if (areNodes && ++reader->joined <= CSX_MOST_OPERATORS && unite(reader, left, right)) continue;
        left = areNodes ? join(reader, CSX_UNION, CSX_IS_NODES, left, right) : NULL;
    }
    return left;
}

static csx_term *read_unary(csx_reader *reader) {
    int isNegative = 0, isSigned = 0;
    for (skip(reader); *reader->at == '-'; skip(reader)) {
        isNegative = !isNegative;
        isSigned = 1;
        reader->at++;
    }
    csx_term *operand = read_union(reader);
    if (operand == NULL || !isSigned) return operand;
    if (operand->kind == CSX_NUMBER) {
        if (isNegative) operand->value = -operand->value;
        return operand;
    }
    csx_term *term = make(reader, CSX_NEGATE, CSX_IS_NUMBER);
    if (term == NULL) return NULL;
    term->first = operand;
    term->number = isNegative;
    term->isPositional = operand->isPositional;
    term->mayFail = operand->mayFail;
    term->mayFault = operand->mayFault;
    return term;
}

/// Whether an operator that is a word stands at the place, apart from what follows.
static int is_operator(const char *at, const char *word, size_t length) {
    return strncmp(at, word, length) == 0 && !is_name_part(at[length]) && at[length] != ':' &&
           (unsigned char)at[length] < 0x80;
}

static csx_term *read_product(csx_reader *reader) {
    csx_term *left = read_unary(reader);
    for (skip(reader); left != NULL; skip(reader)) {
        csx_kind kind = CSX_MULTIPLY;
        size_t length = 1;
        if (*reader->at != '*') {
            length = 3;
            if (is_operator(reader->at, "div", 3)) kind = CSX_DIVIDE;
            else if (is_operator(reader->at, "mod", 3)) kind = CSX_MODULO;
            else break;
        }
        reader->at += length;
        left = join(reader, kind, CSX_IS_NUMBER, left, read_unary(reader));
    }
    return left;
}

static csx_term *read_sum(csx_reader *reader) {
    csx_term *left = read_product(reader);
    for (skip(reader); left != NULL && (*reader->at == '+' || *reader->at == '-'); skip(reader)) {
        csx_kind kind = *reader->at == '+' ? CSX_ADD : CSX_SUBTRACT;
        reader->at++;
        left = join(reader, kind, CSX_IS_NUMBER, left, read_product(reader));
    }
    return left;
}

static csx_term *read_order(csx_reader *reader) {
    csx_term *left = read_sum(reader);
    for (skip(reader); left != NULL && (*reader->at == '<' || *reader->at == '>'); skip(reader)) {
        int isLess = *reader->at == '<';
        reader->at++;
        int orEqual = *reader->at == '=';
        reader->at += orEqual;
        csx_kind kind = isLess ? (orEqual ? CSX_LESS_EQUAL : CSX_LESS) : (orEqual ? CSX_GREATER_EQUAL : CSX_GREATER);
        left = join(reader, kind, CSX_IS_BOOLEAN, left, read_sum(reader));
    }
    return left;
}

static csx_term *read_equality(csx_reader *reader) {
    csx_term *left = read_order(reader);
    for (skip(reader); left != NULL; skip(reader)) {
        int isUnequal = reader->at[0] == '!' && reader->at[1] == '=';
        if (*reader->at != '=' && !isUnequal) break;
        reader->at += 1 + isUnequal;
        left = join(reader, isUnequal ? CSX_UNEQUAL : CSX_EQUAL, CSX_IS_BOOLEAN, left, read_order(reader));
    }
    return left;
}

static csx_term *read_and(csx_reader *reader) {
    csx_term *left = read_equality(reader);
    for (skip(reader); left != NULL && is_operator(reader->at, "and", 3); skip(reader)) {
        reader->at += 3;
        left = join(reader, CSX_AND, CSX_IS_BOOLEAN, left, read_equality(reader));
    }
    return left;
}

/// A whole expression, up to what cannot belong to it.
static csx_term *read_or(csx_reader *reader) {
    if (++reader->depth > CSX_DEEPEST) return NULL;
    csx_term *left = read_and(reader);
    for (skip(reader); left != NULL && is_operator(reader->at, "or", 2); skip(reader)) {
        reader->at += 2;
        left = join(reader, CSX_OR, CSX_IS_BOOLEAN, left, read_and(reader));
    }
    reader->depth--;
    return left;
}

csx_term *csx_expression_read(csx_evaluator *evaluator, const char *text, int *depth) {
    csx_mark mark = csx_pool_mark(&evaluator->terms);
    csx_reader reader = {evaluator, text, 0, 0, 0};
    csx_term *term = read_or(&reader);
    *depth = reader.deepestVariable;
    // Outside of predicates a position means what libxml2 makes of it.
    if (term != NULL && *reader.at == '\0' && !term->isPositional) return term;
    csx_pool_release(&evaluator->terms, mark);
    return NULL;
}

int32_t csx_variable_place(csx_evaluator *evaluator, const char *name, size_t length) {
    for (int32_t i = 0; i < evaluator->variable_count; i++) {
        if (is_word(name, length, evaluator->variables[i].name)) return i;
    }
    if ((evaluator->variable_count & 15) == 0) {
        size_t room = (size_t)evaluator->variable_count + 16;
        csx_variable *larger = realloc(evaluator->variables, room * sizeof(csx_variable));
        if (larger == NULL) return -1;
        evaluator->variables = larger;
    }
    char *own = strndup(name, length);
    if (own == NULL) return -1;
    evaluator->variables[evaluator->variable_count] = (csx_variable){.name = own};
    return evaluator->variable_count++;
}
