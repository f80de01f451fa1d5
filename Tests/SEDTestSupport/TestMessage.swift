// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// A message that a test builds: every fact of its envelope can be set, and its SED comes from the examples.
package struct TestMessage: Sendable {
    package var sed: String
    package var body: String
    package var buc: String
    package var sender = "SE:SEREC1"
    package var senderRole = "CaseOwner"
    package var receiver = "EE:MTA001"
    package var receiverRole = "Counterparty"
    package var action = "New"
    package var headerVersion = "1.2"
    package var typeVersion = "4.4"
    package var bucVersion = "4.4"
    package var instance = UUID().uuidString.lowercased()
    package var createdAt = "2026-03-02T10:00:00Z"
    /// What the manifest announces, as PDF files: requests carry the instrument that they rest on.
    package var attachments: [String] = []
    /// The manifest itself, for those that are to be wrong; else it follows from the attachments.
    package var manifest: String?
    package var caseID = UUID().uuidString.lowercased()
    package var set = UUID().uuidString.lowercased()
    package var version = 1
    package var relatedSet: String?

    package init(_ sed: String, in buc: String) throws {
        self.sed = sed
        self.buc = buc
        body = try Self.body(of: sed)
        if ["R015", "R017"].contains(sed) { attachments = [UUID().uuidString.lowercased()] }
    }

    /// The message turned round: sent by the receiver, in the receiver's role.
    package var reversed: TestMessage {
        var copy = self
        (copy.sender, copy.receiver) = (receiver, sender)
        (copy.senderRole, copy.receiverRole) = (receiverRole, senderRole)
        return copy
    }

    package var text: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <sbdh:StandardBusinessDocument xmlns:sbdh="http://eessi.dgempl.ec.europa.eu/namespaces/sbdh">
          <sbdh:StandardBusinessDocumentHeader>
            <sbdh:HeaderVersion>\(headerVersion)</sbdh:HeaderVersion>
            <sbdh:Sender>
              <sbdh:Identifier Authority="urn:eu:europa:ec:dgempl:eessi:ir">\(sender)</sbdh:Identifier>
              <sbdh:ContactTypeIdentifier>\(senderRole)</sbdh:ContactTypeIdentifier>
            </sbdh:Sender>
            <sbdh:Receiver>
              <sbdh:Identifier Authority="urn:eu:europa:ec:dgempl:eessi:ir">\(receiver)</sbdh:Identifier>
              <sbdh:ContactTypeIdentifier>\(receiverRole)</sbdh:ContactTypeIdentifier>
            </sbdh:Receiver>
            <sbdh:DocumentIdentification>
              <sbdh:TypeVersion>\(typeVersion)</sbdh:TypeVersion>
              <sbdh:InstanceIdentifier>\(instance)</sbdh:InstanceIdentifier>
              <sbdh:Type>\(sed)</sbdh:Type>
              <sbdh:CaseAction>\(action)</sbdh:CaseAction>
              <sbdh:CreationDateAndTime>\(createdAt)</sbdh:CreationDateAndTime>
            </sbdh:DocumentIdentification>\(manifestText)
            <sbdh:BusinessScope>
              <sbdh:CaseId>
                <sbdh:InstanceIdentifier>\(caseID)</sbdh:InstanceIdentifier>
                <sbdh:BusinessServiceName>\(buc):\(bucVersion)</sbdh:BusinessServiceName>
              </sbdh:CaseId>
              <sbdh:SetId>\(set)</sbdh:SetId>
              <sbdh:DocumentVersion>\(version)</sbdh:DocumentVersion>\(related)
            </sbdh:BusinessScope>
          </sbdh:StandardBusinessDocumentHeader>
        \(body)
        </sbdh:StandardBusinessDocument>

        """
    }

    package var bytes: [UInt8] { Array(text.utf8) }

    /// A manifest that announces PDF files with these identifiers.
    package static func manifest(_ identifiers: [String], count: Int? = nil) -> String {
        let items = identifiers.map { identifier in
            """

                  <sbdh:ManifestItem>
                    <sbdh:MimeTypeQualifierCode>application/pdf</sbdh:MimeTypeQualifierCode>
                    <sbdh:UniformResourceIdentifier>\(identifier)</sbdh:UniformResourceIdentifier>
                    <sbdh:Description>sed</sbdh:Description>
                  </sbdh:ManifestItem>
            """
        }.joined()
        return """

                <sbdh:Manifest>
                  <sbdh:NumberOfItems>\(count ?? identifiers.count)</sbdh:NumberOfItems>\(items)
                </sbdh:Manifest>
            """
    }

    private var manifestText: String { manifest ?? (attachments.isEmpty ? "" : Self.manifest(attachments)) }

    private var related: String {
        relatedSet.map { "\n      <sbdh:RelatedSetId>\($0)</sbdh:RelatedSetId>" } ?? ""
    }

    // MARK: Bodies

    /// X007 of SE:SEREC1 in favour of SE:SEREC2.
    package static let forwarding = """
        <x:X007 xmlns:x="http://ec.europa.eu/eessi/ns/4_4/X007">
          <CaseContext><EmployerContext><name>Example Ltd</name></EmployerContext></CaseContext>
          <ForwardInformation>
            <AddedParticipant><institutionID>SE:SEREC2</institutionID><institutionName>B</institutionName></AddedParticipant>
            <RemovedParticipant><institutionID>SE:SEREC1</institutionID><institutionName>A</institutionName></RemovedParticipant>
          </ForwardInformation>
        </x:X007>
        """

    /// The SED as it stands in an example, without its envelope.
    private static func body(of sed: String) throws -> String {
        if let body = Self.bodies[sed] { return body }
        let folder = Repository.examples + "/inbound"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        guard
            let name = names.first(where: { $0.contains("-\(sed.lowercased())-") && $0.hasSuffix(".xml") })
        else { throw MissingBody(sed: sed) }
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        guard let start = text.range(of: "<[a-z]+:\(sed) ", options: .regularExpression),
            let end = text.range(of: "</[a-z]+:\(sed)>", options: .regularExpression)
        else { throw MissingBody(sed: sed) }
        return String(text[start.lowerBound..<end.upperBound])
    }

    private struct MissingBody: Error {
        let sed: String
    }

    /// SEDs that no example carries.
    private static let bodies = [
        "A010": """
          <ns:A010 xmlns:ns="http://ec.europa.eu/eessi/ns/4_4/A010" sedGVer="4" sedVer="4">
            <Person>
              <PersonIdentification>
                <familyName>Korhonen</familyName>
                <forename>Aino</forename>
                <dateBirth>1985-04-12</dateBirth>
                <sex><value>02</value></sex>
              </PersonIdentification>
              <AdditionalInformationPerson>
                <nationality><value>FI</value></nationality>
              </AdditionalInformationPerson>
            </Person>
            <Addresses>
              <Address>
                <type><value>01</value></type>
                <Address>
                  <town>Tampere</town>
                  <country><value>FI</value></country>
                </Address>
              </Address>
            </Addresses>
            <DecisionLegislationApplicable>
              <Decision>
                <InitialDecision><value>1</value></InitialDecision>
              </Decision>
              <memberStateWhichLegislationApplies><value>FI</value></memberStateWhichLegislationApplies>
              <theDecisionAppliesForDurationActivityIndicator><value>0</value></theDecisionAppliesForDurationActivityIndicator>
              <PeriodForWhichDecisionApplies>
                <FixedPeriod>
                  <startDate>2026-01-01</startDate>
                  <endDate>2026-12-31</endDate>
                </FixedPeriod>
              </PeriodForWhichDecisionApplies>
            </DecisionLegislationApplicable>
            <articleRegulationECNo8832004><value>01</value></articleRegulationECNo8832004>
          </ns:A010>
        """,
        "X011": """
          <ns:X011 xmlns:ns="http://ec.europa.eu/eessi/ns/4_4/X011" sedGVer="4" sedVer="4">
            <CaseContext>
              <PersonContext>
                <familyName>Lindqvist</familyName>
                <forename>Karin</forename>
                <dateBirth>1971-03-08</dateBirth>
                <sex><value>02</value></sex>
              </PersonContext>
            </CaseContext>
            <RejectSED>
              <SEDType>R017</SEDType>
              <dateIssued>2026-03-02</dateIssued>
              <groundsForRejection><value>01</value></groundsForRejection>
            </RejectSED>
          </ns:X011>
        """,
        "X050": """
          <ns:X050 xmlns:ns="http://ec.europa.eu/eessi/ns/4_4/X050" sedGVer="4" sedVer="4">
            <TheFollowingBusinessExceptionHasOccurred>
              <businessException><value>05</value></businessException>
            </TheFollowingBusinessExceptionHasOccurred>
            <WhileReceivingFollowingSED>
              <SEDCode>R015</SEDCode>
              <SEDVersion>1</SEDVersion>
            </WhileReceivingFollowingSED>
          </ns:X050>
        """,
    ]
}
