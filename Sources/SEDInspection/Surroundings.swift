// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
package import SEDCore

/// What the program is told by its surroundings rather than by its arguments.
package enum Surroundings {
    /// A variable of the environment; nil where it is missing or empty.
    package static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// The language of the locale, or English.
    package static var language: Language {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(variable).first
        return locale.map(Language.init(locale:)) ?? .english
    }

    /// Whether text on standard output is coloured.
    package static func isColored(_ color: Color) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto: isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR") == nil
        }
    }
}

/// The version of piiripost.
package enum ProgramVersion {
    package static let text = "0.1.0"
}
