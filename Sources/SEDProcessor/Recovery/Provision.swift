// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// Provisions as the recovery desk names them, such as `Reg. 987/2009 Art. 78(3)(d), Art. 90`.
///
/// Programs are told these names in every language. Sources of rules have their translations in the catalogue.
package enum Provision {
    /// The name in the words of a language; what is no such name stays as it is.
    package static func told(_ name: String, _ language: Language) -> String {
        guard language == .estonian, let parts = name.wholeMatch(of: /Reg\. ([0-9]+\/[0-9]+) (Art\. .+)/) else {
            return name
        }
        var articles: [String] = []
        for article in parts.2.split(separator: ", ") {
            guard let match = article.wholeMatch(of: /(Art\. )?([0-9]+)((?:\([0-9a-z]+\))*)/) else { return name }
            let inner = match.3.split { "()".contains($0) }.map {
                $0.first?.isNumber == true ? " lg \($0)" : " p \($0)"
            }
            articles.append((match.1 == nil ? "" : "art ") + match.2 + inner.joined())
        }
        return "Määrus (EÜ) nr \(parts.1), " + articles.joined(separator: ", ")
    }
}
