// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// A message that loses its place to one that was made earlier and comes late, as a user sees it.
struct DisplacedMessageTests {
    @Test(arguments: [
        ("en", "pending (lost its place)", "It has lost its place to a message that was made before it", "displaced"),
        ("et", "ootel (kaotas koha)", "See kaotas oma koha sõnumile, mis koostati enne seda", "koha kaotanud"),
    ])
    func `it is told by process and by the timeline`(
        language: String,
        told: String,
        reason: String,
        event: String
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write("institutions: EE:MTA001\nincompleteAfter: 0s\n", to: "w/piiripost.yaml")
        let id = UUID().uuidString.lowercased()
        var outputs: [String] = []
        for (sed, time) in [("R017", "01"), ("R025", "03"), ("X001", "02")] {
            var message = try TestMessage(sed, in: "R_BUC_07")
            message.caseID = id
            message.createdAt = "2026-03-02T\(time):00:00Z"
            if sed == "R017" { message.action = "Start" }
            for attachment in message.attachments {
                try folder.write("%PDF-1.4", to: "w/inbound/\(sed).attachments/\(attachment).pdf")
            }
            try folder.write(message.text, to: "w/inbound/\(sed).xml")
            let run = try Program.run([
                "process", "--once", "--workspace", folder.path + "/w", "--now", "2026-03-02T12:00:00Z", "--lang",
                language,
            ])
            #expect(run.status == 0)
            outputs.append(run.output)
        }
        #expect(!outputs[1].contains(told))
        let line = outputs[2].split(separator: "\n").first { $0.hasPrefix("R025.xml") }
        #expect(line?.contains(told) == true)
        #expect(line?.contains("CAS-006: \(reason)") == true)
        let timeline = try Program.run(
            ["case", "timeline", id, "--workspace", folder.path + "/w", "--lang", language]
        ).output
        let shown = timeline.split(separator: "\n").first { $0.contains("R025") }
        #expect(shown?.contains("  \(event)  ") == true)
        #expect(shown?.contains("CAS-006: \(reason)") == true)
    }
}
