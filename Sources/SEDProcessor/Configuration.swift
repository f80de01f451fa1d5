// SPDX-License-Identifier: EUPL-1.2

package import SEDCases
package import SEDCore
package import SEDQueue
package import SEDValidation
internal import Yams

/// A rule that sends accepted messages somewhere; a condition that is empty asks nothing.
package struct Route: Hashable, Sendable {
    package let name: String
    package var way: Way?
    package var sectors: Set<String> = []
    package var useCases: Set<BUCType> = []
    package var documents: Set<SEDType> = []
    package var senderCountries: Set<String> = []
    package var receiverCountries: Set<String> = []
    package var senders: Set<InstitutionID> = []
    package var receivers: Set<InstitutionID> = []
    package var cases: Set<UniqueID> = []
    /// Whether the directory of institutions knows the receiver on the day; nil asks nothing.
    package var receiverKnown: Bool?
    /// Whether the receiver is competent and ready, by the directory of institutions; nil asks nothing.
    package var competent: Bool?
    package var destination: String

    package init(name: String, destination: String) {
        self.name = name
        self.destination = destination
    }

    /// Whether a message takes this route; `receiver` is what the directory says of its receiver, nil without one.
    ///
    /// Without a directory nobody is known or unknown, so a condition that asks it does not hold either way.
    package func matches(_ envelope: Envelope, way: Way, receiver: InstitutionStanding? = nil) -> Bool {
        func agrees(_ wanted: Bool?, _ fact: Bool?) -> Bool { wanted == nil || wanted == fact }
        func allows<Value>(_ allowed: Set<Value>, _ value: Value) -> Bool { allowed.isEmpty || allowed.contains(value) }
        return (self.way ?? way) == way && allows(sectors, envelope.buc.sector) && allows(useCases, envelope.buc)
            && allows(documents, envelope.sed) && allows(senderCountries, envelope.sender.institution.country)
            && allows(receiverCountries, envelope.receiver.institution.country)
            && allows(senders, envelope.sender.institution) && allows(receivers, envelope.receiver.institution)
            && allows(cases, envelope.caseID) && agrees(receiverKnown, receiver?.exists)
            && agrees(competent, receiver.map { $0 == .accepted })
    }
}

/// What happens to documents of ours that must go again to an institution that joined their case.
package enum ResendPolicy: String, Hashable, Sendable {
    /// They wait in the outbox until a person releases them.
    case draft
    /// They are routed like any message we send.
    case send
}

/// What happens to an X050 that the grace period produced.
package enum ExceptionPolicy: String, Hashable, Sendable {
    /// It waits in the outbox until a person releases it.
    case draft
    /// It is routed like any message we send.
    case send
}

/// What happens when a clock has run out that closes its case.
package enum ClosingPolicy: String, Hashable, Sendable {
    /// The X001 waits in the outbox until a person releases it.
    case propose
    /// It is sent, and the case is closed.
    case send
}

/// The configuration of a workspace: the file `piiripost.yaml`, or defaults.
package struct Configuration: Hashable, Sendable {
    /// A folder with a name; relative paths count from the workspace.
    package struct NamedFolder: Hashable, Sendable {
        package let name: String
        package let path: String
        package var layout = Layout.plain
        /// How long a binary file must have stood still that its writer writes in place, in seconds.
        package var settledSeconds = 60
        /// What is known of the access point's deleting of messages that nobody has read; Domibus alone does that.
        package var purge = PurgeSetting.unknown
        /// How often the folder is looked at whatever the system tells of it, in seconds; nil where nobody said.
        package var pollSeconds: Int?
        /// What an access point has to be told of a message that it is given.
        package var partner = PartnerFacts()
        /// Where AS4.NET looks for payloads; nil for the folder `attachments` beside its outbound one.
        package var payloads: String?

        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// The institutions that this workspace serves; empty means whichever institution a case reaches first.
    package var institutions: [InstitutionID] = []
    package var inbound = [NamedFolder(name: "inbound", path: "inbound")]
    package var outbound = [NamedFolder(name: "outbound", path: "outbound")]
    package var routes = [Route(name: "everything", destination: "outbound")]
    /// How long a message may wait for the one it depends on before X050 answers it, in seconds.
    package var graceSeconds = 24 * 3_600
    /// How long a file that stops early must have stood still before it counts as broken, in seconds.
    package var incompleteAfterSeconds = 600
    /// How many attachments a message may have; one with more waits until more are allowed.
    package var attachmentLimit = attachmentLimitDefault
    static let attachmentLimitDefault = 1_000
    package var exceptions = ExceptionPolicy.draft
    package var closing = ClosingPolicy.propose
    package var resends = ResendPolicy.draft
    package var recoveryRates = RatePolicy.asFirstSent

    package var daemon = DaemonSettings()

    package init() {}

    /// The first rule that matches wins; `receiver` is what the directory of institutions says of the receiver.
    package func route(for envelope: Envelope, way: Way, receiver: InstitutionStanding? = nil) -> Route? {
        routes.first { $0.matches(envelope, way: way, receiver: receiver) }
    }

    /// Whether any route asks the directory of institutions.
    package var routesAskDirectory: Bool { routes.contains { $0.receiverKnown != nil || $0.competent != nil } }

    // MARK: Reading

    package static let keys = [
        "institutions", "inbound", "outbound", "routes", "grace", "incompleteAfter", "attachmentLimit",
        "businessExceptions", "closing", "resends", "recoveryRates", "daemon",
    ]
    package static let routeKeys = [
        "name", "direction", "sector", "buc", "sed", "senderCountry", "receiverCountry", "sender", "receiver", "case",
        "receiverKnown", "competent", "to",
    ]

    /// Reads `piiripost.yaml`; what the file does not mention keeps its default.
    package init(parsing text: String, file: String) throws(ConfigurationError) {
        let reader = YAMLReader(file: file)
        if let root = reader.root(of: text) {
            read(reader.entries(root, known: Self.keys), with: reader)
        }
        try reader.finish()
    }

    private mutating func read(_ entries: [String: Node], with reader: YAMLReader) {
        if let node = entries["institutions"] {
            institutions = reader.list(node).compactMap {
                reader.value($0, "an institution such as EE:SKA001", InstitutionID.init(parsing:))
            }
        }
        if let node = entries["inbound"] { inbound = Self.folders(node, isInbound: true, with: reader) }
        if let node = entries["outbound"] { outbound = Self.folders(node, isInbound: false, with: reader) }
        if let node = entries["routes"] {
            routes = reader.list(node).compactMap { Self.route($0, with: reader) }
            Self.checkUnique(reader.list(node), with: reader)
        } else if entries["outbound"] != nil, let first = outbound.first {
            routes = [Route(name: "everything", destination: first.name)]
        }
        for (index, route) in routes.enumerated() where !outbound.contains(where: { $0.name == route.destination }) {
            let nodes = entries["routes"].map(reader.list) ?? []
            guard nodes.indices.contains(index) else { continue }
            reader.fail(
                nodes[index].mapping?["to"] ?? nodes[index], "no outbound folder is named \(route.destination)"
            )
        }
        if let node = entries["grace"] {
            graceSeconds =
                reader.value(node, "a time span such as 24h", { TimeSpan(parsing: $0)?.seconds }) ?? graceSeconds
        }
        if let node = entries["incompleteAfter"] {
            incompleteAfterSeconds =
                reader.value(node, "a time span such as 10m", { TimeSpan(parsing: $0)?.seconds }) ?? 0
        }
        if let node = entries["attachmentLimit"] {
            attachmentLimit =
                reader.value(node, "a whole number such as 1000") { Int($0).flatMap { $0 >= 0 ? $0 : nil } }
                ?? attachmentLimit
        }
        if let node = entries["businessExceptions"] {
            exceptions = reader.value(node, "draft or send", ExceptionPolicy.init(rawValue:)) ?? exceptions
        }
        if let node = entries["closing"] {
            closing = reader.value(node, "propose or send", ClosingPolicy.init(rawValue:)) ?? closing
        }
        if let node = entries["daemon"] { daemon = DaemonSettings(node, with: reader) }
        if let node = entries["resends"] {
            resends = reader.value(node, "draft or send", ResendPolicy.init(rawValue:)) ?? resends
        }
        if let node = entries["recoveryRates"] {
            recoveryRates = reader.value(node, "asFirstSent or newDate", RatePolicy.init(rawValue:)) ?? recoveryRates
        }
    }

    package static let inboundKeys = ["name", "path", "layout", "settled", "purge", "properties", "poll"]
    package static let outboundKeys = [
        "name", "path", "layout", "pmode", "partyType", "role", "service", "serviceType", "action", "payloads",
        "payloadLocation",
    ]

    private static func folders(_ node: Node, isInbound: Bool, with reader: YAMLReader) -> [NamedFolder] {
        let nodes = reader.list(node)
        let folders: [NamedFolder] = nodes.compactMap { item in
            let entries = reader.entries(item, known: isInbound ? inboundKeys : outboundKeys)
            guard let name = reader.required("name", in: entries, of: item).flatMap(reader.text),
                let path = reader.required("path", in: entries, of: item).flatMap(reader.text)
            else { return nil }
            var folder = NamedFolder(name: name, path: path)
            readLayout(of: &folder, entries, with: reader)
            if !isInbound { readPartner(of: &folder, entries, item, with: reader) }
            return folder
        }
        checkUnique(nodes, with: reader)
        if nodes.isEmpty { reader.fail(node, "at least one folder is needed") }
        return folders
    }

    private static func readPartner(
        of folder: inout NamedFolder,
        _ entries: [String: Node],
        _ item: Node,
        with reader: YAMLReader
    ) {
        func text(_ key: String) -> String? { entries[key].flatMap(reader.text) }
        if !folder.layout.hasOutbound, let node = entries["layout"] {
            reader.fail(node, "\(folder.layout.rawValue) takes no files; it has no outbound folder")
        }
        if [.holodeck, .as4NET].contains(folder.layout), entries["pmode"] == nil {
            reader.fail(item, "the key pmode is missing")
        }
        var partner = PartnerFacts()
        partner.pmode = text("pmode")
        partner.partyType = text("partyType") ?? partner.partyType
        partner.role = text("role") ?? partner.role
        partner.service = text("service") ?? partner.service
        partner.serviceType = text("serviceType") ?? partner.serviceType
        partner.action = text("action") ?? partner.action
        partner.payloadLocation = text("payloadLocation")
        folder.partner = partner
        folder.payloads = text("payloads")
    }

    private static func readLayout(of folder: inout NamedFolder, _ entries: [String: Node], with reader: YAMLReader) {
        if let node = entries["layout"] {
            let layouts = Layout.allCases.map(\.rawValue).joined(separator: ", ")
            folder.layout = reader.value(node, "one of \(layouts)", Layout.init(rawValue:)) ?? .plain
        }
        if let node = entries["settled"] {
            folder.settledSeconds =
                reader.value(node, "a time span such as 60s", { TimeSpan(parsing: $0)?.seconds })
                ?? folder.settledSeconds
        }
        if let node = entries["poll"] {
            folder.pollSeconds =
                reader.value(node, "a time span such as 10s", { TimeSpan(parsing: $0)?.seconds }) ?? folder.pollSeconds
        }
        for key in ["purge", "properties"] where folder.layout != .domibus {
            if let node = entries[key] { reader.fail(node, "only the layout domibus has the key \(key)") }
        }
        if let node = entries["purge"] {
            let read: PurgeSetting? = reader.value(node, "never, or a time span such as 600s") { text in
                text == "never" ? .never : TimeSpan(parsing: text).map { .after(seconds: $0.seconds) }
            }
            folder.purge = read ?? .unknown
        }
        if let node = entries["properties"], let path = reader.text(node) {
            if entries["purge"] != nil { reader.fail(node, "give purge or properties, not both") }
            folder.purge = .statedIn(file: path)
        }
    }

    private static func route(_ node: Node, with reader: YAMLReader) -> Route? {
        let entries = reader.entries(node, known: routeKeys)
        guard let name = reader.required("name", in: entries, of: node).flatMap(reader.text),
            let destination = reader.required("to", in: entries, of: node).flatMap(reader.text)
        else { return nil }
        func values<Value>(_ key: String, _ expected: String, _ parse: (String) -> Value?) -> Set<Value> {
            guard let node = entries[key] else { return [] }
            return Set(reader.list(node).compactMap { reader.value($0, expected, parse) })
        }
        func capitals(_ text: String) -> String? {
            text.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? text : nil
        }
        var route = Route(name: name, destination: destination)
        route.way = entries["direction"].flatMap {
            reader.value($0, "received or sent", Way.init(rawValue:))
        }
        route.sectors = values("sector", "a sector such as R or LA", capitals)
        route.useCases = values("buc", "a business use case such as R_BUC_07", BUCType.init(parsing:))
        route.documents = values("sed", "a SED such as R017", SEDType.init(parsing:))
        route.senderCountries = values("senderCountry", "a country such as EE") {
            $0.utf8.count == 2 ? capitals($0) : nil
        }
        route.receiverCountries = values("receiverCountry", "a country such as EE") {
            $0.utf8.count == 2 ? capitals($0) : nil
        }
        route.senders = values("sender", "an institution such as EE:SKA001", InstitutionID.init(parsing:))
        route.receivers = values("receiver", "an institution such as EE:SKA001", InstitutionID.init(parsing:))
        route.cases = values("case", "a case identifier (UUID)", UniqueID.init(parsing:))
        func flag(_ key: String) -> Bool? {
            entries[key].flatMap { reader.value($0, "true or false") { Bool($0) } }
        }
        route.receiverKnown = flag("receiverKnown")
        route.competent = flag("competent")
        return route
    }

    private static func checkUnique(_ nodes: [Node], with reader: YAMLReader) {
        var seen: Set<String> = []
        for node in nodes {
            guard let name = node.mapping?["name"], let text = name.scalar?.string else { continue }
            if !seen.insert(text).inserted { reader.fail(name, "the name \(text) is used twice") }
        }
    }
}
