// SPDX-License-Identifier: EUPL-1.2
//
// The only door to OpenSSL; no OpenSSL name appears here.

#ifndef CSEDCRYPTO_H
#define CSEDCRYPTO_H

#include <stddef.h>
#include <stdint.h>

/// Writes the 32 bytes of SHA-256 over `bytes`. Returns 1, or 0 when OpenSSL failed.
int csc_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]);

#endif
