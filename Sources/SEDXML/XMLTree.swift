// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML
package import SEDCore

/// An element of one document, numbered in document order; it means nothing in another document.
package struct ElementID: Hashable, Comparable, Sendable {
    let index: Int32

    /// Document order.
    package static func < (left: ElementID, right: ElementID) -> Bool { left.index < right.index }
}

/// Why bytes did not become a tree.
package struct XMLRefusal: Error, Hashable {
    /// The step that refused.
    package enum Step: Hashable, Sendable {
        case lexicalGuard
        case parser
    }

    package let step: Step
    package let finding: Diagnostic
    /// Whether the text merely stops early, as a file does that is still being written.
    package let isTruncated: Bool
    /// Whether the parser failed for a reason of its own, so that nothing can be said of the document.
    package let isInternal: Bool

    package init(step: Step, finding: Diagnostic, isTruncated: Bool, isInternal: Bool) {
        self.step = step
        self.finding = finding
        self.isTruncated = isTruncated
        self.isInternal = isInternal
    }
}

/// A parsed document that knows line and column of every element.
///
/// Sendable although it owns a C tree: the tree is never changed after parsing, the type cannot be copied, and every
/// reading function of the shim leaves the tree as it was.
@safe package struct XMLTree: ~Copyable, @unchecked Sendable {
    private let document: OpaquePointer
    private let startTags: [Int]
    private let places: TextPlaces

    /// Reads a document under limits, without network, files or entities.
    package init(parsing bytes: [UInt8], limits: ParsingLimits = .standard) throws(XMLRefusal) {
        try self.init(parsing: bytes, limits: limits, origins: nil)
    }

    /// Reads XML that was made of a JSON text; `offsets` tells for each element in document order where in that text
    /// it comes from, and the elements' places are those.
    package init(
        parsing bytes: [UInt8],
        madeOf json: JSONTree,
        at offsets: [Int],
        limits: ParsingLimits = .standard
    ) throws(XMLRefusal) {
        // The JSON stays in memory beside the XML and its tree.
        var rest = limits
        rest.memory -= json.memory + offsets.count * MemoryLayout<Int>.stride
        try self.init(parsing: bytes, limits: rest, origins: (offsets, json.places))
    }

    private init(
        parsing bytes: [UInt8],
        limits: ParsingLimits,
        origins: (offsets: [Int], places: TextPlaces)?
    ) throws(XMLRefusal) {
        let scan = LexicalGuard(scanning: bytes, limits: limits)
        if let finding = scan.finding {
            throw XMLRefusal(step: .lexicalGuard, finding: finding, isTruncated: false, isInternal: false)
        }
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            let finding = Diagnostic(rule: .emptyDocument, severity: .error, message: "The document is empty.")
            throw XMLRefusal(step: .parser, finding: finding, isTruncated: true, isInternal: false)
        }
        if scan.endsInsideCharacter {
            let finding = Diagnostic(
                rule: .truncated, severity: .error, position: TextPosition(offset: bytes.count, in: bytes),
                message: "The document ends inside a character, or in NUL bytes where its end should be."
            )
            throw XMLRefusal(step: .parser, finding: finding, isTruncated: true, isInternal: false)
        }
        let problems = ProblemList()
        guard let parsed = unsafe problems.parse(bytes) else {
            throw Self.refusal(of: bytes, scan: scan, problems: problems)
        }
        unsafe document = unsafe parsed
        startTags = origins?.offsets ?? scan.startTags
        places = origins?.places ?? TextPlaces(bytes)
    }

    deinit {
        unsafe csx_document_free(document)
    }

    package var root: ElementID { ElementID(index: 0) }

    /// The element with a number in document order, the root being 0; nil when there are fewer.
    package func element(numbered number: Int) -> ElementID? {
        (0..<elementCount).contains(number) ? ElementID(index: Int32(number)) : nil
    }

    package var elementCount: Int { Int(unsafe csx_element_count(document)) }

    /// Whether an attribute of the instance namespace, such as `xsi:type`, stands anywhere.
    package var namesTypes: Bool { unsafe csx_document_names_types(document) != 0 }

    package func localName(of element: ElementID) -> String {
        unsafe String(cString: csx_element_name(document, element.index))
    }

    package func namespace(of element: ElementID) -> String? {
        unsafe csx_element_namespace(document, element.index).map { unsafe String(cString: $0) }
    }

    /// The namespace that a prefix stands for at an element, or the default one for nil; nil where there is none.
    func namespace(ofPrefix prefix: String?, at element: ElementID) -> String? {
        guard let space = unsafe csx_namespace_of_prefix(document, element.index, prefix) else { return nil }
        let text = unsafe String(cString: space)
        return text.isEmpty ? nil : text
    }

    package func parent(of element: ElementID) -> ElementID? {
        Self.element(unsafe csx_element_parent(document, element.index))
    }

    package func children(of element: ElementID) -> [ElementID] {
        var children: [ElementID] = []
        var next = unsafe csx_element_first_child(document, element.index)
        while let child = Self.element(next) {
            children.append(child)
            next = unsafe csx_element_next_sibling(document, next)
        }
        return children
    }

    /// The first child element with this local name, whatever its namespace.
    package func child(_ name: String, of element: ElementID) -> ElementID? { self.element(at: name, below: element) }

    /// The element that a path of local names such as `Sender/Identifier` leads to, by the first child of each name.
    package func element(at path: String, below element: ElementID) -> ElementID? {
        unsafe Self.withBytes(of: path) { bytes, count in
            Self.element(unsafe csx_element_at(document, element.index, bytes, count))
        }
    }

    /// All elements on a path of local names, whatever their namespaces, in document order.
    package func elements(at path: String, below element: ElementID) -> [ElementID] {
        func found(_ room: Int) -> (count: Int, elements: [ElementID]) {
            unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: room) { buffer in
                let count = unsafe Self.withBytes(of: path) { bytes, length in
                    unsafe csx_elements_at(
                        document, element.index, bytes, length, buffer.baseAddress, Int32(buffer.count))
                }
                return (Int(count), unsafe buffer.prefix(Int(count)).map { ElementID(index: $0) })
            }
        }
        // Nearly every path leads to one element or to none.
        let first = found(16)
        return first.count > 16 ? found(first.count).elements : first.elements
    }

    /// Lends the bytes of a text; a C string would be a copy each time.
    private static func withBytes<Result>(of text: String, _ body: (UnsafePointer<CChar>?, Int) -> Result) -> Result {
        var text = text
        return text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress, $0.count) }
        }
    }

    /// The next sibling with the same local name, whatever its namespace.
    package func nextNamesake(of element: ElementID) -> ElementID? {
        Self.element(unsafe csx_element_next_namesake(document, element.index))
    }

    /// The first element with this local name that begins at `start` or later in the document.
    package func element(named name: String, from start: ElementID) -> ElementID? {
        Self.element(unsafe csx_element_named(document, start.index, name))
    }

    /// The element that begins next, inside or behind this one.
    package func next(after element: ElementID) -> ElementID? { self.element(numbered: Int(element.index) + 1) }

    /// Whether an element is another one or inside it.
    package func isWithin(_ element: ElementID, _ other: ElementID) -> Bool {
        unsafe csx_element_is_within(document, element.index, other.index) != 0
    }

    /// All text inside the element, as it stands in the document.
    package func text(of element: ElementID) -> String {
        if let plain = unsafe csx_element_plain_text(document, element.index) { return unsafe String(cString: plain) }
        guard let text = unsafe csx_element_text(document, element.index) else { return "" }
        defer { unsafe csx_text_free(text) }
        return unsafe String(cString: text)
    }

    /// A piece of what an element holds.
    package enum Content: Hashable, Sendable {
        case text(String)
        case element(ElementID)
    }

    /// Texts and child elements of an element in their order.
    package func content(of element: ElementID) -> [Content] {
        func taken(_ text: UnsafeMutablePointer<CChar>?) -> [Content] {
            guard let text = unsafe text else { return [] }
            defer { unsafe csx_text_free(text) }
            return unsafe [.text(String(cString: text))]
        }
        var content = unsafe taken(csx_element_leading_text(document, element.index))
        for child in children(of: element) {
            content.append(.element(child))
            content += unsafe taken(csx_element_trailing_text(document, child.index))
        }
        return content
    }

    package func attributes(of element: ElementID) -> [(name: String, namespace: String?, value: String)] {
        let count = unsafe csx_attribute_count(document, element.index)
        return (0..<count).map { index in
            let value = unsafe csx_attribute_value(document, element.index, index)
            defer { unsafe csx_text_free(value) }
            return (
                unsafe String(cString: csx_attribute_name(document, element.index, index)),
                unsafe csx_attribute_namespace(document, element.index, index).map { unsafe String(cString: $0) },
                unsafe value.map { unsafe String(cString: $0) } ?? ""
            )
        }
    }

    /// The value of an attribute in no namespace.
    package func attribute(_ name: String, of element: ElementID) -> String? {
        guard let value = unsafe csx_attribute_named(document, element.index, name) else { return nil }
        defer { unsafe csx_text_free(value) }
        return unsafe String(cString: value)
    }

    /// Where the element's start tag begins, in the text that the document was made of.
    package func position(of element: ElementID) -> TextPosition? {
        let index = Int(element.index)
        return startTags.indices.contains(index) ? places.position(at: startTags[index]) : nil
    }

    /// The bytes from the element's start tag to the last end tag of the document, without the white space before it.
    ///
    /// For the one document that an envelope holds this is the document itself.
    package func byteRange(of element: ElementID) -> Range<Int>? {
        let index = Int(element.index)
        guard startTags.indices.contains(index) else { return nil }
        return places.range(from: startTags[index])
    }

    /// A simple XPath of local names from `top`, or from the document's root, numbered where siblings share a name.
    package func path(of element: ElementID, from top: ElementID? = nil) -> String {
        guard let path = unsafe csx_element_path(document, element.index, top?.index ?? -1) else { return "" }
        defer { unsafe csx_text_free(path) }
        return unsafe String(cString: path)
    }

    /// Whether an XPath 1.0 expression is true with `element` as context; nil when it cannot be evaluated.
    package func test(_ expression: String, at element: ElementID) -> Bool? {
        let answer = unsafe csx_xpath_test(document, element.index, expression)
        return answer < 0 ? nil : answer == 1
    }

    /// Hands the C document to code of this module for the length of one call.
    func withDocument<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        unsafe body(document)
    }

    private static func element(_ index: Int32) -> ElementID? {
        index < 0 ? nil : ElementID(index: index)
    }

    // MARK: Refusals

    private static func beginsLikeXML(_ bytes: [UInt8]) -> Bool {
        let first = TextStart.firstByte(of: bytes)
        return first == nil || first == 0x3C
    }

    private static func refusal(of bytes: [UInt8], scan: LexicalGuard, problems: ProblemList) -> XMLRefusal {
        if problems.isInternal || problems.all.isEmpty {
            let finding = Diagnostic(
                rule: .parserFailure, severity: .error,
                message: "The parser stopped for a reason of its own; nothing is known of the document."
            )
            return XMLRefusal(step: .parser, finding: finding, isTruncated: false, isInternal: true)
        }
        let problem = problems.all[0]
        let isTruncated =
            scan.ending == .truncated && beginsLikeXML(bytes) && ParserProblem.meansEarlyEnd(problem, in: bytes)
        let finding = Diagnostic(
            rule: isTruncated ? .truncated : .notWellFormed,
            severity: .error,
            position: problem.line > 0 ? TextPosition(line: problem.line, column: max(1, problem.column)) : nil,
            message: isTruncated
                ? "The document ends before its root element is closed." : ParserProblem.sentence(for: problem.code),
            arguments: ["libxml2": String(problem.code)]
        )
        return XMLRefusal(step: .parser, finding: finding, isTruncated: isTruncated, isInternal: false)
    }
}
