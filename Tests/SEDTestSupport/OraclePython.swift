// SPDX-License-Identifier: EUPL-1.2

internal import Foundation

/// The Python environment with other people's programs that tests compare ours with.
package enum OraclePython {
    /// The interpreter, if it can import the modules; nil where `.ci/install --tests` has not brought them.
    package static func path(importing modules: String) -> String? {
        let path = Repository.root.appendingPathComponent(".build/oracles/bin/python3").path
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        let probe = try? Program.shell("'\(path)' -c 'import \(modules)'", folder: Repository.root.path)
        return probe?.status == 0 ? path : nil
    }

    /// A script of `Tests/Oracles`.
    package static func script(_ name: String) -> String {
        Repository.root.appendingPathComponent("Tests/Oracles/\(name).py").path
    }
}
