// SPDX-License-Identifier: EUPL-1.2
//
// The names of documents, and those that expressions ask for. The parser keeps each name of a document once, in its
// dictionary: of names that the document has the pointer tells whether two are the same.

#include "expression.h"

#include <libxml/dict.h>
#include <stdlib.h>
#include <string.h>

uint32_t csx_hash(const char *text, size_t length) {
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < length; i++) value = (value ^ (unsigned char)text[i]) * 16777619u;
    return value;
}

// MARK: Names of a document

/// Twice as much room, or the first. 0 when memory is short.
static int widen(csx_known_names *names) {
    csx_known_names wider = {.count = names->count, .room = names->room == 0 ? 256 : names->room * 2};
    wider.names = realloc(names->names, wider.room / 2 * sizeof(csx_known_name));
    if (wider.names == NULL) return 0;
    names->names = wider.names;
    wider.byAddress = calloc((size_t)wider.room * 2, sizeof(uint16_t));
    if (wider.byAddress == NULL) return 0;
    wider.byHash = wider.byAddress + wider.room;
    free(names->byAddress);
    *names = wider;
    return 1;
}

static inline uint32_t place_of_address(const csx_known_names *names, const xmlChar *name) {
    uint32_t place = (uint32_t)(((uintptr_t)name >> 3) * 0x9E3779B9u >> 8) & (names->room - 1);
    while (names->byAddress[place] != 0 && names->names[names->byAddress[place] - 1].text != name) {
        place = (place + 1) & (names->room - 1);
    }
    return place;
}

/// Makes a name findable whose number is `index`.
static void enter(csx_known_names *names, int32_t index) {
    names->byAddress[place_of_address(names, names->names[index].text)] = (uint16_t)(index + 1);
    uint32_t place = names->names[index].hash & (names->room - 1);
    while (names->byHash[place] != 0) place = (place + 1) & (names->room - 1);
    names->byHash[place] = (uint16_t)(index + 1);
}

int32_t csx_names_note(csx_known_names *names, const xmlChar *name) {
    if (names->room > 0) {
        uint16_t known = names->byAddress[place_of_address(names, name)];
        if (known != 0) return known - 1;
    }
    if (names->count == CSX_MOST_NAMES) return CSX_MOST_NAMES;
    if ((uint32_t)names->count * 2 >= names->room) {
        if (!widen(names)) return -1;
        for (int32_t i = 0; i < names->count; i++) enter(names, i);
    }
    size_t length = strlen((const char *)name);
    names->names[names->count] = (csx_known_name){name, csx_hash((const char *)name, length)};
    enter(names, names->count);
    return names->count++;
}

const xmlChar *csx_names_find(const csx_document *document, const char *text, size_t length, uint32_t hash) {
    const csx_known_names *names = &document->names;
    if (names->count == CSX_MOST_NAMES) return xmlDictExists(document->tree->dict, (const xmlChar *)text, (int)length);
    if (names->room == 0) return NULL;
    for (uint32_t place = hash & (names->room - 1); names->byHash[place] != 0; place = (place + 1) & (names->room - 1)) {
        const csx_known_name *known = &names->names[names->byHash[place] - 1];
        if (known->hash != hash || strncmp((const char *)known->text, text, length) != 0) continue;
        if (known->text[length] == '\0') return known->text;
    }
    return NULL;
}

// MARK: Names in expressions

static csx_name **slot_of(csx_names *names, const char *text, size_t length, uint32_t hash) {
    uint32_t place = hash & (names->room - 1);
    for (; names->slots[place] != NULL; place = (place + 1) & (names->room - 1)) {
        const csx_name *known = names->slots[place];
        if (known->hash == hash && known->length == length && memcmp(known->text, text, length) == 0) break;
    }
    return &names->slots[place];
}

/// 0 when memory is short.
static int enlarge(csx_names *names) {
    csx_names larger = {NULL, names->room == 0 ? 64 : names->room * 2, names->count};
    larger.slots = calloc(larger.room, sizeof(csx_name *));
    if (larger.slots == NULL) return 0;
    for (uint32_t i = 0; i < names->room; i++) {
        csx_name *name = names->slots[i];
        if (name != NULL) *slot_of(&larger, name->text, name->length, name->hash) = name;
    }
    free(names->slots);
    *names = larger;
    return 1;
}

csx_name *csx_name_of(csx_evaluator *evaluator, const char *text, size_t length) {
    csx_names *names = &evaluator->known_names;
    if (names->count * 2 >= names->room && !enlarge(names)) return NULL;
    uint32_t hash = csx_hash(text, length);
    csx_name **slot = slot_of(names, text, length, hash);
    if (*slot != NULL) return *slot;
    // Not in the pool of the terms: that gives back what an expression took that turns out to be libxml2's.
    csx_name *name = malloc(sizeof(csx_name) + length + 1);
    if (name == NULL) return NULL;
    char *own = (char *)(name + 1);
    memcpy(own, text, length);
    own[length] = '\0';
    *name = (csx_name){.text = own, .hash = hash, .length = (uint32_t)length};
    names->count++;
    return *slot = name;
}

void csx_name_resolve(const csx_evaluator *evaluator, csx_name *name) {
    name->known = csx_names_find(evaluator->document, name->text, name->length, name->hash);
    name->run = evaluator->run;
}

void csx_names_free(csx_names *names) {
    for (uint32_t i = 0; i < names->room; i++) free(names->slots[i]);
    free(names->slots);
}
