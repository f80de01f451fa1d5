// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore

/// The sentences around what may travel in a case, in each language.
package struct OutlookWords: Sendable {
    package let language: Language

    package init(_ language: Language) {
        self.language = language
    }

    private func told(_ english: String, _ estonian: String) -> String {
        language == .estonian ? estonian : english
    }

    package func never(_ way: Way) -> String {
        switch way {
        case .sent: told("This side never sends it.", "See pool ei saada seda kunagi.")
        case .received: told("This side never receives it.", "See pool ei saa seda kunagi.")
        }
    }

    // MARK: Listings

    package var maySend: String { told("may be sent", "võib saata") }
    package var mayArrive: String { told("may arrive", "võib saabuda") }
    package var nothing: String { told("nothing", "mitte midagi") }
    package var columns: [String] {
        told("SED,TITLE,WHAT,NEXT,PROCESS", "SED,NIMETUS,MILLINE,EDASI,PROTSESS").split(separator: ",").map(String.init)
    }

    package var courseColumns: [String] {
        told("STEP,WAY,SED,ABOUT,CONTENT,STATE,REMARK", "SAMM,SUUND,SED,MILLE KOHTA,SISU,OLEK,MÄRKUS")
            .split(separator: ",").map(String.init)
    }
    package var or: String { told(" or ", " või ") }

    package func way(_ direction: String) -> String {
        direction == Way.sent.rawValue ? told("sent", "saadetud") : told("received", "saadud")
    }

    package func note(_ rule: String) -> String {
        told("taken with the note \(rule)", "võetakse vastu märkusega \(rule)")
    }

    /// The heading of a state of one side.
    package func heading(_ side: OutlookSide) -> String {
        let end = side.mayBeFinished ? told(", the process may be finished", ", protsess võib olla lõppenud") : ""
        return "\(side.role), \(told("state", "olek")) \(side.state)\(end)"
    }

    /// What distinguishes an option from others of its SED.
    package func remark(_ item: OutlookItem) -> String {
        var parts: [String] = []
        if let answers = item.answers {
            parts.append(told("in reply to \(answers)", "vastuseks dokumendile \(answers)"))
        }
        if item.kind == "update" {
            parts.append(told("a further version", "järgmine versioon"))
        } else if let about = item.about {
            parts.append(told("about \(about)", "dokumendi \(about) kohta"))
        }
        if !item.contexts.isEmpty {
            let conditions = item.contexts.map { context in
                context.meaning.map { "\($0) [\(context.name)]" } ?? context.name
            }
            parts.append(conditions.joined(separator: or))
        }
        if let reply = item.reply {
            parts.append(told("may be answered with \(reply)", "vastata võib dokumendiga \(reply)"))
        }
        if item.isMandatory { parts.append(told("demanded", "nõutav")) }
        if item.isNoted { parts.append(note(RuleID.sourcesDisagree.text)) }
        return parts.joined(separator: "; ")
    }

    package func process(_ item: OutlookItem) -> String {
        item.process.map { "\($0) \(item.processTitle ?? "")" } ?? ""
    }

    /// A step of a course, such as `receives R018 (positive reply [R018-01])`.
    package func step(_ item: OutlookItem) -> String {
        let isSent = item.way == Way.sent.rawValue
        let act = isSent ? told("sends", "saadab") : told("receives", "saab")
        let remark = remark(item)
        return "\(act) \(item.sed) \(item.title)\(remark.isEmpty ? "" : " (\(remark))"), "
            + told("state", "olek") + " \(item.next)"
    }

    // MARK: Answers

    /// Why a document may or may not travel one way, a line each.
    package func lines(_ answer: OutlookAnswer) -> [String] {
        let name = "\(answer.sed) \(answer.title)"
        let isSent = answer.way == Way.sent.rawValue
        let may = isSent ? maySend : mayArrive
        let mayNot = isSent ? told("may not be sent", "ei või saata") : told("may not arrive", "ei või saabuda")
        var lines = ["\(name): \(answer.allowed ? may : mayNot)"]
        for option in answer.options {
            let remark = remark(option)
            lines.append("  \(remark.isEmpty ? "" : remark + ", ")\(told("state", "olek")) \(option.next)")
        }
        if let message = answer.message { lines.append("  \(message) [\(answer.rule ?? "")]") }
        if answer.states.isEmpty { return lines }
        lines.append("  " + told("has its place in state ", "koht olekus ") + answer.states.joined(separator: ", "))
        if !answer.mustComeFirst.isEmpty {
            let needed = answer.mustComeFirst.map { item in "\(item.sed) \(way(item.way))" }
            lines.append("  " + told("must come first: ", "enne peab tulema: ") + needed.joined(separator: ", "))
        }
        if let course = answer.course {
            lines.append("  " + told("shortest course from here:", "lühim tee siit:"))
            lines += course.map { "    " + step($0) }
        } else if !answer.allowed {
            lines.append("  " + told("no course from here leads there", "ükski tee siit sinna ei vii"))
        }
        return lines
    }
}
