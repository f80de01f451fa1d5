// SPDX-License-Identifier: EUPL-1.2

/// Writes the elements of a SED: what has no value is left out, and a group with nothing in it too.
struct ElementWriter {
    private(set) var text = ""
    private let indent: String

    /// The children of a SED's root inside an envelope stand four blanks in.
    init(indent: String = "    ") {
        self.indent = indent
    }

    mutating func element(_ name: String, _ value: (some CustomStringConvertible)?) {
        guard let value = value?.description, !value.isEmpty else { return }
        line("<\(name)>\(Self.escaped(value))</\(name)>")
    }

    /// An element with one attribute, whose value is a code.
    mutating func element(
        _ name: String,
        _ value: some CustomStringConvertible,
        attribute: (name: String, code: String)
    ) {
        line("<\(name) \(attribute.name)=\"\(attribute.code)\">\(Self.escaped(value.description))</\(name)>")
    }

    /// A code of a code list, or several, as the data model nests them.
    mutating func code(_ name: String, _ values: String?...) {
        codes(name, values.compactMap { $0 })
    }

    mutating func codes(_ name: String, _ values: [String]) {
        group(name) { group in for value in values { group.element("value", value) } }
    }

    mutating func group(_ name: String, isKept: Bool = false, _ write: (inout ElementWriter) -> Void) {
        var inner = ElementWriter(indent: indent + "  ")
        write(&inner)
        if inner.text.isEmpty, !isKept { return }
        line("<\(name)>")
        text += inner.text.isEmpty ? "" : "\n" + inner.text
        line("</\(name)>")
    }

    private mutating func line(_ content: String) {
        if !text.isEmpty { text += "\n" }
        text += indent + content
    }

    /// Characters that XML has no place for become the one that stands for such.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\r": text += "&#13;"
            default: text.unicodeScalars.append(scalar.hasPlaceInXML ? scalar : "\u{FFFD}")
            }
        }
        return text
    }
}
