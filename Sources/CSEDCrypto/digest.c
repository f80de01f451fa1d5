// SPDX-License-Identifier: EUPL-1.2

#include "CSEDCrypto.h"

#include <openssl/evp.h>

int csc_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]) {
    unsigned int written = 0;
    // EVP_Digest reads nothing when the length is zero, but wants a pointer all the same.
    const uint8_t *start = bytes == NULL ? (const uint8_t *)"" : bytes;
    return EVP_Digest(start, length, digest, &written, EVP_sha256(), NULL) == 1 && written == 32;
}
