// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// Rules that cannot be evaluated leave a document undecided, soon; threads and repetition change nothing.
struct RuleLimitsTests {
    private static func validator(_ test: String, context: String = "a009:A009", lets: String = "") throws -> Validator
    {
        let folder = SchemaFolder(path: Repository.schemas)
        let library = try SchemaLibrary(read: { try folder.read($0) })
        let useCases = UseCaseLibrary(folder: folder)
        let schema = RuleEngine.schema(
            """
            \(lets)<sch:pattern><sch:rule context="\(context)"><sch:report id="U" test="\(test)" role="note"
            >m</sch:report></sch:rule></sch:pattern>
            """)
        return Validator(
            library: library, combinations: { try useCases.combinations(of: $0) },
            rules: try RuleLibrary(
                schemas: library, added: [AddedRuleFile(path: "own.sch", bytes: Array(schema.utf8))]),
            today: { RuleBreachTests.usualDate }
        )
    }

    private static func example() throws -> [UInt8] {
        try Repository.bytes("Tests/RuleCases/applicable-legislation/a009-employee.xml")
    }

    /// An A009 of 200,000 elements, nearly as large as a document may be.
    private static let large: [UInt8] = {
        let text = String(repeating: "1", count: 1_000_000)
        let content = String(repeating: "<a/><b/>", count: 100_000)
        return Array(RuleEngine.document("<c>\(text)</c>\(content)").utf8)
    }()

    @Test(arguments: ["count('x')", "sum(1)", "'x'/a | b", "string-length(a | 'b')"])
    func `a type error leaves a document undecided`(test: String) throws {
        guard let validator = try? Self.validator(test) else { return }
        let report = validator.judge(try Self.example()).report
        #expect(report.verdict == .undecided)
        #expect(
            report.outcome(of: .rules)?.reason == "the rule U in own.sch could not be evaluated on this document")
    }

    @Test(arguments: [
        ("//a[//b = 3]", "a009:A009", ""),
        ("count(preceding::*) &lt; 0", "*", ""),
        ("count($all) &lt; 0", "*", "<sch:let name=\"all\" value=\"//*\"/>"),
        (
            "string-length($e) &lt; 0", "a009:A009",
            """
            <sch:let name="a" value="string(/)"/><sch:let name="b" value="concat($a,$a,$a,$a,$a,$a,$a,$a,$a,$a,$a,$a)"/>
            <sch:let name="c" value="concat($b,$b,$b,$b,$b,$b,$b,$b,$b,$b)"/>
            <sch:let name="d" value="concat($c,$c,$c,$c,$c,$c,$c,$c,$c,$c)"/><sch:let name="e" value="concat($d,$d)"/>
            """
        ),
        (
            "pp:before($all, '1')", "*",
            "<sch:ns prefix=\"pp\" uri=\"urn:piiripost:rules\"/><sch:let name=\"all\" value=\"//*\"/>"
        ),
    ])
    func `too much work ends soon and leaves the rules undecided`(test: String, context: String, lets: String) throws {
        let validator = try Self.validator(test, context: context, lets: lets)
        let start = clock()
        let report = validator.judge(Self.large).report
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        let reason = report.outcome(of: .rules)?.reason ?? "-"
        #expect(reason.hasPrefix("the rules in own.sch ask for too much work on this document; it ended at"))
        // Schema and tree have their share; the machine of the tests is busy with others.
        #expect(seconds < 20, "\(test): \(seconds) s")
    }

    @Test func `of very many findings a thousand are listed and the rest counted`() throws {
        let report = try Self.validator("true()", context: "a").judge(
            Array(RuleEngine.document(String(repeating: "<a/>", count: 3000)).utf8)
        ).report
        let listed = report.findings.filter { $0.rule == "U" }.count
        let more = report.findings.first { $0.arguments["layer"] == "rules" }?.arguments["more"].flatMap { Int($0) }
        // Some are of the rules that are ours.
        #expect((900...1000).contains(listed))
        #expect((3000...3100).contains(1000 + (more ?? 0)))
    }

    @Test func `many threads find what one finds`() async throws {
        let validator = try Self.validator("Person", context: "*")
        var documents: [[UInt8]] = []
        for family in RuleBreachTests.families {
            let folder = "\(RuleBreachTests.folder)/\(family)"
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where name.hasSuffix(".xml") && name != "breaches.xml" {
                documents.append(Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
            }
            documents += try RuleBreachTests.breaches(of: family).prefix(20).map(\.bytes)
        }
        let alone = documents.map { validator.judge($0).report }
        let together = await withTaskGroup(of: (Int, ValidationReport).self) { group in
            for (index, bytes) in documents.enumerated() {
                group.addTask { @concurrent in (index, validator.judge(bytes).report) }
            }
            return await group.reduce(into: [Int: ValidationReport]()) { $0[$1.0] = $1.1 }
        }
        for (index, report) in alone.enumerated() {
            #expect(together[index]?.findings == report.findings)
            #expect(together[index]?.layers == report.layers)
        }
        #expect(alone.contains { !$0.findings.isEmpty })
    }
}
