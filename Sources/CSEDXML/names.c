// SPDX-License-Identifier: EUPL-1.2
//
// The names that expressions ask for. The parser keeps each name of a document once, in its dictionary: a name that is
// not there belongs to no element, and of the others the pointer tells.

#include "expression.h"

#include <libxml/dict.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hash_of(const char *text, size_t length) {
    uint32_t value = 2166136261u;
    for (size_t i = 0; i < length; i++) value = (value ^ (unsigned char)text[i]) * 16777619u;
    return value;
}

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
    uint32_t hash = hash_of(text, length);
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
    name->known = xmlDictExists(evaluator->document->tree->dict, (const xmlChar *)name->text, (int)name->length);
    name->run = evaluator->run;
}

void csx_names_free(csx_names *names) {
    for (uint32_t i = 0; i < names->room; i++) free(names->slots[i]);
    free(names->slots);
}
