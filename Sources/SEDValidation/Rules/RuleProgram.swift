// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDXML

/// The rules that can match in one kind of SED, compiled.
///
/// Sendable because the library lends it to one thread at a time; variables and the message belong to it.
final class RuleProgram: @unchecked Sendable {
    /// A check that fired.
    struct Firing {
        let check: Schematron.Check
        /// The file that the check stands in.
        let file: RuleFile
        let element: ElementID
        /// The day of the event that the rule judges, where the rule names it.
        let event: CivilDate?
        /// The text of a rule that is not ours; values in it only on request.
        let message: String
        let messageWithValues: String

        /// By which it is known again when the rules run once more.
        struct Cause: Hashable {
            let rule: RuleID
            let element: ElementID
        }

        var cause: Cause { Cause(rule: check.id, element: element) }
    }

    private struct CompiledCheck {
        let source: Schematron.Check
        let test: XPathExpression
        let subject: XPathExpression?
        /// One for each part of the message that is evaluated.
        let parts: [XPathExpression?]
    }

    /// How the elements that a rule is about are found.
    private struct Context {
        /// The SED's root itself.
        var isRoot = false
        /// Places of the finder, each with the condition that an element must meet.
        var paths: [(place: Int, condition: XPathExpression?)] = []
        /// What only XPath can find: from the SED's root, and from the document.
        var atRoot: XPathExpression?
        var anywhere: XPathExpression?
        /// Whether it names a variable, which must then have its value before the search.
        var usesVariables = false
    }

    /// A class, as the next one, because each document would copy all of them.
    private final class CompiledRule {
        let context: Context
        /// Its variables and the tests of its checks.
        let rule: XPathRule
        let checks: [CompiledCheck]
        let statesEvent: Bool

        init(context: Context, rule: XPathRule, checks: [CompiledCheck], statesEvent: Bool) {
            self.context = context
            self.rule = rule
            self.checks = checks
            self.statesEvent = statesEvent
        }
    }

    private final class CompiledPattern {
        let file: RuleFile
        let variables: [XPathVariable]
        let rules: [CompiledRule]

        init(file: RuleFile, variables: [XPathVariable], rules: [CompiledRule]) {
            self.file = file
            self.variables = variables
            self.rules = rules
        }
    }

    private struct Part {
        let evaluator: XPathEvaluator
        let variables: [XPathVariable]
        let patterns: [CompiledPattern]
        let event: XPathExpression
    }

    private let functions: RuleFunctions
    private let parts: [Part]
    /// Of all files together: one walk through a document serves them all.
    private let finder: ElementFinder
    /// Of one file on one document; a report lists a thousand.
    private static let mostFirings = 100_000

    init(
        files: [(file: RuleFile, schematron: Schematron)],
        sed: SchematronReader.Root,
        functions: RuleFunctions
    ) throws(SchemaFolderError) {
        self.functions = functions
        var parts: [Part] = []
        var paths: [[ElementFinder.Path]] = []
        // Each file has namespaces of its own and therefore an evaluator of its own.
        for (file, schematron) in files where !schematron.patterns.isEmpty {
            guard let evaluator = XPathEvaluator(functions: functions.forXPath) else {
                throw SchemaFolderError(file: file.path, reason: "memory is short")
            }
            for (prefix, namespace) in schematron.namespaces where !evaluator.declare(prefix, namespace) {
                throw SchemaFolderError(
                    file: file.path, reason: "\(namespace) needs libexslt, which is not installed")
            }
            var compiler = Compiler(
                file: file, evaluator: evaluator, namespaces: schematron.namespaces, sed: sed, paths: paths)
            parts.append(try compiler.part(schematron))
            paths = compiler.paths
        }
        self.parts = parts
        guard let finder = ElementFinder(paths) else {
            throw SchemaFolderError(
                file: files.first?.file.path ?? "", reason: "memory is short, or a context has too many steps")
        }
        self.finder = finder
    }

    /// Runs all rules on a document; the SED is at `sed`.
    func run(on tree: borrowing XMLTree, sed: ElementID, message: MessageFacts) throws(RuleFailure) -> [Firing] {
        functions.message = message
        let root = tree.root
        var firings: [Firing] = []
        guard let found = finder.elements(in: tree, below: sed) else {
            throw RuleFailure(file: parts.first?.patterns.first?.file.path ?? "", rule: nil, cause: .tooMuchWork)
        }
        for part in parts {
            let result: Result<[Firing], RuleFailure> = part.evaluator.run(on: tree) { evaluator in
                Result { () throws(RuleFailure) in try Self.run(part, evaluator, found, root: root, sed: sed) }
            }
            firings += try result.get()
        }
        return firings
    }

    private static func run(
        _ part: Part,
        _ evaluator: XPathEvaluator,
        _ found: FoundElements,
        root: ElementID,
        sed: ElementID
    ) throws(RuleFailure) -> [Firing] {
        var firings: [Firing] = []
        var hasVariables = false
        for pattern in part.patterns {
            var isPrepared = false
            var judgedAttributes: Set<XPathNode> = []
            evaluator.beginPattern()
            /// Variables are evaluated where something will use them.
            func prepare() throws(RuleFailure) {
                if !hasVariables { try set(part.variables, at: .document, evaluator, pattern.file) }
                if !isPrepared { try set(pattern.variables, at: .document, evaluator, pattern.file) }
                hasVariables = true
                isPrepared = true
            }
            for rule in pattern.rules {
                if rule.context.usesVariables { try prepare() }
                var nodes = try select(rule, found, sed, evaluator, pattern.file)
                if nodes.isEmpty { continue }
                try prepare()
                // An element is judged by the first rule of a pattern that matches it; of those the evaluator knows.
                if pattern.rules.count > 1, nodes.contains(where: \.isAttribute) {
                    nodes = ArraySlice(nodes.filter { !$0.isAttribute || judgedAttributes.insert($0).inserted })
                }
                try judge(nodes, by: rule, part, pattern.file, evaluator, root: root, &firings)
            }
        }
        return firings
    }

    /// The elements that a context matches; those of several alternatives once each, in document order.
    private static func select(
        _ rule: CompiledRule,
        _ found: FoundElements,
        _ sed: ElementID,
        _ evaluator: XPathEvaluator,
        _ file: RuleFile
    ) throws(RuleFailure) -> ArraySlice<XPathNode> {
        var nodes: ArraySlice<XPathNode> = rule.context.isRoot ? [XPathNode(sed)] : []
        var sources = rule.context.isRoot ? 1 : 0
        for (place, condition) in rule.context.paths {
            let elements = found[place]
            if elements.isEmpty { continue }
            sources += 1
            if let condition {
                for node in elements where try isMet(condition, at: node, evaluator, file) { nodes.append(node) }
            } else if sources == 1 {
                nodes = elements
            } else {
                nodes += elements
            }
        }
        for (path, place) in [(rule.context.atRoot, XPathNode(sed)), (rule.context.anywhere, .document)] {
            guard let path else { continue }
            sources += 1
            nodes += try select(path, at: place, evaluator, file)
        }
        guard sources > 1, nodes.count > 1 else { return nodes }
        var once: ArraySlice<XPathNode> = []
        for node in nodes.sorted() where node != once.last { once.append(node) }
        return once
    }

    private static func isMet(
        _ condition: XPathExpression,
        at node: XPathNode,
        _ evaluator: XPathEvaluator,
        _ file: RuleFile
    ) throws(RuleFailure) -> Bool {
        do {
            return try evaluator.test(condition, at: node)
        } catch {
            throw RuleFailure(file: file.path, rule: nil, cause: error)
        }
    }

    private static func judge(
        _ nodes: ArraySlice<XPathNode>,
        by rule: CompiledRule,
        _ part: Part,
        _ file: RuleFile,
        _ evaluator: XPathEvaluator,
        root: ElementID,
        _ firings: inout [Firing]
    ) throws(RuleFailure) {
        var judging = XPathJudging()
        while true {
            switch evaluator.judge(nodes, by: rule.rule, &judging) {
            case .isDone:
                return
            case .checkFailed(let failure):
                throw RuleFailure(file: file.path, rule: rule.checks[judging.nextCheck].source.id, cause: failure)
            case .variableFailed(let failure):
                throw RuleFailure(file: file.path, rule: nil, cause: failure)
            case .fires:
                let check = rule.checks[judging.nextCheck - 1]
                let node = nodes[nodes.startIndex + judging.node]
                do throws(XPathFailure) {
                    var subject: XPathNode?
                    if let path = check.subject { subject = try evaluator.nodes(path, at: node).first }
                    // Ours come from the catalogue, in the reader's language.
                    let texts = file.family == nil ? try message(of: check, at: node, evaluator) : ("", "")
                    let event = rule.statesEvent ? CivilDate(parsing: try evaluator.text(part.event, at: node)) : nil
                    firings.append(
                        Firing(
                            check: check.source, file: file,
                            element: subject?.element ?? node.element ?? root, event: event,
                            message: texts.0, messageWithValues: texts.1
                        )
                    )
                } catch {
                    throw RuleFailure(file: file.path, rule: check.source.id, cause: error)
                }
                if firings.count > mostFirings {
                    throw RuleFailure(file: file.path, rule: nil, cause: .tooMuchWork)
                }
            }
        }
    }

    private static func message(of check: CompiledCheck, at node: XPathNode, _ evaluator: XPathEvaluator)
        throws(XPathFailure) -> (String, String)
    {
        var plain = ""
        var withValues = ""
        for (part, expression) in zip(check.source.message, check.parts) {
            switch (part, expression) {
            case (.text(let text), _):
                plain += text
                withValues += text
            case (.name, let expression?):
                let name = try evaluator.text(expression, at: node)
                plain += name
                withValues += name
            case (.value, let expression?):
                plain += "…"
                withValues += try evaluator.text(expression, at: node)
            case (.name, nil), (.value, nil):
                break
            }
        }
        return (RuleFileReader.tidied(plain), RuleFileReader.tidied(withValues))
    }

    private static func select(
        _ path: XPathExpression,
        at node: XPathNode,
        _ evaluator: XPathEvaluator,
        _ file: RuleFile
    ) throws(RuleFailure) -> [XPathNode] {
        do {
            return try evaluator.nodes(path, at: node)
        } catch {
            throw RuleFailure(file: file.path, rule: nil, cause: error)
        }
    }

    private static func set(
        _ variables: [XPathVariable],
        at node: XPathNode,
        _ evaluator: XPathEvaluator,
        _ file: RuleFile
    ) throws(RuleFailure) {
        for variable in variables {
            do {
                try evaluator.set(variable, at: node)
            } catch {
                throw RuleFailure(file: file.path, rule: nil, cause: error)
            }
        }
    }

    // MARK: Compiling

    private struct Compiler {
        let file: RuleFile
        let evaluator: XPathEvaluator
        let namespaces: [String: String]
        let sed: SchematronReader.Root
        /// Those of the files before, and of this one; the alternatives of a rule without condition have one place.
        var paths: [[ElementFinder.Path]]

        mutating func part(_ schematron: Schematron) throws(SchemaFolderError) -> Part {
            let global = Set(schematron.variables.map(\.name))
            var patterns: [CompiledPattern] = []
            // Variables come before what uses them, so that the kind of their values is known.
            let variables = try compile(schematron.variables, known: [])
            for pattern in schematron.patterns {
                let local = global.union(pattern.variables.map(\.name))
                let patternVariables = try compile(pattern.variables, known: global)
                var rules: [CompiledRule] = []
                for rule in pattern.rules { rules.append(try compile(rule, known: local)) }
                patterns.append(CompiledPattern(file: file, variables: patternVariables, rules: rules))
            }
            return Part(
                evaluator: evaluator, variables: variables, patterns: patterns,
                event: try expression("string($event)", at: nil, known: ["event"])
            )
        }

        private mutating func compile(_ rule: Schematron.Rule, known: Set<String>) throws(SchemaFolderError)
            -> CompiledRule
        {
            var context = Context()
            var atRoot: [String] = []
            var anywhere: [String] = []
            var unconditional: [ElementFinder.Path] = []
            for alternative in ContextPattern(rule.context).alternatives {
                if file.isChecked { try check(alternative, at: rule.position) }
                let start = ContextPattern.qualifiedStart(of: alternative)
                let isRooted =
                    start.map { namespaces[$0.prefix] == sed.namespace && $0.name == sed.name } ?? false
                let rest = isRooted ? start?.rest ?? "" : alternative
                if isRooted, rest.isEmpty {
                    context.isRoot = true
                } else if !isRooted || rest.hasPrefix("/"),
                    let simple = SimplePath(isRooted ? rest.dropFirst() : rest)
                {
                    let path = ElementFinder.Path(names: simple.names, isRooted: isRooted)
                    guard let condition = simple.condition else {
                        unconditional.append(path)
                        continue
                    }
                    let isMet = try expression("self::*[\(condition)]", at: rule.position, known: known)
                    context.paths.append((paths.count, isMet))
                    paths.append([path])
                } else if isRooted {
                    atRoot.append("self::\(alternative)")
                } else {
                    anywhere.append(alternative.hasPrefix("/") ? String(alternative) : "//\(alternative)")
                }
            }
            if !unconditional.isEmpty {
                context.paths.append((paths.count, nil))
                paths.append(unconditional)
            }
            let inside = known.union(rule.variables.map(\.name))
            let variables = try compile(rule.variables, known: known)
            var checks: [CompiledCheck] = []
            for check in rule.checks { checks.append(try compile(check, known: inside)) }
            context.usesVariables = rule.context.contains("$")
            func path(_ alternatives: [String]) throws(SchemaFolderError) -> XPathExpression? {
                alternatives.isEmpty
                    ? nil : try expression(alternatives.joined(separator: " | "), at: rule.position, known: known)
            }
            context.atRoot = try path(atRoot)
            context.anywhere = try path(anywhere)
            let tests = checks.map { (test: $0.test, firesWhen: $0.source.firesWhen) }
            guard let compiled = evaluator.rule(variables, tests) else {
                throw SchemaFolderError(file: file.path, reason: "memory is short")
            }
            return CompiledRule(
                context: context, rule: compiled, checks: checks,
                statesEvent: inside.contains("event")
            )
        }

        private func check(_ context: Substring, at position: TextPosition?) throws(SchemaFolderError) {
            var fault = ContextPattern.fault(of: context)
            let calls = ExpressionNames(in: String(context)).calls
            if calls.contains(where: { $0.prefix == nil && $0.name == "current" }) {
                fault = "there is no current() in a context"
            }
            guard let fault else { return }
            throw SchemaFolderError(file: file.path, line: position?.line, column: position?.column, reason: fault)
        }

        private func compile(_ check: Schematron.Check, known: Set<String>) throws(SchemaFolderError) -> CompiledCheck {
            var parts: [XPathExpression?] = []
            for part in check.message {
                switch part {
                case .text: parts.append(nil)
                case .value(let path): parts.append(try expression(path, at: check.position, known: known))
                case .name(let path):
                    // By itself first, so that its parentheses are its own.
                    if file.isChecked, let path { _ = try expression(path, at: check.position, known: known) }
                    parts.append(try expression("name(\(path ?? "."))", at: check.position, known: known))
                }
            }
            return CompiledCheck(
                source: check,
                test: try expression(check.test, at: check.position, known: known),
                subject: try check.subject.map { subject throws(SchemaFolderError) in
                    try expression(subject, at: check.position, known: known)
                },
                parts: parts
            )
        }

        /// Each may use those before it.
        private func compile(_ variables: [Schematron.Variable], known: Set<String>) throws(SchemaFolderError)
            -> [XPathVariable]
        {
            var known = known
            var compiled: [XPathVariable] = []
            for variable in variables {
                if known.contains(variable.name) {
                    if file.isChecked {
                        throw SchemaFolderError(
                            file: file.path, line: variable.position?.line, column: variable.position?.column,
                            reason: "the variable $\(variable.name) is declared twice")
                    }
                    evaluator.hurry()
                }
                let value = try expression(variable.value, at: variable.position, known: known)
                guard let made = evaluator.variable(variable.name, of: value) else {
                    throw SchemaFolderError(file: file.path, reason: "memory is short")
                }
                compiled.append(made)
                known.insert(variable.name)
            }
            return compiled
        }

        private func expression(_ text: String, at position: TextPosition?, known: Set<String>)
            throws(SchemaFolderError) -> XPathExpression
        {
            func refusal(_ reason: String) -> SchemaFolderError {
                SchemaFolderError(file: file.path, line: position?.line, column: position?.column, reason: reason)
            }
            guard let compiled = evaluator.compile(text) else {
                throw refusal("this is no expression of XPath 1.0: \(text)")
            }
            guard file.isChecked else { return compiled }
            let names = ExpressionNames(in: text)
            for prefix in names.prefixes.sorted() where namespaces[prefix] == nil {
                throw refusal("the prefix \(prefix) is not declared with ns")
            }
            for variable in names.variables.sorted() where !known.contains(variable) {
                throw refusal("the variable $\(variable) is not declared with let")
            }
            for call in names.calls {
                if let reason = file.fault(of: call, namespaces: namespaces, evaluator: evaluator) {
                    throw refusal(reason)
                }
            }
            return compiled
        }
    }
}

/// A rule that could not be evaluated on a document.
struct RuleFailure: Error, CustomStringConvertible {
    let file: String
    /// Nil for a context or a variable.
    let rule: RuleID?
    let cause: XPathFailure

    var words: Words {
        let what: Words = rule.map { "the rule \($0, as: "rule")" } ?? "a context or variable"
        return switch cause {
        case .fault:
            "\(what, as: "what") in \(file, as: "file") could not be evaluated on this document"
        case .tooMuchWork:
            "the rules in \(file, as: "file") ask for too much work on this document; it ended at \(what, as: "what")"
        }
    }

    var description: String { words.text }
}
