// SPDX-License-Identifier: EUPL-1.2

internal import Foundation

/// The folder in which an outbound message lies complete before it is renamed into place.
///
/// A message that is not there any more was renamed, but only if it is the same folder: configurations change, and where
/// a disk is not mounted an empty folder stands in its place. So each has an identifier of its own, kept in a link.
package struct StagingPlace: Hashable, Sendable, CustomStringConvertible {
    private static let name = ".id"

    package let layout: Layout
    let path: String
    let identifier: String

    /// The place that a folder is; nil where it can hold no link.
    init?(_ folder: Folder, layout: Layout, path: String) throws(FileError) {
        if let known = try folder.word(named: Self.name) {
            identifier = known
        } else {
            let new = UUID().uuidString.lowercased()
            guard (try? folder.setWord(new, named: Self.name)) != nil, let kept = try folder.word(named: Self.name)
            else { return nil }
            try folder.flush()
            identifier = kept
        }
        self.layout = layout
        // Another run may be started elsewhere.
        self.path = URL(fileURLWithPath: path).path
    }

    /// LAYOUT IDENTIFIER PATH, as the store keeps it.
    package var description: String { "\(layout.rawValue) \(identifier) \(path)" }

    package init?(parsing text: String) {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let layout = Layout(rawValue: String(parts[0])) else { return nil }
        self.layout = layout
        identifier = String(parts[1])
        path = String(parts[2])
    }

    /// Whether it is the same folder, which may have been moved.
    package func isSame(as other: StagingPlace) -> Bool { layout == other.layout && identifier == other.identifier }

    /// Whether a message still waits there for its rename; nil where the place cannot be found.
    package func holds(_ message: String) -> Bool? {
        guard let folder = try? Folder(existing: path), let word = try? folder.word(named: Self.name),
            word == identifier
        else { return nil }
        do {
            let mark = layout.stagedMark(of: message)
            guard let inner = mark.folder else { return try folder.contains(mark.file) }
            return try folder.folderIfPresent(inner)?.contains(mark.file) ?? false
        } catch {
            return nil
        }
    }
}
