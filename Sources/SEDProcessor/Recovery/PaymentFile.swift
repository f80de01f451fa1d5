// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDRecovery

/// A list of payments as a bank reads it: ISO 20022 pain.001.001.09, CustomerCreditTransferInitiation.
struct PaymentFile {
    let list: CreditTransfers

    /// `EE-MTA001-000012`, at most 35 characters.
    private var identifier: String {
        let number = String(list.number)
        let padded = String(repeating: "0", count: max(0, 6 - number.count)) + number
        return "\(list.payer.text.replacing(":", with: "-"))-\(padded)"
    }

    var bytes: [UInt8] {
        var writer = ElementWriter(indent: "  ")
        writer.group("CstmrCdtTrfInitn") { initiation in
            initiation.group("GrpHdr") { header in
                header.element("MsgId", identifier)
                header.element("CreDtTm", "\(list.createdAt.description.prefix(19))Z")
                counts(into: &header)
                header.group("InitgPty") { $0.element("Nm", Self.cut(list.holder, 140)) }
            }
            initiation.group("PmtInf") { payment(into: &$0) }
        }
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
            \(writer.text)
            </Document>

            """
        return Array(text.utf8)
    }

    private func counts(into writer: inout ElementWriter) {
        writer.element("NbOfTxs", list.transfers.count)
        writer.element("CtrlSum", list.total)
    }

    private func payment(into writer: inout ElementWriter) {
        writer.element("PmtInfId", "\(identifier)-1")
        writer.element("PmtMtd", "TRF")
        counts(into: &writer)
        if list.currency == "EUR" {
            writer.group("PmtTpInf") { type in type.group("SvcLvl") { $0.element("Cd", "SEPA") } }
        }
        writer.group("ReqdExctnDt") { $0.element("Dt", list.executeOn) }
        writer.group("Dbtr") { $0.element("Nm", Self.cut(list.holder, 140)) }
        writer.group("DbtrAcct") { account in
            account.group("Id") { $0.element("IBAN", list.iban) }
            account.element("Ccy", list.currency)
        }
        writer.group("DbtrAgt") { Self.agent(list.bic, into: &$0) }
        writer.element("ChrgBr", "SLEV")
        for transfer in list.transfers {
            writer.group("CdtTrfTxInf") { entry in
                entry.group("PmtId") { $0.element("EndToEndId", transfer.reference) }
                entry.group("Amt") { $0.element("InstdAmt", transfer.amount, attribute: ("Ccy", list.currency)) }
                if transfer.bic != nil { entry.group("CdtrAgt") { Self.agent(transfer.bic, into: &$0) } }
                entry.group("Cdtr") { $0.element("Nm", Self.cut(transfer.holder, 140)) }
                entry.group("CdtrAcct") { account in
                    account.group("Id") { $0.element("IBAN", transfer.iban) }
                }
                entry.group("RmtInf") { $0.element("Ustrd", Self.cut(transfer.remittance, 140)) }
            }
        }
    }

    private static func agent(_ bic: String?, into writer: inout ElementWriter) {
        writer.group("FinInstnId") { institution in
            if let bic {
                institution.element("BICFI", bic)
            } else {
                institution.group("Othr") { $0.element("Id", "NOTPROVIDED") }
            }
        }
    }

    private static func cut(_ text: String, _ count: Int) -> String { String(text.prefix(count)) }
}
