// SPDX-License-Identifier: EUPL-1.2

/// The text of a rule file of ours without the rules that cannot match in one kind of SED.
///
/// Nine of ten rules of a family are about another SED, and parsing them took most of the reading. Which alternatives of
/// a context are kept is decided in ``SchematronReader`` all the same; this only leaves out what it would not take.
struct RuleExtract {
    private static let mark = [BlockText.Mark("sch:rule", indent: 4)]
    private static let seds = "http://ec.europa.eu/eessi/ns/"

    private let text: BlockText
    private let sed: SchematronReader.Root
    private let elements: Set<String>?
    /// Prefixes of SEDs with the name in their namespace, and whether it is the one that is judged.
    private var prefixes: [Key: (name: Key, isJudged: Bool)] = [:]

    /// The bytes of a short name.
    private typealias Key = UInt64

    /// The text without other rules; as it was when it is not written as ours are.
    static func text(_ bytes: [UInt8], for sed: SchematronReader.Root, elements: Set<String>?) -> [UInt8] {
        guard let text = BlockText(bytes, marks: mark), let extract = RuleExtract(text, sed, elements) else {
            return bytes
        }
        return text.keeping { extract.canMatch(text.blocks[$0].head) }
    }

    /// Nil when namespaces are declared in another form.
    private init?(_ text: BlockText, _ sed: SchematronReader.Root, _ elements: Set<String>?) {
        self.text = text
        self.sed = sed
        self.elements = elements
        for part in text.remainder {
            let prefixes = text.values(of: "prefix", in: part)
            let namespaces = text.values(of: "uri", in: part)
            guard prefixes.count == namespaces.count else { return nil }
            for (prefix, uri) in zip(prefixes, namespaces) {
                let namespace = text.string(uri)
                guard namespace.hasPrefix(Self.seds), let short = key(prefix),
                    let slash = text.bytes[uri].lastIndex(of: UInt8(ascii: "/")),
                    let name = key(slash + 1..<uri.upperBound)
                else { continue }
                self.prefixes[short] = (name, namespace == sed.namespace)
            }
        }
    }

    /// Nil for a name that is too long for a key.
    private func key(_ name: Range<Int>) -> Key? {
        guard (1...8).contains(name.count) else { return nil }
        return name.reduce(0) { $0 << 8 | Key(text.bytes[$1]) }
    }

    /// Whether the context in a start tag has an alternative that can match.
    private func canMatch(_ head: Range<Int>) -> Bool {
        let contexts = text.values(of: "context", in: head)
        // An abstract rule has none. What is written with references to characters is not taken apart.
        guard contexts.count == 1 else { return true }
        let context = contexts[0]
        let span = text.bytes.span
        var depth = 0
        var quote: UInt8 = 0
        var start = context.lowerBound
        for place in context {
            let byte = span[place]
            if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "$") { return true }
            if quote != 0 {
                if byte == quote { quote = 0 }
                continue
            }
            switch byte {
            case UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "|") where depth == 0:
                if canMatch(alternative: start..<place) { return true }
                start = place + 1
            default: break
            }
        }
        return canMatch(alternative: start..<context.upperBound)
    }

    private func canMatch(alternative: Range<Int>) -> Bool {
        let span = text.bytes.span
        guard let start = alternative.first(where: { !ExpressionNames.isBlank(span[$0]) }) else { return true }
        let rest = start..<alternative.upperBound
        let end = rest.first { !ExpressionNames.continuesName(span[$0]) } ?? rest.upperBound
        if end < rest.upperBound, span[end] == UInt8(ascii: ":") {
            let local = end + 1..<rest.upperBound
            let localEnd = local.first { !ExpressionNames.continuesName(span[$0]) } ?? local.upperBound
            guard let prefix = key(start..<end).flatMap({ prefixes[$0] }),
                key(local.lowerBound..<localEnd) == prefix.name
            else { return true }
            return prefix.isJudged
        }
        // The first name tells most of them.
        guard let elements, end > start, !elements.contains(text.string(start..<end)) else { return true }
        let pattern = ContextPattern(text.string(alternative))
        return pattern.alternatives.contains { ContextPattern.names(in: $0).isSubset(of: elements) }
    }
}
