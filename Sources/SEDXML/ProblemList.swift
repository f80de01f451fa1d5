// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML
internal import SEDCore

/// One report of libxml2, whose message may quote the document and so stays inside this module.
struct Problem {
    let code: Int
    let element: ElementID?
    let line: Int
    let column: Int
    let message: String
}

/// Collects what libxml2 reports during one call.
@safe final class ProblemList {
    private let list: OpaquePointer?

    init() {
        unsafe list = unsafe csx_problems_create()
    }

    deinit {
        unsafe csx_problems_free(list)
    }

    /// Whether libxml2 failed for a reason of its own, memory included.
    var isInternal: Bool { unsafe list == nil || csx_problems_internal(list) != 0 }

    /// How many more there were than are kept.
    var dropped: Int { unsafe list.map { Int(unsafe csx_problems_dropped($0)) } ?? 0 }

    private(set) lazy var all: [Problem] = {
        guard let list = unsafe list else { return [] }
        let count = unsafe csx_problems_count(list)
        return (0..<count).map { index in
            let element = unsafe csx_problem_element(list, index)
            return Problem(
                code: Int(unsafe csx_problem_code(list, index)),
                element: element < 0 ? nil : ElementID(index: element),
                line: Int(unsafe csx_problem_line(list, index)),
                column: Int(unsafe csx_problem_column(list, index)),
                message: unsafe String(cString: csx_problem_message(list, index))
            )
        }
    }()

    func parse(_ bytes: [UInt8]) -> OpaquePointer? {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe csx_document_parse(buffer.baseAddress, buffer.count, list)
        }
    }

    func compile(_ name: String, from sources: OpaquePointer) -> OpaquePointer? {
        unsafe csx_schema_compile(sources, name, list)
    }

    /// 0 valid, 1 not valid, -1 undecided.
    func validate(_ document: OpaquePointer, element: ElementID, against schema: OpaquePointer) -> Int32 {
        guard let list = unsafe list else { return -1 }
        return unsafe csx_schema_validate(schema, document, element.index, list)
    }
}

/// Turns parser numbers of libxml2 into sentences of ours.
enum ParserProblem {
    /// Whether the parser met the end of the text where it wanted more.
    static func meansEarlyEnd(_ problem: Problem, in bytes: [UInt8]) -> Bool {
        // 77: a tag is not finished; 5: the document ends; 4: nothing at all. Other errors at the very end of the
        // text (a name, an attribute or a comment cut in two) mean the same when the guard saw no closed root.
        [4, 5, 77].contains(problem.code) || problem.line >= bytes.count(where: { $0 == 0x0A })
    }

    static func sentence(for code: Int) -> Words {
        switch code {
        case 4: "The document is empty."
        case 5: "There is content behind the end of the root element, or the document stops early."
        case 9, 81: "The document holds a character that XML does not allow."
        case 26, 27, 28: "An entity is used that is not one of XML's five; entities are not read."
        case 38, 39, 40: "An attribute value is not properly quoted."
        case 42: "An attribute stands twice in one element."
        case 64...70: "The XML declaration is faulty."
        case 68: "A name is missing or starts with a character that names must not start with."
        case 73: "A tag is not closed with >."
        case 76: "An end tag does not match its start tag."
        case 77: "An element is not closed."
        case 201...205: "A namespace prefix is used that is not declared, or a namespace declaration is faulty."
        default: "The document is not well-formed XML."
        }
    }
}
