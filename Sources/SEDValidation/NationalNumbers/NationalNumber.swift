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
        .unknown
    }

    /// Whether an employer or another organisation may have the number.
    package static func checkCompany(_ number: String, country: String) -> Answer {
        .unknown
    }

    /// The birth date that a valid number states with its century.
    package static func birthDate(ofPerson number: String, country: String) -> CivilDate? {
        nil
    }

    /// The sex that a valid number states, in EESSI's codes: `01` male, `02` female.
    package static func sex(ofPerson number: String, country: String) -> String? {
        nil
    }
}
