// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore

// What `buc show --state`, `buc replay` and `case show` tell of what may travel, as values; the field names are those
// of docs/report-format.md. Titles, meanings and messages are in the language that was asked for.

/// One document that may travel, or one step of a course.
package struct OutlookItem: Encodable, Hashable, Sendable {
    package struct Condition: Encodable, Hashable, Sendable {
        package let name: String
        /// Nil where nobody knows what the name means.
        package let meaning: String?
    }

    package let sed: String
    package let title: String
    /// `sent` or `received`.
    package let way: String
    /// `document`, `reply` or `update`.
    package let kind: String
    package let answers: String?
    package let reply: String?
    package let about: String?
    package let contexts: [Condition]
    package let next: String
    package let process: String?
    package let processTitle: String?
    /// Whether the published table demands it; of a reply, whether it must not be left out.
    package let isMandatory: Bool
    /// Whether the sources disagree on it, and it is taken with a note (CAS-016).
    package let isNoted: Bool

    package init(_ option: CaseOutlook.Option, _ words: CaseVocabulary, _ language: Language) {
        sed = option.sed.code
        title = words.title(of: option.sed, language)
        way = option.way.rawValue
        let isDue = option.process.flatMap { words.processes[$0] }?.dueReplies.contains(option.sed) ?? false
        switch option.kind {
        case .document: (kind, answers, isMandatory) = ("document", nil, option.mark == .must)
        case .reply(let request): (kind, answers, isMandatory) = ("reply", request.code, isDue)
        case .update: (kind, answers, isMandatory) = ("update", nil, false)
        }
        reply = option.reply?.code
        about = option.about?.code
        contexts = option.contexts.map { Condition(name: $0, meaning: words.meaning(of: $0, language)) }
        next = option.next.name
        process = option.process
        processTitle = option.process.map { words.title(ofProcess: $0, language) }
        isNoted = option.mark == .noted
    }
}

/// What may travel in a state or a case.
package struct OutlookSide: Encodable, Hashable, Sendable {
    package let role: String
    package let state: String
    /// Whether the process may be regarded as finished in this state.
    package let mayBeFinished: Bool
    package let maySend: [OutlookItem]
    package let mayArrive: [OutlookItem]
    /// The answers for one document, sent and received; nil where none was asked for.
    package let answers: [OutlookAnswer]?

    /// `isState` tells whether only the state is known, so that everything is listed that the table has in it.
    package init(
        _ outlook: CaseOutlook,
        isState: Bool,
        asking sed: SEDType?,
        _ words: CaseVocabulary,
        toldBy teller: Teller
    ) {
        let language = teller.language
        let state = outlook.progress.state
        role = outlook.table.role.rawValue
        self.state = state.name
        mayBeFinished = outlook.table.endStates.contains(state)
        func items(_ way: Way) -> [OutlookItem] {
            let options =
                isState ? CaseOutlook.options(way, at: state, in: outlook.table) : outlook.options(way)
            return options.map { OutlookItem($0, words, language) }
        }
        let (sending, arriving) = (items(.sent), items(.received))
        (maySend, mayArrive) = (sending, arriving)
        answers = sed.map { sed in
            let all = [(Way.sent, sending), (.received, arriving)].map { way, items in
                OutlookAnswer(sed, way, items.filter { $0.sed == sed.code }, outlook, words, teller)
            }
            // Where one side alone ever sends it, the other answer says nothing.
            let known = all.filter { $0.allowed || !$0.states.isEmpty }
            return known.isEmpty ? all : known
        }
    }
}

/// Why a document may or may not travel one way.
package struct OutlookAnswer: Encodable, Hashable, Sendable {
    package let sed: String
    package let title: String
    package let way: String
    package let allowed: Bool
    /// As what it may travel now; an update alone does not make `allowed` true.
    package let options: [OutlookItem]
    package let rule: String?
    package let message: String?
    /// The states in which the table lets it travel this way.
    package let states: [String]
    package let mustComeFirst: [OutlookItem]
    /// A shortest course after which it may travel; nil where it may now, or where there is none.
    package let course: [OutlookItem]?

    init(
        _ sed: SEDType,
        _ way: Way,
        _ options: [OutlookItem],
        _ outlook: CaseOutlook,
        _ words: CaseVocabulary,
        _ teller: Teller
    ) {
        let language = teller.language
        self.sed = sed.code
        title = words.title(of: sed, language)
        self.way = way.rawValue
        self.options = options
        states = outlook.states(of: sed, way).map(\.name)
        let obstacle = options.contains { $0.kind != "update" } ? nil : outlook.obstacle(to: sed, way)
        allowed = obstacle == nil
        rule = obstacle?.refusal.rule.text
        message = obstacle.map { obstacle in
            obstacle.states.isEmpty
                ? OutlookWords(language).never(way) : teller.told(obstacle.refusal.words)
        }
        mustComeFirst = obstacle?.needed.map { OutlookItem($0, words, language) } ?? []
        course = obstacle?.course?.map { OutlookItem($0, words, language) }
    }
}

/// What `piiripost buc show --state` or `--sed` prints.
package struct OutlookReport: Encodable, Hashable, Sendable {
    package let formatVersion = 1
    package let useCase: UseCaseItem
    package let sides: [OutlookSide]

    package init(_ useCase: UseCaseItem, sides: [OutlookSide]) {
        self.useCase = useCase
        self.sides = sides
    }
}
