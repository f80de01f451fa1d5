// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// System calls of a drain that fail or never return, and disks that forget; `make soak` tries all points.
struct FaultTests {
    private static let isTraceable = ["/usr/bin/strace", "/bin/strace"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private func trial(_ script: String, _ options: String) throws -> Program.Result {
        let folder = Repository.root.appendingPathComponent("Tests/Faults").path
        let program = Program.products.appendingPathComponent("piiripost-full").path
        return try Program.shell("python3 '\(folder)/\(script)' '\(program)' \(options)", folder: folder)
    }

    @Test(.enabled(if: isTraceable, "strace is missing: .ci/install --tests brings it"))
    func `after a fault at any system call nothing is lost, doubled or partial`() throws {
        let run = try trial("fault_points.py", "--sample 20 --seed 6")
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        #expect(run.output.contains("80 points: lost, doubled or partial in 0"), "\(run.output)")
    }

    @Test(.enabled(if: isTraceable, "strace is missing: .ci/install --tests brings it"))
    func `after a power cut nothing is lost, doubled or partial`() throws {
        let run = try trial("unsynced.py", "--sample 8 --seed 6")
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        #expect(run.output.contains("power cuts: lost, doubled or partial in 0"), "\(run.output)")
    }
}
