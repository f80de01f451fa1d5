// SPDX-License-Identifier: EUPL-1.2

#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum {
    /// The sum of pieces that a small document asks for; later chunks are larger, but not as large as those that the
    /// C library hands back to the system each time.
    FIRST_CHUNK = 16 << 10,
    LARGEST_CHUNK = 64 << 10,
    /// Of pointers, the largest that nodes and texts hold.
    ALIGNMENT = 8
};

struct csx_chunk {
    csx_chunk *before;
    size_t size;
};

static size_t rounded(size_t size) { return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1); }

void *csx_arena_take(csx_arena *arena, size_t size) {
    size = rounded(size);
    if (size <= (size_t)(arena->end - arena->next)) {
        void *memory = arena->next;
        arena->next += size;
        return memory;
    }
    size_t room = arena->chunks == NULL ? FIRST_CHUNK : arena->chunks->size * 2;
    if (room > LARGEST_CHUNK) room = LARGEST_CHUNK;
    if (room < size) room = size;
    csx_chunk *chunk = malloc(sizeof(csx_chunk) + room);
    if (chunk == NULL) return NULL;
    chunk->before = arena->chunks;
    chunk->size = room;
    arena->chunks = chunk;
    char *memory = (char *)(chunk + 1);
    arena->next = memory + size;
    arena->end = memory + room;
    return memory;
}

void *csx_arena_grow(csx_arena *arena, void *memory, size_t size, size_t wanted) {
    char *bytes = memory;
    if (rounded(size) >= rounded(wanted)) return memory;
    if (bytes + rounded(size) == arena->next && rounded(wanted) <= (size_t)(arena->end - bytes)) {
        arena->next = bytes + rounded(wanted);
        return memory;
    }
    // Twice as much, so that what grows bit by bit is not copied each time.
    void *copy = csx_arena_take(arena, wanted * 2);
    if (copy == NULL) return NULL;
    memcpy(copy, memory, size);
    arena->next = (char *)copy + rounded(wanted);
    return copy;
}

void csx_arena_free(csx_arena *arena) {
    for (csx_chunk *chunk = arena->chunks; chunk != NULL;) {
        csx_chunk *before = chunk->before;
        free(chunk);
        chunk = before;
    }
    *arena = (csx_arena){NULL, NULL, NULL};
}
