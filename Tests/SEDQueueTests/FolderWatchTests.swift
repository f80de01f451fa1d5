// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDQueue
import SEDTestSupport
import Testing

/// What the system tells of folders.
///
/// Each wait here ends by an event; its limit only keeps a failing test from hanging.
struct FolderWatchTests {
    private static let limit = 60_000

    @Test func `files that are closed, renamed, linked or made are told, and what happens in hidden folders is not`()
        throws
    {
        let folder = try TemporaryFolder()
        let watch = try FolderWatch()
        #expect(watch.follow(folder.path))
        #expect(watch.wait(milliseconds: 0) == FolderWatch.Changes())
        for script in ["echo x > a", "mv a b", "ln b c", "mkdir d"] {
            #expect(try Program.shell(script, folder: folder.path).status == 0)
            #expect(watch.wait(milliseconds: Self.limit).folders, "\(script)")
        }
        #expect(try Program.shell("mkdir .h; echo x > .h/a; rm b; mv c .c", folder: folder.path).status == 0)
        #expect(!watch.wait(milliseconds: 0).folders)
    }

    @Test func `folders inside are watched as deep as a layout needs, also those that come later`() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "a/b/x")
        let watch = try FolderWatch()
        watch.follow(folder.path, depth: 2)
        try folder.write("", to: "a/b/y")
        #expect(watch.wait(milliseconds: Self.limit).folders)
        try folder.write("", to: "a/new/x")
        #expect(watch.wait(milliseconds: Self.limit).folders)
        watch.follow(folder.path, depth: 2)
        _ = watch.wait(milliseconds: 0)
        try folder.write("", to: "a/new/y")
        #expect(watch.wait(milliseconds: Self.limit).folders)
        try FileManager.default.removeItem(atPath: folder.path + "/a/new")
        #expect(!watch.wait(milliseconds: 0).folders)
    }

    @Test func `folders that cannot be watched keep no other from it`() throws {
        let folder = try TemporaryFolder()
        for number in 0..<20 {
            let command = "mkdir \"$(printf '\\377')\(number)\" good\(number)"
            #expect(try Program.shell(command, folder: folder.path).status == 0)
        }
        let watch = try FolderWatch()
        #expect(watch.follow(folder.path, depth: 1))
        for number in 0..<20 {
            _ = watch.wait(milliseconds: 0)
            try folder.write("", to: "good\(number)/x")
            #expect(watch.wait(milliseconds: 0).folders, "\(number)")
        }
    }

    @Test func `a folder that goes is told, and one that is missing is not watched`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/in", withIntermediateDirectories: true)
        let watch = try FolderWatch()
        #expect(!watch.follow(folder.path + "/none"))
        #expect(watch.follow(folder.path + "/in"))
        // Whoever reads a folder holds it open, and then the folder itself tells nothing of its end.
        let opened = try Folder(existing: folder.path + "/in")
        defer { withExtendedLifetime(opened) {} }
        try FileManager.default.removeItem(atPath: folder.path + "/in")
        #expect(watch.wait(milliseconds: Self.limit).folders)
        try FileManager.default.createDirectory(atPath: folder.path + "/in", withIntermediateDirectories: true)
        #expect(watch.wait(milliseconds: Self.limit).folders)
        #expect(watch.follow(folder.path + "/in"))
        try folder.write("", to: "in/a")
        #expect(watch.wait(milliseconds: Self.limit).folders)
    }

    @Test func `events that were lost count as news`() throws {
        let folder = try TemporaryFolder()
        let watch = try FolderWatch()
        watch.follow(folder.path)
        let most = try #require(
            Int(
                String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)))
        // Hidden names are no news, so only the overflow can tell.
        for number in 0...most / 2 { try folder.write("", to: ".\(number % 2)-\(number)") }
        #expect(watch.wait(milliseconds: Self.limit).folders)
    }

    @Test func `writing to one file is told by itself, and a wait can be ended`() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "log")
        let watch = try FolderWatch()
        watch.follow(file: "log", in: folder.path)
        #expect(try Program.shell("echo x >> log; echo x > other", folder: folder.path).status == 0)
        let changes = watch.wait(milliseconds: Self.limit)
        #expect(changes.file && !changes.folders)
        watch.wake()
        #expect(watch.wait(milliseconds: Self.limit) == FolderWatch.Changes())
    }

    @Test func `a folder knows whether its path still leads to it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/in"
        let opened = try Folder(creating: path)
        try opened.checkPlace(path)
        try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/gone")
        let missing = #expect(throws: FileError.self) { try opened.checkPlace(path) }
        #expect(missing?.isReplaced == false)
        _ = try Folder(creating: path)
        let replaced = #expect(throws: FileError.self) { try opened.checkPlace(path) }
        #expect(replaced?.isReplaced == true)
    }
}
