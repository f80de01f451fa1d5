// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
internal import Synchronization

/// Tells that something may have changed in folders, so that nobody has to look again and again.
///
/// It is a hint and never the truth: network file systems tell nothing, and a full queue of events loses some. Whoever
/// waits here looks at the folders themselves from time to time, whatever is told.
package final class FolderWatch: Sendable {
    /// What may have changed.
    package struct Changes: Hashable, Sendable {
        /// Names came into a folder, a folder went away, or events were lost.
        package var folders = false
        /// Somebody wrote to the file that is watched, maybe this process itself.
        package var file = false

        package init() {}
    }

    /// How many folders are watched at most; those beyond are seen by looking at them.
    package static let mostFolders = 1_024

    private let events: Int32
    /// The two ends of a pipe; a signal handler may write to the second to end a wait.
    private let wakeUp: Int32
    package let wakeUpDescriptor: Int32

    private struct Followed {
        var folders: Set<Int32> = []
        /// Files of which somebody's writing is of interest, by the watch of their folder.
        var files: [Int32: String] = [:]
        /// Folders whose coming and going is of interest, by the watch of the folder around them.
        var places: [Int32: Set<String>] = [:]
    }

    private let followed = Mutex(Followed())

    package init() throws(FileError) {
        events = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if events < 0 { throw FileError("watching folders") }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            let error = FileError("watching folders")
            close(events)
            throw error
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (wakeUp, wakeUpDescriptor) = (ends[0], ends[1])
    }

    deinit {
        close(events)
        close(wakeUp)
        close(wakeUpDescriptor)
    }

    /// Ends the wait that is going on, or the next one.
    package func wake() { Self.wake(wakeUpDescriptor) }

    /// The same for a descriptor; it does nothing that a signal handler must not do.
    package static func wake(_ descriptor: Int32) {
        var mark: UInt8 = 0
        _ = unsafe write(descriptor, &mark, 1)
    }

    // MARK: What is watched

    /// Watches a folder and the folders in it down to `depth`; watching again costs nothing and finds new ones.
    ///
    /// Hidden folders hold nothing that a reader waits for.
    ///
    /// - Returns: False where the system watches nothing there: the folder is missing, or the limit is reached.
    @discardableResult
    package func follow(_ path: String, depth: Int = 0) -> Bool {
        // That a folder of a message goes when the message is taken is no news. Of one that somebody holds open only
        // the folder around it tells.
        follow(placeOf: path)
        return follow(path, depth: depth, mask: Self.arrivals) == .watched
    }

    private enum Outcome {
        case watched
        /// This folder cannot be watched: it has gone, may not be opened, or has no name in UTF-8.
        case refused
        /// No more folders can be watched.
        case full
    }

    private func follow(placeOf path: String) {
        let path = path.last == "/" ? path.dropLast() : path[...]
        guard let slash = path.lastIndex(of: "/") else { return }
        let outer = slash == path.startIndex ? "/" : String(path[..<slash])
        let mask = Self.places
        followed.withLock { followed in
            let watch = unsafe inotify_add_watch(events, outer, mask)
            if watch >= 0 { followed.places[watch, default: []].insert(String(path[path.index(after: slash)...])) }
        }
    }

    private static let places =
        UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_MASK_ADD)
        | UInt32(IN_ONLYDIR)

    /// Watches a folder from which others take, for what they leave and what they take away.
    @discardableResult
    package func follow(outbound path: String) -> Bool {
        follow(path, depth: 0, mask: Self.arrivals | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM)) == .watched
    }

    private static let arrivals =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)
        | UInt32(IN_MASK_ADD)

    private func follow(_ path: String, depth: Int, mask: UInt32) -> Outcome {
        let outcome = followed.withLock { followed -> Outcome in
            let watch = unsafe inotify_add_watch(events, path, mask)
            guard watch >= 0 else { return errno == ENOSPC ? .full : .refused }
            if followed.folders.count >= Self.mostFolders, !followed.folders.contains(watch) {
                inotify_rm_watch(events, watch)
                return .full
            }
            followed.folders.insert(watch)
            return .watched
        }
        guard outcome == .watched, depth > 0, let folder = try? Folder(existing: path),
            let listing = try? folder.listing()
        else { return outcome }
        while let entry = try? listing.next() {
            if entry.mayBeFolder, !entry.name.hasPrefix("."),
                follow("\(path)/\(entry.name)", depth: depth - 1, mask: Self.arrivals) == .full
            {
                return .watched
            }
        }
        return .watched
    }

    /// Watches one file of a folder for writing.
    @discardableResult
    package func follow(file name: String, in path: String) -> Bool {
        let mask = UInt32(IN_MODIFY) | UInt32(IN_MASK_ADD) | UInt32(IN_ONLYDIR)
        return followed.withLock { followed in
            let watch = unsafe inotify_add_watch(events, path, mask)
            if watch >= 0 { followed.files[watch] = name }
            return watch >= 0
        }
    }

    // MARK: Waiting

    /// Blocks the calling thread until something may have changed, somebody calls ``wake()``, or the time is over.
    ///
    /// - Returns: What may have changed since the last wait, during it or before it.
    package func wait(milliseconds: Int) -> Changes {
        var descriptors = [
            pollfd(fd: events, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
        ]
        // A signal that interrupts is answered by whoever waits: its handler has written to the descriptor.
        _ = unsafe poll(&descriptors, 2, Int32(clamping: max(0, milliseconds)))
        var marks = [UInt8](repeating: 0, count: 64)
        while unsafe read(wakeUp, &marks, marks.count) > 0 {}
        return takeChanges()
    }

    /// Reads all events that have come; never blocks.
    private func takeChanges() -> Changes {
        var changes = Changes()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(events, $0.baseAddress, $0.count) }
            guard count > 0 else { return changes }
            followed.withLock { followed in
                var start = 0
                let header = MemoryLayout<inotify_event>.size
                while start + header <= count {
                    let event = unsafe buffer.withUnsafeBytes {
                        unsafe $0.loadUnaligned(fromByteOffset: start, as: inotify_event.self)
                    }
                    let end = start + header + Int(event.len)
                    let name = buffer[(start + header)..<min(end, count)].prefix { $0 != 0 }
                    Self.note(event, String(decoding: name, as: UTF8.self), &followed, &changes)
                    start = end
                }
            }
        }
    }

    private static func note(
        _ event: inotify_event,
        _ name: String,
        _ followed: inout Followed,
        _ changes: inout Changes
    ) {
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
            changes.folders = true
            changes.file = true
        } else if event.mask & UInt32(IN_IGNORED) != 0 {
            followed.folders.remove(event.wd)
            followed.files[event.wd] = nil
            followed.places[event.wd] = nil
        } else if event.mask & UInt32(IN_MODIFY) != 0 {
            if followed.files[event.wd] == name { changes.file = true }
        } else if followed.folders.contains(event.wd), !name.hasPrefix(".") {
            changes.folders = true
        } else if followed.places[event.wd]?.contains(name) == true {
            changes.folders = true
        }
    }
}
