// SPDX-License-Identifier: EUPL-1.2

/// What stands for the parameters of an abstract pattern, which are put into its expressions as text.
enum PatternParameters {
    case values([String: String])
    /// Those of a pattern that nobody uses: a name such as `like` wherever one stands, or an operator where only such a
    /// one can stand; all names count as parameters but those of variables.
    case names(like: String, except: Set<String>)

    /// Whether nobody gave values.
    var areUnknown: Bool { if case .names = self { true } else { false } }

    /// The same where these are names of variables.
    func leaving(_ variables: [String]) -> PatternParameters {
        guard case .names(let name, let others) = self else { return self }
        return .names(like: name, except: others.union(variables))
    }

    /// An expression with all parameters filled in.
    func fill(_ text: String) -> String {
        guard text.contains("$") else { return text }
        switch self {
        case .values(let values):
            return values.isEmpty ? text : Self.replacing(text) { name, _, _ in values[name] }
        case .names(let like, let variables):
            return Self.replacing(text) { name, before, follows in
                if variables.contains(name) { return nil }
                return follows || !Self.endsOperand(before) ? like : " and "
            }
        }
    }

    /// The text with other text for some of its names; `value` is asked with what stands before a name, and whether the
    /// name follows a letter of it directly.
    private static func replacing(_ text: String, _ value: (String, ArraySlice<UInt8>, Bool) -> String?) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var place = 0
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "$") else {
                result.append(bytes[place])
                place += 1
                continue
            }
            var end = place + 1
            while end < bytes.count, ExpressionNames.continuesName(bytes[end]) { end += 1 }
            let name = String(decoding: bytes[place + 1..<end], as: UTF8.self)
            let follows = result.last.map(ExpressionNames.continuesName) ?? false
            result += value(name, result[...], follows).map { Array($0.utf8) } ?? Array(bytes[place..<end])
            place = end
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether an operand ends here, so that an operator must follow (XPath 1.0 section 3.7).
    private static func endsOperand(_ text: ArraySlice<UInt8>) -> Bool {
        guard let end = text.lastIndex(where: { !ExpressionNames.isBlank($0) }) else { return false }
        let bare = text[...end]
        switch bare[end] {
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "'"), UInt8(ascii: "\""): return true
        case UInt8(ascii: "*"): return !endsOperand(bare[..<end])
        case let last where ExpressionNames.continuesName(last):
            let start = bare.lastIndex { !ExpressionNames.continuesName($0) }.map { $0 + 1 } ?? bare.startIndex
            let isWord = ["and", "or", "div", "mod"].contains(String(decoding: bare[start...], as: UTF8.self))
            return !(isWord && endsOperand(bare[..<start]))
        default: return false
        }
    }
}
