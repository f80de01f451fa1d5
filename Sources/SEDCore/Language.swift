// SPDX-License-Identifier: EUPL-1.2

/// The languages in which findings are worded.
package enum Language: String, Hashable, Sendable, CaseIterable {
    case english = "en"
    case estonian = "et"

    /// Reads a locale such as `et_EE.UTF-8`; English for every language that there are no words in.
    package init(locale: String) {
        self = Language(rawValue: String(locale.prefix(2)).lowercased()) ?? .english
    }
}

/// A text of ours in the languages that people read; in JSON an object with a member for each.
package struct BilingualText: Hashable, Sendable, Codable {
    package let english: String
    package let estonian: String

    private enum CodingKeys: String, CodingKey {
        case english = "en"
        case estonian = "et"
    }

    package init(_ english: String, _ estonian: String) {
        self.english = english
        self.estonian = estonian
    }

    package subscript(language: Language) -> String {
        switch language {
        case .english: english
        case .estonian: estonian
        }
    }
}

/// Which way a message goes, seen from the institution that judges it.
package enum MessageDirection: String, Hashable, Sendable, CaseIterable {
    case inbound
    case outbound
}
