// SPDX-License-Identifier: EUPL-1.2

internal import Yams

/// A fault in a YAML file of ours or of an operator, with its place.
package struct ConfigurationProblem: Error, Hashable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int
    package let message: String

    package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// All faults of one file.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Reads a YAML tree by hand, so that every fault has a line and all faults are told at once.
final class YAMLReader {
    private let file: String
    private(set) var problems: [ConfigurationProblem] = []

    init(file: String) {
        self.file = file
    }

    /// The root of a document; nil when it is empty or not YAML.
    func root(of text: String) -> Node? {
        do {
            // Without rules that guess types by regular expressions: all values are read as text, and building the
            // rules took longer than reading the file.
            return try Yams.compose(yaml: text, .basic)
        } catch let error as YamlError {
            let (line, column, reason) = Self.place(of: error)
            problems.append(ConfigurationProblem(file: file, line: line, column: column, message: reason))
        } catch {
            problems.append(ConfigurationProblem(file: file, line: 1, column: 1, message: "this is not YAML"))
        }
        return nil
    }

    func fail(_ node: Node, _ message: String) {
        problems.append(
            ConfigurationProblem(
                file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message
            )
        )
    }

    /// Ends the reading: throws when anything was wrong.
    func finish() throws(ConfigurationError) {
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
    }

    // MARK: Values

    /// The entries of a mapping; keys that are not in `known` are faults.
    func entries(_ node: Node, known: [String]) -> [String: Node] {
        guard let mapping = node.mapping else {
            fail(node, "expected keys and values")
            return [:]
        }
        var entries: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, known.contains(name) else {
                fail(key, "unknown key; known here: \(known.joined(separator: ", "))")
                continue
            }
            entries[name] = value
        }
        return entries
    }

    func text(_ node: Node) -> String? {
        if let scalar = node.scalar, !scalar.string.isEmpty { return scalar.string }
        fail(node, "expected a text")
        return nil
    }

    /// A list; a single value stands for a list of one.
    func list(_ node: Node) -> [Node] {
        node.sequence.map(Array.init) ?? [node]
    }

    /// A value of a type that reads itself from text.
    func value<Value>(_ node: Node, _ expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text(node) else { return nil }
        if let value = parse(text) { return value }
        fail(node, "expected \(expected)")
        return nil
    }

    func required(_ key: String, in entries: [String: Node], of node: Node) -> Node? {
        if let value = entries[key] { return value }
        fail(node, "the key \(key) is missing")
        return nil
    }

    private static func place(of error: YamlError) -> (line: Int, column: Int, reason: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, mark.column, "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(_, let context):
            (context.mark.line, context.mark.column, "a key stands twice in one mapping")
        default:
            (1, 1, "this is not YAML")
        }
    }
}
