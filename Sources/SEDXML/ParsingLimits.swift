// SPDX-License-Identifier: EUPL-1.2

/// What a document may cost before it is read; each limit protects a step that would otherwise grow without bound.
package struct ParsingLimits: Hashable, Sendable {
    /// The whole document, in bytes.
    package var bytes = 20 << 20
    /// Nested elements; real SEDs stay below 20.
    package var depth = 64
    /// Attributes of one element, namespace declarations included, because libxml2 2.9 compares them pairwise.
    package var attributesPerElement = 64
    /// Elements in all.
    package var elements = 250_000
    /// A tag, or everything between two tags, in bytes: a single value is copied several times while it is judged.
    package var piece = 1 << 20
    /// Namespace declarations in force at one element; libxml2 looks each prefix up one by one.
    package var namespacesInScope = 256
    /// The document and the tree that it becomes, in bytes.
    package var memory = 48 << 20
    /// One element or attribute name, in bytes.
    package var nameBytes = 1_000

    package init() {}

    package static let standard = ParsingLimits()
}
