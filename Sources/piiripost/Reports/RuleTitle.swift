// SPDX-License-Identifier: EUPL-1.2

/// What each finding of the formats and of the program means in one sentence: the first one of its meaning in
/// `docs/findings.md`.
enum RuleTitle {
    /// Nil for a rule of law, or of the user.
    static func title(of rule: String) -> String? {
        known(rule) ?? families[String(rule.prefix(4))]
    }

    /// Nil for an id that no rule of the formats has.
    static func known(_ rule: String) -> String? { titles[rule] }

    /// For rules without a title of their own.
    private static let families = [
        "XML-": "The text of the document is not safe or not well-formed.",
        "JSN-": "The JSON of the document is not safe, not well-formed or no SED.",
        "ENV-": "The envelope, or its combination with the SED, is wrong.",
        "XSD-": "The document breaks its schema.",
        "CDE-": "A code does not fit its code list.",
        "ATT-": "The attachments do not fit their manifest.",
        "SIG-": "The signature is not what it should be.",
        "CAS-": "The document does not fit its case.",
        "SYS-": "The program could not do all its work.",
    ]

    private static let titles = [
        "XML-001": "The document has a document type declaration.",
        "XML-002": "The document is larger than 20 MiB.",
        "XML-003": "Elements are nested more than 64 levels deep.",
        "XML-004": "One element has more than 64 attributes, namespace declarations included.",
        "XML-005": "The document has more than 250,000 elements.",
        "XML-006": "An element or attribute name is longer than 1,000 bytes.",
        "XML-007": "The bytes are not UTF-8, hold a NUL byte, or the XML declaration names another encoding.",
        "XML-008": "The document is not well-formed; the message says how.",
        "XML-009": "The document ends before its root element is closed.",
        "XML-010": "The document is empty.",
        "XML-011": "The parser stopped for a reason of its own, such as lack of memory.",
        "JSN-001": "The bytes are not UTF-8, or hold a NUL byte.",
        "JSN-002": "Objects and arrays are nested more than 64 levels deep.",
        "JSN-003": "The document has more than 250,000 values.",
        "JSN-004": "The name of a member is longer than 1,000 bytes.",
        "JSN-005": "The document is not well-formed JSON; the message says what was expected.",
        "JSN-006": "The document ends before its value is closed.",
        "JSN-007":
            "An object has two members of the same name, of which programs would read one or the other.",
        "JSN-008": "A string holds NUL or half of a surrogate pair, so it is no text.",
        "JSN-009": "The JSON is no SED: not one object in one member that is named after the SED.",
        "JSN-010": "A member has a name that no XML element can have.",
        "JSN-011": "A text holds a character that XML does not allow, such as a control character.",
        "JSN-012":
            "An array stands in an array, or an object or array stands where a root attribute takes one text.",
        "ENV-001": "The root is neither an envelope nor a SED, or the envelope carries no SED in an EESSI namespace.",
        "ENV-002": "The envelope breaks its own schema.",
        "ENV-003": "`HeaderVersion` does not fit `TypeVersion`.",
        "ENV-004": "`Type` names another document than the SED's root element or its namespace.",
        "ENV-005": "`TypeVersion` differs from the version in the SED's namespace.",
        "ENV-006": "The version in `BusinessServiceName` differs from `TypeVersion`.",
        "ENV-007": "`NumberOfItems` differs from the number of manifest items.",
        "ENV-008": "A SED that takes no attachments has a manifest.",
        "ENV-009": "The sender's role may not send this SED in this business use case.",
        "ENV-010": "The receiver's role does not fit the sender's.",
        "ENV-011":
            "`CaseAction` does not fit: `Update` with version 1, an update of an X SED, or `Start` "
            + "with a SED that starts nothing.",
        "ENV-012": "`sedGVer` or `sedVer` differs from the version in the namespace.",
        "ENV-013": "Two manifest items have the same identifier.",
        "XSD-001": "The schema has no declaration for the element.",
        "XSD-002": "An element does not belong where it stands; the message lists what does.",
        "XSD-003": "A mandatory element is missing; the message lists what is expected.",
        "XSD-004": "The content is not of the required type (date, number), or differs from a fixed value.",
        "XSD-005": "The content is too short, too long, or not empty where it must be.",
        "XSD-006": "The content does not have the required form; the message shows the pattern.",
        "XSD-007": "The content is none of the values that the schema lists.",
        "XSD-008": "A number is outside the allowed range.",
        "XSD-009": "An element holds text or elements that it must not hold.",
        "XSD-010": "An attribute is missing or not allowed.",
        "XSD-011": "Another breach of the schema, such as a value given twice where it must be unique.",
        "CDE-001": "The code is not in its code list.",
        "CDE-002": "The same code stands twice in one element.",
        "ATT-001": "The manifest announces an attachment that did not come, or that could not be read.",
        "ATT-002": "Attachments came that the manifest does not announce.",
        "ATT-003": "An announced attachment has no bytes.",
        "ATT-004": "The first bytes do not look like the announced type (PDF, JPEG or TIFF).",
        "SYS-001":
            "The message could not be judged: unknown version, missing schema, a limit of ours, a "
            + "fault of the parser.",
        "SYS-002":
            "The name in the inbound folder is no regular file: a folder, a symbolic link, a pipe, or "
            + "no usable name.",
        "SYS-003": "The file or its attachments cannot be read.",
        "SYS-004": "The file is still being written, or stops early and has not stood still long enough.",
        "SYS-005": "Neither sender nor receiver is an institution of this workspace.",
        "SYS-006": "A valid SED without an envelope.",
    ]
}
