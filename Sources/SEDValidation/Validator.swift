// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// What a document says that the case and the router need to know.
package struct DocumentFacts: Hashable, Sendable {
    /// The content conditions that hold; nil where no condition is defined for the document.
    package var contexts: Set<String>?
    /// The SED that X008, X011 or X050 names in its body.
    package var about: SEDType?
    package var addedInstitution: InstitutionID?
    package var removedInstitution: InstitutionID?
    /// What rules about the case ask for; empty where the validator does not read it.
    package var caseFacts: [CaseFact] = []

    package init() {}
}

/// A document and what came of judging it.
package struct Judgement: Sendable {
    package fileprivate(set) var report: ValidationReport
    /// Present when the envelope layer passed.
    package let envelope: Envelope?
    package let facts: DocumentFacts
    /// Whether the text merely stops early, as a file does that is still being written.
    package let isTruncated: Bool
    /// The bytes of the SED inside its envelope; nil where there is none.
    package var contentRange: Range<Int>?
    /// What is known of the envelope, whether or not its layer passed; nil where there is none.
    fileprivate var envelopeFacts: EnvelopeFacts?
    /// As what it was judged.
    package fileprivate(set) var direction = MessageDirection.inbound
}

/// Judges documents layer by layer; pure, so the same bytes and schemas always give the same report.
package struct Validator: Sendable {
    package let library: SchemaLibrary
    private let combinations: CombinationSource
    private let conditions: [SEDType: [ContentCondition]]
    private let readsCaseFacts: Bool
    /// Nil where only the formats are judged.
    package private(set) var rules: RuleLibrary?
    private var today: @Sendable () -> CivilDate
    private let limits: ParsingLimits
    /// Nil where converted amounts are judged by fixed rates alone.
    private var rates: RateSupply?

    /// `conditions` and `readsCaseFacts` serve the placing in a case; judging does without.
    ///
    /// `today` is the date of documents that state none, for rules that ask whether something lies in the future.
    package init(
        library: SchemaLibrary,
        combinations: @escaping CombinationSource,
        conditions: [ContentCondition] = [],
        readsCaseFacts: Bool = false,
        rules: RuleLibrary? = nil,
        today: @escaping @Sendable () -> CivilDate = { CivilDate(daysSinceEpoch: 0) }
    ) {
        self.library = library
        self.combinations = combinations
        self.readsCaseFacts = readsCaseFacts
        self.rules = rules
        self.today = today
        self.conditions = Dictionary(grouping: conditions, by: \.sed)
        limits = .standard
    }

    /// The same validator for the formats alone.
    package func withoutRules() -> Validator {
        var copy = self
        copy.rules = nil
        return copy
    }

    /// The same validator as it would judge on a day.
    package func on(_ day: CivilDate) -> Validator {
        var copy = self
        copy.today = { day }
        return copy
    }

    /// The same validator with published rates to judge converted amounts by.
    package func with(rates: RateSupply) -> Validator {
        var copy = self
        copy.rates = rates
        return copy
    }

    /// Judges an envelope with its SED, or a SED alone, in XML or in the JSON of RINA, told apart by their content.
    ///
    /// `attachments` is what came beside the message; nil when that is not known, and the layer is skipped.
    /// A message from one of the institutions in `own` goes out, whatever `direction` says, unless it also goes to one
    /// of them.
    package func judge(
        _ bytes: [UInt8],
        attachments: [ReceivedAttachment]? = nil,
        direction: MessageDirection = .inbound,
        own: Set<InstitutionID> = [],
        language: Language = .english
    ) -> Judgement {
        let circumstances = Circumstances(
            direction: direction, own: own, today: today(), language: language, rates: rates)
        var judgement = judge(bytes, attachments: attachments, circumstances)
        judgement.direction = circumstances.direction(of: judgement.envelopeFacts)
        return told(judgement, in: language)
    }

    private func judge(_ bytes: [UInt8], attachments: [ReceivedAttachment]?, _ circumstances: Circumstances)
        -> Judgement
    {
        if JSONTree.isLikely(bytes) { return judgeJSON(bytes, circumstances) }
        var report = ReportBuilder()
        let tree: XMLTree
        do {
            tree = try XMLTree(parsing: bytes, limits: limits)
        } catch {
            return Self.refused(error, &report)
        }
        return judge(tree, attachments: attachments, circumstances, into: &report)
    }

    private func judge(
        _ tree: borrowing XMLTree,
        attachments: [ReceivedAttachment]?,
        _ circumstances: Circumstances,
        into report: inout ReportBuilder
    ) -> Judgement {
        report.record([], in: .lexicalGuard)
        report.record([], in: .wellFormed)
        let document = Self.recognise(tree, library.catalogue)
        var envelope: Envelope?
        var envelopeFacts: EnvelopeFacts?
        if document.isEnvelope {
            (envelope, envelopeFacts) = judgeEnvelope(tree, sed: document.sed, into: &report)
        } else if document.sed != nil {
            report.skip(.envelope, because: "the document is a SED without envelope")
            report.skip(.combination, because: "the document is a SED without envelope")
        } else {
            report.record(
                [
                    Diagnostic(
                        rule: .unknownRoot, severity: .error, position: tree.position(of: tree.root),
                        path: tree.path(of: tree.root),
                        message: "The root element is neither an envelope (StandardBusinessDocument) nor a SED."
                    )
                ],
                in: .envelope
            )
        }
        if let sed = document.sed {
            let message = MessageFacts(envelopeFacts, envelope, circumstances, sed: tree.localName(of: sed))
            judgeSED(tree, at: sed, message: message, circumstances.language, into: &report)
        }
        if let envelope, let attachments {
            let position = tree.position(of: tree.root)
            let findings = AttachmentCheck.findings(
                for: envelope.attachments, of: envelope.sed, received: attachments, at: position)
            var causes = SharedCauses([], restating: findings.isEmpty ? [] : restating)
            report.record(causes.merged(LayerFindings(findings, more: 0)), in: .attachments)
        }
        report.skipRemaining(because: "not judged here")
        var judgement = Judgement(
            report: report.finished(),
            envelope: envelope,
            facts: document.sed.map { facts(of: $0, in: tree) } ?? DocumentFacts(),
            isTruncated: false
        )
        judgement.envelopeFacts = envelopeFacts
        judgement.contentRange = document.isEnvelope ? document.sed.flatMap { tree.byteRange(of: $0) } : nil
        return judgement
    }

    /// The judgement of a document that is too large to be read at all.
    package func judgement(ofUnreadBytes count: Int, language: Language = .english) -> Judgement {
        let finding = Diagnostic(
            rule: .documentTooLarge, severity: .error,
            message: "The document has \(count, as: "count") bytes; the limit is \(limits.bytes, as: "limit")."
        )
        return judgement(withoutReading: finding, in: language)
    }

    /// The judgement of a document that is not looked at, for the reason that the finding tells: nothing is known of it.
    package func judgement(withoutReading finding: Diagnostic, in language: Language = .english) -> Judgement {
        var report = ReportBuilder()
        let refusal = XMLRefusal(step: .lexicalGuard, finding: finding, isTruncated: false, isInternal: true)
        return told(Self.refused(refusal, &report), in: language)
    }

    /// The judgement in a language; without a catalogue of its words it stays English, and is none the less right.
    private func told(_ judgement: Judgement, in language: Language) -> Judgement {
        guard language != .english, judgement.report.hasWords, let formats = try? library.formats() else {
            return judgement
        }
        var told = judgement
        told.report = judgement.report.told(by: formats, in: language)
        return told
    }

    /// Findings about a judged message in a language; without a catalogue of their words they stay English.
    package func told(_ findings: [Diagnostic], in language: Language) -> [Diagnostic] {
        guard language != .english, !findings.isEmpty, let formats = try? library.formats() else { return findings }
        return findings.map { $0.saying(Words(formats.told($0.words, in: language))) }
    }

    private static func refused(_ refusal: XMLRefusal, _ report: inout ReportBuilder) -> Judgement {
        // Size and number of elements are limits of ours, not of the formats: nothing is known of such a document.
        let ownLimits: Set<RuleID> = [.documentTooLarge, .tooManyElements, .jsonTooManyValues]
        let layer: Layer = refusal.step == .lexicalGuard ? .lexicalGuard : .wellFormed
        if layer == .wellFormed { report.record([], in: .lexicalGuard) }
        if refusal.isInternal || ownLimits.contains(refusal.finding.rule) {
            report.record([refusal.finding.lowered()], in: layer)
            report.leaveUndecided(layer, because: refusal.finding.words)
        } else {
            report.record([refusal.finding], in: layer)
        }
        report.skipRemaining(because: "the document could not be read")
        return Judgement(
            report: report.finished(), envelope: nil, facts: DocumentFacts(), isTruncated: refusal.isTruncated
        )
    }

    // MARK: Recognition

    struct Recognised {
        let isEnvelope: Bool
        let sed: ElementID?
    }

    static func recognise(_ tree: borrowing XMLTree, _ catalogue: Catalogue) -> Recognised {
        let root = tree.root
        let namespace = tree.namespace(of: root)
        if tree.localName(of: root) == "StandardBusinessDocument",
            catalogue.envelopes.contains(where: { $0.namespace == namespace })
        {
            let sed = tree.children(of: root).first { namespaceFacts(tree.namespace(of: $0)) != nil }
            return Recognised(isEnvelope: true, sed: sed)
        }
        return Recognised(isEnvelope: false, sed: namespaceFacts(namespace) == nil ? nil : root)
    }

    /// Reads `http://ec.europa.eu/eessi/ns/4_4/R017`.
    private static func namespaceFacts(_ namespace: String?) -> (version: CDMVersion, name: String)? {
        let prefix = "http://ec.europa.eu/eessi/ns/"
        guard let namespace, namespace.hasPrefix(prefix) else { return nil }
        let rest = namespace.utf8.dropFirst(prefix.utf8.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash == rest.lastIndex(of: UInt8(ascii: "/")),
            let version = CDMVersion(parsing: Substring(rest[..<slash]))
        else { return nil }
        return (version, String(Substring(rest[slash...].dropFirst())))
    }

    // MARK: Envelope and combination

    /// The rules that layers of the format check; a catalogue that cannot be read is told where the rules judge.
    private var restating: [SharedCauses.Restating] { (try? rules?.restating()) ?? [] }

    private func judgeEnvelope(
        _ tree: borrowing XMLTree,
        sed: ElementID?,
        into report: inout ReportBuilder
    ) -> (envelope: Envelope?, facts: EnvelopeFacts) {
        /// What is still known of an envelope that is not in order.
        func rest(without faulty: Set<ElementID> = []) -> (envelope: Envelope?, facts: EnvelopeFacts) {
            let facts = EnvelopeReader.facts(of: tree, faulty: faulty)
            report.buc = facts.buc
            return (nil, facts)
        }
        let catalogue = library.catalogue
        let header = tree.child("StandardBusinessDocumentHeader", of: tree.root)
        let version = header.flatMap { tree.child("HeaderVersion", of: $0) }
            .map { tree.text(of: $0).trimmingXMLSpace() }
        let cdm = header.flatMap { tree.child("DocumentIdentification", of: $0) }
            .flatMap { tree.child("TypeVersion", of: $0) }
            .flatMap { CDMVersion(parsing: tree.text(of: $0).trimmingXMLSpace()) }
        // A header version that is not known is a fault where the data model's own version is known, and a question
        // where neither is.
        let byVersion = version.flatMap { catalogue.envelope(headerVersion: $0) }
        guard
            let entry = byVersion ?? cdm.flatMap({ catalogue.envelope(cdm: $0) })
                ?? Self.fallback(version, cdm, catalogue)
        else {
            report.leaveUndecided(.envelope, because: "this version of the envelope is not known here")
            report.skip(.combination, because: "the envelope was not judged")
            report.cdm = cdm
            return rest()
        }
        do {
            let compiled = try library.schema(at: entry.schema, withAllTypes: tree.namesTypes)
            switch compiled.schema.validate(tree, at: tree.root) {
            case .valid:
                report.record([], in: .envelope)
            case .invalid(let violations, let more):
                let findings = SchemaFindings(top: tree.root, rule: .envelopeStructure, model: compiled.model)
                var causes = SharedCauses([], restating: restating)
                let breaches = LayerFindings(findings.findings(for: violations, in: tree), more: more)
                report.record(causes.merged(breaches), in: .envelope)
                report.skip(.combination, because: "the envelope failed")
                let values = violations.filter { $0.kind.isAboutValue && $0.attribute == nil }
                return rest(without: Set(values.compactMap(\.element)))
            case .undecided:
                report.leaveUndecided(.envelope, because: "the schema engine gave up")
                return rest()
            }
        } catch {
            report.leaveUndecided(
                .envelope, because: "the envelope's schema could not be used: \(String(describing: error), as: "error")"
            )
            return rest()
        }
        guard let header, let located = EnvelopeReader.read(tree, header: header) else {
            report.leaveUndecided(
                .envelope, because: "the header holds something that this version does not understand")
            return rest()
        }
        let envelope = located.envelope
        report.sed = envelope.sed
        report.cdm = envelope.cdm
        report.buc = envelope.buc
        if sed == nil {
            report.record(
                [
                    Diagnostic(
                        rule: .unknownRoot, severity: .error, position: tree.position(of: tree.root),
                        path: tree.path(of: tree.root),
                        message: "The envelope carries no SED in a namespace http://ec.europa.eu/eessi/ns/..."
                    )
                ],
                in: .envelope
            )
        }
        let check = CombinationCheck(located: located, catalogue: catalogue, combinations: combinations)
        check.judge(tree, sed: sed, into: &report)
        return (envelope, EnvelopeFacts(envelope))
    }

    /// Without a readable version on either side the newest envelope's schema names what is missing.
    private static func fallback(_ version: String?, _ cdm: CDMVersion?, _ catalogue: Catalogue)
        -> Catalogue.EnvelopeEntry?
    {
        version == nil || cdm == nil ? catalogue.envelopes.max { $0.cdm < $1.cdm } : nil
    }

    // MARK: RINA JSON

    /// Judges a SED in JSON as the XML it stands for; all places are those of the JSON.
    private func judgeJSON(_ bytes: [UInt8], _ circumstances: Circumstances) -> Judgement {
        var report = ReportBuilder()
        let json: JSONTree
        do {
            json = try JSONTree(parsing: bytes, limits: limits)
        } catch {
            return Self.refused(error, &report)
        }
        report.record([], in: .lexicalGuard)
        report.record([], in: .wellFormed)
        var facts = DocumentFacts()
        do {
            facts = try judgeSED(RINAJSON(json), of: json, circumstances, into: &report)
        } catch {
            report.record([error.finding], in: .envelope)
        }
        report.skipRemaining(because: "not judged here")
        return Judgement(report: report.finished(), envelope: nil, facts: facts, isTruncated: false)
    }

    private func judgeSED(
        _ document: RINAJSON,
        of json: JSONTree,
        _ circumstances: Circumstances,
        into report: inout ReportBuilder
    ) -> DocumentFacts {
        report.skip(.envelope, because: "RINA JSON has no envelope")
        report.skip(.combination, because: "RINA JSON has no envelope")
        report.sed = document.type
        report.cdm = document.version
        guard let entry = document.version.flatMap({ library.catalogue.sed(document.type, cdm: $0) }) else {
            let reason =
                document.version.map { Self.noSchema(for: document.type.code, $0) }
                ?? RINAJSON.unknownVersion
            if let version = document.version {
                let position = json.position(at: document.offset)
                report.record(
                    [VersionFacts.note(on: document.type.code, of: version, at: position, path: "/\(document.type)")],
                    in: .schema
                )
            }
            report.leaveUndecided(.schema, because: reason)
            report.skip(.codeLists, because: reason)
            return DocumentFacts()
        }
        let model: SchemaModel
        do {
            model = try library.schema(of: entry).model
        } catch {
            let reason: Words = "the schema could not be used: \(String(describing: error), as: "error")"
            report.leaveUndecided(.schema, because: reason)
            report.leaveUndecided(.codeLists, because: reason)
            return DocumentFacts()
        }
        var text = SEDTextWriter(
            document, of: json, namespace: entry.namespace, model: model, isIndented: false, limits: limits)
        do {
            let tree = try text.takeTree(limits: limits)
            report.record(text.findings(in: tree), in: .schema, more: text.dropped)
            judgeSED(
                tree, at: tree.root, alreadyReported: text.faultyPlaces,
                message: MessageFacts(nil, nil, circumstances, sed: document.type.code), circumstances.language,
                into: &report)
            return self.facts(of: tree.root, in: tree)
        } catch {
            report.record([error.finding.lowered()], in: .schema)
            report.leaveUndecided(.schema, because: "as XML: \(error.finding.words, as: "finding")")
            report.skip(.codeLists, because: "the document could not be read as XML")
            return DocumentFacts()
        }
    }

    private static func noSchema(for sed: String, _ version: CDMVersion) -> Words {
        "no schema is known for \(sed, as: "sed") of CDM \(version, as: "cdm")"
    }

    // MARK: SED

    /// Judges a SED by its schema and code lists.
    ///
    /// `places` has those of a SED made from JSON of which a finding tells the cause already; nil for a SED in XML.
    private func judgeSED(
        _ tree: borrowing XMLTree,
        at sed: ElementID,
        alreadyReported places: Set<TextPosition>? = nil,
        message: MessageFacts,
        _ language: Language,
        into report: inout ReportBuilder
    ) {
        func others(_ findings: [Diagnostic]) -> [Diagnostic] {
            guard let places, !places.isEmpty else { return findings }
            return findings.filter { finding in finding.position.map(places.contains) != true }
        }
        guard let namespace = tree.namespace(of: sed), let facts = Self.namespaceFacts(namespace) else { return }
        report.sed = report.sed ?? SEDType(parsing: tree.localName(of: sed))
        report.cdm = report.cdm ?? facts.version
        guard let entry = library.catalogue.sed(namespace: namespace) else {
            let reason = Self.noSchema(for: facts.name, facts.version)
            if VersionFacts(version: facts.version).hasKnownAttributes {
                report.record(rootAttributes(tree, at: sed, facts.version), in: .combination)
            }
            let note = VersionFacts.note(
                on: facts.name, of: facts.version, at: tree.position(of: sed), path: tree.path(of: sed, from: sed))
            // Where something is wrong already, the version itself may be.
            let hasError = report.findings.contains { $0.severity == .error }
            report.record(hasError ? [] : [note], in: .schema)
            report.leaveUndecided(.schema, because: reason)
            report.skip(.codeLists, because: reason)
            return
        }
        do {
            let compiled = try library.schema(of: entry, withAllTypes: tree.namesTypes)
            var reported: Set<ElementID> = []
            var breaches = LayerFindings()
            switch compiled.schema.validate(tree, at: sed) {
            case .valid:
                break
            case .invalid(let violations, let more):
                reported = Set(violations.compactMap(\.element))
                var findings = SchemaFindings(top: sed, model: compiled.model, isOrderless: places != nil)
                findings.codeList = { try? library.codeList(named: $0) }
                breaches = LayerFindings(others(findings.findings(for: violations, in: tree)), more: more)
            case .undecided:
                report.leaveUndecided(.schema, because: "the schema engine gave up")
            }
            var codes = LayerFindings()
            if !compiled.places.lists.isEmpty {
                var check = CodeListCheck(
                    library: library, places: compiled.places, top: sed, alreadyReported: reported)
                try check.run(in: tree, sed: entry.type)
                codes = LayerFindings(others(check.findings), more: check.dropped)
            }
            let law = judgeRules(tree, at: sed, entry, message: message, language, into: &report)
            let hasBreach = !breaches.findings.isEmpty || !codes.findings.isEmpty
            var causes = SharedCauses(law.findings, restating: hasBreach ? try rules?.restating() ?? [] : [])
            report.share(&causes)
            report.record(causes.merged(breaches), in: .schema)
            if compiled.places.lists.isEmpty {
                report.skip(.codeLists, because: "these schemas check codes by themselves")
            } else {
                report.record(causes.merged(codes), in: .codeLists)
            }
            if rules != nil { report.record(LayerFindings(causes.rest, more: law.more), in: .rules) }
            if causes.holdsError { report.fail(.rules) }
        } catch {
            let reason: Words = "the schema could not be used: \(String(describing: error), as: "error")"
            report.leaveUndecided(.schema, because: reason)
            report.leaveUndecided(.codeLists, because: reason)
        }
        report.record(rootAttributes(tree, at: sed, facts.version), in: .combination)
    }

    /// What the rules find; a rule that cannot be evaluated leaves the layer undecided.
    private func judgeRules(
        _ tree: borrowing XMLTree,
        at sed: ElementID,
        _ entry: Catalogue.SEDEntry,
        message: MessageFacts,
        _ language: Language,
        into report: inout ReportBuilder
    ) -> RuleLibrary.Judged {
        let nothing = RuleLibrary.Judged(findings: [], more: 0, failure: nil)
        guard let rules else {
            report.skip(.rules, because: "there are no rules")
            return nothing
        }
        do {
            let judged = try rules.findings(in: tree, sed: sed, entry: entry, message: message, language: language)
            if let failure = judged.failure { report.leaveUndecided(.rules, because: failure.words) }
            return judged
        } catch {
            report.leaveUndecided(
                .rules, because: "the rules could not be used: \(String(describing: error), as: "error")")
            return nothing
        }
    }

    /// `sedGVer` and `sedVer` repeat the version; a difference is worth a word but breaks nothing.
    private func rootAttributes(_ tree: borrowing XMLTree, at sed: ElementID, _ version: CDMVersion) -> [Diagnostic] {
        let expected = [("sedGVer", version.major), ("sedVer", version.minor)]
        return expected.compactMap { name, number in
            // What is no number is for the schema to say.
            guard let text = tree.attribute(name, of: sed), let told = Int(text.trimmingXMLSpace()), told != number
            else { return nil }
            return Diagnostic(
                rule: .rootAttribute, severity: .warning, position: tree.position(of: sed),
                path: tree.path(of: sed, from: sed),
                message: """
                    The attribute \(name, as: "attribute") differs from the version in the namespace; expected \
                    \(number, as: "expected").
                    """
            )
        }
    }

    // MARK: Facts

    private func facts(of sed: ElementID, in tree: borrowing XMLTree) -> DocumentFacts {
        var facts = DocumentFacts()
        guard let type = SEDType(parsing: tree.localName(of: sed)) else { return facts }
        if readsCaseFacts { facts.caseFacts = CaseFactReader.facts(of: sed, in: tree) }
        if let conditions = conditions[type] {
            facts.contexts = []
            for condition in conditions where tree.test(condition.test, at: sed) == true {
                facts.contexts?.insert(condition.name)
            }
        }
        func text(_ path: [String]) -> String? {
            var current = sed
            for name in path {
                guard let child = tree.child(name, of: current) else { return nil }
                current = child
            }
            return tree.text(of: current).trimmingXMLSpace()
        }
        func institution(_ path: String...) -> InstitutionID? {
            text(path + ["institutionID"]).flatMap(InstitutionID.init)
        }
        switch type.code {
        case "X005":
            facts.addedInstitution = institution("AddedParticipant", "AddParticipant")
        case "X006":
            facts.removedInstitution = institution("RemovedParticipant", "Institution")
        case "X007":
            facts.addedInstitution = institution("ForwardInformation", "AddedParticipant")
            facts.removedInstitution = institution("ForwardInformation", "RemovedParticipant")
        case "X008":
            facts.about = text(["TheFollowingSEDConsideredInvalidWithdrawn", "SEDType"]).flatMap(SEDType.init(parsing:))
        case "X011":
            facts.about = text(["RejectSED", "SEDType"]).flatMap(SEDType.init(parsing:))
        case "X050":
            facts.about = text(["WhileReceivingFollowingSED", "SEDCode"]).flatMap(SEDType.init(parsing:))
        case "X100":
            facts.addedInstitution = institution("ChangeParticipant", "AddParticipant")
            facts.removedInstitution = institution("ChangeParticipant", "RemoveParticipant")
        default:
            break
        }
        return facts
    }
}

extension Diagnostic {
    /// The same finding as a note, for a document that is undecided rather than wrong.
    func lowered(_ words: Words? = nil) -> Diagnostic {
        Diagnostic(
            rule: rule, severity: .note, position: position, path: path, message: words ?? self.words,
            arguments: arguments,
            value: value, reference: reference
        )
    }
}
