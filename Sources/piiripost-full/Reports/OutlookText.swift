// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor

/// Prints what may travel in a case, and why something may not.
struct OutlookText {
    private let words: OutlookWords

    init(_ language: Language) {
        words = OutlookWords(language)
    }

    /// A side: everything that may travel, if wanted, then the answers about one document.
    func write(_ side: OutlookSide, isListed: Bool) {
        Output.line(words.heading(side))
        if isListed {
            list(side.maySend, words.maySend)
            list(side.mayArrive, words.mayArrive)
        }
        for answer in side.answers ?? [] {
            for line in words.lines(answer) { Output.line(line) }
        }
    }

    /// Without a heading, for a case whose state stands above already.
    func list(_ items: [OutlookItem], _ heading: String) {
        if items.isEmpty { return Output.line("\(heading): \(words.nothing)") }
        Output.line("\(heading):")
        Output.table(
            words.columns,
            items.map { [$0.sed, $0.title, words.remark($0), $0.next, words.process($0)] },
            indent: "  "
        )
    }

    /// A course that was played, a step a line.
    func write(_ course: [(step: ReplayStep, answer: ReplayAnswer)]) {
        Output.table(
            words.courseColumns,
            course.map { step, answer in
                let states = [answer.state].compactMap { $0 } + (answer.alternatives ?? [])
                return [
                    String(answer.step), words.way(step.direction), step.sed, step.refSED ?? "-", step.context ?? "-",
                    states.isEmpty ? "-" : states.joined(separator: words.or),
                    answer.note.map(words.note) ?? answer.rule.map { "\($0): \(answer.message ?? "")" } ?? "",
                ]
            }
        )
    }
}
