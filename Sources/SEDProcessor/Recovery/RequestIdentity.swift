// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDCrypto
internal import SEDRecovery
internal import SEDStorage

extension String {
    /// The text as it is compared: neither capitals nor Unicode form (NFKC) nor what nobody sees make another one.
    var comparable: String {
        var kept = String.UnicodeScalarView()
        for scalar in precomposedStringWithCompatibilityMapping.unicodeScalars {
            let properties = scalar.properties
            let isSeen = !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
            if isSeen, properties.generalCategory != .control, properties.generalCategory != .format {
                kept.append(scalar)
            }
        }
        return String(kept).uppercased().lowercased().precomposedStringWithCompatibilityMapping
    }
}

extension RecoveryRequest {
    /// A mark for each claim and each way to tell its debtor.
    ///
    /// Two requests with a mark in common may be about the same claim: applicant, instrument and debtor are the same
    /// (REC-STATE-004). Nobody can be read out of a mark.
    var marks: [String] {
        let instruments = Set(claims.compactMap { $0.instrument?.comparable }.filter { !$0.isEmpty })
        let offset = (try? offset.map { "\n\(try StableJSON.encode($0))" }) ?? ""
        let marks = debtorKeys.flatMap { debtor in
            (instruments.isEmpty ? [""] : instruments).map { instrument in
                SHA256Digest(of: "\(kind.sed)\n\(applicant)\n\(debtor)\n\(instrument)\(offset)").description.prefix(32)
            }
        }
        return Set(marks.map(String.init)).sorted()
    }

    /// Each number of the debtor, and the name with the day of birth, or without it where there is no number.
    private var debtorKeys: [String] {
        let person = debtor.person
        var keys = (person?.pins ?? []).compactMap(\.number).map { Self.digits(of: $0) }
        if let number = debtor.employer?.registrationNumber { keys.append(Self.digits(of: number)) }
        keys.removeAll(where: \.isEmpty)
        let name = [person?.familyName, person?.forename, debtor.employer?.name].compactMap { $0?.comparable }
        if let day = person?.birthDate {
            keys.append((name + [day.description]).joined(separator: " "))
        } else if keys.isEmpty {
            keys.append(name.joined(separator: " "))
        }
        return Set(keys).sorted()
    }

    /// Numbers are written with blanks, dots and hyphens or without.
    private static func digits(of number: String) -> String {
        number.comparable.filter { $0.isLetter || $0.isNumber }
    }

    /// What stood in the place of marks before there were any: one digest of all instruments.
    var earlierMark: String {
        let person = debtor.person
        let key =
            person?.pins.compactMap(\.number).sorted().first ?? debtor.employer?.registrationNumber
            ?? [person?.familyName, person?.forename, person?.birthDate?.description, debtor.employer?.name]
            .compactMap { $0?.lowercased() }.joined(separator: " ")
        let instruments = claims.compactMap(\.instrument).sorted().joined(separator: "\n")
        let offset = (try? offset.map { "\n\(try StableJSON.encode($0))" }) ?? ""
        return SHA256Digest(of: "\(kind.sed)\n\(applicant)\n\(key)\n\(instruments)\(offset)").description
    }

    /// Claims, counted from 1, that say what an earlier one of the same request says: instrument and period.
    var claimsTwice: [Int] {
        var seen: Set<String> = []
        return claims.enumerated().compactMap { index, claim in
            guard let instrument = claim.instrument?.comparable, !instrument.isEmpty else { return nil }
            let period = [claim.period?.from, claim.period?.to].map { $0?.description ?? "-" }
            return seen.insert(([instrument] + period).joined(separator: "\n")).inserted ? nil : index + 1
        }
    }
}

extension RecoveryDesk {
    /// Whether a name is one of a person: something of it can be seen.
    package static func isPerson(_ name: String) -> Bool { !name.comparable.isEmpty }

    static func demandPerson(_ actor: String) throws {
        if isPerson(actor) { return }
        throw RecoveryError(.nobody, "a person must be named", "isik peab olema nimetatud")
    }

    /// Whether what is stored is what the digest was made of: the content, and the attachments byte by byte.
    static func isWhole(_ stored: StoredRecoveryRequest, in view: Snapshot) throws -> Bool {
        let files = try view.recoveryAttachments(of: stored.id).map { file in
            StoredRecoveryAttachment(
                role: file.role, certification: file.certification, mimeType: file.mimeType, name: file.name,
                digest: SHA256Digest(of: file.bytes).description, bytes: file.bytes)
        }
        return digest(stored.content, files) == stored.digest
    }

    static let notWhole = RecoveryError(
        .changed, "content or attachments are not those that were drafted and approved; draft the request anew",
        "sisu või manused ei ole need, mis koostati ja kinnitati; koostage taotlus uuesti")
}
