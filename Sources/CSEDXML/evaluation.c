// SPDX-License-Identifier: EUPL-1.2
//
// Evaluates expressions of the simple kind as libxml2 does, on the tree itself: paths are walked, and a list of nodes is
// made only where one is needed.

#include "expression.h"

#include <libxml/xpathInternals.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef csx_place place;
typedef csx_evaluator evaluator;
typedef csx_term term;

/// Not made part of what calls it: the places through which every part of an expression goes need no memory of their own
/// then, and most of their time went to making room for rare kinds.
#define APART __attribute__((noinline))

static int value_of(evaluator *self, const term *it, const place *at, csx_value *value);
static int boolean_of(evaluator *self, const term *it, const place *at, int *answer);
static int number_of(evaluator *self, const term *it, const place *at, double *number);
static int nodes_of(evaluator *self, const term *it, const place *at, csx_value *value);

// MARK: Texts

/// The text of a node that has other elements in it, or of an attribute.
static APART const char *gathered_text(evaluator *self, int32_t node, size_t *length) {
    xmlChar *made = xmlNodeGetContent(csx_node_of(self->document, node));
    *length = made == NULL ? 0 : strlen((const char *)made);
    const char *text = made == NULL ? "" : csx_pool_copy(&self->values, (const char *)made, *length);
    xmlFree(made);
    return text != NULL && csx_charge(self, *length / 4) ? text : NULL;
}

/// The text of a node and its length in bytes.
static inline const char *text_at(evaluator *self, int32_t node, size_t *length) {
    if (node < 0) return gathered_text(self, node, length);
    const csx_element *element = &self->document->elements[node];
    if (element->length < 0) return gathered_text(self, node, length);
    *length = (size_t)element->length;
    return csx_charge(self, *length / 4) ? csx_plain_text(element) : NULL;
}

const char *csx_node_text(evaluator *self, int32_t node) {
    size_t length;
    return text_at(self, node, &length);
}

/// libxml2's text of a number. Rules write the same few numbers again and again, so those are kept.
static const char *number_text(evaluator *self, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    csx_written *written = &self->written[(bits * 0x9E3779B97F4A7C15u >> 32) % CSX_WRITTEN];
    if (written->length > 0 && memcmp(&written->number, &number, sizeof(number)) == 0) {
        return csx_pool_copy(&self->values, written->text, written->length);
    }
    xmlChar *made = xmlXPathCastNumberToString(number);
    if (made == NULL) return NULL;
    size_t length = strlen((const char *)made);
    const char *copy = csx_pool_copy(&self->values, (const char *)made, length);
    if (length < sizeof(written->text)) {
        *written = (csx_written){.number = number, .length = length};
        memcpy(written->text, made, length + 1);
    }
    xmlFree(made);
    return copy;
}

const char *csx_value_text(evaluator *self, const csx_value *value) {
    switch (value->type) {
    case CSX_IS_BOOLEAN: return value->boolean ? "true" : "false";
    case CSX_IS_NUMBER: return number_text(self, value->number);
    case CSX_IS_NODES: return value->count == 0 ? "" : csx_node_text(self, value->nodes[0]);
    default: return value->text;
    }
}

static double text_number(const char *text) { return xmlXPathStringEvalNumber((const xmlChar *)text); }

static int value_number(evaluator *self, const csx_value *value, double *number) {
    if (value->type == CSX_IS_NUMBER) {
        *number = value->number;
    } else if (value->type == CSX_IS_BOOLEAN) {
        *number = value->boolean;
    } else {
        const char *text = csx_value_text(self, value);
        if (text == NULL) return 0;
        *number = text_number(text);
    }
    return 1;
}

int csx_value_is_true(const csx_value *value) {
    switch (value->type) {
    case CSX_IS_BOOLEAN: return value->boolean;
    case CSX_IS_NUMBER: return value->number != 0 && !isnan(value->number);
    case CSX_IS_NODES: return value->count > 0;
    default: return *value->text != '\0';
    }
}

static int is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

// MARK: Nodes

/// A number that tells the order in the document.
static inline int64_t order_of(int32_t node) {
    if (node >= CSX_THE_DOCUMENT) return ((int64_t)node + 1) << 16;
    return (((int64_t)csx_bearer(node) + 1) << 16) + 1 + (-2 - node) % CSX_ATTRIBUTES;
}

static int compare_order(const void *left, const void *right) {
    int64_t a = order_of(*(const int32_t *)left), b = order_of(*(const int32_t *)right);
    return a < b ? -1 : a > b;
}

/// Brings nodes into the order of the document, each once.
static int put_in_order(evaluator *self, csx_value *nodes) {
    int isInOrder = 1;
    for (int32_t i = 1; i < nodes->count && isInOrder; i++) {
        isInOrder = order_of(nodes->nodes[i - 1]) < order_of(nodes->nodes[i]);
    }
    if (isInOrder) return 1;
    if (!csx_charge(self, (unsigned long)nodes->count)) return 0;
    qsort(nodes->nodes, (size_t)nodes->count, sizeof(int32_t), compare_order);
    int32_t kept = 1;
    for (int32_t i = 1; i < nodes->count; i++) {
        if (nodes->nodes[i] != nodes->nodes[kept - 1]) nodes->nodes[kept++] = nodes->nodes[i];
    }
    nodes->count = kept;
    return 1;
}

typedef enum { ANY, FIRST, COUNT, EVERY, SAME_TEXT, OTHER_TEXT } purpose;

/// What a walk is for, and what it has found.
typedef struct {
    purpose purpose;
    /// What texts are compared with.
    const char *text;
    size_t length;
    /// How many nodes were found; of a walk that ends with the first it is 0 or 1.
    int32_t count;
    int32_t room;
    int32_t *nodes;
} search;

typedef enum { FAILED, GOES_ON, IS_DONE } progress;

/// 0 when memory is short.
static APART int enlarge(evaluator *self, search *search) {
    int32_t room = search->room == 0 ? 8 : search->room * 2;
    int32_t *nodes = csx_pool_take(&self->values, (size_t)room * sizeof(int32_t));
    if (nodes == NULL) return 0;
    if (search->count > 0) memcpy(nodes, search->nodes, (size_t)search->count * sizeof(int32_t));
    search->nodes = nodes;
    search->room = room;
    return 1;
}

static APART progress found_text(evaluator *self, search *search, int32_t node) {
    csx_mark mark = csx_pool_mark(&self->values);
    size_t length;
    const char *text = text_at(self, node, &length);
    if (text == NULL) return FAILED;
    int isSame = length == search->length && memcmp(text, search->text, length) == 0;
    csx_pool_release(&self->values, mark);
    if (isSame != (search->purpose == SAME_TEXT)) return GOES_ON;
    search->count = 1;
    return IS_DONE;
}

static inline progress found(evaluator *self, search *search, int32_t node) {
    switch (search->purpose) {
    case ANY: search->count = 1; return IS_DONE;
    case COUNT: search->count++; return GOES_ON;
    case SAME_TEXT:
    case OTHER_TEXT: return found_text(self, search, node);
    default:
        if (search->count == search->room && !enlarge(self, search)) return FAILED;
        search->nodes[search->count++] = node;
        return search->purpose == FIRST ? IS_DONE : GOES_ON;
    }
}

/// Whether the document has what a step asks for; its names then are those of the document.
static inline int occurs(evaluator *self, const csx_step *step) {
    if (step->name == NULL) return 1;
    int isKnown = csx_name_here(self, step->name) != NULL;
    for (int32_t i = 0; i < step->other_count; i++) {
        if (csx_name_here(self, step->others[i]) != NULL) isKnown = 1;
    }
    return isKnown;
}

static inline int has_name(const csx_step *step, const xmlChar *name) {
    if (step->name->known == name) return 1;
    for (int32_t i = 0; i < step->other_count; i++) {
        if (step->others[i]->known == name) return 1;
    }
    return 0;
}

static inline int is_in_namespace(const csx_step *step, const csx_element *element) {
    if (step->uri == NULL) return !element->hasNamespace;
    return element->hasNamespace && strcmp(step->uri, (const char *)element->node->ns->href) == 0;
}

/// Whether a node is one that a step leads to, after ``occurs``; not for steps to attributes.
static inline int is_named(const evaluator *self, const csx_step *step, int32_t node) {
    if (step->isOpen) return 1;
    if (node < 0) return 0;
    if (step->name == NULL) return 1;
    const csx_element *element = &self->document->elements[node];
    return has_name(step, element->name) && is_in_namespace(step, element);
}

static int is_named_attribute(const csx_step *step, const xmlAttr *attribute) {
    if (step->name == NULL) return 1;
    if (!has_name(step, attribute->name)) return 0;
    const xmlNs *ns = attribute->ns;
    if (step->uri != NULL) return ns != NULL && strcmp(step->uri, (const char *)ns->href) == 0;
    return ns == NULL || ns->prefix == NULL;
}

/// Whether predicates hold that do not ask for the position.
static APART int holds(evaluator *self, const term *predicate, int32_t node, int *answer) {
    *answer = 1;
    for (; predicate != NULL && *answer; predicate = predicate->next) {
        place at = {node, 1, 1};
        csx_mark mark = csx_pool_mark(&self->values);
        if (!boolean_of(self, predicate, &at, answer)) return 0;
        csx_pool_release(&self->values, mark);
    }
    return 1;
}

static int32_t parent_of(const evaluator *self, int32_t node) {
    if (node == CSX_THE_DOCUMENT) return CSX_NO_NODE;
    return node < 0 ? csx_bearer(node) : self->document->elements[node].parent;
}

/// One more than the last element inside a node; in front of everything for an attribute, which holds none.
static inline int32_t end_of(const evaluator *self, int32_t node) {
    if (node >= 0) return self->document->elements[node].end;
    return node == CSX_THE_DOCUMENT ? self->document->count : CSX_NO_NODE;
}

/// The first of the nodes that an axis other than that of attributes may lead to, whatever their names.
static int32_t first_on(const evaluator *self, csx_axis axis, int32_t node) {
    switch (axis) {
    case CSX_SELF:
    case CSX_ANCESTOR_OR_SELF: return node;
    case CSX_PARENT:
    case CSX_ANCESTOR: return parent_of(self, node);
    default: return node + 1 < end_of(self, node) ? node + 1 : CSX_NO_NODE;
    }
}

static int32_t next_on(const evaluator *self, csx_axis axis, int32_t node, int32_t top) {
    int32_t next;
    switch (axis) {
    case CSX_ANCESTOR:
    case CSX_ANCESTOR_OR_SELF: return parent_of(self, node);
    case CSX_CHILD: next = end_of(self, node); break;
    case CSX_DESCENDANT: next = node + 1; break;
    default: return CSX_NO_NODE;
    }
    return next < end_of(self, top) ? next : CSX_NO_NODE;
}

static progress walk(evaluator *self, const csx_step *step, int32_t node, search *search);

/// Goes on from a node that a step leads to, its predicates aside.
static inline progress walk_on(evaluator *self, const csx_step *step, int32_t node, search *search) {
    int isMeant = 1;
    if (step->predicates != NULL && !holds(self, step->predicates, node, &isMeant)) return FAILED;
    if (!isMeant) return GOES_ON;
    return step->next == NULL ? found(self, search, node) : walk(self, step->next, node, search);
}

/// Walks to the children of one name.
static progress walk_children(evaluator *self, const csx_step *step, int32_t node, search *search) {
    const xmlChar *name = csx_name_here(self, step->name);
    if (name == NULL) return csx_charge(self, 1) ? GOES_ON : FAILED;
    const csx_element *elements = self->document->elements;
    unsigned long visited = 1;
    int32_t end = end_of(self, node);
    for (int32_t child = node + 1; child < end; child = elements[child].end, visited++) {
        if (elements[child].name != name || !is_in_namespace(step, &elements[child])) continue;
        if (!csx_charge(self, visited)) return FAILED;
        visited = 0;
        progress progress = walk_on(self, step, child, search);
        if (progress != GOES_ON) return progress;
    }
    return csx_charge(self, visited) ? GOES_ON : FAILED;
}

/// Goes on from the attributes of a node, or only finds them where `isEnd`.
static APART progress walk_attributes(evaluator *self, const csx_step *step, int32_t node, search *search, int isEnd) {
    if (node < 0) return GOES_ON;
    int32_t place = 0;
    for (const xmlAttr *it = self->document->elements[node].node->properties; it != NULL; it = it->next, place++) {
        // One without a number is libxml2's.
        if (place == CSX_ATTRIBUTES) self->isBeyond = 1;
        if (place == CSX_ATTRIBUTES || !csx_charge(self, 1)) return FAILED;
        if (!is_named_attribute(step, it)) continue;
        int32_t attribute = csx_attribute_number(node, place);
        progress progress = isEnd ? found(self, search, attribute) : walk_on(self, step, attribute, search);
        if (progress != GOES_ON) return progress;
    }
    return GOES_ON;
}

static APART progress walk_axis(evaluator *self, const csx_step *step, int32_t node, search *search) {
    if (!occurs(self, step)) return csx_charge(self, 1) ? GOES_ON : FAILED;
    if (step->axis == CSX_ATTRIBUTE) return walk_attributes(self, step, node, search, 0);
    int32_t it = first_on(self, step->axis, node);
    for (; it != CSX_NO_NODE; it = next_on(self, step->axis, it, node)) {
        if (!csx_charge(self, 1)) return FAILED;
        if (!is_named(self, step, it)) continue;
        progress progress = walk_on(self, step, it, search);
        if (progress != GOES_ON) return progress;
    }
    return GOES_ON;
}

static progress walk(evaluator *self, const csx_step *step, int32_t node, search *search) {
    return step->isToChild ? walk_children(self, step, node, search) : walk_axis(self, step, node, search);
}

/// Keeps the nodes from `start` on for which the predicate holds; their order is the one that positions count.
static int keep(evaluator *self, const term *predicate, search *search, int32_t start) {
    int32_t size = search->count - start, kept = start;
    if (predicate->kind == CSX_NUMBER) {
        int isOne = predicate->value >= 1 && predicate->value <= size && predicate->value == floor(predicate->value);
        if (isOne) search->nodes[start] = search->nodes[start + (int32_t)predicate->value - 1];
        search->count = start + isOne;
        return csx_charge(self, 1);
    }
    for (int32_t i = 0; i < size; i++) {
        place at = {search->nodes[start + i], i + 1, size};
        csx_mark mark = csx_pool_mark(&self->values);
        int answer = 0;
        if (predicate->type == CSX_IS_NUMBER || predicate->type == CSX_IS_UNKNOWN) {
            csx_value value;
            if (!value_of(self, predicate, &at, &value)) return 0;
            answer = value.type == CSX_IS_NUMBER ? value.number == at.position : csx_value_is_true(&value);
        } else if (!boolean_of(self, predicate, &at, &answer)) {
            return 0;
        }
        csx_pool_release(&self->values, mark);
        if (!csx_charge(self, 1)) return 0;
        if (answer) search->nodes[kept++] = at.node;
    }
    search->count = kept;
    return 1;
}

/// All nodes that a step leads to, its predicates aside. 0 when they cannot be told.
static int find_all(evaluator *self, const csx_step *step, int32_t node, search *search) {
    if (step->axis == CSX_ATTRIBUTE) return walk_attributes(self, step, node, search, 1) != FAILED;
    int32_t it = first_on(self, step->axis, node);
    for (; it != CSX_NO_NODE; it = next_on(self, step->axis, it, node)) {
        if (!csx_charge(self, 1)) return 0;
        if (is_named(self, step, it) && found(self, search, it) == FAILED) return 0;
    }
    return 1;
}

/// Step by step with all nodes of each step, where a walk would meet nodes more than once or positions count.
static int step_by_step(evaluator *self, const csx_step *step, csx_value *nodes) {
    for (; step != NULL; step = step->next) {
        search next = {.purpose = EVERY};
        int32_t behind = 0;
        if (!occurs(self, step)) nodes->count = 0;
        for (int32_t i = 0; i < nodes->count; i++) {
            int32_t from = nodes->nodes[i];
            // What is below it was found with the one around it.
            if (step->axis == CSX_DESCENDANT && !step->isPositional) {
                if (!csx_charge(self, 1)) return 0;
                if (from < CSX_THE_DOCUMENT || (from >= 0 && from < behind)) continue;
                behind = end_of(self, from);
            }
            int32_t start = next.count;
            if (!find_all(self, step, from, &next)) return 0;
            for (const term *predicate = step->predicates; predicate != NULL; predicate = predicate->next) {
                if (!keep(self, predicate, &next, start)) return 0;
            }
        }
        nodes->nodes = next.nodes;
        nodes->count = next.count;
        if (!put_in_order(self, nodes)) return 0;
    }
    return 1;
}

/// Where a path begins: one node without memory of its own, or those of an expression.
static int start_of(evaluator *self, const term *path, const place *at, int32_t *one, csx_value *start) {
    *start = (csx_value){.type = CSX_IS_NODES, .nodes = one, .count = 1};
    *one = path->isAbsolute ? CSX_THE_DOCUMENT : at->node;
    return path->first == NULL ? 1 : nodes_of(self, path->first, at, start);
}

/// Walks a path for a purpose for which the order of the nodes does not matter, or is kept. -1 when it cannot be walked.
static int search_path(evaluator *self, const term *path, const place *at, search *search) {
    int isCutShort = search->purpose != EVERY && search->purpose != COUNT;
    if (!path->isSimple || (isCutShort && path->mayFailInside)) return -1;
    int32_t one;
    csx_value start;
    if (path->first == NULL) {
        one = path->isAbsolute ? CSX_THE_DOCUMENT : at->node;
        progress progress = path->steps == NULL ? found(self, search, one) : walk(self, path->steps, one, search);
        return progress != FAILED;
    }
    if (!path->goesDown) return -1;
    if (!start_of(self, path, at, &one, &start)) return 0;
    // Those below one another would not come in order.
    if (search->purpose == FIRST && start.count > 1) return -1;
    for (int32_t i = 0; i < start.count; i++) {
        progress progress = walk(self, path->steps, start.nodes[i], search);
        if (progress == FAILED) return 0;
        if (progress == IS_DONE) return 1;
    }
    return 1;
}

static APART int path_nodes(evaluator *self, const term *path, const place *at, csx_value *value) {
    search search = {.purpose = EVERY};
    int answer = search_path(self, path, at, &search);
    if (answer == 0) return 0;
    if (answer == 1) {
        *value = (csx_value){.type = CSX_IS_NODES, .nodes = search.nodes, .count = search.count};
        return (path->isOrdered && path->first == NULL) || put_in_order(self, value);
    }
    int32_t one;
    csx_value start;
    if (!start_of(self, path, at, &one, &start)) return 0;
    *value = start;
    return step_by_step(self, path->steps, value);
}

static int merge(evaluator *self, const csx_value *left, const csx_value *right, csx_value *value) {
    if (left->count == 0 || right->count == 0) {
        *value = left->count == 0 ? *right : *left;
        return 1;
    }
    size_t room = (size_t)left->count + (size_t)right->count;
    int32_t *nodes = csx_pool_take(&self->values, room * sizeof(int32_t));
    if (nodes == NULL || !csx_charge(self, room)) return 0;
    int32_t i = 0, k = 0, count = 0;
    int64_t a = order_of(left->nodes[0]), b = order_of(right->nodes[0]);
    while (i < left->count || k < right->count) {
        int takesLeft = k == right->count || (i < left->count && a <= b);
        int takesRight = i == left->count || (k < right->count && b <= a);
        nodes[count++] = takesLeft ? left->nodes[i] : right->nodes[k];
        if (takesLeft && ++i < left->count) a = order_of(left->nodes[i]);
        if (takesRight && ++k < right->count) b = order_of(right->nodes[k]);
    }
    *value = (csx_value){.type = CSX_IS_NODES, .nodes = nodes, .count = count};
    return 1;
}

// MARK: Variables

/// Keeps bytes as the value of a variable, which may be part of what it holds already. 0 when memory is short.
static int hold(csx_variable *variable, const void *bytes, size_t size) {
    if (size > variable->room) {
        size_t room = size < 64 ? 64 : size * 2;
        void *larger = malloc(room);
        if (larger == NULL) return 0;
        memcpy(larger, bytes, size);
        free(variable->buffer);
        variable->buffer = larger;
        variable->room = room;
    } else if (size > 0) {
        memmove(variable->buffer, bytes, size);
    }
    return 1;
}

int csx_variable_set(csx_variable *variable, const csx_value *value) {
    variable->type = value->type;
    variable->boolean = value->boolean;
    variable->number = value->number;
    variable->pending = NULL;
    if (value->type == CSX_IS_NODES) {
        variable->length = (size_t)value->count;
        if (!hold(variable, value->nodes, variable->length * sizeof(int32_t))) return 0;
    } else if (value->type == CSX_IS_TEXT) {
        variable->length = strlen(value->text);
        if (!hold(variable, value->text, variable->length + 1)) return 0;
    }
    variable->isSet = 1;
    return 1;
}

int csx_variable_settle(evaluator *self, csx_variable *variable) {
    const term *pending = variable->pending;
    if (pending == NULL) return 1;
    // Whatever it asks for was declared before it, so it cannot ask for itself.
    variable->pending = NULL;
    variable->isSet = 0;
    int32_t current = self->current;
    self->current = variable->current;
    csx_mark mark = csx_pool_mark(&self->values);
    place at = {variable->node, 1, 1};
    csx_value value;
    int isKnown = value_of(self, pending, &at, &value);
    self->current = current;
    if (!isKnown || !csx_variable_set(variable, &value)) return 0;
    csx_pool_release(&self->values, mark);
    return 1;
}

static APART int variable_value(evaluator *self, const term *it, csx_value *value) {
    csx_variable *variable = &self->variables[it->number];
    if (!variable->isSet || (variable->pending != NULL && !csx_variable_settle(self, variable))) return 0;
    if (variable->object != NULL) {
        self->isBeyond = 1;
        return 0;
    }
    *value = (csx_value){.type = variable->type, .boolean = variable->boolean, .number = variable->number};
    size_t work = 0;
    if (variable->type == CSX_IS_NODES) {
        value->nodes = variable->buffer;
        value->count = (int32_t)variable->length;
        work = variable->length / 2;
    } else if (variable->type == CSX_IS_TEXT) {
        value->text = variable->buffer;
        work = variable->length / 4;
    }
    return csx_charge(self, work);
}

static int nodes_of(evaluator *self, const term *it, const place *at, csx_value *value) {
    if (it->kind == CSX_PATH) return path_nodes(self, it, at, value);
    if (it->kind == CSX_VARIABLE) return variable_value(self, it, value) && value->type == CSX_IS_NODES;
    return value_of(self, it, at, value) && value->type == CSX_IS_NODES;
}

// MARK: Comparisons

static int is_order(csx_kind kind, double left, double right) {
    switch (kind) {
    case CSX_EQUAL: return left == right;
    case CSX_UNEQUAL: return left != right;
    case CSX_LESS: return left < right;
    case CSX_LESS_EQUAL: return left <= right;
    case CSX_GREATER: return left > right;
    default: return left >= right;
    }
}

static csx_kind turned(csx_kind kind) {
    switch (kind) {
    case CSX_LESS: return CSX_GREATER;
    case CSX_LESS_EQUAL: return CSX_GREATER_EQUAL;
    case CSX_GREATER: return CSX_LESS;
    case CSX_GREATER_EQUAL: return CSX_LESS_EQUAL;
    default: return kind;
    }
}

/// The smallest and the largest number among nodes; 0 in `hasNumbers` where none is a number.
static int extremes(evaluator *self, const csx_value *nodes, double *least, double *most, int *hasNumbers) {
    *hasNumbers = 0;
    for (int32_t i = 0; i < nodes->count; i++) {
        csx_mark mark = csx_pool_mark(&self->values);
        const char *text = csx_node_text(self, nodes->nodes[i]);
        if (text == NULL || !csx_charge(self, 1)) return 0;
        double number = text_number(text);
        csx_pool_release(&self->values, mark);
        if (isnan(number)) continue;
        if (!*hasNumbers || number < *least) *least = number;
        if (!*hasNumbers || number > *most) *most = number;
        *hasNumbers = 1;
    }
    return 1;
}

/// Whether two nodes have different texts, one of each set: they have not where all are equal to the first.
static int have_difference(evaluator *self, const csx_value *left, const csx_value *right, int *answer) {
    const char *first = csx_node_text(self, left->nodes[0]);
    if (first == NULL) return 0;
    *answer = 0;
    for (int32_t i = 0; i < left->count + right->count && !*answer; i++) {
        csx_mark mark = csx_pool_mark(&self->values);
        const char *text =
            csx_node_text(self, i < right->count ? right->nodes[i] : left->nodes[i - right->count]);
        if (text == NULL || !csx_charge(self, 1)) return 0;
        *answer = strcmp(text, first) != 0;
        csx_pool_release(&self->values, mark);
    }
    return 1;
}

static int compare_node_sets(evaluator *self, csx_kind kind, const csx_value *left, const csx_value *right, int *answer) {
    *answer = 0;
    if (left->count == 0 || right->count == 0) return 1;
    if (kind != CSX_EQUAL && kind != CSX_UNEQUAL) {
        double least[2] = {0, 0}, most[2] = {0, 0};
        int hasLeft = 0, hasRight = 0;
        if (!extremes(self, left, &least[0], &most[0], &hasLeft)) return 0;
        if (!extremes(self, right, &least[1], &most[1], &hasRight)) return 0;
        int isLess = kind == CSX_LESS || kind == CSX_LESS_EQUAL;
        *answer = hasLeft && hasRight &&
                  (isLess ? is_order(kind, least[0], most[1]) : is_order(kind, most[0], least[1]));
        return 1;
    }
    if (kind == CSX_UNEQUAL) return have_difference(self, left, right, answer);
    const char **texts = csx_pool_take(&self->values, (size_t)right->count * sizeof(char *));
    if (texts == NULL) return 0;
    for (int32_t k = 0; k < right->count; k++) {
        texts[k] = csx_node_text(self, right->nodes[k]);
        if (texts[k] == NULL) return 0;
    }
    for (int32_t i = 0; i < left->count && !*answer; i++) {
        csx_mark mark = csx_pool_mark(&self->values);
        const char *text = csx_node_text(self, left->nodes[i]);
        if (text == NULL) return 0;
        for (int32_t k = 0; k < right->count && !*answer; k++) {
            if (!csx_charge(self, 1)) return 0;
            *answer = strcmp(text, texts[k]) == 0;
        }
        csx_pool_release(&self->values, mark);
    }
    return 1;
}

static int compare_nodes(evaluator *self, csx_kind kind, const csx_value *nodes, const csx_value *other, int *answer) {
    int isEquality = kind == CSX_EQUAL || kind == CSX_UNEQUAL;
    *answer = 0;
    if (other->type == CSX_IS_BOOLEAN) {
        *answer = is_order(kind, nodes->count > 0, other->boolean);
        return 1;
    }
    double number = other->number;
    if (!isEquality && other->type == CSX_IS_TEXT) number = text_number(other->text);
    for (int32_t i = 0; i < nodes->count && !*answer; i++) {
        csx_mark mark = csx_pool_mark(&self->values);
        const char *text = csx_node_text(self, nodes->nodes[i]);
        if (text == NULL || !csx_charge(self, 1)) return 0;
        *answer = isEquality && other->type == CSX_IS_TEXT ? (strcmp(text, other->text) == 0) == (kind == CSX_EQUAL)
                                                           : is_order(kind, text_number(text), number);
        csx_pool_release(&self->values, mark);
    }
    return 1;
}

static int compare_values(evaluator *self, csx_kind kind, const csx_value *left, const csx_value *right, int *answer) {
    if (left->type == CSX_IS_NODES && right->type == CSX_IS_NODES) {
        return compare_node_sets(self, kind, left, right, answer);
    }
    if (left->type == CSX_IS_NODES) return compare_nodes(self, kind, left, right, answer);
    if (right->type == CSX_IS_NODES) return compare_nodes(self, turned(kind), right, left, answer);
    if (kind == CSX_EQUAL || kind == CSX_UNEQUAL) {
        if (left->type == CSX_IS_BOOLEAN || right->type == CSX_IS_BOOLEAN) {
            *answer = (csx_value_is_true(left) == csx_value_is_true(right)) == (kind == CSX_EQUAL);
            return 1;
        }
        if (left->type == CSX_IS_TEXT && right->type == CSX_IS_TEXT) {
            *answer = (strcmp(left->text, right->text) == 0) == (kind == CSX_EQUAL);
            return 1;
        }
    }
    double numbers[2] = {0, 0};
    if (!value_number(self, left, &numbers[0]) || !value_number(self, right, &numbers[1])) return 0;
    *answer = is_order(kind, numbers[0], numbers[1]);
    return 1;
}

static APART int compare(evaluator *self, const term *it, const place *at, int *answer) {
    const term *left = it->first, *right = left->next;
    // What nearly every comparison is: a path beside a literal.
    if (left->kind == CSX_PATH && right->kind == CSX_TEXT && (it->kind == CSX_EQUAL || it->kind == CSX_UNEQUAL)) {
        search search = {
            .purpose = it->kind == CSX_EQUAL ? SAME_TEXT : OTHER_TEXT, .text = right->text, .length = right->length};
        int isDone = search_path(self, left, at, &search);
        *answer = search.count;
        if (isDone >= 0) return isDone;
    }
    if (left->type == CSX_IS_NUMBER && right->type == CSX_IS_NUMBER) {
        double numbers[2];
        if (!number_of(self, left, at, &numbers[0]) || !number_of(self, right, at, &numbers[1])) return 0;
        *answer = is_order(it->kind, numbers[0], numbers[1]);
        return 1;
    }
    csx_value values[2];
    return value_of(self, left, at, &values[0]) && value_of(self, right, at, &values[1]) &&
           compare_values(self, it->kind, &values[0], &values[1], answer);
}

// MARK: Values

/// The first node of a path, CSX_NO_NODE where there is none; -1 when all of its nodes have to be found.
static int first_node(evaluator *self, const term *it, const place *at, int32_t *node) {
    if (it->kind != CSX_PATH || !it->isOrdered) return -1;
    *node = at->node;
    if (it->isHere) return 1;
    search search = {.purpose = FIRST, .room = 1, .nodes = node};
    int isDone = search_path(self, it, at, &search);
    if (search.count == 0) *node = CSX_NO_NODE;
    return isDone;
}

static int text_of(evaluator *self, const term *it, const place *at, const char **text) {
    if (it->kind == CSX_TEXT) {
        *text = it->text;
        return 1;
    }
    int32_t node;
    int isDone = first_node(self, it, at, &node);
    if (isDone >= 0) {
        *text = node == CSX_NO_NODE ? "" : csx_node_text(self, node);
        return isDone && *text != NULL;
    }
    csx_value value;
    if (!value_of(self, it, at, &value)) return 0;
    *text = csx_value_text(self, &value);
    return *text != NULL;
}

static int number_of(evaluator *self, const term *it, const place *at, double *number) {
    if (it->kind == CSX_NUMBER) {
        *number = it->value;
        return 1;
    }
    if (it->type == CSX_IS_NODES) {
        const char *text;
        if (!text_of(self, it, at, &text)) return 0;
        *number = text_number(text);
        return 1;
    }
    csx_value value;
    return value_of(self, it, at, &value) && value_number(self, &value, number);
}

static const char *normalized(evaluator *self, const char *text) {
    const char *start = text;
    while (is_blank(*start)) start++;
    // Most texts are as they should be.
    const char *end = start;
    while (*end != '\0' && !(is_blank(*end) && (*end != ' ' || is_blank(end[1]) || end[1] == '\0'))) end++;
    if (*end == '\0') return start;
    size_t length = strlen(start);
    char *copy = csx_pool_take(&self->values, length + 1);
    if (copy == NULL || !csx_charge(self, length / 4)) return NULL;
    char *to = copy;
    for (const char *from = start; *from != '\0'; from++) {
        if (!is_blank(*from)) {
            *to++ = *from;
        } else if (!is_blank(from[1]) && from[1] != '\0') {
            *to++ = ' ';
        }
    }
    *to = '\0';
    return copy;
}

static const char *concatenated(evaluator *self, const term *argument, const place *at) {
    char *joined = NULL;
    size_t length = 0;
    for (; argument != NULL; argument = argument->next) {
        const char *text;
        if (!text_of(self, argument, at, &text)) return NULL;
        size_t more = strlen(text);
        char *longer = csx_pool_take(&self->values, length + more + 1);
        if (longer == NULL || !csx_charge(self, (length + more) / 4)) return NULL;
        if (length > 0) memcpy(longer, joined, length);
        memcpy(longer + length, text, more + 1);
        joined = longer;
        length += more;
    }
    return joined;
}

/// libxml2's substring(): positions count characters from 1 and are rounded.
static const char *part_of(evaluator *self, const char *text, double from, const double *count) {
    int first = 1, end = INT_MAX;
    if (!(from < INT_MAX)) {
        first = INT_MAX;
    } else if (from >= 1.0) {
        first = (int)from;
        if (from - floor(from) >= 0.5) first += 1;
    }
    if (count != NULL) {
        double start = floor(from), length = floor(*count);
        if (from - start >= 0.5) start += 1.0;
        if (*count - length >= 0.5) length += 1.0;
        if (!(start + length >= 1.0)) end = 1;
        else if (start + length < INT_MAX) end = (int)(start + length);
    }
    if (first >= end) return "";
    xmlChar *made = xmlUTF8Strsub((const xmlChar *)text, first - 1, end - first);
    if (made == NULL) return "";
    const char *copy = csx_pool_copy(&self->values, (const char *)made, strlen((const char *)made));
    xmlFree(made);
    return copy;
}

static size_t letter_size(const char *letter) {
    size_t size = 1;
    while (((unsigned char)letter[size] & 0xC0) == 0x80) size++;
    return size;
}

static const char *translated(evaluator *self, const char *text, const char *from, const char *to) {
    size_t length = strlen(text);
    // A letter may become a longer one.
    char *copy = csx_pool_take(&self->values, length * 4 + 1);
    if (copy == NULL || !csx_charge(self, length * (1 + strlen(from) / 8))) return NULL;
    char *end = copy;
    for (const char *letter = text; *letter != '\0'; letter += letter_size(letter)) {
        size_t size = letter_size(letter);
        const char *known = from, *other = to;
        while (*known != '\0' && !(letter_size(known) == size && memcmp(known, letter, size) == 0)) {
            known += letter_size(known);
            if (*other != '\0') other += letter_size(other);
        }
        const char *source = *known == '\0' ? letter : other;
        if (*source == '\0') continue;
        size_t taken = letter_size(source);
        memcpy(end, source, taken);
        end += taken;
    }
    *end = '\0';
    return copy;
}

static double rounded(double number) {
    if (number >= -0.5 && number < 0.5) return number * 0.0;
    double whole = floor(number);
    return number - whole >= 0.5 ? whole + 1.0 : whole;
}

/// The text of the first argument, or of the context without one.
static int text_argument(evaluator *self, const term *call, const place *at, const char **text) {
    if (call->first != NULL) return text_of(self, call->first, at, text);
    *text = csx_node_text(self, at->node);
    return *text != NULL;
}

static int count_of(evaluator *self, const term *argument, const place *at, double *count) {
    if (argument->kind == CSX_PATH) {
        search search = {.purpose = COUNT};
        int isDone = search_path(self, argument, at, &search);
        *count = search.count;
        if (isDone >= 0) return isDone;
    }
    csx_value nodes;
    if (!nodes_of(self, argument, at, &nodes)) return 0;
    *count = nodes.count;
    return 1;
}

static int core_text(evaluator *self, const term *call, const place *at, const char **text) {
    const term *second = call->first == NULL ? NULL : call->first->next;
    const char *other = "", *third = "";
    if (call->number == CSX_CONCAT) {
        *text = concatenated(self, call->first, at);
        return *text != NULL;
    }
    if (call->number == CSX_LOCAL_NAME) {
        csx_value nodes = {.type = CSX_IS_NODES, .count = 1};
        int32_t node = at->node;
        nodes.nodes = &node;
        if (call->first != NULL && !nodes_of(self, call->first, at, &nodes)) return 0;
        int hasName = nodes.count > 0 && nodes.nodes[0] != CSX_THE_DOCUMENT;
        // Elements and attributes have their names in one place.
        *text = hasName ? (const char *)csx_node_of(self->document, nodes.nodes[0])->name : "";
        return 1;
    }
    if (!text_argument(self, call, at, text)) return 0;
    switch (call->number) {
    case CSX_NORMALIZE_SPACE:
        *text = normalized(self, *text);
        break;
    case CSX_SUBSTRING: {
        double from, count = 0;
        if (!number_of(self, second, at, &from)) return 0;
        if (second->next != NULL && !number_of(self, second->next, at, &count)) return 0;
        *text = part_of(self, *text, from, second->next == NULL ? NULL : &count);
        break;
    }
    case CSX_SUBSTRING_BEFORE:
    case CSX_SUBSTRING_AFTER: {
        if (!text_of(self, second, at, &other)) return 0;
        const char *where = strstr(*text, other);
        if (where == NULL) *text = "";
        else if (call->number == CSX_SUBSTRING_AFTER) *text = where + strlen(other);
        else *text = csx_pool_copy(&self->values, *text, (size_t)(where - *text));
        break;
    }
    case CSX_TRANSLATE:
        if (!text_of(self, second, at, &other) || !text_of(self, second->next, at, &third)) return 0;
        *text = translated(self, *text, other, third);
        break;
    default:
        break;
    }
    return *text != NULL;
}

static int core_number(evaluator *self, const term *call, const place *at, double *number) {
    const char *text;
    switch (call->number) {
    case CSX_COUNT: return count_of(self, call->first, at, number);
    case CSX_LAST: *number = at->size; return 1;
    case CSX_POSITION: *number = at->position; return 1;
    case CSX_STRING_LENGTH:
        if (!text_argument(self, call, at, &text)) return 0;
        *number = xmlUTF8Strlen((const xmlChar *)text);
        return 1;
    case CSX_SUM: {
        csx_value nodes;
        if (!nodes_of(self, call->first, at, &nodes)) return 0;
        *number = 0;
        for (int32_t i = 0; i < nodes.count; i++) {
            text = csx_node_text(self, nodes.nodes[i]);
            if (text == NULL || !csx_charge(self, 1)) return 0;
            *number += text_number(text);
        }
        return 1;
    }
    case CSX_NUMBER_OF:
        if (call->first != NULL) return number_of(self, call->first, at, number);
        text = csx_node_text(self, at->node);
        if (text == NULL) return 0;
        *number = text_number(text);
        return 1;
    default:
        if (!number_of(self, call->first, at, number)) return 0;
        if (call->number == CSX_FLOOR) *number = floor(*number);
        else if (call->number == CSX_CEILING) *number = ceil(*number);
        else *number = rounded(*number);
        return 1;
    }
}

static int core_boolean(evaluator *self, const term *call, const place *at, int *answer) {
    const char *text, *other;
    switch (call->number) {
    case CSX_TRUE: *answer = 1; return 1;
    case CSX_FALSE: *answer = 0; return 1;
    case CSX_NOT:
        if (!boolean_of(self, call->first, at, answer)) return 0;
        *answer = !*answer;
        return 1;
    case CSX_CONTAINS:
    case CSX_STARTS_WITH:
        if (!text_of(self, call->first, at, &text) || !text_of(self, call->first->next, at, &other)) return 0;
        *answer = call->number == CSX_CONTAINS ? strstr(text, other) != NULL : strncmp(text, other, strlen(other)) == 0;
        return 1;
    default: return boolean_of(self, call->first, at, answer);
    }
}

static int number_value(evaluator *self, const term *it, const place *at, double *number) {
    double right = 0;
    if (!number_of(self, it->first, at, number)) return 0;
    if (it->kind == CSX_NEGATE) {
        if (it->number) *number = -*number;
        return 1;
    }
    if (!number_of(self, it->first->next, at, &right)) return 0;
    switch (it->kind) {
    case CSX_ADD: *number += right; break;
    case CSX_SUBTRACT: *number -= right; break;
    case CSX_MULTIPLY: *number *= right; break;
    case CSX_DIVIDE: *number /= right; break;
    default: *number = right == 0 ? NAN : fmod(*number, right); break;
    }
    return 1;
}

static APART int filtered(evaluator *self, const term *it, const place *at, csx_value *value) {
    csx_value nodes;
    if (!nodes_of(self, it->first, at, &nodes)) return 0;
    // A copy, because those of a variable stay as they are.
    search search = {.purpose = EVERY};
    for (int32_t i = 0; i < nodes.count; i++) {
        if (found(self, &search, nodes.nodes[i]) == FAILED) return 0;
    }
    for (const term *predicate = it->predicates; predicate != NULL; predicate = predicate->next) {
        if (!keep(self, predicate, &search, 0)) return 0;
    }
    *value = (csx_value){.type = CSX_IS_NODES, .nodes = search.nodes, .count = search.count};
    return 1;
}

static APART int united(evaluator *self, const term *it, const place *at, csx_value *value) {
    csx_value left, right;
    return nodes_of(self, it->first, at, &left) && nodes_of(self, it->first->next, at, &right) &&
           merge(self, &left, &right, value);
}

/// current() is the only function that answers nodes.
static int current_node(evaluator *self, csx_value *value) {
    int32_t *one = csx_pool_take(&self->values, sizeof(int32_t));
    if (one == NULL) return 0;
    *one = self->current;
    value->nodes = one;
    value->count = self->current != CSX_NO_NODE;
    return 1;
}

/// The value of an operator or of a function of XPath itself.
static APART int calculated(evaluator *self, const term *it, const place *at, csx_value *value) {
    *value = (csx_value){.type = it->type};
    switch (it->type) {
    case CSX_IS_BOOLEAN: return boolean_of(self, it, at, &value->boolean);
    case CSX_IS_NUMBER:
        return it->kind == CSX_CORE ? core_number(self, it, at, &value->number)
                                    : number_value(self, it, at, &value->number);
    case CSX_IS_TEXT: return core_text(self, it, at, &value->text);
    default: return current_node(self, value);
    }
}

static int value_of(evaluator *self, const term *it, const place *at, csx_value *value) {
    if (!csx_charge(self, 1)) return 0;
    switch (it->kind) {
    case CSX_NUMBER: *value = (csx_value){.type = CSX_IS_NUMBER, .number = it->value}; return 1;
    case CSX_TEXT: *value = (csx_value){.type = CSX_IS_TEXT, .text = it->text}; return 1;
    case CSX_VARIABLE: return variable_value(self, it, value);
    case CSX_PATH: return path_nodes(self, it, at, value);
    case CSX_FILTER: return filtered(self, it, at, value);
    case CSX_UNION: return united(self, it, at, value);
    case CSX_OURS:
    case CSX_EXACT: return csx_call_value(self, it, at, value);
    default: return calculated(self, it, at, value);
    }
}

/// Whether a filter without positions leaves a node.
static APART int filter_is_any(evaluator *self, const term *it, const place *at, int *answer) {
    csx_value nodes;
    *answer = 0;
    if (!nodes_of(self, it->first, at, &nodes)) return 0;
    for (int32_t i = 0; i < nodes.count && !*answer; i++) {
        if (!csx_charge(self, 1) || !holds(self, it->predicates, nodes.nodes[i], answer)) return 0;
    }
    return 1;
}

/// Whether the node itself has the name that is asked, as in `self::town`.
static inline int is_of_name(evaluator *self, const term *it, const place *at) {
    return occurs(self, it->steps) && is_named(self, it->steps, at->node);
}

static APART int some_or_all(evaluator *self, const term *it, const place *at, int *answer) {
    for (const term *operand = it->first; operand != NULL; operand = operand->next) {
        if (operand->kind == CSX_PATH && operand->asksName) {
            if (!csx_charge(self, 1)) return 0;
            *answer = is_of_name(self, operand, at);
        } else if (!boolean_of(self, operand, at, answer)) {
            return 0;
        }
        if (*answer == (it->kind == CSX_OR)) return 1;
    }
    return 1;
}

static APART int other_is_true(evaluator *self, const term *it, const place *at, int *answer) {
    csx_value value;
    if (!value_of(self, it, at, &value)) return 0;
    *answer = csx_value_is_true(&value);
    return 1;
}

static APART int path_is_any(evaluator *self, const term *it, const place *at, int *answer) {
    if (it->asksName) {
        *answer = is_of_name(self, it, at);
        return 1;
    }
    search search = {.purpose = ANY};
    int isDone = search_path(self, it, at, &search);
    *answer = search.count;
    return isDone >= 0 ? isDone : other_is_true(self, it, at, answer);
}

static APART int union_is_any(evaluator *self, const term *it, const place *at, int *answer) {
    const term *left = it->first, *right = left->next;
    if (left->type != CSX_IS_NODES || right->type != CSX_IS_NODES || right->mayFail) {
        return other_is_true(self, it, at, answer);
    }
    // The second is asked only where it matters.
    if (!boolean_of(self, left, at, answer)) return 0;
    return *answer ? 1 : boolean_of(self, right, at, answer);
}

static APART int core_is_true(evaluator *self, const term *it, const place *at, int *answer) {
    if (it->type == CSX_IS_BOOLEAN) return core_boolean(self, it, at, answer);
    if (it->number != CSX_NORMALIZE_SPACE) return other_is_true(self, it, at, answer);
    const char *text;
    if (!text_argument(self, it, at, &text)) return 0;
    while (is_blank(*text)) text++;
    *answer = *text != '\0';
    return 1;
}

static int boolean_of(evaluator *self, const term *it, const place *at, int *answer) {
    if (!csx_charge(self, 1)) return 0;
    switch (it->kind) {
    case CSX_OR:
    case CSX_AND: return some_or_all(self, it, at, answer);
    case CSX_EQUAL:
    case CSX_UNEQUAL:
    case CSX_LESS:
    case CSX_LESS_EQUAL:
    case CSX_GREATER:
    case CSX_GREATER_EQUAL: return compare(self, it, at, answer);
    case CSX_PATH: return path_is_any(self, it, at, answer);
    case CSX_FILTER:
        if (it->mayFail || it->isCounting) return other_is_true(self, it, at, answer);
        return filter_is_any(self, it, at, answer);
    case CSX_UNION: return union_is_any(self, it, at, answer);
    case CSX_CORE: return core_is_true(self, it, at, answer);
    default: return other_is_true(self, it, at, answer);
    }
}

// MARK: For functions and the evaluator

int csx_term_value(evaluator *self, const term *it, const place *at, csx_value *value) {
    return value_of(self, it, at, value);
}

int csx_term_text(evaluator *self, const term *it, const place *at, const char **text) {
    return text_of(self, it, at, text);
}

int csx_value_of(csx_evaluator *self, const csx_term *it, int32_t node, csx_value *value) {
    place at = {node, 1, 1};
    self->isBeyond = 0;
    return value_of(self, it, &at, value);
}

int csx_value_boolean(csx_evaluator *self, const csx_term *it, int32_t node, int *answer) {
    place at = {node, 1, 1};
    self->isBeyond = 0;
    return boolean_of(self, it, &at, answer);
}
