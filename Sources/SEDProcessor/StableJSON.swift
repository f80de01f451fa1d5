// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDInspection

extension MessageReport {
    /// Reads a report that was stored; nil when the text is none.
    init?(json: String) {
        guard let report = try? JSONDecoder().decode(MessageReport.self, from: Data(json.utf8)) else { return nil }
        self = report
    }
}

/// The one way this program writes JSON: sorted keys, so that equal values give equal bytes.
package enum StableJSON {
    package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
