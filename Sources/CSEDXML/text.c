// SPDX-License-Identifier: EUPL-1.2
//
// Loops over whole documents, written so that the compiler looks at many bytes at once.

#include "internal.h"

#include <string.h>

enum { BLOCK = 64 };

static int is_ascii(const uint8_t *bytes) {
    uint8_t all = 0;
    for (int i = 0; i < BLOCK; i++) all |= bytes[i];
    return all < 0x80;
}

/// The length of the character that begins here, or 0 where none does (RFC 3629, section 4).
static size_t character_length(const uint8_t *bytes, size_t rest) {
    uint8_t first = bytes[0];
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (rest < length) return 0;
    uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < least || bytes[1] > most) return 0;
    for (size_t i = 2; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
    }
    return length;
}

int csx_is_utf8(const uint8_t *bytes, size_t length) {
    size_t index = 0;
    while (index < length) {
        while (length - index >= BLOCK && is_ascii(bytes + index)) index += BLOCK;
        size_t end = length - index < BLOCK ? length : index + BLOCK;
        while (index < end) {
            size_t character = character_length(bytes + index, length - index);
            if (character == 0) return 0;
            index += character;
        }
    }
    return 1;
}

static size_t count_lines(const uint8_t *bytes, size_t length) {
    size_t lines = 0;
    for (; length >= BLOCK; bytes += BLOCK, length -= BLOCK) {
        uint8_t found = 0;
        for (int i = 0; i < BLOCK; i++) found += bytes[i] == '\n';
        lines += found;
    }
    for (size_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    return lines;
}

/// Continuation bytes of UTF-8 belong to the character before them.
static size_t count_characters(const uint8_t *bytes, size_t length) {
    size_t characters = 0;
    for (; length >= BLOCK; bytes += BLOCK, length -= BLOCK) {
        uint8_t found = 0;
        for (int i = 0; i < BLOCK; i++) found += (bytes[i] & 0xC0) != 0x80;
        characters += found;
    }
    for (size_t i = 0; i < length; i++) characters += (bytes[i] & 0xC0) != 0x80;
    return characters;
}

void csx_move_place(const uint8_t *bytes, size_t length, int64_t *line, int64_t *column) {
    size_t lines = count_lines(bytes, length), begin = 0;
    if (lines > 0) {
        begin = length;
        while (bytes[begin - 1] != '\n') begin--;
        *line += (int64_t)lines;
        *column = 1;
    }
    *column += (int64_t)count_characters(bytes + begin, length - begin);
}
