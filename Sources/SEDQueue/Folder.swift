// SPDX-License-Identifier: EUPL-1.2

internal import Glibc

/// An open folder.
///
/// Every operation is relative to it and takes one name, so that no name can lead anywhere else.
package final class Folder: Sendable {
    private let descriptor: Int32

    /// Opens a folder, and creates it with its parents, durably, where it does not exist.
    package init(creating path: String) throws(FileError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = partial.isEmpty ? "." : partial
            partial += part
            if unsafe mkdir(partial, 0o770) == 0 {
                try Folder(existing: parent).flush()
            } else if errno != EEXIST {
                throw FileError("creating a folder")
            }
            partial += "/"
        }
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw FileError("opening a folder") }
    }

    /// Opens an existing folder.
    package init(existing path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw FileError("opening a folder") }
    }

    /// Throws when the path no longer leads to this folder: it was removed, replaced, or something is mounted there.
    package func checkPlace(_ path: String) throws(FileError) {
        var (here, there) = (stat(), stat())
        guard unsafe fstat(descriptor, &here) == 0, unsafe stat(path, &there) == 0 else {
            throw FileError("finding a folder")
        }
        guard here.st_dev == there.st_dev, here.st_ino == there.st_ino else {
            throw FileError("finding a folder", number: ESTALE)
        }
    }

    /// Opens an existing folder by one name inside this one, never through a symbolic link.
    package func folder(_ name: String) throws(FileError) -> Folder {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let opened = unsafe openat(descriptor, try systemName(of: name), flags)
        if opened < 0 { throw FileError("opening a folder") }
        return Folder(descriptor: opened)
    }

    /// The bytes under which the system knows a folder that listings call by this name, with a NUL at their end.
    ///
    /// They differ from the text where they are not UTF-8. Of two folders that are told alike the one that holds anything
    /// is meant; where both do, neither; where none does, either.
    private func systemName(of name: String) throws(FileError) -> [CChar] {
        let text = Array(try Self.checked(name).utf8CString)
        var facts = stat()
        guard FolderListing.isInexact(name), unsafe fstatat(descriptor, text, &facts, AT_SYMLINK_NOFOLLOW) != 0 else {
            return text
        }
        let found = try folders(toldAs: name)
        let filled = found.filter { !isEmptyFolder($0) }
        if filled.count > 1 { return text }
        return filled.first ?? found.first ?? text
    }

    /// The bytes of the names of all folders that listings call by this name.
    private func folders(toldAs name: String) throws(FileError) -> [[CChar]] {
        let found = try listing().systemNames(toldAs: name)
        return found.filter { name in
            var facts = stat()
            return unsafe fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
                && facts.st_mode & S_IFMT == S_IFDIR
        }
    }

    /// Whether a folder is there that can be read and holds nothing.
    private func isEmptyFolder(_ name: [CChar]) -> Bool {
        let opened = unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0, let names = try? Folder(descriptor: opened).names(limit: 1, where: { _ in true }) else {
            return false
        }
        return names.isEmpty
    }

    /// Whether several folders are told by this name, of which it means none.
    func isAmbiguous(_ name: String) throws(FileError) -> Bool {
        guard FolderListing.isInexact(name), try folderIfPresent(name) == nil else { return false }
        return try folders(toldAs: name).count > 1
    }

    /// Opens an existing folder; nil where there is nothing of that name, or no folder.
    package func folderIfPresent(_ name: String) throws(FileError) -> Folder? {
        do {
            return try folder(name)
        } catch {
            if [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(error.number) { return nil }
            throw error
        }
    }

    /// Creates a folder by one name inside this one, durably, or opens it where it exists.
    package func creatingFolder(_ name: String) throws(FileError) -> Folder {
        let folder = try addingFolder(name)
        try flush()
        return folder
    }

    /// The same for a folder that is durable only after ``flush()``.
    func addingFolder(_ name: String) throws(FileError) -> Folder {
        if unsafe mkdirat(descriptor, try Self.checked(name), 0o770) != 0, errno != EEXIST {
            throw FileError("creating a folder")
        }
        return try folder(name)
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Whether files can be renamed from here into another folder.
    func sharesDevice(with other: Folder) throws(FileError) -> Bool { try facts().device == other.facts().device }

    private func facts() throws(FileError) -> Identity {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw FileError("examining a folder") }
        return Identity(facts)
    }

    // MARK: Reading

    /// Up to `limit` names that `isWanted`, in the order of the file system: no full listing, no sort, no stat.
    package func names(limit: Int, where isWanted: (String) -> Bool) throws(FileError) -> [String] {
        let listing = try listing()
        var names: [String] = []
        while names.count < limit, let entry = try listing.next() {
            if isWanted(entry.name) { names.append(entry.name) }
        }
        return names
    }

    /// Begins to read the names in the folder, one after the other.
    package func listing() throws(FileError) -> FolderListing {
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw FileError("opening a folder") }
        return try FolderListing(descriptor: copy)
    }

    /// Which file it was that was read, so that another one of the same name is not taken for it.
    package struct Identity: Hashable, Sendable {
        let device: UInt
        let file: UInt
        package let size: Int
        let modifiedSeconds: Int
        let modifiedNanoseconds: Int

        init(_ facts: stat) {
            device = UInt(facts.st_dev)
            file = UInt(facts.st_ino)
            size = Int(facts.st_size)
            modifiedSeconds = Int(facts.st_mtim.tv_sec)
            modifiedNanoseconds = Int(facts.st_mtim.tv_nsec)
        }

        /// How long ago it was written, by a clock that counts seconds since 1970.
        package func secondsOld(at now: Int) -> Int { max(0, now - modifiedSeconds) }

        /// Whether it is the same file, perhaps with other content than then.
        package func isSameFile(as other: Identity) -> Bool { device == other.device && file == other.file }

        /// The same, of a file that is known by its ``sharedName``.
        package func isSameFile(asShared name: String) -> Bool { name.hasPrefix(fileName + "-") }

        /// The file, whatever it holds; the same on every machine that shares the folder.
        var fileName: String { String(file) }

        /// The file as it was; the same on every machine that shares the folder, which each may know as another device.
        package var sharedName: String { "\(file)-\(size)-\(modifiedSeconds)-\(modifiedNanoseconds)" }
    }

    /// What reading one name came to.
    package enum Reading: Sendable {
        case content([UInt8], modifiedSecondsAgo: Int, identity: Identity)
        /// It is gone, which is normal where another reader was faster.
        case vanished
        case notAFile
        case tooLarge(bytes: Int, identity: Identity)
        /// It changed while it was read: somebody is still writing.
        case changing
        case unreadable(FileError)
    }

    /// Reads one regular file, never through a symbolic link.
    package func read(_ name: String, limit: Int, nowSeconds: Int) -> Reading {
        guard let name = try? Self.checked(name) else { return .notAFile }
        // O_NONBLOCK keeps a named pipe from stopping the queue.
        let file = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            switch errno {
            case ENOENT: return .vanished
            case ELOOP, ENXIO: return .notAFile
            default: return .unreadable(FileError("opening a file"))
            }
        }
        defer { close(file) }
        var before = stat()
        guard unsafe fstat(file, &before) == 0 else { return .unreadable(FileError("examining a file")) }
        guard before.st_mode & S_IFMT == S_IFREG else { return .notAFile }
        let size = Int(before.st_size)
        guard size <= limit else { return .tooLarge(bytes: size, identity: Identity(before)) }
        var bytes = [UInt8](repeating: 0, count: size)
        var count = 0
        while count < size {
            let part = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: count), size - count)
            }
            if part < 0, errno == EINTR { continue }
            guard part >= 0 else { return .unreadable(FileError("reading a file")) }
            if part == 0 { return .changing }
            count += part
        }
        var after = stat()
        guard unsafe fstat(file, &after) == 0 else { return .unreadable(FileError("examining a file")) }
        guard Identity(after) == Identity(before) else { return .changing }
        return .content(
            bytes, modifiedSecondsAgo: max(0, nowSeconds - Int(after.st_mtim.tv_sec)), identity: Identity(after)
        )
    }

    package func contains(_ name: String) throws(FileError) -> Bool {
        if try identity(of: name) != nil { return true }
        guard FolderListing.isInexact(name) else { return false }
        return try !listing().systemNames(toldAs: name).isEmpty
    }

    /// Which file has this name now; nil where there is none, which a disk that does not answer is no proof of.
    package func identity(of name: String) throws(FileError) -> Identity? {
        try facts(of: name).map(Identity.init)
    }

    /// How long a file has been as it is, its name included, by a clock that counts seconds since 1970; nil where there
    /// is none.
    ///
    /// A writer or a copying tool can set the time of the last writing, but not this one.
    package func secondsUnchanged(_ name: String, at now: Int) throws(FileError) -> Int? {
        try facts(of: name).map { max(0, now - Int($0.st_ctim.tv_sec)) }
    }

    private func facts(of name: String) throws(FileError) -> stat? {
        guard let name = try? Self.checked(name) else { return nil }
        var facts = stat()
        if unsafe fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 { return facts }
        if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) { return nil }
        throw FileError("examining a file")
    }

    /// Gives a file of this folder its name in another one again, unless something else has that name now.
    package func putBack(_ name: String, into target: Folder, as oldName: String) throws(FileError) {
        let source = try Self.checked(name)
        let destination = try Self.checked(oldName)
        // A hard link never replaces what is there, as a rename would.
        guard unsafe linkat(descriptor, source, target.descriptor, destination, 0) == 0 else {
            throw FileError("putting a file back")
        }
        guard unsafe unlinkat(descriptor, source, 0) == 0 else { throw FileError("putting a file back") }
    }

    // MARK: Writing

    /// Makes a new empty file; fails where anything has its name, a link too.
    package func create(_ name: String) throws(FileError) {
        let name = try Self.checked(name)
        let file = unsafe openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o660)
        guard file >= 0 else { throw FileError("creating a file") }
        close(file)
    }

    /// Writes a new file and makes it durable; replaces one of the same name.
    package func write(_ bytes: [UInt8], named name: String) throws(FileError) {
        let name = try Self.checked(name)
        let file = unsafe openat(descriptor, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o660)
        guard file >= 0 else { throw FileError("creating a file") }
        defer { close(file) }
        var count = 0
        while count < bytes.count {
            let part = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress?.advanced(by: count), bytes.count - count)
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { throw FileError("writing a file") }
            count += part
        }
        guard fsync(file) == 0 else { throw FileError("flushing a file") }
    }

    /// Moves a file into another folder under a new name; the change is durable after ``flush()`` on both.
    ///
    /// - Returns: False when the file is not there, which is how a repeated move ends.
    @discardableResult
    package func move(_ name: String, to target: Folder, as newName: String) throws(FileError) -> Bool {
        let source = try Self.checked(name)
        let destination = try Self.checked(newName)
        if unsafe renameat(descriptor, source, target.descriptor, destination) == 0 { return true }
        let number = errno
        switch number {
        case ENOENT, ENAMETOOLONG:
            return false
        case EXDEV:
            // Two file systems are told apart before the source is looked for.
            guard try contains(source) else { return false }
            if try isFolder(source) {
                try copyFolder(source, to: target, as: destination)
                return true
            }
            // Another file system: copy durably, then remove. A crash between the two leaves the source, and the
            // store knows its digest.
            guard case .content(let bytes, _, _) = read(name, limit: .max, nowSeconds: 0) else {
                throw FileError("moving a file", number: EXDEV)
            }
            try target.write(bytes, named: ".part-" + destination)
            guard unsafe renameat(target.descriptor, ".part-" + destination, target.descriptor, destination) == 0 else {
                throw FileError("moving a file")
            }
            try target.flush()
            guard unsafe unlinkat(descriptor, source, 0) == 0 || errno == ENOENT else {
                throw FileError("removing a file")
            }
            return true
        default:
            throw FileError("moving a file", number: number)
        }
    }

    /// The name under which a file can go into another folder so that nothing there is replaced: `newName`, or that with
    /// a number before its ending.
    func freeName(for name: String, in target: Folder, as newName: String? = nil) throws(FileError) -> String {
        let wanted = newName ?? name
        let (stem, ending) = wanted.lastIndex(of: ".").map { (wanted[..<$0], wanted[$0...]) } ?? (wanted[...], "")
        var free = wanted
        var number = 1
        while try target.contains(free), try !isCopy(free, in: target, of: name) {
            number += 1
            free = "\(stem).\(number)\(ending)"
        }
        return free
    }

    /// Whether it is what a process left that died between copying a file to another file system and removing it.
    private func isCopy(_ copy: String, in target: Folder, of name: String) throws(FileError) -> Bool {
        guard try !sharesDevice(with: target),
            case .content(let bytes, _, _) = read(name, limit: .max, nowSeconds: 0),
            case .content(let other, _, _) = target.read(copy, limit: .max, nowSeconds: 0)
        else { return false }
        return bytes == other
    }

    /// Renames within one file system and never copies, so that a folder appears with all it holds.
    ///
    /// - Returns: False when it is not there, which is how a repeated rename ends.
    @discardableResult
    package func rename(_ name: String, to target: Folder, as newName: String) throws(FileError) -> Bool {
        let source = try Self.checked(name)
        let destination = try Self.checked(newName)
        if unsafe renameat(descriptor, source, target.descriptor, destination) == 0 { return true }
        if errno == ENOENT { return false }
        throw FileError("renaming a folder")
    }

    private func isFolder(_ name: String) throws(FileError) -> Bool {
        var facts = stat()
        guard unsafe fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw FileError("examining a file")
        }
        return facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Moves the files of a folder one by one to another file system, then removes the folder.
    private func copyFolder(_ name: String, to target: Folder, as newName: String) throws(FileError) {
        let source = try folder(name)
        let destination = try target.creatingFolder(newName)
        for file in try source.names(limit: .max, where: { _ in true }) {
            try source.move(file, to: destination, as: file)
        }
        try destination.flush()
        guard unsafe unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else { throw FileError("removing a folder") }
    }

    /// Removes a file or a link; nothing happens where there is none.
    package func remove(_ name: String) throws(FileError) {
        guard unsafe unlinkat(descriptor, try Self.checked(name), 0) == 0 || errno == ENOENT else {
            throw FileError("removing a file")
        }
    }

    /// Removes a folder when it is empty, and leaves it where it is not; of several that are told alike all empty ones.
    package func removeEmptyFolder(_ name: String) throws(FileError) {
        let names =
            try FolderListing.isInexact(name)
            ? folders(toldAs: name) : [Array(try Self.checked(name).utf8CString)]
        for name in names {
            guard
                unsafe unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno)
            else { throw FileError("removing a folder") }
        }
    }

    // MARK: Links that hold a word

    /// Makes a symbolic link that leads nowhere and holds a word.
    ///
    /// - Returns: False when the name is taken.
    func setWord(_ word: String, named name: String) throws(FileError) -> Bool {
        if unsafe symlinkat(word, descriptor, try Self.checked(name)) == 0 { return true }
        if errno == EEXIST { return false }
        throw FileError("making a link")
    }

    /// Gives a link of this folder a further name.
    ///
    /// - Returns: False when the name is taken, nil where the file system gives a link no further name, or has no such link.
    func addName(_ name: String, to link: String) throws(FileError) -> Bool? {
        if unsafe linkat(descriptor, try Self.checked(link), descriptor, try Self.checked(name), 0) == 0 { return true }
        switch errno {
        case EEXIST: return false
        case EIO, ENOSPC, EDQUOT: throw FileError("making a link")
        // File systems differ in how they say that they have no such links.
        default: return nil
        }
    }

    /// The word that a link holds; nil where there is no link.
    func word(named name: String) throws(FileError) -> String? {
        let name = try Self.checked(name)
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress else { return -1 }
            return unsafe readlinkat(descriptor, name, start, buffer.count)
        }
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Makes every earlier rename into and out of the folder durable.
    package func flush() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError("flushing a folder") }
    }

    // MARK: Marks

    /// Opens the file of this name that tells who starts next what was being done.
    package func marks(named name: String) throws(FileError) -> WorkMarks {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        let file = unsafe openat(descriptor, try Self.checked(name), flags, 0o660)
        guard file >= 0 else { throw FileError("opening a file") }
        return WorkMarks(descriptor: file)
    }

    // MARK: Locking

    /// Takes the one lock that a workspace has; the lock ends with the process, however it ends.
    ///
    /// - Returns: The lock, or nil when another process holds it.
    package func lock(_ name: String) throws(FileError) -> FileLock? {
        let file = unsafe openat(descriptor, try Self.checked(name), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o660)
        guard file >= 0 else { throw FileError("opening the lock file") }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor: file) }
        let number = errno
        close(file)
        if number == EWOULDBLOCK { return nil }
        throw FileError("locking", number: number)
    }

    /// One path component and nothing else.
    private static func checked(_ name: String) throws(FileError) -> String {
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0x2F), !name.utf8.contains(0) else {
            throw FileError("using a name", number: EINVAL)
        }
        return name
    }
}

/// Holds an advisory lock until it is released or the process ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
