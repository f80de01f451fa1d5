// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCases
import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// How the content of a document decides between rows of the state tables.
struct ContentConditionTests {
    private static let reference = Result { try ReferenceData(folder: SchemaFolder(path: Repository.schemas)) }

    private func contexts(_ sed: String, _ content: String) throws -> Set<String> {
        let text = "<s:\(sed) xmlns:s=\"http://ec.europa.eu/eessi/ns/4_4/\(sed)\">\(content)</s:\(sed)>"
        return try #require(try Self.reference.get().validator.judge(Array(text.utf8)).facts.contexts)
    }

    /// A content, written as `Outer/inner=value` paths, and the conditions that hold of it.
    struct Sample: CustomTestStringConvertible, Sendable {
        let sed: String
        let paths: [String]
        let holding: Set<String>

        init(_ sed: String, _ paths: String..., holds: String...) {
            self.sed = sed
            self.paths = paths
            holding = Set(holds.map { "\(sed)-\($0)" })
        }

        var testDescription: String { "\(sed) \(paths.joined(separator: ", ")): \(holding.sorted())" }

        /// Each path as elements of its own; a number after `=` becomes the `value` of a code list.
        var content: String {
            paths.map { path in
                let (names, value) = path.split(at: "=")
                let steps = names.split(separator: "/").map(String.init)
                let inner = value.map { "<value>\($0)</value>" } ?? ""
                return steps.map { "<\($0)>" }.joined() + inner + steps.reversed().map { "</\($0)>" }.joined()
            }.joined()
        }
    }

    private static let arrears = "FillInIfEntitlementBenefitsYes/entitlementArrearsACorrespondingBenefitIndicator"
    private static let ongoing = "FillInIfEntitlementArrears/deductionPossiblePeriodicRatesFromOngoingPaymentsIndicator"
    private static let entitlement = "EntitlementBenefits/entitlementBenefitsIndicator"
    private static let inTime = "RequestHasBeenMadeWithin3MonthsPeriod/requestHasBeenMadeWithin3MonthsPeriodIndicator"
    private static let more = "RequestHasBeenMadeWithin3MonthsPeriod/AdditionalInformation"
    private static let recovered = "RecoveryClaim/theClaimHasBeen"
    private static let deceased = "DebtorDetailsHaveChanged/TheDebtorDeceased/recovery"
    private static let instalments = "PaymentByInstalments/agreementAcceptFollowingProposal"

    static let samples: [Sample] = [
        Sample("H003", "TypeInformation/typeInformation=01", holds: "01"),
        Sample("H003", "TypeInformation/typeInformation=02", holds: "02"),
        Sample("H003", holds: "01"),
        Sample("H004", "DisagreementWithDecisionResidence", holds: "01"),
        Sample("H004", "ReplyProposalStateResidence", holds: "01"),
        Sample("H004", "ReplyProposalStateResidence/reply=01", holds: "02"),
        Sample("H004", "ReplyProposalStateResidence/reply=02", holds: "04"),
        Sample("H004", "ReplyProposalStateResidence/reply=03", holds: "03"),
        Sample(
            "H004", "ReplyProposalStateResidence/reply=03", "DisagreementWithDecisionResidence", holds: "01", "03"),
        Sample("H120", "NatureRequest/weAskTo=01", holds: "01"),
        Sample("H120", "NatureRequest/weAskTo=02", holds: "02"),
        Sample("H120", "NatureRequest/weAskTo=01", "NatureRequest/weAskTo=03", holds: "02"),
        Sample("H120", holds: "02"),
        Sample("R001", "TypeRequest/typeRequest=02", holds: "01"),
        Sample("R001", "TypeRequest/typeRequest=01", holds: "02"),
        Sample("R002", "DeductionPossibleFrom/arrearsIndicator=1", holds: "01"),
        Sample(
            "R002", "DeductionPossibleFrom/arrearsIndicator=0", "DeductionPossibleFrom/ongoingPaymentsIndicator=1",
            holds: "01"),
        Sample(
            "R002", "DeductionPossibleFrom/arrearsIndicator=0", "DeductionPossibleFrom/ongoingPaymentsIndicator=0",
            holds: "02"),
        Sample("R003", "Acceptance/acceptanceDeductionFromArrearsIndicator=1", holds: "01"),
        Sample("R003", "Acceptance/acceptanceDeductionFromOngoingPaymentsIndicator=1", holds: "03"),
        Sample(
            "R003", "Acceptance/acceptanceDeductionFromArrearsIndicator=0",
            "Acceptance/acceptanceDeductionFromOngoingPaymentsIndicator=1", holds: "03"),
        Sample(
            "R003", "Acceptance/acceptanceDeductionFromArrearsIndicator=1",
            "Acceptance/acceptanceDeductionFromOngoingPaymentsIndicator=0", holds: "01"),
        Sample(
            "R003", "Acceptance/acceptanceDeductionFromArrearsIndicator=0",
            "Acceptance/acceptanceDeductionFromOngoingPaymentsIndicator=0", holds: "02", "04"),
        Sample("R009", "\(entitlement)=1", "\(arrears)=1", holds: "01"),
        Sample("R009", "\(entitlement)=1", "\(arrears)=0", "\(ongoing)=1", holds: "03"),
        Sample("R009", "\(entitlement)=1", "\(arrears)=1", "\(ongoing)=0", holds: "01"),
        Sample("R009", "\(entitlement)=1", "\(arrears)=0", "\(ongoing)=0", holds: "04"),
        Sample("R009", "\(entitlement)=0", holds: "02"),
        Sample("R009", "\(entitlement)=0", "\(ongoing)=0", holds: "02", "04"),
        Sample("R009", "\(entitlement)=1", holds: "05"),
        Sample("R011", "\(inTime)=1", holds: "01"),
        Sample("R011", "\(inTime)=0", holds: "02"),
        Sample("R011", "\(inTime)=0", "\(more)/AmountReimbursableContributionsWillPaid", holds: "01"),
        Sample("R011", "\(inTime)=1", "\(more)/ReimbursementNotPossible", holds: "02"),
        Sample("R017", "TypeRequest/typeRequest=01", holds: "01"),
        Sample("R017", "TypeRequest/typeRequest=02", holds: "02"),
        Sample("R018", holds: "01"),
        Sample("R018", "\(recovered)=02", "\(deceased)=02", holds: "01"),
        Sample("R018", "\(deceased)=01", holds: "01"),
        Sample("R018", "ClaimCannotRecoveredOrRequestCannotAccepted", "\(deceased)=02", holds: "02"),
        Sample("R018", "\(recovered)=03", holds: "03"),
        Sample("R018", "\(deceased)=02", holds: "04"),
        Sample("R018", "\(deceased)=02", "PleaseProvideRequestedAdditionalInformation", holds: "04"),
        Sample("R018", "PleaseProvideRequestedAdditionalInformation", holds: "05"),
        Sample("R018", "\(instalments)=01", holds: "06"),
        Sample("R018", "\(instalments)=02", holds: "01"),
        Sample(
            "R019", "Contestation/contestationReceivedBy=01", "Contestation/contestationConcerns=01", holds: "01"),
        Sample(
            "R019", "Contestation/contestationReceivedBy=01", "Contestation/contestationConcerns=02", holds: "02"),
        Sample(
            "R019", "Contestation/contestationReceivedBy=02", "Contestation/contestationConcerns=02", holds: "03"),
        Sample(
            "R019", "Contestation/contestationReceivedBy=02", "Contestation/contestationConcerns=01", holds: "04"),
        Sample("R028", "Request/FinalRequestPleaseReimburseActualCostsLosses", holds: "01"),
        Sample("R028", "Request/ProvisionalRequestStateIfAgreeReimburse", holds: "02"),
        Sample("X003", "AgreementReopening/agreementReopeningIndicator=1", holds: "01"),
        Sample("X003", "AgreementReopening/agreementReopeningIndicator=0", holds: "02"),
        Sample("X004", "DecisionReopenCase/decisionReopenCaseIndicator=1", holds: "01"),
        Sample("X004", "DecisionReopenCase/decisionReopenCaseIndicator=0", holds: "02"),
    ]

    @Test(arguments: samples)
    func `the content decides which conditions hold`(sample: Sample) throws {
        // Paths with one beginning become siblings here and not children of one element; no test counts elements.
        #expect(try contexts(sample.sed, sample.content) == sample.holding)
    }

    @Test func `every condition on a document alone is decided both ways`() throws {
        let conditions = try Self.reference.get().useCases.conditions()
        // X006 and X007 are decided by the envelope beside the document: the pipeline's tests have them.
        for condition in conditions where !["X006", "X007"].contains(condition.sed.code) {
            let samples = Self.samples.filter { $0.sed == condition.sed.code }
            #expect(samples.contains { $0.holding.contains(condition.name) }, "\(condition.name)")
            #expect(samples.contains { !$0.holding.contains(condition.name) }, "\(condition.name)")
        }
    }

    @Test func `every name in a test is an element of the SED`() throws {
        for condition in try Self.reference.get().useCases.conditions() {
            let types = ["LSec", "HSec", "RSec", "CC"].map { "\(Repository.schemas)/4.4/\($0)-4.4.xsd" }
            let files = ["\(Repository.schemas)/4.4/\(condition.sed)-4.4.xsd"] + types
            let schema = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
            let names = condition.test.matches(of: /[A-Za-z][A-Za-z0-9]*(?![A-Za-z0-9(' -]*\()/).map { String($0.0) }
            for name in Set(names).subtracting(["and", "or", "not", "local", "name", "value", "Receiver", "Identifier"])
            {
                #expect(schema.contains("name=\"\(name)\""), "\(condition.name): \(name)")
            }
        }
    }

    /// Names of the tables that no test decides: they stand beside another one in every row, so nothing depends on them.
    private static let undecided = ["R028-03": "R028-01", "R028-04": "R028-02"]

    @Test func `a condition that has a name in the tables is decided, or stands beside one that is`() throws {
        let reference = try Self.reference.get()
        let known = Set(try reference.useCases.conditions().map(\.name))
        let rows = try reference.useCases.all().flatMap { $0.owner.transitions + $0.counterparty.transitions }
        for row in rows {
            for context in row.contexts where !known.contains(context) {
                let partner = try #require(Self.undecided[context], "\(context)")
                #expect(row.contexts.contains(partner), "\(row.state) \(row.sed) \(row.contexts)")
            }
            // A condition on another SED would never hold.
            #expect(
                row.contexts.allSatisfy { $0.hasPrefix(row.sed.code) || row.sed.isAdministrative }, "\(row.contexts)")
        }
        // X003 decides no row, but whether X004 may open the case again.
        #expect(Set(rows.flatMap(\.contexts) + ["X003-01", "X003-02"]).isSuperset(of: known))
    }
}

extension String {
    /// What stands before and after the first of these characters.
    fileprivate func split(at mark: Character) -> (String, String?) {
        guard let place = firstIndex(of: mark) else { return (self, nil) }
        return (String(self[..<place]), String(self[index(after: place)...]))
    }
}
