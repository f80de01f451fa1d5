// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// Finds the elements on many paths in one walk through a document.
///
/// Sendable because the C finder never changes after it is built.
@safe package final class ElementFinder: @unchecked Sendable {
    /// A path of local names in no namespace; `*` stands for any.
    package struct Path: Hashable, Sendable {
        package let names: String
        /// Whether it begins right below the element at which a search begins; else anywhere.
        package let isRooted: Bool

        package init(names: String, isRooted: Bool) {
            self.names = names
            self.isRooted = isRooted
        }
    }

    private let finder: OpaquePointer
    private let count: Int

    /// Nil when memory is short, or when a path has more steps than a document can have levels.
    package init?(_ paths: [Path]) {
        guard let created = unsafe csx_finder_create() else { return nil }
        unsafe finder = unsafe created
        count = paths.count
        for (mark, path) in paths.enumerated() {
            guard unsafe csx_finder_add(created, path.names, path.isRooted ? 1 : 0, Int32(mark)) != 0 else {
                return nil
            }
        }
        if unsafe csx_finder_finish(created) == 0 { return nil }
    }

    deinit {
        unsafe csx_finder_free(finder)
    }

    /// What stands on each path, by the path's place in the list, in document order; nil when memory is short.
    package func elements(in tree: borrowing XMLTree, below top: ElementID) -> [[XPathNode]]? {
        var found: UnsafeMutablePointer<Int32>?
        let finds = unsafe tree.withDocument { unsafe csx_finder_find(finder, $0, top.index, &found) }
        defer { unsafe csx_finds_free(found) }
        guard finds >= 0 else { return nil }
        var elements: [[XPathNode]] = Array(repeating: [], count: count)
        guard let numbers = unsafe found else { return elements }
        for index in 0..<Int(finds) {
            unsafe elements[Int(numbers[2 * index + 1])].append(XPathNode(number: numbers[2 * index]))
        }
        return elements
    }
}
