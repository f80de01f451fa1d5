// SPDX-License-Identifier: EUPL-1.2

import SEDCrypto
import Testing

struct SHA256DigestTests {
    /// Source: FIPS 180-4, examples of NIST.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `the digests of the standard come out`(text: String, digest: String) {
        #expect(SHA256Digest(of: text).description == digest)
    }
}
