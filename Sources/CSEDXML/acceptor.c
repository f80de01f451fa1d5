// SPDX-License-Identifier: EUPL-1.2
//
// Tells of most valid documents that they are valid, from tables that Swift has compiled (docs/adr/0013-acceptor.md).
// A walk allocates nothing and writes nothing that is shared. It answers "certainly valid" or "not known", never
// "not valid": whatever it does not expect is left to libxml2.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct csx_acceptor {
    csx_element_type *types;
    csx_content_state *states;
    csx_content_step *steps;
    csx_attribute_use *attributes;
    csx_simple_type *values;
    csx_text_pattern *patterns;
    uint16_t *moves;
    char *texts;
    csx_content_step *roots;
    int32_t rootCount;
};

/// NULL and nothing else for an empty table, which `isShort` then does not count as short memory.
static void *copy_of(const void *items, int32_t count, size_t size, int *isShort) {
    if (count <= 0) return NULL;
    void *copy = malloc((size_t)count * size);
    if (copy == NULL) *isShort = 1;
    else memcpy(copy, items, (size_t)count * size);
    return copy;
}

#define COPY(name) acceptor->name = copy_of(tables->name, tables->name##Count, sizeof(*tables->name), &isShort)

csx_acceptor *csx_acceptor_create(const csx_tables *tables) {
    csx_acceptor *acceptor = calloc(1, sizeof(csx_acceptor));
    if (acceptor == NULL) return NULL;
    int isShort = 0;
    COPY(types);
    COPY(states);
    COPY(steps);
    COPY(attributes);
    COPY(values);
    COPY(patterns);
    COPY(moves);
    COPY(texts);
    COPY(roots);
    acceptor->rootCount = tables->rootsCount;
    if (!isShort) return acceptor;
    csx_acceptor_free(acceptor);
    return NULL;
}

void csx_acceptor_free(csx_acceptor *acceptor) {
    if (acceptor == NULL) return;
    free(acceptor->types);
    free(acceptor->states);
    free(acceptor->steps);
    free(acceptor->attributes);
    free(acceptor->values);
    free(acceptor->patterns);
    free(acceptor->moves);
    free(acceptor->texts);
    free(acceptor->roots);
    free(acceptor);
}

// MARK: Names

static int is_text(const csx_acceptor *acceptor, int32_t text, const xmlChar *other) {
    const char *ours = acceptor->texts + text;
    return *ours == (char)*other && strcmp(ours, (const char *)other) == 0;
}

/// Whether a namespace is the one that a step names; -1 stands for none.
static int is_space(const csx_acceptor *acceptor, int32_t space, const xmlNs *other) {
    if (space < 0 || other == NULL || other->href == NULL) return space < 0 && (other == NULL || other->href == NULL);
    return is_text(acceptor, space, other->href);
}

static int leads_to(const csx_acceptor *acceptor, const csx_content_step *step, const xmlNode *node) {
    switch (step->name) {
    case CSX_ANY_NAME:
        return 1;
    case CSX_ANY_NAME_WITHIN:
        return is_space(acceptor, step->space, node->ns);
    case CSX_ANY_NAME_OUTSIDE:
        return node->ns != NULL && node->ns->href != NULL && !is_space(acceptor, step->space, node->ns);
    default:
        return is_text(acceptor, step->name, node->name) && is_space(acceptor, step->space, node->ns);
    }
}

static const csx_content_step *step_to(const csx_acceptor *acceptor, const csx_content_state *state, const xmlNode *node) {
    const csx_content_step *step = acceptor->steps + state->steps;
    for (const csx_content_step *end = step + state->count; step < end; step++) {
        if (leads_to(acceptor, step, node)) return step;
    }
    return NULL;
}

// MARK: Content

static int accepts(const csx_acceptor *acceptor, const xmlNode *node, int32_t type);

static int fits(const csx_acceptor *acceptor, int32_t value, const xmlChar *text) {
    return csx_value_accepts(acceptor->values + value, acceptor->patterns, acceptor->moves, acceptor->texts,
                             (const char *)text);
}

/// The text of an element or attribute whose children are one text or none; NULL for any other.
static const xmlChar *plain_text(const xmlNode *children) {
    if (children == NULL) return BAD_CAST "";
    if (children->next != NULL || children->type != XML_TEXT_NODE) return NULL;
    return children->content == NULL ? BAD_CAST "" : children->content;
}

static int accepts_attributes(const csx_acceptor *acceptor, const xmlNode *node, const csx_element_type *type) {
    int32_t missing = type->requiredCount;
    const csx_attribute_use *first = acceptor->attributes + type->attributes;
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
        const csx_attribute_use *declared = first, *end = first + type->attributeCount;
        // The namespaces of XML and of schema instances give attributes a meaning of their own.
        if (attribute->ns != NULL) return 0;
        while (declared < end && !is_text(acceptor, declared->name, attribute->name)) declared++;
        if (declared == end) {
            if (type->takesAnyAttribute) continue;
            return 0;
        }
        const xmlChar *text = plain_text(attribute->children);
        if (text == NULL || !fits(acceptor, declared->value, text)) return 0;
        missing -= declared->isRequired;
    }
    return missing == 0;
}

static int is_blank(const xmlChar *text) {
    if (text == NULL) return 1;
    while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r') text++;
    return *text == '\0';
}

static int accepts_child(const csx_acceptor *acceptor, const xmlNode *child, const csx_content_step *step) {
    return step != NULL && (step->type == CSX_SKIPPED || accepts(acceptor, child, step->type));
}

static int accepts_sequence(const csx_acceptor *acceptor, const xmlNode *node, int32_t start) {
    const csx_content_state *state = acceptor->states + start;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            const csx_content_step *step = step_to(acceptor, state, child);
            if (!accepts_child(acceptor, child, step)) return 0;
            state = acceptor->states + step->state;
        } else if (child->type != XML_TEXT_NODE || !is_blank(child->content)) {
            return 0;
        }
    }
    return state->isFinal;
}

/// Each step at most once, in any order; `state` of a step tells whether it must be taken.
static int accepts_all(const csx_acceptor *acceptor, const xmlNode *node, int32_t only) {
    const csx_content_state *state = acceptor->states + only;
    uint64_t seen = 0;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            const csx_content_step *step = step_to(acceptor, state, child);
            if (!accepts_child(acceptor, child, step)) return 0;
            uint64_t bit = 1ULL << (step - (acceptor->steps + state->steps));
            if (seen & bit) return 0;
            seen |= bit;
        } else if (child->type != XML_TEXT_NODE || !is_blank(child->content)) {
            return 0;
        }
    }
    for (int32_t i = 0; i < state->count; i++) {
        if (acceptor->steps[state->steps + i].state && !(seen & (1ULL << i))) return 0;
    }
    return 1;
}

/// As deep as the document is, which the lexical guard has limited.
static int accepts(const csx_acceptor *acceptor, const xmlNode *node, int32_t number) {
    const csx_element_type *type = acceptor->types + number;
    if ((node->properties != NULL || type->requiredCount > 0) && !accepts_attributes(acceptor, node, type)) return 0;
    switch (type->content) {
    case CSX_CONTENT_VALUE: {
        const xmlChar *text = plain_text(node->children);
        return text != NULL && fits(acceptor, type->first, text);
    }
    case CSX_CONTENT_EMPTY:
        return node->children == NULL;
    case CSX_CONTENT_SEQUENCE:
        return accepts_sequence(acceptor, node, type->first);
    case CSX_CONTENT_ALL:
        return accepts_all(acceptor, node, type->first);
    default:
        return 0;
    }
}

int csx_acceptor_accepts(const csx_acceptor *acceptor, const csx_document *document, int32_t element) {
    const xmlNode *node = csx_node(document, element);
    if (node == NULL) return 0;
    for (int32_t i = 0; i < acceptor->rootCount; i++) {
        const csx_content_step *root = acceptor->roots + i;
        if (leads_to(acceptor, root, node)) return accepts(acceptor, node, root->type);
    }
    return 0;
}
