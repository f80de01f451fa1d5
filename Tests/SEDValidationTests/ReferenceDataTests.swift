// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDCrypto
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// What `sed-schemas` itself must be.
struct ReferenceDataTests {
    private let folder = SchemaFolder(path: Repository.schemas)

    @Test func `every file has its digest in the catalogue, and every digest its file`() throws {
        let digests = try Catalogue.digests(in: folder.read("catalogue.xml"))
        var files: Set<String> = []
        for name in FileManager.default.enumerator(atPath: folder.path)?.compactMap({ $0 as? String }) ?? []
        where name != "catalogue.xml"
            && ["gc", "sch", "xml", "xsd", "xsl", "yaml"].contains(name.split(separator: ".").last.map(String.init))
        {
            files.insert(name)
            #expect(digests[name] == SHA256Digest(of: try folder.read(name)).description, "\(name)")
        }
        #expect(Set(digests.keys) == files)
    }

    @Test func `the catalogue names 70 documents of CDM 4.4, each namespace once`() throws {
        let catalogue = try Catalogue(parsing: folder.read("catalogue.xml"))
        #expect(catalogue.seds.count == 70)
        #expect(Set(catalogue.seds.map(\.namespace)).count == 70)
        for entry in catalogue.seds {
            #expect(entry.namespace == "http://ec.europa.eu/eessi/ns/4_4/\(entry.type)")
        }
    }

    @Test func `every schema compiles and every code list it names is there`() throws {
        let library = try SchemaLibrary(read: { try folder.read($0) })
        for entry in library.catalogue.seds {
            let lists = try library.codeLists(usedBy: entry)
            #expect(!lists.isEmpty, "\(entry.type)")
            for list in lists { #expect(!list.codes.isEmpty) }
        }
    }

    @Test func `every code has a label in English and in Estonian`() throws {
        let library = try SchemaLibrary(read: { try folder.read($0) })
        for name in try folder.names(in: "codelists") {
            let list = try library.codeList(named: String(name.dropLast(3)))
            #expect(list.name + ".gc" == name)
            #expect(Set(list.codes).count == list.codes.count, "\(name)")
            let labels = list.labels
            for code in list.codes {
                for language in ["en", "et"] {
                    #expect(labels[code]?[language]?.isEmpty == false, "\(name) \(code) \(language)")
                }
            }
        }
    }

    @Test func `a faulty catalogue is an error with its line`() {
        let text = "<catalogue version='1'>\n<sed code='R017'/>\n</catalogue>"
        #expect(throws: SchemaFolderError(file: "catalogue.xml", line: 2, reason: "the attribute cdm is missing")) {
            _ = try Catalogue(parsing: Array(text.utf8))
        }
    }

    @Test(arguments: ["../Package.swift", "/etc/passwd", "4.4/../../Package.swift"])
    func `nothing outside the schema folder is read`(name: String) {
        #expect(throws: SchemaFolderError.self) { _ = try folder.read(name) }
        #expect(!folder.contains(name))
    }
}
