// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// Questions at a terminal: what is wrong is said at once, and no answer is lost.
struct RecoveryInterviewTests {
    /// Answers each question that is shown, by a terminal of its own; nil where there is no Python.
    private func interview(_ folder: TemporaryFolder, _ answers: [String]) throws -> Program.Result? {
        guard try Program.shell("command -v python3 > /dev/null", folder: "/").status == 0 else {
            print("RecoveryInterviewTests: python3 is missing, so nothing is asked at a terminal: SKIPPED")
            return nil
        }
        let script = """
            import os, pty, select, sys, time
            program, workspace = sys.argv[1:3]
            answers = open("answers.txt", encoding="utf-8").read().split("\\n")
            child, terminal = pty.fork()
            if child == 0:
                os.execv(program, [program, "recovery", "new", "--workspace", workspace, "--by", "koostaja",
                                   "--now", "2026-03-02T16:30:00Z"])
            screen, seen, end = b"", 0, time.time() + 120
            while time.time() < end:
                if not select.select([terminal], [], [], 0.1)[0]:
                    continue
                try:
                    part = os.read(terminal, 65536)
                except OSError:
                    break
                if not part:
                    break
                screen += part
                asked = screen.find(b"]:\\r\\n", seen)
                if asked >= 0 and answers:
                    seen = asked + 4
                    os.write(terminal, answers.pop(0).encode() + b"\\n")
            _, status = os.waitpid(child, 0)
            os.write(1, screen.replace(b"\\r", b""))
            sys.exit(os.waitstatus_to_exitcode(status) if not answers else 99)
            """
        try folder.write(script, to: "terminal.py")
        try folder.write(answers.joined(separator: "\n"), to: "answers.txt")
        return try Program.shell("LC_ALL=C python3 terminal.py '\(Program.path)' w", folder: folder.path)
    }

    @Test func `whatever check would refuse later is asked again at once, and nothing is lost`() throws {
        let folder = try TemporaryFolder()
        try folder.write("institutions: [EE:MTA001]\n", to: "w/piiripost.yaml")
        try folder.write("", to: "empty.pdf")
        try folder.write("certified copy", to: "words.pdf")
        let instrument = Repository.examples + "/recovery/instrument.pdf"
        let answers = [
            // Another institution's request would be refused after the last answer.
            "recovery", "EE:SKA001", "EE:MTA001", "EE:SKA001", "SE:SEPEN1", "NAIDIS-2026-20", "Näidisamet",
            "03", "02", "05 77", "05", "Näidis", "Mari", "1980-05-04", "07", "02", "XX", "EE", "EE", "48005040007", "",
            "", "Provgatan 3", "Uppsala", "753 10", "SE", "false", "", "true", "true", "", "false", "Otsus 7-1/12",
            "2024-03-01", "2024-03-15", "2024-04-15", "2031-03-01", "2023-01-01", "2023-12-31", "1000.00", "50.00", "",
            "", "", "05", "02", "EE620099900000000002", "EE62 0099 9000 0000 0001", "Näidisamet", "NAIDIS-2026-20", "",
            "nothing-there.pdf", "empty.pdf", "words.pdf", instrument, "certified",
        ]
        guard let made = try interview(folder, answers) else { return }
        #expect(made.status == 0, "\(made.output) \(made.errors)")
        for reason in [
            "the applicant party is none of the institutions that the configuration names",
            "Applicant and requested party are of the same State; assistance is between Member States.",
            "expected a code of the list RClaimTypeContributionOverpaidType: 01, 02",
            "expected a code of the list ROriginOfClaimMultipleType", "expected a code of the list EESSISexType",
            "expected a code of the list EESSINationalityMultipleType",
            "expected a code of the list PaymentByInstallmentsRequestType: 01, 02, 03",
            "this is no IBAN, or its check digits are wrong", "attachment 1 cannot be read", "attachment 1 is empty",
            "attachment 1 is neither PDF nor JPEG nor TIFF",
        ] {
            #expect(made.output.contains(":   \(reason)"), "\(reason): \(made.output)")
        }
        #expect(made.output.hasSuffix("request 1 drafted\n"))
        let rates = Repository.examples + "/rates/eurofxref-hist.zip"
        #expect(try Program.run(["rates", "import", rates, "--workspace", folder.path + "/w"]).status == 0)
        let checked = try Program.run([
            "recovery", "check", "1", "--workspace", folder.path + "/w", "--now", "2026-03-02T16:30:00Z",
        ])
        #expect(checked.status == 0, "\(checked.output)")
    }

    @Test func `without a file nobody is asked for its copy`() throws {
        let folder = try TemporaryFolder()
        try folder.write("institutions: [EE:MTA001]\n", to: "w/piiripost.yaml")
        let rest = Array(repeating: "", count: 28)
        let answers = ["information", "EE:MTA001", "SE:SEPEN1"] + rest
        guard let made = try interview(folder, answers) else { return }
        #expect(made.status == 0, "\(made.output)")
        #expect(!made.output.contains("attachments.1.copy"))
        #expect(made.output.hasSuffix("request 1 drafted\n"))
    }
}
