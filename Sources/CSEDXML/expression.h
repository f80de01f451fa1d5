// SPDX-License-Identifier: EUPL-1.2
//
// What the files about expressions of rules share. Most expressions are of a simple kind that is read and evaluated
// here, without a value being allocated; libxml2 compiles and evaluates the others, and its answers are the measure.

#ifndef CSEDXML_EXPRESSION_H
#define CSEDXML_EXPRESSION_H

#include "exact.h"
#include "internal.h"

#include <libxml/xpath.h>

// MARK: Memory that is given back all at once

typedef struct csx_chunk csx_chunk;

struct csx_chunk {
    csx_chunk *next;
    size_t size;
    size_t used;
    double bytes[];
};

typedef struct {
    csx_chunk *first;
    csx_chunk *now;
} csx_pool;

typedef struct {
    csx_chunk *chunk;
    size_t used;
} csx_mark;

/// NULL when memory is short.
void *csx_pool_take(csx_pool *pool, size_t size);
char *csx_pool_copy(csx_pool *pool, const char *text, size_t length);
static inline csx_mark csx_pool_mark(const csx_pool *pool) {
    return (csx_mark){pool->now, pool->now == NULL ? 0 : pool->now->used};
}
/// Gives back what was taken since the mark.
static inline void csx_pool_release(csx_pool *pool, csx_mark mark) {
    pool->now = mark.chunk;
    if (mark.chunk != NULL) mark.chunk->used = mark.used;
}
/// Gives back everything; chunks beyond the first go back to the system.
void csx_pool_empty(csx_pool *pool);
void csx_pool_free(csx_pool *pool);

// MARK: Expressions

typedef enum {
    CSX_NUMBER,
    CSX_TEXT,
    CSX_VARIABLE,
    CSX_PATH,
    CSX_FILTER,
    CSX_UNION,
    CSX_OR,
    CSX_AND,
    CSX_EQUAL,
    CSX_UNEQUAL,
    CSX_LESS,
    CSX_LESS_EQUAL,
    CSX_GREATER,
    CSX_GREATER_EQUAL,
    CSX_ADD,
    CSX_SUBTRACT,
    CSX_MULTIPLY,
    CSX_DIVIDE,
    CSX_MODULO,
    CSX_NEGATE,
    CSX_CORE,
    CSX_OURS,
    CSX_EXACT
} csx_kind;

/// Functions of XPath itself, in the order of the table in expression.c.
typedef enum {
    CSX_BOOLEAN_OF,
    CSX_CEILING,
    CSX_CONCAT,
    CSX_CONTAINS,
    CSX_COUNT,
    CSX_CURRENT,
    CSX_FALSE,
    CSX_FLOOR,
    CSX_LAST,
    CSX_LOCAL_NAME,
    CSX_NORMALIZE_SPACE,
    CSX_NOT,
    CSX_NUMBER_OF,
    CSX_POSITION,
    CSX_ROUND,
    CSX_STARTS_WITH,
    CSX_STRING,
    CSX_STRING_LENGTH,
    CSX_SUBSTRING,
    CSX_SUBSTRING_AFTER,
    CSX_SUBSTRING_BEFORE,
    CSX_SUM,
    CSX_TRANSLATE,
    CSX_TRUE
} csx_core;

typedef enum { CSX_IS_BOOLEAN, CSX_IS_NUMBER, CSX_IS_TEXT, CSX_IS_NODES, CSX_IS_UNKNOWN } csx_type;

typedef enum { CSX_CHILD, CSX_ATTRIBUTE, CSX_SELF, CSX_PARENT, CSX_ANCESTOR, CSX_ANCESTOR_OR_SELF, CSX_DESCENDANT } csx_axis;

/// Functions of ours that are answered here, without a call into Swift, in the order of the table in functions.c.
typedef enum {
    CSX_ADD_DAYS,
    CSX_ADD_MONTHS,
    CSX_ADD_YEARS,
    CSX_AFTER,
    CSX_AMOUNT_COMPARE,
    CSX_AMOUNT_DIFFERS,
    CSX_AMOUNT_SUM,
    CSX_BEFORE,
    CSX_DAYS_BETWEEN,
    CSX_DECIMALS,
    CSX_IS_DATE,
    CSX_LONGER_THAN_MONTHS,
    CSX_LONGER_THAN_YEARS
} csx_exact;

/// A name that steps ask for. A document keeps each of its names once, so that pointers tell whether two are the same.
typedef struct {
    const char *text;
    uint32_t hash;
    uint32_t length;
    /// The document's own copy; NULL where nothing in it has that name.
    const xmlChar *known;
    /// The run of the evaluator that `known` is of.
    uint64_t run;
} csx_name;

typedef struct {
    csx_name **slots;
    uint32_t room;
    uint32_t count;
} csx_names;

typedef struct csx_term csx_term;
typedef struct csx_step csx_step;
typedef struct csx_memory csx_memory;

struct csx_step {
    csx_axis axis;
    /// To the children of one name: what most steps are.
    uint8_t isToChild;
    /// Any node at all, as in `.` and `..`.
    uint8_t isOpen;
    /// Whether a predicate may ask for the position.
    uint8_t isPositional;
    /// NULL for any name.
    csx_name *name;
    /// NULL for no namespace.
    const char *uri;
    csx_term *predicates;
    csx_step *next;
    /// Names that do as well.
    csx_name **others;
    int32_t other_count;
};

// Expressions are gone through from end to end for each document, so terms are kept small.
struct csx_term {
    csx_kind kind;
    csx_type type;
    /// Operands, arguments, or what a path or filter begins at; a path without one begins at the context.
    csx_term *first;
    csx_term *next;
    csx_step *steps;
    csx_term *predicates;
    /// The function, or the place of a variable.
    int32_t number;
    /// Of a call of ours that asks for nothing in the document: the place of its answer.
    int32_t constant;
    uint8_t isAbsolute;
    /// The node itself, as a single dot.
    uint8_t isHere;
    /// Whether the node itself has a name, as in `self::town`.
    uint8_t asksName;
    /// Whether one walk from one node meets each node of the path once, and whether in document order.
    uint8_t isSimple;
    uint8_t isOrdered;
    /// Whether the steps only go down, so that they may begin at several nodes.
    uint8_t goesDown;
    /// Of a filter: whether one of its predicates may ask for positions.
    uint8_t isCounting;
    /// Whether it may ask for the position of the node it is evaluated on.
    uint8_t isPositional;
    /// Whether an evaluation of it, or of a predicate of its steps, may fail. Such a one is not cut short.
    uint8_t mayFail;
    uint8_t mayFailInside;
    /// Whether it may ask for the nodes of what has none; such a variable is evaluated at once.
    uint8_t mayFault;
    /// Of a text in an expression: whether it is an amount.
    uint8_t isAmount;
    /// Of a text in an expression, in bytes.
    uint32_t length;
    union {
        /// Of a number.
        double value;
        /// Of a text.
        const char *text;
        /// Of a call in Swift: the answer it had last, NULL before the first.
        csx_memory **last;
    };
    csx_decimal amount;
};

// Nodes are numbers, as CSEDXML.h tells: an element's is its own, the document's is -1, an attribute's is below that.

enum {
    CSX_THE_DOCUMENT = -1,
    CSX_NO_NODE = INT32_MIN,
    /// Attributes that an element can have under our parsing limits.
    CSX_ATTRIBUTES = 64
};

static inline int32_t csx_attribute_number(int32_t element, int32_t place) {
    return -2 - (element * CSX_ATTRIBUTES + place);
}
/// The element around an attribute.
static inline int32_t csx_bearer(int32_t attribute) { return (-2 - attribute) / CSX_ATTRIBUTES; }

/// A value of an evaluation; what it points to lives until the next one.
typedef struct {
    csx_type type;
    int boolean;
    double number;
    const char *text;
    int32_t *nodes;
    int32_t count;
} csx_value;

typedef struct {
    const char *prefix;
    const char *uri;
} csx_prefix;

/// A variable; `object` only where it is nothing that our own evaluation can hold.
typedef struct {
    const char *name;
    /// What its values are by all declarations read so far.
    int isDeclared;
    csx_type declared;
    /// Whether libxml2 may be the one that evaluates it.
    int isForeign;
    /// How many variables may wait for one another before it has its value.
    int depth;
    int isSet;
    /// Not NULL while nothing has asked for its value, which is that of a term at a node.
    const csx_term *pending;
    int32_t node;
    int32_t current;
    csx_type type;
    int boolean;
    double number;
    /// Of nodes or of text.
    void *buffer;
    size_t room;
    size_t length;
    xmlXPathObjectPtr object;
} csx_variable;

/// One of ours, one of libxml2's, or one of ours that has met what only libxml2 can answer.
typedef struct {
    const csx_term *term;
    /// The deepest variable in it.
    int depth;
    /// Whether a variable with its value may wait until something asks for it.
    int waits;
    xmlXPathCompExprPtr compiled;
    const char *text;
} csx_expression;

/// Answers of functions in Swift. What falls on the same place replaces what was there.
enum { CSX_MEMORIES = 64, CSX_MEMORY_KEY = 56, CSX_MEMORY_TEXT = 24 };
#define CSX_ANY_RUN UINT64_MAX

struct csx_memory {
    /// The run of the evaluator that it is of, CSX_ANY_RUN for what holds for every document.
    uint64_t run;
    int32_t function;
    int32_t length;
    /// The texts of the arguments, each with its end.
    char key[CSX_MEMORY_KEY];
    csx_value value;
    char text[CSX_MEMORY_TEXT];
};

/// Numbers that were made texts. What falls on the same place replaces what was there.
enum { CSX_WRITTEN = 16 };

typedef struct {
    double number;
    size_t length;
    char text[32];
} csx_written;

/// A rule: what has its value at the node that is judged, and what is asked then.
typedef struct {
    /// Pairs of a variable and its value.
    const int32_t *variables;
    int32_t variable_count;
    /// Pairs of an expression and the answer with which it fires.
    const int32_t *checks;
    int32_t check_count;
} csx_rule;

struct csx_evaluator {
    xmlXPathContextPtr context;
    /// How many documents were begun.
    uint64_t run;
    csx_names known_names;
    csx_memory *memories;
    csx_written written[CSX_WRITTEN];
    csx_rule *rules;
    int32_t rule_count;
    /// For the document and then for each element the last pattern that it was judged in.
    uint32_t *judged;
    int32_t judged_room;
    uint32_t pattern;
    csx_expression *expressions;
    int32_t count;
    int32_t capacity;
    csx_call call;
    void *owner;
    const char **names;
    /// What each answers, CSX_IS_UNKNOWN where it may be anything.
    csx_type *answers;
    /// Whether what it answers depends on its arguments alone, so that it is kept from document to document.
    uint8_t *lasting;
    int32_t name_count;
    const char *uri;
    csx_prefix *prefixes;
    int32_t prefix_count;
    csx_variable *variables;
    int32_t variable_count;
    /// Expressions, for as long as the evaluator lives.
    csx_pool terms;
    /// Values, for one evaluation.
    csx_pool values;
    const csx_document *document;
    /// Answers of calls with nothing but literals, of unknown type where there is none yet, for one document.
    csx_value *constants;
    int32_t constant_count;
    csx_pool constant_texts;
    /// What current() answers; CSX_NO_NODE where there is no such node.
    int32_t current;
    /// Set when an evaluation of ours met what only libxml2 can answer.
    int isBeyond;
    /// Set for tests, which compare both.
    int isForeign;
    /// Variables have their values at once, because a name is declared twice.
    int isEager;
};

struct csx_answer {
    csx_evaluator *evaluator;
    csx_type type;
    int boolean;
    double number;
    const char *text;
};

/// NULL when it is not of the simple kind, or memory is short. `depth` is that of the deepest variable in it.
csx_term *csx_expression_read(csx_evaluator *evaluator, const char *text, int *depth);
/// The place of a variable, which is made where there is none; -1 when memory is short.
int32_t csx_variable_place(csx_evaluator *evaluator, const char *name, size_t length);

/// The name of steps, kept once; NULL when memory is short.
csx_name *csx_name_of(csx_evaluator *evaluator, const char *text, size_t length);
/// Looks a name up in the document.
void csx_name_resolve(const csx_evaluator *evaluator, csx_name *name);
void csx_names_free(csx_names *names);

/// What the document calls a name; NULL where it has none such.
static inline const xmlChar *csx_name_here(const csx_evaluator *evaluator, csx_name *name) {
    if (name->run != evaluator->run) csx_name_resolve(evaluator, name);
    return name->known;
}

/// Gives a variable that waits for it its value. 0 when it cannot be evaluated.
int csx_variable_settle(csx_evaluator *evaluator, csx_variable *variable);
/// Makes a variable wait for the value of a term at a node.
static inline void csx_variable_wait(csx_variable *variable, const csx_term *term, int32_t node, int32_t current) {
    if (variable->object != NULL) xmlXPathFreeObject(variable->object);
    variable->object = NULL;
    variable->pending = term;
    variable->node = node;
    variable->current = current;
    variable->isSet = 1;
}
/// Keeps a value as that of a variable. 0 when memory is short.
int csx_variable_set(csx_variable *variable, const csx_value *value);

/// Makes a variable wait for the value of an expression at a node, or gives it. 0 done, -1 not evaluable.
int32_t csx_variable_give(csx_evaluator *evaluator, int32_t number, int32_t expression, int32_t node);
/// 1 true, 0 false, -1 not evaluable.
int32_t csx_test(csx_evaluator *evaluator, int32_t expression, int32_t node);
/// Sets what current() answers. 0 where there is no such node.
int csx_stand_at(csx_evaluator *evaluator, int32_t node);

/// Counts work that libxml2 does not count. 0 when there has been too much of it.
static inline int csx_charge(csx_evaluator *evaluator, unsigned long operations) {
    xmlXPathContextPtr context = evaluator->context;
    context->opCount += operations;
    return context->opCount < context->opLimit;
}

/// Where an expression is evaluated.
typedef struct {
    int32_t node;
    int32_t position;
    int32_t size;
} csx_place;

/// 0 when it cannot be evaluated; `isBeyond` then tells whether libxml2 has to try.
int csx_value_of(csx_evaluator *evaluator, const csx_term *term, int32_t node, csx_value *value);
int csx_value_boolean(csx_evaluator *evaluator, const csx_term *term, int32_t node, int *answer);
/// The string value that XPath gives a value of any type. NULL when memory is short.
const char *csx_value_text(csx_evaluator *evaluator, const csx_value *value);
/// The text of a node as XPath tells it; NULL when memory is short or there has been too much work.
const char *csx_node_text(csx_evaluator *evaluator, int32_t node);
/// libxml2's node of a number; NULL where there is none.
xmlNodePtr csx_node_of(const csx_document *document, int32_t number);
/// Whether a value is true as a Boolean.
int csx_value_is_true(const csx_value *value);

/// The value of a part of an expression, and its text. 0 when it cannot be evaluated.
int csx_term_value(csx_evaluator *evaluator, const csx_term *term, const csx_place *at, csx_value *value);
int csx_term_text(csx_evaluator *evaluator, const csx_term *term, const csx_place *at, const char **text);

/// The number of a function that is answered here, or -1; what it answers, and how many arguments it takes.
int32_t csx_exact_number(const char *name, size_t length, csx_type *type, int *arguments);
/// Wipes the answers that hold for this document only.
void csx_forget_calls(csx_evaluator *evaluator);
/// Evaluates a call of a function of ours: of nodes it gets the text of each, of anything else one text.
int csx_call_value(csx_evaluator *evaluator, const csx_term *call, const csx_place *at, csx_value *value);

#endif
