// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDStorage

/// What may travel in a case now, thread by thread: `case show --outlook` and `--sed`.
package struct CaseOutlookReport: Encodable {
    package struct Thread: Encodable {
        package let number: Int
        /// Nil while nobody has been written to.
        package let counterparty: String?
        package let outlook: OutlookSide
    }

    package let formatVersion = 1
    package let caseId: String
    package let institution: String
    package let buc: String
    package let threads: [Thread]
}

extension Workspace {
    /// What may be sent and what may arrive in each thread of a case, and why one document may or may not.
    ///
    /// Of several institutions of ours that take part in it, the named one or the first; nil where there is no case. One
    /// of which all documents wait stands at its start.
    package func caseOutlook(
        _ id: UniqueID,
        of institution: InstitutionID? = nil,
        asking sed: SEDType?,
        reference: ReferenceData,
        language: Language
    ) throws -> CaseOutlookReport? {
        let words = try reference.vocabulary()
        let teller = Teller(language, reference.validator)
        let ours = Set(configuration.institutions)
        return try store.read { view in
            guard let key = try caseKey(id, of: institution, in: view) else { return nil }
            let course = try CaseFile(key, in: view, useCases: reference.useCases, ours: ours).course
            func thread(_ number: Int, _ counterparty: InstitutionID?, _ progress: CaseProgress, _ table: RoleTable)
                -> CaseOutlookReport.Thread
            {
                let outlook = CaseOutlook(of: progress, in: table)
                return .init(
                    number: number, counterparty: counterparty?.text,
                    outlook: OutlookSide(outlook, isState: false, asking: sed, words, toldBy: teller))
            }
            if let table = course.table {
                return CaseOutlookReport(
                    caseId: key.id.text, institution: key.institution.text, buc: course.useCase?.type.code ?? "",
                    threads: course.threads.filter { !course.hasLeft($0) }.map {
                        thread($0.number, $0.counterparty, $0.progress, table)
                    }
                )
            }
            guard let first = course.entries.first,
                let table = try reference.useCases.useCase(first.buc)?.table(for: first.ours.role)
            else { return nil }
            return CaseOutlookReport(
                caseId: key.id.text, institution: key.institution.text, buc: first.buc.code,
                threads: [thread(1, nil, CaseProgress(), table)]
            )
        }
    }

    /// The key of a case, also of one of which all documents wait.
    func caseKey(_ id: UniqueID, of institution: InstitutionID?, in view: Snapshot) throws -> CaseKey? {
        func isAsked(_ key: CaseKey) -> Bool { institution == nil || key.institution == institution }
        if let stored = try view.storedCases(id).map(\.key).first(where: isAsked) { return stored }
        return try view.archivedCases([id], ours: Set(configuration.institutions)).filter(isAsked).min()
    }
}
