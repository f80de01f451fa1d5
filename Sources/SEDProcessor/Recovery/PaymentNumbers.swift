// SPDX-License-Identifier: EUPL-1.2

internal import SEDQueue

/// The highest number that a list of payments was given, kept in the workspace beside the store.
///
/// A backup knows nothing of the lists that were made after it, and the bank does. The number is durable before its list
/// is, so that at worst a list is asked about that was never made.
struct PaymentNumbers {
    enum Last: Hashable {
        /// A workspace that was never restored and has made no list.
        case none
        case list(Int64)
        /// A store was restored here from elsewhere.
        case unknown
    }

    private static let name = "last-payment-list"
    private static let unknown = "?"
    /// Behind a number that a person has stated.
    private static let stated = "stated"

    let folder: Folder

    init(_ folder: Folder) {
        self.folder = folder
    }

    init(_ workspace: Workspace) throws {
        folder = try Folder(existing: workspace.path)
    }

    func last() throws -> Last {
        guard let words = try words() else { return .none }
        if words.first == Self.unknown { return .unknown }
        if let number = words.first.flatMap({ Int64($0) }), number >= 0 { return .list(number) }
        throw unreadable
    }

    /// Whether a person has stated the number and no list was made or voided since.
    func isStated() throws -> Bool { try words()?.dropFirst().first == Self.stated }

    /// Nil where no number was ever kept.
    private func words() throws -> [String]? {
        switch folder.read(Self.name, limit: 40, nowSeconds: 0) {
        case .vanished: return nil
        case .content(let bytes, _, _):
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
        default: throw unreadable
        }
    }

    private var unreadable: WorkspaceError {
        WorkspaceError(message: "\(Self.name) in the workspace cannot be read")
    }

    func set(_ last: Last, isStated: Bool = false) throws {
        let word: String
        switch last {
        case .none: return try folder.remove(Self.name)
        case .list(let number): word = isStated ? "\(number) \(Self.stated)" : String(number)
        case .unknown: word = Self.unknown
        }
        try folder.write(Array("\(word)\n".utf8), named: Self.name + ".new")
        try folder.move(Self.name + ".new", to: folder, as: Self.name)
        try folder.flush()
    }

    /// Where no number is known, a store that comes from elsewhere may have lost some.
    func noteRestored() throws {
        if try last() == .none { try set(.unknown) }
    }
}
