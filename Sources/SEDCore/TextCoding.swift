// SPDX-License-Identifier: EUPL-1.2

/// In JSON a day is text: `2026-03-02`.
extension CivilDate: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.parsedText { CivilDate(parsing: $0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encoder.write(description)
    }
}

/// In JSON an exact number is decimal text, never a number: `1234.50`.
extension ExactDecimal: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.parsedText { ExactDecimal(parsing: $0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encoder.write(description)
    }
}

/// In JSON an institution is its identifier: `EE:MTA001`.
extension InstitutionID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.parsedText(InstitutionID.init)
    }

    package func encode(to encoder: any Encoder) throws {
        try encoder.write(text)
    }
}

extension Decoder {
    /// A value that reads itself from text; what the text was is not told, because it may be personal.
    fileprivate func parsedText<Value>(_ parse: (String) -> Value?) throws -> Value {
        if let value = parse(try singleValueContainer().decode(String.self)) { return value }
        throw DecodingError.dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "the text is no \(Value.self)")
        )
    }
}

extension Encoder {
    fileprivate func write(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}
