// SPDX-License-Identifier: EUPL-1.2

#ifndef CSEDXML_ARENA_H
#define CSEDXML_ARENA_H

#include <stddef.h>

typedef struct csx_chunk csx_chunk;

/// Memory that is given away piece by piece and freed all at once. All zeros is an empty one.
typedef struct {
    csx_chunk *chunks;
    char *next;
    char *end;
} csx_arena;

/// Memory for values of pointers, numbers and letters, not cleared; NULL when memory is short.
void *csx_arena_take(csx_arena *arena, size_t size);
/// The same memory, perhaps elsewhere, with room for more; `size` is what was taken. Best for what was taken last.
void *csx_arena_grow(csx_arena *arena, void *memory, size_t size, size_t wanted);
void csx_arena_free(csx_arena *arena);

#endif
