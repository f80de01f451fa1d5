// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// What can be said about personal and company numbers of a State from the number alone.
///
/// A number in a SED belongs to an institution and a sector and may follow any scheme of its State, so it is valid
/// when one of the schemes accepts it. States have the codes of EESSI, with `EL` and `UK`. The page `docs/national-numbers.md` lists them.
package enum NationalNumber {
    package enum Answer: Sendable {
        case valid
        case invalid
        /// No public algorithm decides on a number of this State or of this shape.
        case unknown
    }

    /// Whether a person may have the number.
    package static func checkPerson(_ number: String, country: String) -> Answer {
        guard let state = states[country] else { return .unknown }
        return answer(number, from: state.person)
    }

    /// Whether an employer or another organisation may have the number, as its registration or tax number.
    ///
    /// A person may be an employer, so personal numbers are taken too.
    package static func checkCompany(_ number: String, country: String) -> Answer {
        guard let state = states[country] else { return .unknown }
        return answer(number, from: state.company + state.person.filter(\.decides))
    }

    /// The birth date that a valid number states with its century.
    package static func birthDate(ofPerson number: String, country: String) -> CivilDate? {
        facts(ofPerson: number, country: country)?.birthDate
    }

    /// The sex that a valid number states, in EESSI's codes: `01` male, `02` female.
    package static func sex(ofPerson number: String, country: String) -> String? {
        facts(ofPerson: number, country: country)?.sex?.rawValue
    }

    /// All schemes of a State, those of persons first; none for a State that is not known.
    package static func schemes(of country: String) -> [NumberScheme] {
        states[country].map { $0.person + $0.company } ?? []
    }

    /// The States by their codes.
    package static var countries: [String] { states.keys.sorted() }

    private static let states: [String: StateNumbers] = [
        "AT": AustrianNumbers.state, "BE": BelgianNumbers.state, "BG": BulgarianNumbers.state,
        "CH": SwissNumbers.state, "CY": CypriotNumbers.state, "CZ": CzechNumbers.state, "DE": GermanNumbers.state,
        "DK": DanishNumbers.state, "EE": EstonianNumbers.state, "EL": GreekNumbers.state, "ES": SpanishNumbers.state,
        "FI": FinnishNumbers.state, "FR": FrenchNumbers.state, "HR": CroatianNumbers.state,
        "HU": HungarianNumbers.state, "IE": IrishNumbers.state, "IS": IcelandicNumbers.state,
        "IT": ItalianNumbers.state, "LI": LiechtensteinNumbers.state, "LT": LithuanianNumbers.state,
        "LU": LuxembourgNumbers.state, "LV": LatvianNumbers.state, "MT": MalteseNumbers.state,
        "NL": DutchNumbers.state, "NO": NorwegianNumbers.state, "PL": PolishNumbers.state,
        "PT": PortugueseNumbers.state, "RO": RomanianNumbers.state, "SE": SwedishNumbers.state,
        "SI": SlovenianNumbers.state, "SK": SlovakNumbers.state, "UK": BritishNumbers.state,
    ]

    private static func answer(_ number: String, from schemes: [NumberScheme]) -> Answer {
        guard let text = NumberText(number) else { return .invalid }
        var answer = Answer.invalid
        for scheme in schemes where scheme.read(text) != nil {
            if scheme.decides { return .valid }
            answer = .unknown
        }
        return answer
    }

    /// What the number says, where all schemes that take it say the same.
    private static func facts(ofPerson number: String, country: String) -> NumberFacts? {
        guard let state = states[country], let text = NumberText(number) else { return nil }
        let readings = state.person.filter(\.decides).compactMap { $0.read(text) }
        guard let first = readings.first, readings.allSatisfy({ $0 == first }) else { return nil }
        return first
    }
}
