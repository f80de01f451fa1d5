// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDProcessor

/// The words of acts on the queues and of the table of ages.
extension PipelineWords {
    /// Where an item stands in its queue.
    func state(_ state: String) -> String {
        switch state {
        case "notReady": choose(state, "pole valmis")
        case "quarantined": choose(state, "karantiinis")
        case "rejected": choose(state, "tagasi lükatud")
        case "dropped": choose(state, "kõrvaldatud")
        case "held": choose(state, "peatatud")
        case "draft": choose(state, "mustand")
        case "ready": choose(state, "lahkub")
        case "staged": choose(state, "teel")
        case "delivered": choose(state, "üle antud")
        case "unrouted": choose(state, "marsruudita")
        case "withdrawn": choose(state, "tagasi võetud")
        case "faulty": choose(state, "vigane")
        case "released": choose(state, "vabastatud")
        default: word(state)
        }
    }

    func result(_ result: ActOutcome.Result) -> String {
        switch result {
        case .done: choose("done", "tehtud")
        case .refused: choose("not done", "tegemata")
        }
    }

    func summary(_ report: ActReport) -> String {
        let done = report.items.count { $0.result == .done }
        let counts = choose(
            "\(done) done, \(report.items.count - done) not done",
            "tehtud \(done), tegemata \(report.items.count - done)")
        return report.isDryRun ? choose("dry run: ", "proovikäivitus: ") + counts : counts
    }

    /// The columns of the table of ages; `limits` are the ends of the groups in seconds.
    func ageColumns(_ limits: [Int]) -> [String] {
        let ages = limits.map { "<\(TimeSpan(seconds: $0).text)" }
        let beyond = limits.last.map { "≥\(TimeSpan(seconds: $0).text)" } ?? ""
        return [choose("QUEUE", "JÄRJEKORD"), choose("PARTNER", "PARTNER")] + ages + [beyond]
            + [choose("TOTAL", "KOKKU"), choose("OLDEST", "VANIM")]
    }

    func age(_ row: AgeTable.Row) -> [String] {
        [word(row.queue.rawValue), row.partner ?? "-"] + row.counts.map { $0 == 0 ? "." : String($0) }
            + [String(row.total), row.oldest]
    }
}

/// The words of the commands on the store.
extension PipelineWords {
    func lines(_ report: StoreReport) -> [String] {
        let counts = BilingualText(
            """
            \(report.messages) messages, \(report.attachments) attachments, \(report.cases) cases, \
            \(report.faults.count) faults
            """,
            """
            sõnumeid \(report.messages), manuseid \(report.attachments), juhtumeid \(report.cases), \
            vigu \(report.faults.count)
            """)
        return report.faults + [counts[language]]
    }

    func lines(_ report: RestoreReport) -> [String] {
        let replaced = report.replaced.map {
            BilingualText("the old store is now \($0)", "vana andmehoidla on nüüd \($0)")[language]
        }
        let unknown = report.unknownFiles.map {
            BilingualText("came after the backup: \($0)", "saabus pärast varundamist: \($0)")[language]
        }
        return lines(report.store) + [replaced].compactMap(\.self) + unknown
    }
}
