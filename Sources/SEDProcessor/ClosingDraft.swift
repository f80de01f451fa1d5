// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import SEDCore
internal import SEDXML

/// Complete X001 messages that close a case, one for each participant; all carry the same document.
struct ClosingDraft {
    /// What the case is about, as every administrative SED repeats it.
    struct Person: Hashable {
        let familyName: String
        let forename: String
        let dateBirth: String
        let sex: String

        /// The first person of a document whose four facts are all there; nil where there is none.
        init?(in bytes: [UInt8]) {
            guard let tree = try? XMLTree(parsing: bytes), let person = Self.find(below: tree.root, in: tree)
            else { return nil }
            self = person
        }

        private init?(_ element: ElementID, in tree: borrowing XMLTree) {
            func text(_ path: String...) -> String? {
                var place = element
                for name in path {
                    guard let child = tree.child(name, of: place) else { return nil }
                    place = child
                }
                let text = tree.text(of: place).trimmingCharacters(in: .whitespacesAndNewlines)
                return text.isEmpty ? nil : text
            }
            guard let familyName = text("familyName"), let forename = text("forename"),
                let dateBirth = text("dateBirth"), let sex = text("sex", "value")
            else { return nil }
            self.familyName = familyName
            self.forename = forename
            self.dateBirth = dateBirth
            self.sex = sex
        }

        private static func find(below element: ElementID, in tree: borrowing XMLTree) -> Person? {
            for child in tree.children(of: element) {
                let name = tree.localName(of: child)
                if ["PersonIdentification", "PersonContext"].contains(name), let person = Person(child, in: tree) {
                    return person
                }
                if let person = find(below: child, in: tree) { return person }
            }
            return nil
        }
    }

    let messages: [[UInt8]]

    /// The identifiers are derived from `purpose`, so that the same clock of a case always gets the same document.
    init(
        of caseID: UniqueID,
        in buc: BUCType,
        version: CDMVersion,
        from sender: EnvelopeParty,
        to receivers: [EnvelopeParty],
        about person: Person,
        reason: String,
        purpose: String,
        at instant: Instant
    ) {
        let content = """
                <CaseContext>
                  <PersonContext>
                    <familyName>\(Self.escaped(person.familyName))</familyName>
                    <forename>\(Self.escaped(person.forename))</forename>
                    <dateBirth>\(Self.escaped(person.dateBirth))</dateBirth>
                    <sex><value>\(Self.escaped(person.sex))</value></sex>
                  </PersonContext>
                </CaseContext>
                <InformationAboutClose>
                  <closeDate>\(instant.date)</closeDate>
                  <close><value>02</value></close>
                  <reasonForClosing><value>\(reason)</value></reasonForClosing>
                </InformationAboutClose>
            """
        let key = "X001 \(sender.institution) \(caseID) \(purpose)"
        messages = receivers.map { receiver in
            OwnMessage(
                sender: sender, receiver: receiver, version: version, buc: buc, caseID: caseID, sed: "X001",
                instance: OwnMessage.identifier("\(key) instance \(receiver.institution)"),
                set: OwnMessage.identifier("\(key) set"), relatedSet: nil, createdAt: instant, content: content
            ).bytes
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
