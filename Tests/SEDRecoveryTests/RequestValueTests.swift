// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import Testing

@testable import SEDRecovery

struct RequestValueTests {
    @Test func `an account number needs its check digits`() {
        #expect(IBAN(parsing: "SE45 5000 0000 0583 9825 7466")?.description == "SE4550000000058398257466")
        for wrong in ["SE4550000000058398257467", "EE38", "EE380099900000000001x", "4445500000000583982", ""] {
            #expect(IBAN(parsing: wrong) == nil, "\(wrong)")
        }
    }

    @Test func `a file that cannot serve as instrument is refused`() {
        func fault(_ name: String, _ bytes: [UInt8]) -> RequestAttachment.Fault? {
            do throws(RequestAttachment.Fault) {
                _ = try RequestAttachment(.instrument, .official, name: name, bytes: bytes)
                return nil
            } catch {
                return error
            }
        }
        let pdf = Array("%PDF-1.4".utf8)
        #expect(fault("a.pdf", pdf) == nil)
        #expect(fault("a.PDF", pdf) == nil)
        #expect(fault("a.jpeg", [0xFF, 0xD8, 0xFF, 0xE0]) == nil)
        #expect(fault("a.pdf", []) == .empty)
        #expect(fault("a.pdf", Array("PK".utf8)) == .unknownFormat)
        #expect(fault("a.tif", pdf) == .nameDiffers)
        #expect(fault("a", pdf) == .nameDiffers)
        #expect(fault("a.pdf", pdf + [UInt8](repeating: 0, count: RequestAttachment.limit)) == .tooLarge)
    }

    @Test func `a request comes back from JSON as it was`() throws {
        var request = RecoveryRequest(
            kind: .recovery, applicant: try #require(InstitutionID(parsing: "EE:MTA001")),
            requested: try #require(InstitutionID(parsing: "SE:SEPEN1")))
        var claim = RecoveryRequest.StatedClaim()
        claim.amounts = [.principal: ExactDecimal(units: 1, decimals: 2), .fines: ExactDecimal(units: 3, decimals: 0)]
        claim.instrumentDate = Samples.day
        request.claims = [claim]
        request.declaration.contested = false
        let json = try JSONEncoder().encode(request)
        #expect(try JSONDecoder().decode(RecoveryRequest.self, from: json) == request)
    }
}
