// SPDX-License-Identifier: EUPL-1.2

package import Glibc

/// The names in a folder, one after the other, in the order of the file system.
///
/// It goes on where it stopped, so that a folder from which a million files are taken is read once, not once a window.
@safe package final class FolderListing {
    package struct Entry {
        package let name: String
        /// Whether it is a folder, or the file system does not say what it is.
        package let mayBeFolder: Bool
    }

    /// Owned by this object alone and closed with it.
    private let stream: OpaquePointer

    /// Takes over a descriptor of the folder.
    init(descriptor: Int32) throws(FileError) {
        guard let opened = unsafe fdopendir(descriptor) else {
            let error = FileError("listing a folder")
            close(descriptor)
            throw error
        }
        unsafe stream = unsafe opened
    }

    deinit {
        unsafe closedir(stream)
    }

    package func next() throws(FileError) -> Entry? {
        while true {
            guard let entry = try unsafe read() else { return nil }
            let name = unsafe Self.name(in: entry)
            if name == "." || name == ".." { continue }
            let kind = unsafe Int(entry.pointee.d_type)
            return Entry(name: name, mayBeFolder: kind == Int(DT_DIR) || kind == Int(DT_UNKNOWN))
        }
    }

    /// The rest of the names that are told by this text, as the system has them, with a NUL at their end.
    func systemNames(toldAs text: String) throws(FileError) -> [[CChar]] {
        var names: [[CChar]] = []
        while let entry = try unsafe read() {
            guard unsafe Self.name(in: entry) == text else { continue }
            let start = unsafe (UnsafeRawPointer(entry) + Self.nameOffset).assumingMemoryBound(to: CChar.self)
            names.append(unsafe Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1)))
        }
        return names
    }

    /// Whether a name stands for one that is not UTF-8, or may do so.
    static func isInexact(_ name: String) -> Bool { name.unicodeScalars.contains("\u{FFFD}") }

    /// Valid until the next call.
    private func read() throws(FileError) -> UnsafeMutablePointer<dirent>? {
        errno = 0
        if let entry = unsafe readdir(stream) { return unsafe entry }
        if errno != 0 { throw FileError("listing a folder") }
        return nil
    }

    /// The name in an entry as the system gave it.
    ///
    /// An entry is as long as its name needs, shorter than `dirent`, and may be the last thing in its memory. So the
    /// name is read where it stands, byte by byte to its end: the field as a value would be copied whole, 256 bytes, past
    /// that end. A name that is not UTF-8 is told with replacement marks; nothing can be opened under that text.
    package static func name(in entry: UnsafePointer<dirent>) -> String {
        let start = unsafe UnsafeRawPointer(entry) + nameOffset
        return unsafe String(cString: start.assumingMemoryBound(to: UInt8.self))
    }

    /// Where the name begins in an entry, bytes from its start.
    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
}
