// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore

/// Words in a column of text: what has no facts as it reads, all else as JSON with the template and the facts.
extension Words {
    var stored: String {
        get throws {
            if facts.isEmpty { return template }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Text that is no such JSON stands for itself.
    init(stored text: String) {
        let decoded = text.hasPrefix("{") ? try? JSONDecoder().decode(Words.self, from: Data(text.utf8)) : nil
        self = decoded ?? Words(text)
    }
}
