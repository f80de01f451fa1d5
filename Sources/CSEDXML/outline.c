// SPDX-License-Identifier: EUPL-1.2

#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    char *name;
    int32_t branch;
} csx_outline_child;

typedef struct {
    csx_outline_child *children;
    int32_t count;
    /// -1 for none.
    int32_t mark;
} csx_branch;

struct csx_outline {
    csx_branch *branches;
    int32_t count;
};

csx_outline *csx_outline_create(int32_t branches) {
    csx_outline *outline = calloc(1, sizeof(csx_outline));
    if (outline == NULL || branches < 0) {
        free(outline);
        return NULL;
    }
    outline->branches = calloc(branches == 0 ? 1 : (size_t)branches, sizeof(csx_branch));
    if (outline->branches == NULL) {
        free(outline);
        return NULL;
    }
    outline->count = branches;
    for (int32_t i = 0; i < branches; i++) outline->branches[i].mark = -1;
    return outline;
}

void csx_outline_free(csx_outline *outline) {
    if (outline == NULL) return;
    for (int32_t i = 0; i < outline->count; i++) {
        csx_branch *branch = &outline->branches[i];
        for (int32_t j = 0; j < branch->count; j++) free(branch->children[j].name);
        free(branch->children);
    }
    free(outline->branches);
    free(outline);
}

void csx_outline_mark(csx_outline *outline, int32_t branch, int32_t mark) {
    if (branch >= 0 && branch < outline->count) outline->branches[branch].mark = mark;
}

int csx_outline_add_child(csx_outline *outline, int32_t branch, const char *name, int32_t child) {
    if (branch < 0 || branch >= outline->count || child < 0 || child >= outline->count) return 0;
    csx_branch *parent = &outline->branches[branch];
    csx_outline_child *children = realloc(parent->children, (size_t)(parent->count + 1) * sizeof(csx_outline_child));
    if (children == NULL) return 0;
    parent->children = children;
    char *copy = strdup(name);
    if (copy == NULL) return 0;
    children[parent->count++] = (csx_outline_child){copy, child};
    return 1;
}

// MARK: Finding

typedef struct {
    const csx_outline *outline;
    int32_t *items;
    int32_t count;
    int32_t capacity;
} csx_search;

/// The child of a branch by name. Documents follow the order of their schema, so the search goes on where the last one
/// ended and mostly compares one name.
static const csx_outline_child *child_named(const csx_branch *branch, const xmlChar *name, int32_t *hint) {
    for (int32_t i = 0; i < branch->count; i++) {
        int32_t index = *hint + i < branch->count ? *hint + i : *hint + i - branch->count;
        if (strcmp(branch->children[index].name, (const char *)name) != 0) continue;
        *hint = index;
        return &branch->children[index];
    }
    return NULL;
}

/// As deep as the document is, which the lexical guard has limited.
static int search(csx_search *state, const csx_element *elements, int32_t element, int32_t index) {
    const csx_branch *branch = &state->outline->branches[index];
    if (branch->mark >= 0) {
        if (state->count == state->capacity) {
            int32_t capacity = state->capacity == 0 ? 64 : state->capacity * 2;
            int32_t *items = realloc(state->items, (size_t)capacity * 2 * sizeof(int32_t));
            if (items == NULL) return 0;
            state->items = items;
            state->capacity = capacity;
        }
        state->items[2 * state->count] = element;
        state->items[2 * state->count + 1] = branch->mark;
        state->count++;
        return 1;
    }
    int32_t hint = 0;
    for (int32_t child = element + 1; child < elements[element].end; child = elements[child].end) {
        const csx_outline_child *found = child_named(branch, elements[child].name, &hint);
        if (found != NULL && !search(state, elements, child, found->branch)) return 0;
    }
    return 1;
}

int32_t csx_outline_find(const csx_outline *outline, const csx_document *document, int32_t element, int32_t branch,
                         int32_t **finds) {
    *finds = NULL;
    if (!csx_has_element(document, element) || branch < 0 || branch >= outline->count) return 0;
    csx_search state = {outline, NULL, 0, 0};
    if (!search(&state, document->elements, element, branch)) {
        free(state.items);
        return -1;
    }
    *finds = state.items;
    return state.count;
}

void csx_finds_free(int32_t *finds) { free(finds); }
