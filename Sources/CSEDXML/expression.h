// SPDX-License-Identifier: EUPL-1.2
//
// What the files about expressions of rules share. Most expressions are of a simple kind that is read and evaluated
// here, without a value being allocated; libxml2 compiles and evaluates the others, and its answers are the measure.

#ifndef CSEDXML_EXPRESSION_H
#define CSEDXML_EXPRESSION_H

#include "internal.h"

#include <libxml/xpath.h>

// MARK: Memory that is given back all at once

typedef struct csx_chunk csx_chunk;

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
csx_mark csx_pool_mark(const csx_pool *pool);
/// Gives back what was taken since the mark.
void csx_pool_release(csx_pool *pool, csx_mark mark);
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
    CSX_OURS
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

typedef struct csx_term csx_term;
typedef struct csx_step csx_step;

struct csx_step {
    csx_axis axis;
    /// NULL for any name.
    const char *name;
    /// NULL for no namespace.
    const char *uri;
    /// Any node at all, as in `.` and `..`.
    int isOpen;
    csx_term *predicates;
    /// Whether a predicate may ask for the position.
    int isPositional;
    csx_step *next;
};

struct csx_term {
    csx_kind kind;
    csx_type type;
    /// The function, or the place of a variable.
    int32_t number;
    double value;
    const char *text;
    /// Operands, arguments, or what a path or filter begins at; a path without one begins at the context.
    csx_term *first;
    csx_term *next;
    csx_step *steps;
    csx_term *predicates;
    int isAbsolute;
    /// Whether one walk from one node meets each node of the path once, and whether in document order.
    int isSimple;
    int isOrdered;
    /// Whether the steps only go down, so that they may begin at several nodes.
    int goesDown;
    /// Whether it may ask for the position of the node it is evaluated on.
    int isPositional;
    /// Whether an evaluation of it, or of a predicate of its steps, may fail. Such a one is not cut short.
    int mayFail;
    int mayFailInside;
    /// Whether it may ask for the nodes of what has none; such a variable is evaluated at once.
    int mayFault;
    /// Of a call of ours with nothing but literals: the place of its answer, which a message does not change.
    int32_t constant;
};

/// A value of an evaluation; what it points to lives until the next one.
typedef struct {
    csx_type type;
    int boolean;
    double number;
    const char *text;
    xmlNodePtr *nodes;
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
    xmlNodePtr node;
    xmlNodePtr current;
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
    xmlXPathCompExprPtr compiled;
    const char *text;
} csx_expression;

struct csx_evaluator {
    xmlXPathContextPtr context;
    csx_expression *expressions;
    int32_t count;
    int32_t capacity;
    csx_call call;
    void *owner;
    const char **names;
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
    /// What current() answers.
    xmlNodePtr current;
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

/// Gives a variable that waits for it its value. 0 when it cannot be evaluated.
int csx_variable_settle(csx_evaluator *evaluator, csx_variable *variable);
/// Keeps a value as that of a variable. 0 when memory is short.
int csx_variable_set(csx_variable *variable, const csx_value *value);

/// Counts work that libxml2 does not count. 0 when there has been too much of it.
static inline int csx_charge(csx_evaluator *evaluator, unsigned long operations) {
    xmlXPathContextPtr context = evaluator->context;
    unsigned long left = context->opLimit > context->opCount ? context->opLimit - context->opCount : 0;
    context->opCount += operations < left ? operations : left;
    return context->opCount < context->opLimit;
}

/// 0 when it cannot be evaluated; `isBeyond` then tells whether libxml2 has to try.
int csx_value_of(csx_evaluator *evaluator, const csx_term *term, xmlNodePtr node, csx_value *value);
int csx_value_boolean(csx_evaluator *evaluator, const csx_term *term, xmlNodePtr node, int *answer);
/// The string value that XPath gives a value of any type. NULL when memory is short.
const char *csx_value_text(csx_evaluator *evaluator, const csx_value *value);
/// The text of a node as XPath tells it; NULL when memory is short or there has been too much work.
const char *csx_node_text(csx_evaluator *evaluator, xmlNodePtr node);

#endif
