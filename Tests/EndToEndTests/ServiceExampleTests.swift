// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDProcessor
import SEDTestSupport
import Testing

/// The example of a service, held against what reads it.
struct ServiceExampleTests {
    private func hasSystemd() throws -> Bool {
        let isHere = try Program.shell("command -v systemd-analyze > /dev/null", folder: "/").status == 0
        if !isHere { print("ServiceExampleTests: systemd-analyze is missing, so the unit is not verified: SKIPPED") }
        return isHere
    }

    @Test func `systemd understands the unit and finds it safe`() throws {
        guard try hasSystemd() else { return }
        let folder = try TemporaryFolder()
        let unit = try Repository.text("examples/systemd/piiripostd.service")
        // Verified is also that the program is there, which needs the one beside the tests.
        try folder.write(
            unit.replacing("/usr/local/bin/piiripostd", with: RunningDaemon.path), to: "piiripostd.service")
        let verified = try Program.shell("systemd-analyze verify ./piiripostd.service", folder: folder.path)
        #expect(verified.status == 0 && verified.errors == "", "\(verified.errors)")
        let security = try Program.shell(
            "systemd-analyze security --offline=yes --threshold=20 ./piiripostd.service", folder: folder.path)
        #expect(security.status == 0, "\(security.output) \(security.errors)")
    }

    @Test func `the configuration of the example is sound and written in full`() throws {
        let text = try Repository.text("examples/systemd/piiripost.yaml")
        let configuration = try Configuration(parsing: text, file: "f")
        #expect(configuration.daemon.listen?.description == "127.0.0.1:9640")
        for key in Configuration.keys { #expect(text.contains("\n\(key):"), "\(key)") }
    }
}
