// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The commands of the pages do what they show.
struct ReadmeTests {
    private struct Block {
        let language: String
        let lines: [String]
    }

    private func blocks(_ page: String) throws -> [Block] {
        var blocks: [Block] = []
        var current: (language: String, lines: [String])?
        for line in try Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let done = current {
                    blocks.append(Block(language: done.language, lines: done.lines))
                    current = nil
                } else {
                    current = (String(line.dropFirst(3)), [])
                }
            } else {
                current?.lines.append(String(line))
            }
        }
        return blocks
    }

    @Test func `the two commands that do everything come first`() throws {
        let first = try blocks("README.md").prefix(2).map { $0.lines.joined(separator: "\n") }
        #expect(first.joined(separator: "\n").contains("make demo"))
        #expect(first.joined(separator: "\n").contains("make test"))
    }

    @Test(arguments: ["README.md", "docs/ci.md"])
    func `the commands of a page print what it shows`(page: String) throws {
        let blocks = try blocks(page)
        var script = "export PATH=\"$PATH\"\n"
        var expectations: [(marker: String, lines: [String])] = []
        for (index, block) in blocks.enumerated() where block.language == "sh" {
            if block.lines.contains(where: { $0.contains("make ") }) { continue }
            script += "echo '== block \(index)'\n" + block.lines.joined(separator: "\n") + "\n"
            if blocks.indices.contains(index + 1), blocks[index + 1].language == "text" {
                expectations.append(("== block \(index)", blocks[index + 1].lines.filter { !$0.isEmpty }))
            }
        }
        // The README speaks of the build folder in the checkout; the tests may have been built elsewhere.
        script = script.replacing(".build/debug/piiripost", with: Program.path)
        let result = try Program.shell(script, folder: Repository.root.path)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!expectations.isEmpty)
        for (marker, lines) in expectations {
            let after = result.output.components(separatedBy: marker + "\n").last ?? ""
            let output = (after.components(separatedBy: "\n== block ").first ?? "").split(separator: "\n").map(
                String.init)
            for line in lines { #expect(output.contains(line), "missing in the output of \(marker): \(line)") }
        }
    }
}

/// What the documentation lists is what the code has.
struct DocumentationTests {
    @Test func `every finding is described, and nothing else`() throws {
        let pattern = /"((?:XML|JSN|ENV|XSD|CDE|ATT|CAS|SYS|SIG)-\d{3})"/
        var inCode: Set<String> = []
        let sources = Repository.root.appendingPathComponent("Sources").path
        for name in FileManager.default.enumerator(atPath: sources)?.compactMap({ $0 as? String }) ?? []
        where name.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(name)", encoding: .utf8)
            inCode.formUnion(text.matches(of: pattern).map { String($0.1) })
        }
        let documented = Set(
            try Repository.text("docs/findings.md").matches(
                of: /\|\s*`?((?:XML|JSN|ENV|XSD|CDE|ATT|CAS|SYS|SIG)-\d{3})`?\s*\|/
            )
            .map { String($0.1) }
        )
        #expect(inCode.subtracting(documented) == [])
        #expect(documented.subtracting(inCode) == [])
    }

    @Test func `every configuration key is described`() throws {
        let text = try Repository.text("docs/configuration.md")
        let keys = [
            "institutions", "inbound", "outbound", "routes", "grace", "incompleteAfter", "businessExceptions", "daemon",
            "listen", "poll",
            "direction", "sector", "buc", "sed", "senderCountry", "receiverCountry", "sender", "receiver", "case", "to",
        ]
        for key in keys { #expect(text.contains("`\(key)`"), "\(key)") }
    }
}
