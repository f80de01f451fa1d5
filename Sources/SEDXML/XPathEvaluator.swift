// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// A node on which an expression is evaluated: the document, an element or an attribute.
package struct XPathNode: Hashable, Sendable, Comparable {
    let number: Int32

    package static let document = XPathNode(number: -1)

    package var isAttribute: Bool { number < -1 }

    init(number: Int32) {
        self.number = number
    }

    package init(_ element: ElementID) {
        number = element.index
    }

    /// Document order: the document, then each element with its attributes behind it.
    package static func < (left: XPathNode, right: XPathNode) -> Bool { left.place < right.place }

    /// The element, or the one that bears the attribute; nil for the document.
    package var element: ElementID? {
        switch number {
        case -1: nil
        case 0...: ElementID(index: number)
        default: ElementID(index: (-2 - number) / Self.attributes)
        }
    }

    /// Attributes that an element can have under our parsing limits.
    private static let attributes: Int32 = 64

    private var place: Int64 {
        guard number < -1 else { return Int64(number) * Int64(Self.attributes + 1) }
        let (element, attribute) = (-2 - number).quotientAndRemainder(dividingBy: Self.attributes)
        return Int64(element) * Int64(Self.attributes + 1) + 1 + Int64(attribute)
    }
}

/// A compiled expression of one evaluator.
package struct XPathExpression: Hashable, Sendable {
    let index: Int32
}

/// A variable of one evaluator with an expression that gives it values.
package struct XPathVariable: Hashable, Sendable {
    let number: Int32
    let value: XPathExpression
}

/// Why an expression could not be evaluated.
package enum XPathFailure: Error {
    /// It asks something of a value that the value cannot answer, such as the nodes of a number.
    case fault
    /// All expressions together do more than is allowed for one document.
    case tooMuchWork
}

/// What a function of ours answers.
package enum XPathAnswer: Sendable {
    case text(String)
    case number(Double)
    case boolean(Bool)
}

/// What a function of ours is called with.
///
/// Up to three texts and no array, because a call then allocates nothing.
package struct XPathArguments: Sendable {
    package fileprivate(set) var count = 0
    /// One text for each argument: of a node set that of its first node, as in XPath's own functions, or none.
    package fileprivate(set) var first = ""
    package fileprivate(set) var second = ""
    package fileprivate(set) var third = ""
    /// The same of the fourth and those behind it, which few functions have.
    package fileprivate(set) var others: [String] = []
    /// The texts of the first argument: of a node set one for each node, of anything else one.
    package var texts: [String] { several ?? [first] }
    fileprivate var several: [String]?
}

/// Functions that expressions may call under one namespace.
///
/// Those on amounts and days that `functions.c` of the C shim knows are answered there, with the same answers; they are
/// called only where libxml2 evaluates.
package struct XPathFunctions: Sendable {
    /// A function by its name.
    package struct Function: Sendable {
        package let name: String
        /// The kind of all its answers, which saves asking; any without one.
        package let answers: XPathAnswerKind?
        /// Whether its answers depend on its arguments alone, and may be kept from document to document.
        package let isLasting: Bool

        package init(_ name: String, answers: XPathAnswerKind? = nil, isLasting: Bool = false) {
            self.name = name
            self.answers = answers
            self.isLasting = isLasting
        }
    }

    package let namespace: String
    package let functions: [Function]
    /// Takes the function's place in `functions`.
    ///
    /// Nil when it cannot answer, which fails the expression. On one document it answers the same for the same arguments.
    package let call: @Sendable (Int, XPathArguments) -> XPathAnswer?

    package init(
        namespace: String,
        functions: [Function],
        call: @escaping @Sendable (Int, XPathArguments) -> XPathAnswer?
    ) {
        self.namespace = namespace
        self.functions = functions
        self.call = call
    }
}

/// The kind of an answer of a function of ours.
package enum XPathAnswerKind: Sendable {
    case boolean, number, text

    fileprivate var number: Int32 {
        switch self {
        case .boolean: Int32(CSX_ANSWERS_BOOLEAN)
        case .number: Int32(CSX_ANSWERS_NUMBER)
        case .text: Int32(CSX_ANSWERS_TEXT)
        }
    }
}

/// A rule of one evaluator: variables that have their values at a node, and checks that are asked there.
package struct XPathRule: Hashable, Sendable {
    let number: Int32
}

/// How far the nodes of a rule are judged.
package struct XPathJudging: Sendable {
    fileprivate var place = csx_judging()

    package init() {}

    /// Which of the nodes is judged.
    package var node: Int { Int(place.node) }
    /// Which check comes next.
    package var nextCheck: Int { Int(place.check) }
}

/// What comes of judging nodes.
package enum XPathJudgement: Sendable {
    case isDone
    /// The check before the next one fires; the variables are those of the node.
    case fires
    /// The next check cannot be evaluated, or a variable, with the reason.
    case checkFailed(XPathFailure)
    case variableFailed(XPathFailure)
}

/// Expressions of XPath 1.0, compiled once and evaluated on one document after another.
///
/// Not for two threads at a time: variables and the current node belong to the evaluator.
@safe package final class XPathEvaluator {
    private let evaluator: OpaquePointer
    private let functions: FunctionBox

    /// The modules of EXSLT that work outside a stylesheet, by namespace.
    private static let exslt = [
        "http://exslt.org/dates-and-times": "exsltDateXpathCtxtRegister",
        "http://exslt.org/math": "exsltMathXpathCtxtRegister",
        "http://exslt.org/sets": "exsltSetsXpathCtxtRegister",
        "http://exslt.org/strings": "exsltStrXpathCtxtRegister",
    ]

    /// Nil when memory is short.
    ///
    /// Tests leave everything to libxml2 with `onlyLibrary`; else it gets only what our own evaluation does not know.
    package init?(functions: XPathFunctions, onlyLibrary: Bool = false) {
        guard let created = unsafe csx_evaluator_create(onlyLibrary ? 1 : 0) else { return nil }
        unsafe evaluator = unsafe created
        self.functions = FunctionBox(call: functions.call)
        let owner = unsafe Unmanaged.passUnretained(self.functions).toOpaque()
        let names = functions.functions.map(\.name).joined(separator: " ")
        let answers = functions.functions.map { $0.answers?.number ?? Int32(CSX_ANSWERS_ANY) }
        let lasting: [UInt8] = functions.functions.map { $0.isLasting ? 1 : 0 }
        let isReady = unsafe csx_evaluator_offer(
            created, functions.namespace, names, answers, lasting, callFunction, owner)
        if isReady == 0 { return nil }
    }

    deinit {
        unsafe csx_evaluator_free(evaluator)
    }

    /// Makes a prefix known; false when the namespace is one of EXSLT's and libexslt is not installed.
    package func declare(_ prefix: String, _ namespace: String) -> Bool {
        guard unsafe csx_evaluator_declare(evaluator, prefix, namespace) != 0 else { return false }
        guard let registrar = Self.exslt[namespace] else { return true }
        return unsafe csx_evaluator_offer_exslt(evaluator, prefix, registrar) != 0
    }

    /// Whether a function exists; nil as namespace for those of XPath itself.
    package func knows(_ name: String, in namespace: String?) -> Bool {
        if let namespace { return unsafe csx_evaluator_knows(evaluator, namespace, name) != 0 }
        return unsafe csx_evaluator_knows(evaluator, nil, name) != 0
    }

    /// Nil when the text is no expression of XPath 1.0.
    package func compile(_ text: String) -> XPathExpression? {
        let index = unsafe csx_evaluator_compile(evaluator, text)
        return index < 0 ? nil : XPathExpression(index: index)
    }

    /// A variable that an expression gives values; nil when memory is short.
    ///
    /// What uses it is compiled later and then knows the kind of its values.
    package func variable(_ name: String, of value: XPathExpression) -> XPathVariable? {
        let number = unsafe csx_evaluator_variable(evaluator, name, value.index)
        return number < 0 ? nil : XPathVariable(number: number, value: value)
    }

    /// Makes every variable have its value where it is set, as is needed when one name is declared twice.
    package func hurry() {
        unsafe csx_evaluator_hurry(evaluator)
    }

    /// Whether our own evaluation knows the expression.
    package func isSimple(_ expression: XPathExpression) -> Bool {
        unsafe csx_evaluator_is_simple(evaluator, expression.index) != 0
    }

    /// Evaluates on one document inside `body`; variables end with it.
    package func run<Result>(on tree: borrowing XMLTree, _ body: (XPathEvaluator) throws -> Result) rethrows -> Result {
        unsafe tree.withDocument { unsafe csx_evaluator_begin(evaluator, $0) }
        defer { unsafe csx_evaluator_end(evaluator) }
        return try body(self)
    }

    package func test(_ expression: XPathExpression, at node: XPathNode) throws(XPathFailure) -> Bool {
        switch unsafe csx_evaluate_boolean(evaluator, expression.index, node.number) {
        case 0: return false
        case 1: return true
        default: throw failure
        }
    }

    package func text(_ expression: XPathExpression, at node: XPathNode) throws(XPathFailure) -> String {
        guard let text = unsafe csx_evaluate_text(evaluator, expression.index, node.number) else {
            throw failure
        }
        return unsafe String(cString: text)
    }

    /// The selected nodes in document order; a text node stands for the element around it.
    package func nodes(_ expression: XPathExpression, at node: XPathNode) throws(XPathFailure) -> [XPathNode] {
        var found: UnsafePointer<Int32>?
        let count = unsafe csx_evaluate_nodes(evaluator, expression.index, node.number, &found)
        guard count >= 0 else { throw failure }
        guard count > 0, let numbers = unsafe found else { return [] }
        let buffer = unsafe UnsafeBufferPointer(start: numbers, count: Int(count))
        return unsafe buffer.map { XPathNode(number: $0) }.sorted()
    }

    /// Keeps the value of an expression as a variable until the document ends or it is set again.
    ///
    /// Most have their value only when something first uses it.
    package func set(_ variable: XPathVariable, at node: XPathNode) throws(XPathFailure) {
        guard unsafe csx_evaluate_variable(evaluator, variable.value.index, node.number, variable.number) == 0 else {
            throw failure
        }
    }

    /// A rule with the checks and the answers with which they fire; nil when memory is short.
    package func rule(_ variables: [XPathVariable], _ checks: [(test: XPathExpression, firesWhen: Bool)]) -> XPathRule?
    {
        let values: [Int32] = variables.flatMap { [$0.number, $0.value.index] }
        let tests: [Int32] = checks.flatMap { [$0.test.index, $0.firesWhen ? 1 : 0] }
        let number = unsafe csx_evaluator_rule(
            evaluator, values, Int32(variables.count), tests, Int32(checks.count))
        return number < 0 ? nil : XPathRule(number: number)
    }

    /// Begins a pattern of rules, in which each element is judged by the first rule that is asked about it.
    package func beginPattern() {
        unsafe csx_begin_pattern(evaluator)
    }

    /// Judges nodes until a check fires, and then goes on from there.
    ///
    /// Elements that were judged in this pattern are passed over; attributes are not.
    package func judge(_ nodes: ArraySlice<XPathNode>, by rule: XPathRule, _ judging: inout XPathJudging)
        -> XPathJudgement
    {
        let answer = unsafe nodes.withUnsafeBufferPointer { buffer in
            unsafe UnsafeRawBufferPointer(buffer).withMemoryRebound(to: Int32.self) { numbers in
                unsafe csx_judge(evaluator, rule.number, numbers.baseAddress, Int32(numbers.count), &judging.place)
            }
        }
        switch answer {
        case 0: return .isDone
        case 1: return .fires
        case -1: return .checkFailed(failure)
        default: return .variableFailed(failure)
        }
    }

    private var failure: XPathFailure {
        unsafe csx_evaluator_is_exhausted(evaluator) != 0 ? .tooMuchWork : .fault
    }

    /// Sets what `current()` answers.
    package func stand(at node: XPathNode) {
        unsafe csx_evaluator_stand_at(evaluator, node.number)
    }
}

/// What C hands back to a call so that it finds the functions.
private final class FunctionBox {
    let call: @Sendable (Int, XPathArguments) -> XPathAnswer?

    init(call: @escaping @Sendable (Int, XPathArguments) -> XPathAnswer?) {
        self.call = call
    }
}

private let callFunction: csx_call = { owner, function, arguments, count, answer in
    guard let owner = unsafe owner else { return 0 }
    let box = unsafe Unmanaged<FunctionBox>.fromOpaque(owner).takeUnretainedValue()
    var taken = XPathArguments()
    taken.count = Int(count)
    for index in 0..<Int(count) {
        guard let argument = unsafe arguments?[index] else { return 0 }
        func text(_ place: Int) -> String {
            unsafe argument.texts[place].map { unsafe String(cString: $0) } ?? ""
        }
        let first = unsafe argument.count == 0 ? "" : text(0)
        switch index {
        case 0:
            taken.first = first
            if unsafe argument.count != 1 { taken.several = unsafe (0..<Int(argument.count)).map(text) }
        case 1: taken.second = first
        case 2: taken.third = first
        default: taken.others.append(first)
        }
    }
    switch box.call(Int(function), taken) {
    case .text(var text):
        // A short text would be copied to the heap as a C string.
        text.withUTF8 { unsafe csx_answer_text(answer, $0.baseAddress, $0.count) }
    case .number(let number): unsafe csx_answer_number(answer, number)
    case .boolean(let boolean): unsafe csx_answer_boolean(answer, boolean ? 1 : 0)
    case nil: return 0
    }
    return 1
}
