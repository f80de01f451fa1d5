// SPDX-License-Identifier: EUPL-1.2

#include "CSEDArchive.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

int csa_inflate(const uint8_t *input, size_t length, uint8_t *output, size_t size) {
    // zlib counts in unsigned int; nothing that large is unpacked here.
    if (input == NULL || output == NULL || length > UINT_MAX || size > UINT_MAX) return 0;
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    // Negative window bits: no zlib header, as in an archive.
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return 0;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)length;
    stream.next_out = output;
    stream.avail_out = (uInt)size;
    int outcome = inflate(&stream, Z_FINISH);
    int is_whole = outcome == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    return is_whole;
}

uint32_t csa_crc32(const uint8_t *bytes, size_t length) {
    if (bytes == NULL || length > UINT_MAX) return 0;
    return (uint32_t)crc32(crc32(0, NULL, 0), bytes, (uInt)length);
}
