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

/// Which way a message goes, seen from the institution that judges it.
package enum MessageDirection: String, Hashable, Sendable, CaseIterable {
    case inbound
    case outbound
}
