// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDRecovery

/// Why the recovery desk did not do what was asked.
package struct RecoveryError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// There is no such request or claim.
        case notFound = "not-found"
        /// The file of a request, or an attachment, cannot be read.
        case unreadable
        case attachment
        /// The applicant party is no institution of this workspace.
        case notOurs = "not-ours"
        /// The request stands elsewhere: sent, dropped, not yet approved.
        case wrongState = "wrong-state"
        /// Who drafted a request may not approve it.
        case samePerson = "same-person"
        /// Who acts has no name.
        case nobody
        /// It was changed since it was looked at.
        case changed
        /// It may not be sent: the findings say why.
        case inadmissible
        /// Rates that the law asks for are missing.
        case rates
        /// An event has no place in the books of its claim.
        case booking
        case damaged
        /// A program that the work needs is not installed, or failed.
        case tool

        /// Whether the answer is no; else the work could not be done.
        package var isNo: Bool {
            switch self {
            case .attachment, .wrongState, .samePerson, .nobody, .changed, .inadmissible, .booking: true
            case .notFound, .unreadable, .notOurs, .rates, .damaged, .tool: false
            }
        }
    }

    package let code: Code
    package let text: BilingualText

    package init(_ code: Code, _ english: String, _ estonian: String) {
        self.code = code
        text = BilingualText(english, estonian)
    }

    package var description: String { text.english }

    /// The answers ended before the questions.
    package static let interrupted = RecoveryError(
        .unreadable, "the answers end before the questions; nothing was stored",
        "vastused lõppesid enne küsimusi; midagi ei salvestatud")

    /// Files with payments are never replaced.
    package static let fileExists = RecoveryError(
        .unreadable, "there is a file of this name already", "sellise nimega fail on juba olemas")

    static let tooLargeSum = RecoveryError(.damaged, "a sum is too large", "summa on liiga suur")

    static func notFound(_ id: Int64) -> RecoveryError {
        RecoveryError(.notFound, "there is no request \(id)", "taotlust \(id) ei ole")
    }

    static func attachment(_ fault: RequestAttachment.Fault, number: Int) -> RecoveryError {
        let limit = RequestAttachment.limit >> 20
        return switch fault {
        case .empty:
            RecoveryError(
                .attachment, "attachment \(number) is empty [REC-78-1-003]", "manus \(number) on tühi [REC-78-1-003]")
        case .tooLarge:
            RecoveryError(
                .attachment, "attachment \(number) is larger than \(limit) MiB [REC-78-1-003]",
                "manus \(number) on suurem kui \(limit) MiB [REC-78-1-003]")
        case .unknownFormat:
            RecoveryError(
                .attachment, "attachment \(number) is neither PDF nor JPEG nor TIFF [REC-78-1-003]",
                "manus \(number) ei ole PDF, JPEG ega TIFF [REC-78-1-003]")
        case .nameDiffers:
            RecoveryError(
                .attachment, "attachment \(number) has a name that says another format than its content [REC-78-1-003]",
                "manuse \(number) nimi ütleb muud vormingut kui sisu [REC-78-1-003]")
        }
    }

    static func booking(_ refusal: LedgerRefusal) -> RecoveryError {
        let texts: (String, String) =
            switch refusal {
            case .notOpened: ("the claim has no books yet", "nõudel ei ole veel arvestust")
            case .openedTwice: ("the books of the claim are open already", "nõude arvestus on juba avatud")
            case .misplaced: ("the state of the claim does not allow it", "nõude olek ei võimalda seda")
            case .wrongCurrency:
                (
                    "the amount does not fit the currency of the requested party",
                    "summa ei sobi taotluse saanud poole vääringuga"
                )
            case .wrongAmount: ("the amount is zero, negative or too large", "summa on null, negatiivne või liiga suur")
            case .moreThanOutstanding: ("more than is outstanding", "rohkem, kui on tasumata")
            case .moreThanDue: ("more than is due", "rohkem, kui tasuda tuleb")
            case .paymentTwice:
                ("a payment with this reference was booked before", "selle viitega makse on juba kantud")
            case .withoutReason: ("a reason or a reference is needed", "vaja on põhjust või viidet")
            case .unbalanced: ("the books would not balance", "arvestus ei läheks tasakaalu")
            }
        return RecoveryError(.booking, texts.0, texts.1)
    }
}
