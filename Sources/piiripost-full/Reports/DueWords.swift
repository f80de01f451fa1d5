// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDProcessor

/// The words of `case due` around the titles of clocks, which stand in the tables of the use cases.
struct DueWords: Sendable {
    let language: Language
    let today: CivilDate
    let vocabulary: CaseVocabulary

    private var isEstonian: Bool { language == .estonian }

    /// A deadline in a few lines: the first says when, who and where, the others why and what to do.
    func block(_ item: DueItem) -> String {
        var lines = [
            "\(item.dueOn)  \(when(item))  \(who(item.by))  \(item.buc) \(item.role)  \(item.caseId)  "
                + (item.counterparty ?? "-"),
            "    \(item.title[language]) (\(item.name); \(item.sed), \(item.message))",
            "    \(basis(item)): \(vocabulary.told(reference: item.reference, language))",
            "    \(task(item))",
        ]
        let follows = item.follows[language]
        if !follows.isEmpty {
            let isOver = item.daysOver > 0
            let label = isEstonian ? (isOver ? "Tagajärg" : "Seejärel") : (isOver ? "Consequence" : "Then")
            lines.append("    \(label): \(follows)")
        }
        if let note = moved(item) { lines.append("    \(note)") }
        return lines.joined(separator: "\n")
    }

    func summary(_ items: [DueItem]) -> String {
        let overdue = items.count { $0.daysOver > 0 }
        return isEstonian
            ? "Tähtaegu \(items.count), neist möödas \(overdue)" : "\(items.count) deadline(s), \(overdue) past"
    }

    private func when(_ item: DueItem) -> String {
        switch item.daysOver {
        case 0: return isEstonian ? "täna" : "today"
        case ..<0:
            let days = -item.daysOver
            return isEstonian ? "\(days) päeva pärast" : "in \(days) day(s)"
        default:
            let days = item.daysOver
            if item.effect == "closing" || item.by == "nobody" {
                return isEstonian ? "täitus \(days) päeva eest" : "ran out \(days) day(s) ago"
            }
            return isEstonian ? "üle tähtaja \(days) päeva" : "overdue \(days) day(s)"
        }
    }

    private func who(_ by: String) -> String {
        switch by {
        case "us": isEstonian ? "meie" : "us"
        case "them": isEstonian ? "teine pool" : "them"
        default: isEstonian ? "mitte keegi" : "nobody"
        }
    }

    private func basis(_ item: DueItem) -> String {
        let kind =
            isEstonian ? (item.basis == "law" ? "Õigusakt" : "Meie valik") : (item.basis == "law" ? "Law" : "Policy")
        if item.isVerified { return kind }
        return kind + (isEstonian ? " (kontrollimata)" : " (not verified)")
    }

    /// What to do: send what stops the clock, ask for it, wait, or close the case.
    private func task(_ item: DueItem) -> String {
        let documents = item.stoppedBy.filter { $0 != "any" }.joined(separator: ", ")
        let awaited = documents.isEmpty ? (isEstonian ? "vastust" : "the answer") : documents
        let isOver = item.daysOver > 0
        if let reason = item.closeReason, isOver {
            return isEstonian
                ? "Teha: sulgeda juhtum dokumendiga X001, põhjus \(reason)"
                : "To do: close the case with X001, reason \(reason)"
        }
        if item.effect == "closing" || item.by == "nobody" {
            if documents.isEmpty { return isEstonian ? "Teha: ei midagi" : "To do: nothing" }
            return isEstonian
                ? "Teha: ei midagi; kulgemise peatab \(documents)" : "To do: nothing; \(documents) stops the clock"
        }
        if item.by == "us" {
            return isEstonian ? "Teha: saata \(documents.isEmpty ? "vastus" : documents)" : "To do: send \(awaited)"
        }
        if item.name == "grace-period" {
            return isEstonian ? "Teha: oodata" : "To do: wait"
        }
        if isOver {
            return isEstonian ? "Teha: meelde tuletada; oodatakse \(awaited)" : "To do: remind; \(awaited) is awaited"
        }
        return isEstonian ? "Teha: oodata \(awaited)" : "To do: wait for \(awaited)"
    }

    /// That the last day was moved, or why it was not: a note, since the rule of counting is not verified.
    private func moved(_ item: DueItem) -> String? {
        let calendar: String =
            if let country = item.calendar {
                isEstonian
                    ? "puhkepäevad: nädalavahetused ja pühad, \(country)"
                    : "days of rest: weekends, holidays of \(country)"
            } else {
                isEstonian ? "puhkepäevad: ainult nädalavahetused" : "days of rest: weekends only"
            }
        guard item.countedDay != item.dueOn else {
            // Where no holidays are known, the last day may be one.
            return item.calendar == nil && item.dueAt == nil ? (isEstonian ? "Märkus: " : "Note: ") + calendar : nil
        }
        return isEstonian
            ? "Märkus: arvestatud viimane päev \(item.countedDay) on puhkepäev ja nihkus (määrus 1182/71 art 3 lg 4, kontrollimata; \(calendar))"
            : "Note: the counted day \(item.countedDay) is a day of rest and moved (Reg. 1182/71 Art. 3(4), not verified; \(calendar))"
    }
}
