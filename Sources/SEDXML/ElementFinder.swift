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

    /// Each place of the list may have several paths.
    ///
    /// Nil when memory is short, or when a path has more steps than a document can have levels.
    package init?(_ places: [[Path]]) {
        guard let created = unsafe csx_finder_create() else { return nil }
        unsafe finder = unsafe created
        for (mark, paths) in places.enumerated() {
            for path in paths {
                guard unsafe csx_finder_add(created, path.names, path.isRooted ? 1 : 0, Int32(mark)) != 0 else {
                    return nil
                }
            }
        }
        if unsafe csx_finder_finish(created) == 0 { return nil }
    }

    deinit {
        unsafe csx_finder_free(finder)
    }

    /// What stands on the paths of each place of the list; nil when memory is short.
    package func elements(in tree: borrowing XMLTree, below top: ElementID) -> FoundElements? {
        var found: UnsafeMutablePointer<Int32>?
        let isComplete = unsafe tree.withDocument { unsafe csx_finder_find(finder, $0, top.index, &found) }
        defer { unsafe csx_finds_free(found) }
        guard isComplete != 0, let numbers = unsafe found else { return nil }
        let places = unsafe Int(csx_finder_marks(finder))
        let starts = unsafe Array(UnsafeBufferPointer(start: numbers, count: places + 1))
        let count = Int(starts.last ?? 0)
        let nodes = unsafe UnsafeBufferPointer(start: numbers + places + 1, count: count)
        return FoundElements(starts: starts, nodes: unsafe nodes.map { XPathNode(number: $0) })
    }
}

/// Elements by the place of their paths in a list.
package struct FoundElements: Sendable {
    fileprivate let starts: [Int32]
    fileprivate let nodes: [XPathNode]

    /// Each once and in document order.
    package subscript(place: Int) -> ArraySlice<XPathNode> {
        place + 1 < starts.count ? nodes[Int(starts[place])..<Int(starts[place + 1])] : []
    }
}
