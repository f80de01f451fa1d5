// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// Who is measured, in the order of the columns.
enum Column: String, CaseIterable {
    case piiripost = "Piiripost"
    case libxml2 = "C, libxml2"
    case xmllint = "xmllint"
    case lxml = "Python, lxml"
    case jdk = "JDK, Xerces"
}

/// The peers that `.ci/bench` could provide.
struct Peers {
    private let folder: String

    init(in folder: String) {
        self.folder = folder
    }

    private func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }

    /// A link to the program that the shell found, so that it is looked for in one place.
    var hasXmllint: Bool { has("xmllint") }

    /// The commands that stay alive and answer measurements.
    var serving: [(Column, [String])] {
        var commands: [(Column, [String])] = []
        if has("libxml2_peer") { commands.append((.libxml2, ["\(folder)/libxml2_peer"])) }
        return commands + interpreted
    }

    /// The commands that judge one document and end.
    var cold: [(Column, [String])] { interpreted.map { ($0, $1 + ["--once"]) } }

    private var interpreted: [(Column, [String])] {
        var commands: [(Column, [String])] = []
        if has("venv/bin/python") {
            commands.append((.lxml, ["\(folder)/venv/bin/python", "\(folder)/lxml_peer.py"]))
        }
        if has("JDKPeer.class") { commands.append((.jdk, ["\(folder)/java", "-cp", folder, "JDKPeer"])) }
        return commands
    }

    /// The script that drains a folder durably; nil where Python or lxml is missing.
    var durable: [String]? {
        has("venv/bin/python") ? ["\(folder)/venv/bin/python", "\(folder)/durable_peer.py"] : nil
    }

    /// Those that could not be had on this machine.
    var missing: [Column] {
        let present = Set(serving.map(\.0) + (hasXmllint ? [.xmllint] : []) + [.piiripost])
        return Column.allCases.filter { !present.contains($0) }
    }
}
