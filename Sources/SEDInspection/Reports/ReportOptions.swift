// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What all writers of one run need to know.
package struct ReportOptions: Sendable {
    /// Whether document text may be shown.
    package var showValues = false
    /// Whether text is coloured with escape sequences.
    package var isColored = false
    /// The language of the text report.
    package var language = Language.english
    /// What the rules mean, for formats that tell it.
    package var meanings: RuleMeanings

    package init(
        showValues: Bool = false, isColored: Bool = false, language: Language = .english, meanings: RuleMeanings
    ) {
        self.showValues = showValues
        self.isColored = isColored
        self.language = language
        self.meanings = meanings
    }
}
