// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import Testing

struct IdentifierTests {
    @Test(arguments: ["R017", "A001", "U001CB", "S053R", "P10000", "SYN001", "DA001"])
    func `published SED codes are accepted`(code: String) {
        #expect(SEDType(parsing: code)?.code == code)
    }

    @Test(arguments: ["", "R17", "r017", "R0171234", "R017abc", "017", "R-017", "RRRRR017"])
    func `other shapes are no SED codes`(code: String) {
        #expect(SEDType(parsing: code) == nil)
    }

    @Test func `only the X series steers cases`() {
        #expect(SEDType(unchecked: "X050").isAdministrative)
        #expect(!SEDType(unchecked: "R017").isAdministrative)
    }

    @Test(arguments: [("R_BUC_07", "R"), ("H_BUC_02a", "H"), ("LA_BUC_01", "LA"), ("SYNC_SUC_01", "SYNC")])
    func `a business use case knows its sector`(code: String, sector: String) {
        #expect(BUCType(parsing: code)?.sector == sector)
    }

    @Test(arguments: ["R_BUC_7", "R_BUC", "r_BUC_07", "R_XUC_07", "R_BUC_07A", "_BUC_07"])
    func `other shapes are no business use cases`(code: String) {
        #expect(BUCType(parsing: code) == nil)
    }

    @Test(arguments: ["EE:SKA1", "EL:ABCDEFGHIJ", "EU:CSN01"])
    func `institutions have a country and four to ten characters`(text: String) {
        #expect(InstitutionID(parsing: text)?.country == String(text.prefix(2)))
    }

    @Test(arguments: ["EE:SKA", "EE:ABCDEFGHIJK", "EE:SK-A1", "ee:SKA1", "EESKA1", "EE:ÕIS11"])
    func `other shapes are no institutions`(text: String) {
        #expect(InstitutionID(parsing: text) == nil)
    }

    @Test func `a UUID is the same in either case`() throws {
        let upper = try #require(UniqueID(parsing: "0F4DA82E-3A79-4AA3-A294-070EB6C08890"))
        #expect(upper.text == "0f4da82e-3a79-4aa3-a294-070eb6c08890")
        #expect(UniqueID(parsing: "0f4da82e3a794aa3a294070eb6c08890") == nil)
        #expect(UniqueID(parsing: "0f4da82e-3a79-4aa3-a294-070eb6c0889g") == nil)
    }

    @Test func `a UUID made of bytes has its version and variant`() {
        let id = UniqueID(version4From: Array(repeating: 0xFF, count: 16))
        #expect(id.text == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    }
}
