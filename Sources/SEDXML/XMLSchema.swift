// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML
internal import Synchronization

/// Schema texts by name; imports are answered from these and from nothing else.
package struct SchemaSources: Sendable {
    package private(set) var texts: [String: [UInt8]] = [:]

    package init() {}

    package mutating func add(_ bytes: [UInt8], named name: String) {
        texts[name] = bytes
    }
}

/// Why a schema could not be compiled: a fault of the schema, never of a document.
package struct SchemaCompilationError: Error, Hashable, CustomStringConvertible {
    package let name: String
    package let line: Int
    /// libxml2's own sentence; schemas hold no personal data, so it may be shown.
    package let reason: String

    package var description: String { "\(name):\(line): the schema does not compile: \(reason)" }
}

/// A compiled schema.
///
/// A schema that is used more than once has an acceptor beside libxml2's form: tables by which most valid documents are
/// known to be valid in a fraction of the time (docs/adr/0013-acceptor.md). What it does not accept libxml2 judges.
///
/// Sendable because libxml2 leaves a compiled schema unchanged while it validates, each call using a context of its
/// own (checked with a thread-sanitizer build of the library, see docs/adr/0001-c-shim.md).
@safe package final class XMLSchema: @unchecked Sendable {
    private let schema: OpaquePointer
    /// What is still to be done for an acceptor.
    private let preparation: Mutex<Preparation>

    private enum Preparation {
        /// A program that judges one document must not wait for tables.
        case afterFirstUse(SchemaSources)
        case withNextUse(SchemaSources)
        case begun
    }

    package init(compiling name: String, from sources: SchemaSources) throws(SchemaCompilationError) {
        let problems = ProblemList()
        guard let store = unsafe csx_sources_create() else {
            throw SchemaCompilationError(name: name, line: 0, reason: "out of memory")
        }
        defer { unsafe csx_sources_free(store) }
        for (source, bytes) in sources.texts {
            unsafe bytes.withUnsafeBufferPointer { unsafe csx_sources_add(store, source, $0.baseAddress, $0.count) }
        }
        guard let compiled = unsafe problems.compile(name, from: store) else {
            let first = problems.all.first
            let reason = first?.message.split(separator: "\n").joined(separator: " ") ?? "unknown reason"
            throw SchemaCompilationError(name: name, line: first?.line ?? 0, reason: reason)
        }
        unsafe schema = unsafe compiled
        preparation = Mutex(.afterFirstUse(sources))
    }

    deinit {
        unsafe csx_schema_free(schema)
    }

    /// What a validation found.
    package enum Outcome: Sendable {
        case valid
        /// The breaches, and how many more there are.
        case invalid([SchemaViolation], more: Int)
        /// libxml2 gave up for a reason of its own; the document is not judged.
        case undecided
    }

    /// Validates one element and what is below it.
    package func validate(_ tree: borrowing XMLTree, at element: ElementID) -> Outcome {
        accepts(tree, at: element) ? .valid : examine(tree, at: element)
    }

    /// What libxml2 says of an element and what is below it.
    package func examine(_ tree: borrowing XMLTree, at element: ElementID) -> Outcome {
        let problems = ProblemList()
        let answer = unsafe tree.withDocument { document in
            unsafe problems.validate(document, element: element, against: schema)
        }
        switch answer {
        case 0: return .valid
        case 1: return .invalid(problems.all.map(SchemaViolation.init), more: problems.dropped)
        default: return .undecided
        }
    }

    // MARK: The acceptor

    /// Whether an element and what is below it are known to be valid without libxml2; never at the first use.
    package func accepts(_ tree: borrowing XMLTree, at element: ElementID) -> Bool {
        if let answer = answer(to: tree, at: element) { return answer }
        prepareAcceptor()
        return answer(to: tree, at: element) ?? false
    }

    /// Nil while there is no acceptor.
    private func answer(to tree: borrowing XMLTree, at element: ElementID) -> Bool? {
        let answer = unsafe tree.withDocument { unsafe csx_schema_accepts(schema, $0, element.index) }
        return answer < 0 ? nil : answer == 1
    }

    /// Compiles the acceptor at the second call; one thread does it while others go on with libxml2.
    private func prepareAcceptor() {
        let sources: SchemaSources? = preparation.withLock { preparation in
            switch preparation {
            case .afterFirstUse(let sources):
                preparation = .withNextUse(sources)
                return nil
            case .withNextUse(let sources):
                preparation = .begun
                return sources
            case .begun:
                return nil
            }
        }
        // Without tables for a schema, those of none accept nothing, and nobody asks for others again.
        guard let sources, let acceptor = unsafe AcceptorCompiler.acceptor(for: sources) ?? AcceptorTables().acceptor()
        else { return }
        unsafe csx_schema_adopt(schema, acceptor)
    }
}
