// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// The words of the text report around its findings.
///
/// They stand here and not in the catalogue of messages, which is not read for a valid document.
package struct ReportWords: Sendable {
    package let language: Language

    package init(language: Language) {
        self.language = language
    }

    /// A severity or a verdict in words; `kind` is what programs are told.
    package func word(_ kind: String) -> String {
        guard language == .estonian else { return kind }
        return switch kind {
        case "error": "viga"
        case "warning": "hoiatus"
        case "note": "märkus"
        case "valid": "kehtiv"
        case "invalid": "vigane"
        case "undecided": "otsustamata"
        default: kind
        }
    }

    package func found(_ value: String) -> String {
        language == .estonian ? " (leitud: \(value))" : " (found: \(value))"
    }

    package var mostFrequent: String { language == .estonian ? "sagedasimad leiud" : "most frequent findings" }

    /// The heads of the columns of the most frequent findings.
    package var columns: [String] {
        language == .estonian
            ? ["reegel", "raskus", "arv", "dokumente"] : ["rule", "severity", "count", "documents"]
    }

    package func more(_ count: Int) -> String { language == .estonian ? "veel \(count)" : "\(count) more" }

    /// A number of annotations of a kind: `error`, `warning` or `notice`.
    package func count(_ count: Int, of kind: String) -> String {
        guard language == .estonian else { return "\(count) \(kind)\(count == 1 ? "" : "s")" }
        let name = word(kind == "notice" ? "note" : kind)
        // Behind a number the partitive stands, which of "viga" is like the nominative.
        return "\(count) \(name)\(count == 1 || kind == "error" ? "" : "t")"
    }

    package func notShown(_ total: Int, _ kinds: String) -> String {
        language == .estonian
            ? "Siin on näitamata veel \(total) (\(kinds))." : "\(total) more (\(kinds)) are not shown here."
    }

    package func summary(_ summary: ValidationSummary) -> String {
        switch language {
        case .english:
            "\(summary.count) document(s): \(summary.valid) valid, \(summary.invalid) invalid, "
                + "\(summary.undecided) undecided"
        case .estonian:
            "Dokumente \(summary.count): kehtivaid \(summary.valid), vigaseid \(summary.invalid), "
                + "otsustamata \(summary.undecided)"
        }
    }
}
