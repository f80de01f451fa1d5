// SPDX-License-Identifier: EUPL-1.2
//
// Finds the elements on many paths in one walk: what rules are about occurs in few documents, and asking XPath for each
// path would take longer than all other judging.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    /// From the element upwards.
    char **names;
    int32_t count;
    int32_t rooted;
    int32_t mark;
    /// The next path with the same key, or -1.
    int32_t next;
} csx_path;

typedef struct {
    const char *name;
    int32_t first;
} csx_slot;

struct csx_finder {
    csx_path *paths;
    int32_t count;
    int32_t capacity;
    /// Open addressing by the last name of a path; those that end in * have a table of their own, by the name before.
    csx_slot *slots[2];
    uint32_t size;
};

enum { CSX_PATH_STEPS = 64 };

csx_finder *csx_finder_create(void) { return calloc(1, sizeof(csx_finder)); }

void csx_finder_free(csx_finder *finder) {
    if (finder == NULL) return;
    for (int32_t i = 0; i < finder->count; i++) {
        for (int32_t k = 0; k < finder->paths[i].count; k++) free(finder->paths[i].names[k]);
        free(finder->paths[i].names);
    }
    free(finder->paths);
    free(finder->slots[0]);
    free(finder->slots[1]);
    free(finder);
}

int csx_finder_add(csx_finder *finder, const char *path, int32_t rooted, int32_t mark) {
    if (finder->count == finder->capacity) {
        int32_t capacity = finder->capacity == 0 ? 64 : finder->capacity * 2;
        csx_path *paths = realloc(finder->paths, (size_t)capacity * sizeof(csx_path));
        if (paths == NULL) return 0;
        finder->paths = paths;
        finder->capacity = capacity;
    }
    int32_t steps = 1;
    for (const char *letter = path; *letter != '\0'; letter++) steps += *letter == '/';
    if (steps > CSX_PATH_STEPS) return 0;
    csx_path *added = &finder->paths[finder->count];
    *added = (csx_path){calloc((size_t)steps, sizeof(char *)), 0, rooted, mark, -1};
    if (added->names == NULL) return 0;
    finder->count++;
    const char *end = path + strlen(path);
    while (added->count < steps) {
        const char *start = end;
        while (start > path && start[-1] != '/') start--;
        char *name = strndup(start, (size_t)(end - start));
        if (name == NULL) return 0;
        added->names[added->count++] = name;
        end = start - 1;
    }
    return 1;
}

static uint32_t hash(const char *name) {
    uint32_t value = 2166136261u;
    for (; *name != '\0'; name++) value = (value ^ (unsigned char)*name) * 16777619u;
    return value;
}

static csx_slot *slot_of(csx_slot *slots, uint32_t size, const char *name, uint32_t value) {
    uint32_t place = value & (size - 1);
    while (slots[place].name != NULL && strcmp(slots[place].name, name) != 0) place = (place + 1) & (size - 1);
    return &slots[place];
}

int csx_finder_finish(csx_finder *finder) {
    finder->size = 16;
    while (finder->size < (uint32_t)finder->count * 2) finder->size *= 2;
    for (int table = 0; table < 2; table++) {
        finder->slots[table] = calloc(finder->size, sizeof(csx_slot));
        if (finder->slots[table] == NULL) return 0;
        for (uint32_t i = 0; i < finder->size; i++) finder->slots[table][i].first = -1;
    }
    for (int32_t i = finder->count - 1; i >= 0; i--) {
        csx_path *path = &finder->paths[i];
        int isOpen = strcmp(path->names[0], "*") == 0;
        if (isOpen && (path->count == 1 || strcmp(path->names[1], "*") == 0)) return 0;
        csx_slot *slot = slot_of(finder->slots[isOpen], finder->size, path->names[isOpen], hash(path->names[isOpen]));
        slot->name = path->names[isOpen];
        path->next = slot->first;
        slot->first = i;
    }
    return 1;
}

/// `*` is any element; names are those of elements in no namespace.
static int is_on(const csx_path *path, xmlNodePtr node, xmlNodePtr top) {
    for (int32_t i = 0; i < path->count; i++, node = node->parent) {
        if (node == NULL || node->type != XML_ELEMENT_NODE) return 0;
        if (strcmp(path->names[i], "*") == 0) continue;
        if (node->ns != NULL || strcmp(path->names[i], (const char *)node->name) != 0) return 0;
    }
    return !path->rooted || node == top;
}

int32_t csx_finder_find(const csx_finder *finder, const csx_document *document, int32_t top, int32_t **finds) {
    *finds = NULL;
    xmlNodePtr root = csx_node(document, top);
    int32_t count = 0, capacity = 0;
    if (root == NULL || finder->count == 0) return 0;
    // The first path that ends in * below each element, which its children ask for.
    int32_t *below = malloc((size_t)document->count * sizeof(int32_t));
    if (below == NULL) return -1;
    for (int32_t i = 0; i < document->count; i++) {
        xmlNodePtr node = document->nodes[i];
        int32_t first[2] = {-1, -1};
        below[i] = -1;
        if (node->ns == NULL) {
            uint32_t value = hash((const char *)node->name);
            first[0] = slot_of(finder->slots[0], finder->size, (const char *)node->name, value)->first;
            below[i] = slot_of(finder->slots[1], finder->size, (const char *)node->name, value)->first;
        }
        if (node->parent != NULL && node->parent->type == XML_ELEMENT_NODE) first[1] = below[csx_index_of(node->parent)];
        for (int table = 0; table < 2; table++) {
            for (int32_t found = first[table]; found >= 0; found = finder->paths[found].next) {
                if (!is_on(&finder->paths[found], node, root)) continue;
                if (count == capacity) {
                    capacity = capacity == 0 ? 64 : capacity * 2;
                    int32_t *larger = realloc(*finds, (size_t)capacity * 2 * sizeof(int32_t));
                    if (larger == NULL) {
                        free(below);
                        free(*finds);
                        *finds = NULL;
                        return -1;
                    }
                    *finds = larger;
                }
                (*finds)[2 * count] = i;
                (*finds)[2 * count + 1] = finder->paths[found].mark;
                count++;
            }
        }
    }
    free(below);
    return count;
}
