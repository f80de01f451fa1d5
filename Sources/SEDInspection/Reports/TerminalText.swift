// SPDX-License-Identifier: EUPL-1.2

/// Makes text from outside harmless for terminals and logs, and measures how wide a terminal shows it.
package enum TerminalText {
    /// The text with every scalar that could steer a terminal, break a line or turn the writing direction replaced.
    package static func harmless(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(harmless(scalar)) }
        return String(result)
    }

    /// A file name as a line of text may begin with it.
    ///
    /// Workflow runners of GitHub take a line that begins with `::` for a command; `./` keeps the name usable.
    package static func fileName(_ path: String) -> String {
        let text = harmless(path)
        guard let first = text.unicodeScalars.first else { return text }
        return first == ":" || first == "#" || first.properties.isWhitespace ? "./" + text : text
    }

    /// A line of text in which a workflow runner of GitHub finds no command of the old form, `##[name]`.
    ///
    /// The runner looks for it anywhere in a line, and file names and shown values may hold it.
    package static func withoutCommands(_ line: String) -> String {
        // Bytes tell that nearly every line has none; a search for text takes longer than the line's finding.
        let mark = Array("##[".utf8)
        let bytes = Array(line.utf8)
        let hasMark = bytes.indices.dropLast(2).contains { bytes[$0...].starts(with: mark) }
        return hasMark ? line.replacing("##[", with: "##\u{FFFD}") : line
    }

    package static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x20..<0x7F: return scalar
        case 0x7F: return "\u{2421}"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            return "\u{FFFD}"
        default:
            return scalar
        }
    }

    /// How many cells a terminal gives to a harmless scalar.
    package static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The blocks whose scalars are wide or full-width by Unicode's annex 11.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
