// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// Turns the arguments of `validate` into the documents they stand for.
///
/// A folder stands for the messages in it and below it, in name order; a pattern such as `in/*.xml` for the files that
/// match; `-` for standard input. What `.piiripost-ignore` names in a folder is left out of its walk; a file that is
/// named itself is always judged.
struct DocumentFinder {
    /// The endings of files that a walk takes for messages.
    private static let endings = [".xml", ".json"]

    /// The paths of all documents, each argument in turn; a path that leads to nothing is kept, so that it is reported.
    static func documents(at arguments: [String]) -> [String] {
        arguments.flatMap { argument -> [String] in
            if argument == "-" { return [argument] }
            switch kind(of: argument) {
            case .folder: return walk(argument, ignoring: [])
            case .file: return [argument]
            case .missing:
                let matches = expand(argument)
                return matches.isEmpty ? [argument] : matches.flatMap { documents(at: [$0]) }
            }
        }
    }

    private enum Kind {
        case folder
        case file
        case missing
    }

    private static func kind(of path: String) -> Kind {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .missing }
        return isFolder.boolValue ? .folder : .file
    }

    private static func walk(_ folder: String, ignoring inherited: [IgnoreList]) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let lists = inherited + (IgnoreList(folder: folder).map { [$0] } ?? [])
        return names.sorted().flatMap { name -> [String] in
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            let kind = kind(of: path)
            if lists.ignores(path, isFolder: kind == .folder) { return [] }
            // Hidden folders hold the affairs of tools, such as .git; a hidden file may still be a message.
            if kind == .folder, name.hasPrefix(".") { return [] }
            // A link to a folder could lead back up and round for ever.
            if kind == .folder { return isLink(path) ? [] : walk(path, ignoring: lists) }
            return endings.contains { name.lowercased().hasSuffix($0) } ? [path] : []
        }
    }

    private static func isLink(_ path: String) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
    }

    /// The paths that a shell pattern matches, in name order.
    private static func expand(_ pattern: String) -> [String] {
        guard pattern.contains(where: { "*?[".contains($0) }) else { return [] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in paths[index].map { String(cString: $0) } }
    }
}

/// The patterns of one `.piiripost-ignore`, which follow the habits of `.gitignore`.
///
/// One pattern a line; `#` starts a remark; `!` takes a file in again; a pattern with a slash before its end counts
/// from the folder of the list, another matches a name anywhere below; a slash at the end means folders only. The last
/// pattern that matches decides.
struct IgnoreList {
    static let fileName = ".piiripost-ignore"

    private struct Pattern {
        let text: String
        let isAnchored: Bool
        let isForFolders: Bool
        let takesIn: Bool
    }

    private let folder: String
    private let patterns: [Pattern]

    /// Nil when the folder has no list.
    init?(folder: String) {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.fileName)") else { return nil }
        self.folder = folder.hasSuffix("/") ? folder : folder + "/"
        patterns = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap(Self.pattern)
    }

    private static func pattern(_ line: Substring) -> Pattern? {
        var text = line.trimmingCharacters(in: .whitespaces)
        if text.isEmpty || text.hasPrefix("#") { return nil }
        let takesIn = text.hasPrefix("!")
        if takesIn { text.removeFirst() }
        let isForFolders = text.hasSuffix("/")
        if isForFolders { text.removeLast() }
        let isAnchored = text.contains("/")
        if text.hasPrefix("/") { text.removeFirst() }
        return Pattern(text: text, isAnchored: isAnchored, isForFolders: isForFolders, takesIn: takesIn)
    }

    /// Whether the list says anything of a path, and what: true to leave it out.
    func answer(for path: String, isFolder: Bool) -> Bool? {
        let inside = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
        let name = inside.split(separator: "/").last.map(String.init) ?? inside
        let match = patterns.last { pattern in
            if pattern.isForFolders, !isFolder { return false }
            return fnmatch(pattern.text, pattern.isAnchored ? inside : name, pattern.isAnchored ? FNM_PATHNAME : 0) == 0
        }
        return match.map { !$0.takesIn }
    }
}

extension [IgnoreList] {
    /// The list nearest to the path that says something of it decides.
    func ignores(_ path: String, isFolder: Bool) -> Bool {
        for list in reversed() {
            if let answer = list.answer(for: path, isFolder: isFolder) { return answer }
        }
        return false
    }
}
