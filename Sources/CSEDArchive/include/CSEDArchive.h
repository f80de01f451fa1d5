// SPDX-License-Identifier: EUPL-1.2
//
// The only door to zlib; no zlib name appears here.

#ifndef CSEDARCHIVE_H
#define CSEDARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/// Unpacks a raw deflate stream into exactly `size` bytes at `output`.
///
/// Never writes more than `size` bytes. Returns 1 when the stream ended with its last byte in and `size` bytes out,
/// else 0.
int csa_inflate(const uint8_t *input, size_t length, uint8_t *output, size_t size);

/// The CRC-32 of some bytes, as archives hold it.
uint32_t csa_crc32(const uint8_t *bytes, size_t length);

#endif
