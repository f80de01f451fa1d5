// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Synchronization
import Testing

/// What tells Estonian from English that was forgotten.
enum EstonianWords {
    static let formats = Result { try FormatCatalogue(parsing: Repository.bytes("sed-schemas/rules/formats.xml")) }

    /// Words that every English sentence of ours has one of, and no Estonian one.
    private static let english: Set<String> = [
        "the", "of", "is", "not", "an", "and", "or", "has", "have", "are", "in", "by", "with", "must", "allowed",
        "expected", "than", "may", "here", "holds", "characters", "codes", "others", "there",
    ]

    /// Placeholders that were not filled in and words that are English.
    static func faults(of text: String) -> [String] {
        let open = text.matches(of: /\{[a-z]+\}/).map { String($0.0) }
        let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init)
        return open + words.filter { english.contains($0) || english.contains($0.lowercased()) && $0 == $0.capitalized }
    }

    static func faults(of finding: Diagnostic) -> [String] {
        guard let formats = try? formats.get() else { return ["no catalogue"] }
        let told = formats.told(finding.words, in: .estonian)
        return faults(of: told) + (told == finding.message ? ["not translated"] : [])
    }
}

/// The catalogue of technical findings: complete in both languages, and what the code and the documentation say.
struct FormatCatalogueTests {
    private let formats: FormatCatalogue

    init() throws {
        formats = try EstonianWords.formats.get()
    }

    @Test func `every technical finding has title, meaning and advice in English and Estonian`() {
        #expect(formats.entries.count == 94)
        for entry in formats.entries {
            for texts in [entry.titles, entry.meanings, entry.actions] {
                for language in Language.allCases { #expect(texts[language]?.isEmpty == false, "\(entry.id)") }
                #expect(EstonianWords.faults(of: texts[.estonian] ?? "") == [], "\(entry.id)")
            }
        }
    }

    @Test func `the page of findings says the same, rule by rule`() throws {
        let rows = try Repository.text("docs/findings.md").matches(
            of: /(?m)^\| ([A-Z]{3}-\d{3}) \| [^|]* \| [^|]* \| (.*) \| ([^|]*) \|$/
        ).map { [$0.1, $0.2, $0.3].map { plain(String($0)) } }
        let own = formats.entries.map { entry in
            [entry.id.text, entry.meanings[.english] ?? "", entry.actions[.english] ?? ""]
        }
        #expect(Set(rows) == Set(own))
        #expect(rows.count == own.count)
    }

    private func plain(_ markdown: String) -> String {
        markdown.replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.1) }.replacing("`", with: "")
    }

    @Test func `a translation has the facts of its original`() {
        func facts(_ text: String) -> [String] { text.matches(of: /\{[a-z]+\}/).map { String($0.0) }.sorted() }
        let pairs = formats.pairs(.estonian)
        #expect(pairs.count > 150)
        for (english, estonian) in pairs {
            #expect(facts(english) == facts(estonian), "\(english)")
            let open = facts(estonian).reduce(estonian) { $0.replacing($1, with: "x") }
            #expect(EstonianWords.faults(of: open) == [], "\(estonian)")
            if english.hasSuffix(".") { #expect(estonian.hasSuffix("."), "\(estonian)") }
        }
    }

    // MARK: Against the code

    /// The sources of what judges, with literals as one line and facts as the placeholders that they become.
    private func sources() throws -> [String: String] {
        var sources: [String: String] = [:]
        for module in ["SEDXML", "SEDValidation", "SEDCases", "SEDProcessor"] {
            let folder = Repository.root.appendingPathComponent("Sources/\(module)").path
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where name.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                sources[name] = text.replacing(/"""\n\s*((?s).*?)\n\s*"""/) { "\"\($0.1)\"" }
                    .replacing(/\\\n\s*/, with: "")
                    .replacing(/\\\((?:[^()"]|"[^"]*"|\((?:[^()]|\([^()]*\))*\))*, as: "([a-z]+)"\)/) { "{\($0.1)}" }
                    .replacing("\\\\", with: "\\")
            }
        }
        return sources
    }

    @Test func `every sentence of the code is in the catalogue`() throws {
        let known = Set(formats.pairs(.estonian).map(\.english))
        // Faults of schemas and rule files are told to whoever runs the program, not in reports.
        // The others hold their words in both languages side by side.
        let others: Set = [
            "SchemaSources.swift", "XMLSchema.swift", "DueItem.swift", "OutlookWords.swift",
            "Rates/RateFileReader.swift", "Rates/ZipArchive.swift", "Recovery/RequestInterview.swift",
            "Recovery/RequestInterview+Offset.swift", "Recovery/RequestDraft.swift",
            "Recovery/RecoveryDesk+Check.swift", "Recovery/RecoveryDesk+Stated.swift",
        ]
        var count = 0
        for (name, text) in try sources() where !others.contains(name) {
            for match in text.matches(of: /"([^"\n]*)"/) {
                let literal = String(match.1)
                let isSentence = literal.first?.isUppercase == true && literal.contains(" ") && literal.hasSuffix(".")
                guard isSentence || literal.contains(/\{[a-z]+\}/) else { continue }
                count += 1
                #expect(known.contains(literal), "\(name)")
            }
        }
        #expect(count > 120)
    }

    @Test func `the catalogue has no words that nobody says`() throws {
        let all = try sources().values.joined(separator: "\n")
        let forms = try Self.forms()
        for (english, _) in formats.pairs(.estonian) {
            #expect(all.contains("\"\(english)\"") || forms.contains(english), "\(english)")
        }
    }

    @Test func `forms that our schemas describe are in the catalogue`() throws {
        let known = Set(formats.pairs(.estonian).map(\.english))
        let forms = try Self.forms()
        #expect(forms.count > 30)
        #expect(forms.subtracting(known) == [])
    }

    /// What the schemas say of simple types, as parts of sentences.
    private static func forms() throws -> Set<String> {
        var forms: Set<String> = []
        for version in ["4.4", "4.2"] {
            let folder = Repository.schemas + "/" + version
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".xsd") {
                let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                for type in text.matches(of: /<xs:simpleType name="[^"]*">\s*<xs:annotation>((?s).*?)<\/xs:annotation>/)
                {
                    guard let note = type.1.firstMatch(of: /<xs:documentation[^>]*>([^<]*)</) else { continue }
                    var words = note.1.split { $0.isWhitespace }.joined(separator: " ")
                    if words.hasSuffix(".") { words.removeLast() }
                    let isAbbreviation = words.dropFirst().first?.isUppercase == true
                    forms.insert(isAbbreviation ? words : words.prefix(1).lowercased() + words.dropFirst())
                }
            }
        }
        return forms
    }

    // MARK: In a judgement

    /// Judges a SED without envelope and tells which files were read for it.
    private func judge(_ message: TestMessage, _ language: Language) throws -> (ValidationReport, files: [String]) {
        let files = FileLog()
        let folder = SchemaFolder(path: Repository.schemas)
        let library = try SchemaLibrary(read: { path in
            files.paths.withLock { $0.append(path) }
            return try folder.read(path)
        })
        let validator = Validator(library: library, combinations: { _ in nil })
        let report = validator.judge(Array(message.body.utf8), language: language).report
        return (report, files.paths.withLock { $0 })
    }

    private final class FileLog: Sendable {
        let paths = Mutex<[String]>([])
    }

    @Test func `the catalogue is read for a finding in Estonian and for nothing else`() throws {
        let right = try TestMessage("A009", in: "LA_BUC_04")
        var wrong = right
        wrong.body = wrong.body.replacing("<value>", with: "<stranger>").replacing("</value>", with: "</stranger>")
        for (message, language, isRead) in [
            (right, Language.estonian, false), (right, .english, false), (wrong, .english, false),
            (wrong, .estonian, true),
        ] {
            let (report, files) = try judge(message, language)
            #expect(report.findings.isEmpty == (message.body == right.body))
            #expect(files.contains(FormatCatalogue.path) == isRead, "\(language)")
        }
    }

    @Test func `a judgement in Estonian has the findings of the English one in other words`() throws {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.body = message.body.replacing("<value>", with: "<stranger>").replacing("</value>", with: "</stranger>")
        let (english, _) = try judge(message, .english)
        let (estonian, _) = try judge(message, .estonian)
        #expect(!english.findings.isEmpty)
        #expect(english.findings.map(\.rule) == estonian.findings.map(\.rule))
        #expect(english.findings.map(\.position) == estonian.findings.map(\.position))
        #expect(english.findings.map(\.arguments) == estonian.findings.map(\.arguments))
        for finding in estonian.findings { #expect(EstonianWords.faults(of: finding.message) == []) }
    }

    @Test func `the reason of an undecided document is told in Estonian`() throws {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.body = message.body.replacing("ns/4_4/", with: "ns/9_9/")
        let (report, _) = try judge(message, .estonian)
        #expect(report.verdict == .undecided)
        #expect(report.outcome(of: .schema) == .undecided(because: "CDM 9.9 dokumendi A009 skeem ei ole teada"))
    }

    @Test func `a folder without the catalogue judges in English`() throws {
        let folder = SchemaFolder(path: Repository.schemas)
        let library = try SchemaLibrary(read: { path in
            if path == FormatCatalogue.path { throw CocoaError(.fileNoSuchFile) }
            return try folder.read(path)
        })
        let validator = Validator(library: library, combinations: { _ in nil })
        let report = validator.judge(Array("<a".utf8), language: .estonian).report
        #expect(report.findings.map(\.message) == ["The document ends before its root element is closed."])
    }
}
