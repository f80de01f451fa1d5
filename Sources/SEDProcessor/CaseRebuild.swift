// SPDX-License-Identifier: EUPL-1.2

internal import SEDCases
package import SEDCore
internal import SEDInspection
internal import SEDStorage
internal import SEDValidation

/// Makes cases anew from the archive of messages.
package struct CaseRebuild {
    /// A case whose stored rows are not those that its messages come to.
    package struct Difference: Encodable, Hashable, Sendable {
        package let caseId: String
        package let institution: String
        /// How many rows of which table differ.
        package let rows: [String: Int]
        /// Messages that wait and have a place, such as `m12`.
        package let placed: [String]
        /// Messages that have a place and had to wait.
        package let displaced: [String]
    }

    package struct Result: Encodable, Hashable, Sendable {
        package let formatVersion = 1
        package let cases: Int
        package let differences: [Difference]
    }

    private let workspace: Workspace
    private let reference: ReferenceData
    private let actor: String
    private let clock: @Sendable () -> Instant

    package init(
        workspace: Workspace,
        reference: ReferenceData,
        actor: String,
        clock: @escaping @Sendable () -> Instant = SystemTime.now
    ) {
        self.workspace = workspace
        self.reference = reference
        self.actor = actor
        self.clock = clock
    }

    /// Compares the cases with these identifiers, or all, each in one transaction; unless `isCheck`, puts right what
    /// differs.
    package func run(_ ids: [UniqueID], isCheck: Bool) throws -> Result {
        let ours = Set(workspace.configuration.institutions)
        let keys = try workspace.store.read { view in
            // A case that is stored without a message is to be removed.
            let stored = try view.cases().map(\.stored.key)
            return try view.archivedCases(ours: ours).union(stored)
        }.filter { ids.isEmpty || ids.contains($0.id) }.sorted()
        let found = Set(keys.map(\.id))
        for id in ids where !found.contains(id) { throw WorkspaceError(message: "there is no case \(id)") }
        var differences: [Difference] = []
        for key in keys {
            let difference =
                try isCheck
                ? workspace.store.read { try compare(key, in: $0, ours) }
                : workspace.store.write { try settle(key, in: $0, ours) }
            if let difference { differences.append(difference) }
        }
        return Result(cases: keys.count, differences: differences)
    }

    private func settle(_ key: CaseKey, in transaction: Transaction, _ ours: Set<InstitutionID>) throws -> Difference? {
        guard let difference = try compare(key, in: transaction.view, ours) else { return nil }
        let commit = MessageCommit(
            transaction: transaction, configuration: workspace.configuration, useCases: reference.useCases,
            rules: reference.validator.rules, edition: reference.edition, shelf: CaseShelf(), now: clock(), actor: actor
        )
        _ = try commit.settle(key)
        try commit.judgeAnew(key)
        let rows = difference.rows.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        try transaction.audit(
            "rebuilt", subject: "case:\(key.id)", detail: rows.joined(separator: ", "), by: actor, at: clock()
        )
        return difference
    }

    private func compare(_ key: CaseKey, in view: Snapshot, _ ours: Set<InstitutionID>) throws -> Difference? {
        var file = try CaseFile(key, in: view, useCases: reference.useCases, ours: ours)
        let deadlines = try file.deadlines(in: view)
        let rows = file.rows(deadlines: deadlines).differences(from: try view.rows(of: key))
        let decided = file.course.entries.filter { $0.isDecided(among: ours) }
            .sorted { $0.order < $1.order }
        let placed = decided.filter {
            file.standings[$0.number]?.state == .pending && !file.course.isWaiting($0.number)
        }
        let displaced = decided.filter { file.standings[$0.number]?.state == .done && file.course.isWaiting($0.number) }
        if rows.isEmpty, placed.isEmpty, displaced.isEmpty { return nil }
        return Difference(
            caseId: key.id.text, institution: key.institution.text, rows: rows,
            placed: placed.map { "m\($0.number)" }, displaced: displaced.map { "m\($0.number)" }
        )
    }
}
