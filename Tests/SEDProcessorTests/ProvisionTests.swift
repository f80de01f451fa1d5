// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDProcessor
import SEDTestSupport
import Testing

/// Provisions in the words of a language.
struct ProvisionTests {
    @Test(arguments: [
        ("Reg. 987/2009 Art. 78(3)(d), Art. 90", "Määrus (EÜ) nr 987/2009, art 78 lg 3 p d, art 90"),
        ("Reg. 987/2009 Art. 73(1), 74", "Määrus (EÜ) nr 987/2009, art 73 lg 1, 74"),
        ("Reg. 883/2004 Art. 84", "Määrus (EÜ) nr 883/2004, art 84"),
        ("data quality; no provision", "data quality; no provision"),
        ("Reg. 987/2009 Title II", "Reg. 987/2009 Title II"),
    ])
    func `a provision is named in Estonian`(english: String, estonian: String) {
        #expect(Provision.told(english, .estonian) == estonian)
        #expect(Provision.told(english, .english) == english)
    }

    @Test func `every provision that the desk names has an Estonian name`() throws {
        let folder = Repository.root.appendingPathComponent("Sources/SEDProcessor/Recovery").path
        var names: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for match in text.matches(of: /"(Reg\. [^"\\]*)"/) { names.insert(String(match.1)) }
        }
        #expect(names.count > 15)
        for name in names { #expect(Provision.told(name, .estonian) != name, "\(name)") }
    }
}
