// SPDX-License-Identifier: EUPL-1.2

import SEDCases
import SEDCore
import SEDProcessor
import SEDQueue
import SEDTestSupport
import Testing

struct ConfigurationTests {
    private func problems(_ text: String) -> [String] {
        do {
            _ = try Configuration(parsing: text, file: "piiripost.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `an empty file keeps every default`() throws {
        #expect(try Configuration(parsing: "", file: "f") == Configuration())
        #expect(try Configuration(parsing: "# nothing\n", file: "f") == Configuration())
    }

    @Test func `the example's configuration is read`() throws {
        let text = try Repository.text("examples/piiripost.yaml")
        let configuration = try Configuration(parsing: text, file: "f")
        #expect(configuration.institutions.map(\.text) == ["EE:SKA001", "EE:MTA001"])
        #expect(configuration.outbound.map(\.name) == ["register", "recovery", "to-access-point"])
        #expect(configuration.routes.count == 3)
        #expect(configuration.incompleteAfterSeconds == 0)
    }

    @Test func `a folder of an access point has its layout and its times`() throws {
        let text = """
            inbound:
              - {name: a, path: p, layout: domibus, settled: 30s, poll: 2m, purge: never}
              - {name: b, path: q, layout: as4.net}
              - {name: c, path: r, layout: domibus, properties: fs.properties}
            outbound: {name: d, path: s, layout: as4.net, pmode: eessi, payloads: t, payloadLocation: "file:///x/"}
            """
        let configuration = try Configuration(parsing: text, file: "f")
        let folders = configuration.inbound
        #expect(folders.map(\.layout) == [.domibus, .as4NET, .domibus])
        #expect(folders.map(\.settledSeconds) == [30, 60, 60])
        #expect(folders.map(\.pollSeconds) == [120, nil, nil])
        #expect(folders.map(\.purge) == [.never, .unknown, .statedIn(file: "fs.properties")])
        #expect(configuration.outbound.map(\.payloads) == ["t"])
        #expect(configuration.outbound.map(\.partner.pmode) == ["eessi"])
        #expect(configuration.outbound.map(\.partner.payloadLocation) == ["file:///x/"])
        #expect(
            problems("inbound: {name: a, path: p, layout: domibus, purge: never, properties: f}")
                == ["piiripost.yaml:1:72: give purge or properties, not both"])
    }

    @Test func `a key that stands twice is told with its place`() {
        #expect(
            problems("institutions: EE:SKA001\ngrace: 1h\ngrace: 2h\n")
                == ["piiripost.yaml:2:1: a key stands twice in one mapping"])
    }

    @Test(arguments: ["106751991167300d", "36601d", "9223372036854775807s", "-1d", "d", "1w"])
    func `a length of time that no clock can count is none`(text: String) {
        #expect(TimeSpan(parsing: text) == nil)
        #expect(TimeSpan(parsing: "36500d")?.seconds == 36_500 * 86_400)
    }

    @Test func `faults are told with line and column, all at once`() {
        let text = """
            institutions: [EE:SKA001, Estonia]
            inbuond:
              - name: x
            grace: tomorrow
            outbound:
              - name: a
                path: out
              - name: a
                path: out2
            routes:
              - name: r
                to: nowhere
              - name: s
                to: a
                sed: R17
            """
        #expect(
            problems(text) == [
                "piiripost.yaml:2:1: unknown key; known here: "
                    + "institutions, inbound, outbound, routes, grace, incompleteAfter, attachmentLimit, "
                    + "businessExceptions, closing, resends, recoveryRates, daemon",
                "piiripost.yaml:1:27: expected an institution such as EE:SKA001",
                "piiripost.yaml:8:11: the name a is used twice",
                "piiripost.yaml:15:10: expected a SED such as R017",
                "piiripost.yaml:12:9: no outbound folder is named nowhere",
                "piiripost.yaml:4:8: expected a time span such as 24h",
            ]
        )
    }

    @Test func `the daemon listens on loopback or not at all`() throws {
        #expect(try Configuration(parsing: "", file: "f").daemon.listen?.description == "127.0.0.1:0")
        for (text, address) in [
            ("127.0.0.1:9640", "127.0.0.1:9640"), ("localhost:1", "127.0.0.1:1"), ("'[::1]:65535'", "[::1]:65535"),
            ("127.255.0.9:0", "127.255.0.9:0"), ("off", nil),
        ] as [(String, String?)] {
            let configuration = try Configuration(parsing: "daemon: {listen: \(text)}", file: "f")
            #expect(configuration.daemon.listen?.description == address)
        }
        for text in [
            "0.0.0.0:1", "128.0.0.1:1", "127.0.0.1", "127.0.0:1", "127.0.0.256:1", "127.0.0.1:+1", "on", "'::1:1'",
        ] {
            #expect(
                problems("daemon: {listen: \(text)}") == [
                    "piiripost.yaml:1:18: expected \(ListenAddress.expected)"
                ], "\(text)")
        }
        #expect(problems("daemon: {port: 1}").count == 1)
    }

    @Test func `what is no YAML is told with its line`() {
        let found = problems("institutions: [EE:SKA001\ninbound: x")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("piiripost.yaml:2:") == true)
        #expect(problems("just text").first == "piiripost.yaml:1:1: expected keys and values")
    }

    @Test func `a country that YAML would read as no is a country`() throws {
        let text = "outbound: {name: o, path: o}\nroutes: [{name: r, senderCountry: NO, to: o}]"
        let configuration = try Configuration(parsing: text, file: "f")
        #expect(configuration.routes.first?.senderCountries == ["NO"])
    }
}

struct RouteTests {
    private func envelope() throws -> Envelope {
        let institution = try #require(InstitutionID(parsing: "SE:SEREC1"))
        let ours = try #require(InstitutionID(parsing: "EE:MTA001"))
        let id = try #require(UniqueID(parsing: "0f4da82e-3a79-4aa3-a294-070eb6c08890"))
        let version = CDMVersion(major: 4, minor: 4)
        return Envelope(
            headerVersion: "1.2", sender: EnvelopeParty(institution: institution, role: .caseOwner),
            receiver: EnvelopeParty(institution: ours, role: .counterparty), cdm: version, instance: id,
            sed: SEDType(unchecked: "R017"), action: .start, createdAt: "", attachments: [], caseID: id,
            buc: try #require(BUCType(parsing: "R_BUC_07")), bucVersion: version, set: id, documentVersion: 1,
            relatedSet: nil, isTest: false
        )
    }

    private func route(_ conditions: String) throws -> Bool {
        let text = "outbound: {name: o, path: o}\nroutes: [{name: r, to: o, \(conditions)}]"
        let configuration = try Configuration(parsing: text, file: "f")
        return configuration.route(for: try envelope(), way: .received) != nil
    }

    @Test(arguments: [
        "sector: R", "sector: [LA, R]", "buc: R_BUC_07", "sed: [R015, R017]", "senderCountry: SE",
        "receiverCountry: EE",
        "sender: 'SE:SEREC1'", "receiver: 'EE:MTA001'", "case: 0F4DA82E-3A79-4AA3-A294-070EB6C08890",
        "direction: received", "sector: R, senderCountry: SE",
    ])
    func `a condition that holds lets the message through`(conditions: String) throws {
        #expect(try route(conditions))
    }

    @Test(arguments: [
        "sector: LA", "buc: R_BUC_06", "sed: R015", "senderCountry: FI", "receiverCountry: SE", "sender: 'SE:SEREC2'",
        "receiver: 'EE:SKA001'", "case: 1F4DA82E-3A79-4AA3-A294-070EB6C08890", "direction: sent",
        "sector: R, senderCountry: FI",
    ])
    func `a condition that does not hold keeps it out`(conditions: String) throws {
        #expect(try !route(conditions))
    }

    @Test func `the first rule that matches wins`() throws {
        let text = """
            outbound: [{name: a, path: a}, {name: b, path: b}]
            routes: [{name: one, sed: R015, to: a}, {name: two, sector: R, to: b}, {name: three, to: a}]
            """
        let configuration = try Configuration(parsing: text, file: "f")
        #expect(configuration.route(for: try envelope(), way: .received)?.name == "two")
    }
}
