// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// What is known of a version of the data model without its schemas; `docs/versions.md` shows it as one table.
///
/// Sources: the case definitions of RINA 4.2 in the European Commission's migration tool (who sends which A and R SED,
/// which SEDs take attachments and updates), the envelopes and namespaces seen in messages, and the 4.1 and 4.2 forms.
/// What these do not say is not judged: a rule of CDM 4.4 is no rule of another version.
struct VersionFacts {
    let version: CDMVersion

    private static let described = CDMVersion(major: 4, minor: 4)
    private static let caseDefinitions = CDMVersion(major: 4, minor: 2)

    /// Whether envelope, namespace and use case are known to name this version alike.
    var hasKnownNames: Bool { version == Self.described || version == Self.caseDefinitions }

    /// Whether `sedGVer` and `sedVer` are known to repeat this version.
    var hasKnownAttributes: Bool { version.major == 4 && (1...4).contains(version.minor) }

    /// Whether it is known which role sends a SED in a use case, where the tables of CDM 4.4 name it or do not.
    func knowsSenders(of sed: SEDType, in buc: BUCType) -> Bool {
        if version == Self.described { return true }
        if version.major == 4, Self.absent.contains(sed.code) { return true }
        guard version == Self.caseDefinitions else { return false }
        if ["LA", "R"].contains(buc.sector) { return ["A", "R"].contains(sed.series) }
        return buc.code == "H_BUC_10" && ["H130", "H131"].contains(sed.code)
    }

    /// Whether it is known that a SED is never updated.
    func knowsUpdates(of sed: SEDType) -> Bool {
        version == Self.described || (version == Self.caseDefinitions && sed.isAdministrative)
    }

    /// Whether a SED is known to take no attachments; nil where only the catalogue can tell.
    func forbidsAttachments(of sed: SEDType) -> Bool? {
        guard version == Self.caseDefinitions else { return nil }
        return sed.isAdministrative || sed.code == "A011"
    }

    /// What is known to differ from CDM 4.4 in a SED, as a sentence; nil where nothing is.
    func difference(of sed: SEDType) -> String? {
        guard version.major == 4, version < Self.described else {
            return version.major == 4 && Self.absent.contains(sed.code) ? "CDM 4 has no \(sed)." : nil
        }
        if Self.absent.contains(sed.code) { return "CDM 4 has no \(sed)." }
        if sed.code == "A001" {
            return "Known to be new in CDM 4.4: the telework framework agreement, and more than one country of work."
        }
        if ["R018", "R019", "R028", "R034"].contains(sed.code), version <= Self.caseDefinitions {
            return "Known to differ from CDM 4.4: whom the claim concerns is an element of its own."
        }
        return nil
    }

    /// The numbers that no SED of CDM 4 has.
    private static let absent: Set<String> = [
        "R007", "R013", "R020", "R021", "R022", "R023", "R024", "R026", "R027", "R030", "R031", "R032", "R035",
    ]

    /// The note on a SED whose content cannot be judged.
    static func note(on name: String, of version: CDMVersion, at position: TextPosition?, path: String) -> Diagnostic {
        let difference = SEDType(parsing: name).flatMap { VersionFacts(version: version).difference(of: $0) }
        return Diagnostic(
            rule: .undescribedVersion, severity: .note, position: position, path: path,
            message: "\(name) of CDM \(version) is not described here, so its content was not judged; the layers tell "
                + "what was.\(difference.map { " \($0)" } ?? "")",
            arguments: ["cdm": version.description]
        )
    }
}
