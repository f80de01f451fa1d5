// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// The elements of one kind of document that bear a mark, by the names that lead to them.
///
/// A walk along it stays in C and makes no Swift string: that took most of the time of a judgement.
///
/// Sendable because the C outline never changes after it is built.
@safe package final class ElementOutline: @unchecked Sendable {
    /// An element on the way to a mark.
    package struct Branch: Sendable {
        /// The branch of each child by its local name, in the order in which documents show them.
        package var children: [(name: String, branch: Int)] = []
        /// The walk does not go on below a marked element.
        package var mark: Int?

        package init() {}
    }

    /// An element that bears a mark.
    package struct Find: Hashable, Sendable {
        package let element: ElementID
        package let mark: Int
    }

    private let outline: OpaquePointer

    /// Nil when memory is short.
    package init?(_ branches: [Branch]) {
        guard let created = unsafe csx_outline_create(Int32(branches.count)) else { return nil }
        unsafe outline = unsafe created
        for (index, branch) in branches.enumerated() {
            if let mark = branch.mark { unsafe csx_outline_mark(outline, Int32(index), Int32(mark)) }
            for child in branch.children {
                let isAdded = unsafe csx_outline_add_child(outline, Int32(index), child.name, Int32(child.branch))
                guard isAdded != 0 else { return nil }
            }
        }
    }

    deinit {
        unsafe csx_outline_free(outline)
    }

    /// What bears a mark from an element down, in document order; nil when memory is short.
    package func finds(in tree: borrowing XMLTree, from element: ElementID, branch: Int) -> [Find]? {
        var found: UnsafeMutablePointer<Int32>?
        let count = unsafe tree.withDocument { document in
            unsafe csx_outline_find(outline, document, element.index, Int32(branch), &found)
        }
        defer { unsafe csx_finds_free(found) }
        guard count > 0, let numbers = unsafe found else { return count < 0 ? nil : [] }
        return (0..<Int(count)).map { index in
            unsafe Find(element: ElementID(index: numbers[2 * index]), mark: Int(numbers[2 * index + 1]))
        }
    }
}
