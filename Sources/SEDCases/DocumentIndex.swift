// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// A type of document that travels one way.
struct DocumentKind: Hashable, Sendable {
    let sed: SEDType
    let way: Way
}

/// The documents of a course, found by set and by type without walking through the course.
struct DocumentIndex: Hashable, Sendable {
    typealias Document = CaseProgress.Document

    private var entries: [Document] = []
    private var places: [String: Int] = [:]
    /// Of each type, the places of the valid documents, rising.
    private var valid: [DocumentKind: [Int]] = [:]

    /// In the order in which each was first placed.
    var documents: [Document] { entries }

    subscript(set: String) -> Document? { places[set].map { entries[$0] } }

    func place(of set: String) -> Int? { places[set] }

    func latestValid(_ kind: DocumentKind) -> Document? { valid[kind]?.last.map { entries[$0] } }

    /// Notes a version of a document, and what X008 or X050 does to another one.
    mutating func note(_ event: CaseEvent) {
        let document = Document(
            set: event.set, sed: event.sed, way: event.way, version: event.version, isValid: true
        )
        if let place = places[event.set] {
            replace(place, by: document)
        } else {
            places[event.set] = entries.count
            valid[DocumentKind(sed: event.sed, way: event.way), default: []].append(entries.count)
            entries.append(document)
        }
        if CaseProgress.withdrawing.contains(event.sed.code), let target = event.aboutSet { withdraw(target) }
    }

    mutating func withdraw(_ set: String) {
        guard let place = places[set] else { return }
        let old = entries[place]
        replace(
            place,
            by: Document(set: old.set, sed: old.sed, way: old.way, version: old.version, isValid: false)
        )
    }

    private mutating func replace(_ place: Int, by document: Document) {
        let old = entries[place]
        entries[place] = document
        let (before, after) = (
            DocumentKind(sed: old.sed, way: old.way), DocumentKind(sed: document.sed, way: document.way)
        )
        if old.isValid == document.isValid, before == after { return }
        if old.isValid, let position = valid[before]?.lastIndex(of: place) { valid[before]?.remove(at: position) }
        if document.isValid {
            let position = valid[after]?.lastIndex { $0 < place }.map { $0 + 1 } ?? 0
            valid[after, default: []].insert(place, at: position)
        }
    }
}
