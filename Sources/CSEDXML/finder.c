// SPDX-License-Identifier: EUPL-1.2
//
// Finds the elements on many paths in one walk: what rules are about occurs in few documents, and asking XPath for each
// path would take longer than all other judging.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    /// From the element upwards, NULL for any.
    char **names;
    /// The places of the names among the slots.
    int32_t *slots;
    int32_t count;
    int32_t rooted;
    int32_t mark;
    /// The next path with the same key, or -1.
    int32_t next;
} csx_path;

/// Where a name stands in paths, -1 for nowhere: its place among the slots, and the first paths whose key it is, in each
/// of two tables: by the last name of a path, and of those that end in * by the name before.
typedef struct {
    int32_t slot;
    int32_t first[2];
} csx_starts;

typedef struct {
    const char *name;
    uint32_t hash;
    csx_starts starts;
} csx_slot;

struct csx_finder {
    csx_path *paths;
    int32_t count;
    int32_t capacity;
    int32_t steps;
    /// Open addressing by name.
    csx_slot *slots;
    uint32_t size;
    int32_t marks;
};

enum { CSX_PATH_STEPS = 64 };

csx_finder *csx_finder_create(void) { return calloc(1, sizeof(csx_finder)); }

void csx_finder_free(csx_finder *finder) {
    if (finder == NULL) return;
    for (int32_t i = 0; i < finder->count; i++) {
        for (int32_t k = 0; k < finder->paths[i].count; k++) free(finder->paths[i].names[k]);
        free(finder->paths[i].names);
        free(finder->paths[i].slots);
    }
    free(finder->paths);
    free(finder->slots);
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
    *added = (csx_path){.rooted = rooted, .mark = mark, .next = -1};
    added->names = calloc((size_t)steps, sizeof(char *));
    added->slots = calloc((size_t)steps, sizeof(int32_t));
    finder->count++;
    finder->steps += steps;
    if (added->names == NULL || added->slots == NULL) return 0;
    if (mark >= finder->marks) finder->marks = mark + 1;
    const char *end = path + strlen(path);
    while (added->count < steps) {
        const char *start = end;
        while (start > path && start[-1] != '/') start--;
        int isAny = end - start == 1 && *start == '*';
        char *name = isAny ? NULL : strndup(start, (size_t)(end - start));
        if (name == NULL && !isAny) return 0;
        added->names[added->count++] = name;
        end = start - 1;
    }
    return 1;
}

static csx_slot *slot_of(const csx_finder *finder, const char *name, uint32_t hash) {
    uint32_t place = hash & (finder->size - 1);
    for (; finder->slots[place].name != NULL; place = (place + 1) & (finder->size - 1)) {
        if (finder->slots[place].hash == hash && strcmp(finder->slots[place].name, name) == 0) break;
    }
    return &finder->slots[place];
}

/// The place of a name among the slots.
static int32_t enter(csx_finder *finder, const char *name) {
    uint32_t hash = csx_hash(name, strlen(name));
    csx_slot *slot = slot_of(finder, name, hash);
    slot->name = name;
    slot->hash = hash;
    return slot->starts.slot = (int32_t)(slot - finder->slots);
}

int csx_finder_finish(csx_finder *finder) {
    finder->size = 16;
    while (finder->size < (uint32_t)finder->steps * 2) finder->size *= 2;
    finder->slots = calloc(finder->size, sizeof(csx_slot));
    if (finder->slots == NULL) return 0;
    for (uint32_t i = 0; i < finder->size; i++) finder->slots[i].starts = (csx_starts){-1, {-1, -1}};
    for (int32_t i = finder->count - 1; i >= 0; i--) {
        csx_path *path = &finder->paths[i];
        int isOpen = path->names[0] == NULL;
        if (isOpen && (path->count == 1 || path->names[1] == NULL)) return 0;
        for (int32_t k = 0; k < path->count; k++) path->slots[k] = path->names[k] == NULL ? -1 : enter(finder, path->names[k]);
        csx_slot *slot = &finder->slots[path->slots[isOpen]];
        path->next = slot->starts.first[isOpen];
        slot->starts.first[isOpen] = i;
    }
    return 1;
}

int32_t csx_finder_marks(const csx_finder *finder) { return finder->marks; }

typedef struct {
    const csx_finder *finder;
    const csx_document *document;
    /// Of each name of the document.
    csx_starts *starts;
    /// Element and mark of each find.
    int32_t *items;
    int32_t count;
    int32_t capacity;
} csx_finding;

/// Looks up each name of the document once. 0 when memory is short.
static int look_up(csx_finding *state) {
    const csx_known_names *names = &state->document->names;
    state->starts = malloc(((size_t)names->count + 1) * sizeof(csx_starts));
    if (state->starts == NULL) return 0;
    for (int32_t i = 0; i < names->count; i++) {
        state->starts[i] = slot_of(state->finder, (const char *)names->names[i].text, names->names[i].hash)->starts;
    }
    return 1;
}

static inline csx_starts starts_of(const csx_finding *state, const csx_element *element) {
    if (element->nameNumber < CSX_MOST_NAMES) return state->starts[element->nameNumber];
    const char *name = (const char *)element->name;
    return slot_of(state->finder, name, csx_hash(name, strlen(name)))->starts;
}

/// Where the paths that an element may be on begin in a table; only names in no namespace are those of paths.
static inline int32_t first_path(const csx_finding *state, int32_t element, int table) {
    if (element < 0 || state->document->elements[element].hasNamespace) return -1;
    return starts_of(state, &state->document->elements[element]).first[table];
}

/// `*` is any element; names are those of elements in no namespace. The name that the path was found by is not read.
static int is_on(const csx_finding *state, const csx_path *path, int isOpen, int32_t element, int32_t top) {
    const csx_element *elements = state->document->elements;
    for (int32_t i = 0; i < path->count; i++, element = elements[element].parent) {
        if (element < 0) return 0;
        if (i <= isOpen || path->slots[i] < 0) continue;
        if (elements[element].hasNamespace || starts_of(state, &elements[element]).slot != path->slots[i]) return 0;
    }
    return !path->rooted || element == top;
}

/// 0 when memory is short.
static int add(csx_finding *state, int32_t element, int32_t mark) {
    // Paths with one mark may lead to one element.
    for (int32_t i = state->count - 1; i >= 0 && state->items[2 * i] == element; i--) {
        if (state->items[2 * i + 1] == mark) return 1;
    }
    if (state->count == state->capacity) {
        int32_t capacity = state->capacity == 0 ? 64 : state->capacity * 2;
        int32_t *larger = realloc(state->items, (size_t)capacity * 2 * sizeof(int32_t));
        if (larger == NULL) return 0;
        state->items = larger;
        state->capacity = capacity;
    }
    state->items[2 * state->count] = element;
    state->items[2 * state->count + 1] = mark;
    state->count++;
    return 1;
}

/// The elements by their marks, behind the places where those of each mark begin. NULL when memory is short.
static int32_t *grouped(const csx_finding *state) {
    int32_t marks = state->finder->marks;
    int32_t *finds = calloc((size_t)marks + 2 + (size_t)state->count, sizeof(int32_t));
    if (finds == NULL) return NULL;
    // Each place is first counted two further on, so that it is where the next one goes, and in the end where it began.
    for (int32_t i = 0; i < state->count; i++) {
        int32_t mark = state->items[2 * i + 1];
        if (mark + 2 <= marks) finds[mark + 2]++;
    }
    for (int32_t mark = 2; mark <= marks; mark++) finds[mark] += finds[mark - 1];
    int32_t *elements = finds + marks + 1;
    for (int32_t i = 0; i < state->count; i++) {
        int32_t mark = state->items[2 * i + 1];
        elements[finds[mark + 1]++] = state->items[2 * i];
    }
    return finds;
}

int csx_finder_find(const csx_finder *finder, const csx_document *document, int32_t top, int32_t **finds) {
    *finds = NULL;
    const csx_element *elements = document->elements;
    csx_finding state = {.finder = finder, .document = document};
    int isComplete = look_up(&state);
    int32_t count = csx_has_element(document, top) && finder->count > 0 ? document->count : 0;
    for (int32_t i = 0; i < count && isComplete; i++) {
        int32_t first[2] = {first_path(&state, i, 0), first_path(&state, elements[i].parent, 1)};
        for (int table = 0; table < 2; table++) {
            for (int32_t found = first[table]; found >= 0 && isComplete; found = finder->paths[found].next) {
                if (!is_on(&state, &finder->paths[found], table, i, top)) continue;
                isComplete = add(&state, i, finder->paths[found].mark);
            }
        }
    }
    if (isComplete) *finds = grouped(&state);
    free(state.items);
    free(state.starts);
    return *finds != NULL;
}
