// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCore
internal import SEDInspection
internal import SEDRecovery
internal import SEDStorage
internal import SEDValidation
internal import SEDXML

extension RecoveryDesk {
    /// A request as a page of HTML, as it would be sent now; made by `sed-schemas/views/request.xsl`.
    package func preview(
        _ id: Int64,
        by actor: String,
        at instant: Instant,
        language: Language
    ) throws -> [UInt8] {
        let stored = try self.stored(id)
        if stored.side != "applicant" { throw Self.wrongState(id) }
        // What was sent is shown with the amounts of then.
        let instant = stored.sent?.at ?? instant
        let request = try content(of: stored)
        let (draft, files) = try workspace.store.read { view in
            (
                try RequestDraft(of: stored, request, in: view, .init(now: instant, by: actor, engine: engine)),
                try view.recoveryAttachments(of: id)
            )
        }
        guard let sed = SEDNode(ofMessage: draft.bytes) else {
            throw RecoveryError(.damaged, "request \(id) cannot be read", "taotlust \(id) ei saa lugeda")
        }
        let words = try reference.folder.read("views/words.xml")
        let sheet = try XMLTree(parsing: reference.folder.read("views/request.xsl"))
        let page = PreviewPage(
            stored: stored, draft: draft, files: files, sed: sed,
            labels: try PreviewLabels(of: sed, reference.validator.library), language: language
        ).bytes(words: words)
        return try XMLTree(parsing: page).transformed(by: sheet)
    }

    /// The same page as a PDF, for its user alone.
    package func print(
        _ id: Int64,
        to path: String,
        by actor: String,
        at instant: Instant,
        language: Language
    ) throws {
        try PagePrinter.print(preview(id, by: actor, at: instant, language: language), to: path)
    }
}

/// What the stylesheet gets.
private struct PreviewPage {
    let stored: StoredRecoveryRequest
    let draft: RequestDraft
    let files: [StoredRecoveryAttachment]
    let sed: SEDNode
    let labels: PreviewLabels
    let language: Language

    func bytes(words: [UInt8]) -> [UInt8] {
        var content = ElementWriter(indent: "")
        content.group("sed") { $0.copy(sed) }
        // The words are a document of their own; what stands before their root stays behind.
        let own = String(decoding: words, as: UTF8.self)
        let root = own.range(of: "<words>").map { String(own[$0.lowerBound...]) } ?? ""
        let text = """
            <preview lang="\(language.rawValue)" request="\(stored.id)" from="\(stored.institution)" \
            to="\(stored.counterparty)" day="\(draft.circumstances.day)" provisional="\(draft.isProvisional)">
            \(content.text)
            <labels>\(labels.text(language))</labels>
            <attachments>\(files.map(attachment).joined())</attachments>
            \(root)
            </preview>
            """
        return Array(text.utf8)
    }

    private func attachment(_ file: StoredRecoveryAttachment) -> String {
        let copy = file.certification.map { " copy=\"\($0)\"" } ?? ""
        let name = ElementWriter.escaped(file.name).replacing("\"", with: "&quot;")
        return "<attachment name=\"\(name)\" sha256=\"\(file.digest)\" bytes=\"\(file.bytes.count)\"\(copy)/>"
    }
}

/// The labels of the codes in a document, from its code lists.
private struct PreviewLabels {
    private var labels: [(element: String, code: String, texts: [String: String])] = []

    /// The lists of the elements that a request has.
    private static let lists = [
        "claimOrInstrumentPermittingEnforcementIs": "FullPartlyContestDeclarationType",
        "recoveryProceduresWillNotFullyPaidLimitationPeriodIndicator": "EESSIYesNoType",
        "claimUnder5YearsOldArt821bRegulation9872009Indicator": "EESSIYesNoType",
        "totalAmountInclusiveInterestFinesPenaltiesAndOrCostsIs": "RTotalAmountType",
        "declaration": "RIsFiveYearsPeriodExpiredDeclarationType",
        "typeClaim": "RClaimTypeContributionOverpaidType", "OriginOfClaim": "ROriginOfClaimMultipleType",
        "sex": "EESSISexType", "country": "EESSIWorldCountryType", "nationality": "EESSIWorldCountryHistoricType",
        "statusBeneficiary": "RStatusPersonBeneficiaryNoDeceaseType",
        "StatusPersonBeneficiary": "RStatusPersonBeneficiaryR012R014Type",
        "StatusPersonThirdParty": "RStatusPersonThirdPartyType",
        "typeAddress": "RAddressTypesType", "type": "EESSIOrganisationIdentificationNumberType",
        "thisRequestConcerns": "RequestConcernsOneOrMoreClaimTotalAmountType",
        "paymentByInstalmentIs": "PaymentByInstallmentsRequestType",
        "typeDocumentNotified": "DocumentAdministrativeJudicialMultipleType",
        "notificationForm": "RNotificationFormType",
        "pleaseProvideInformationAbout": "InformationRequestedMultipleType",
        "typeBenefit": "RTypesOfBenefitType", "typeBenefitWhichHasBeenOverpaid": "BenefitTypeOverpaidType",
        "reasonForOverpayment": "ReasonForOverpaymentType", "frequency": "RPaymentFrequencyType",
        "deductionFromArrearsPossibleIndicator": "EESSIYesNoType",
        "deductionInGeneralPossibleIndicator": "EESSIYesNoType", "contribution": "RContributionMultipleType",
    ]
    private let requestKinds: String

    init(of sed: SEDNode, _ library: SchemaLibrary) throws {
        requestKinds =
            sed.name == "R017"
            ? "RequestTypeRecoveryPrecautionaryMeasuresType" : "RRequestTypeProvisionalFinalType"
        try collect(sed, library)
    }

    private mutating func collect(_ node: SEDNode, _ library: SchemaLibrary) throws {
        let codes = node.all("value").map(\.text)
        if !codes.isEmpty, let list = node.name == "typeRequest" ? requestKinds : Self.lists[node.name] {
            let known = try library.codeList(named: list).labels
            for code in codes { labels.append((node.name, code, known[code] ?? [:])) }
        }
        for child in node.children { try collect(child, library) }
    }

    func text(_ language: Language) -> String {
        labels.compactMap { label in
            guard let text = label.texts[language.rawValue] ?? label.texts["en"] else { return nil }
            let code = ElementWriter.escaped(label.code).replacing("\"", with: "&quot;")
            return "<label of=\"\(label.element)\" code=\"\(code)\">\(ElementWriter.escaped(text))</label>"
        }.joined()
    }
}
