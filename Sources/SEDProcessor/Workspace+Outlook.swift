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
    /// Of several institutions of ours that take part in it, the named one or the first; nil where there is no case.
    package func caseOutlook(
        _ id: UniqueID,
        of institution: InstitutionID? = nil,
        asking sed: SEDType?,
        reference: ReferenceData,
        language: Language
    ) throws -> CaseOutlookReport? {
        let words = try reference.vocabulary()
        return try store.read { view in
            let keys = try view.storedCases(id).map(\.key)
            guard let key = keys.first(where: { institution == nil || $0.institution == institution }) else {
                return nil
            }
            let ours = Set(configuration.institutions)
            let course = try CaseFile(key, in: view, useCases: reference.useCases, ours: ours).course
            guard let table = course.table else { return nil }
            return CaseOutlookReport(
                caseId: key.id.text, institution: key.institution.text, buc: course.useCase?.type.code ?? "",
                threads: course.threads.filter { !course.hasLeft($0) }.map { thread in
                    let outlook = CaseOutlook(of: thread.progress, in: table)
                    return .init(
                        number: thread.number, counterparty: thread.counterparty?.text,
                        outlook: OutlookSide(outlook, isState: false, asking: sed, words, language)
                    )
                }
            )
        }
    }
}
