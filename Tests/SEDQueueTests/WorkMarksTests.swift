// SPDX-License-Identifier: EUPL-1.2

import SEDQueue
import SEDTestSupport
import Testing

/// What a process leaves for the one that comes after its death.
struct WorkMarksTests {
    private func mark(_ name: String, isAlone: Bool = false) -> WorkMarks.Mark {
        .init(queue: "ap", name: name, identity: "1-2-3-4", isAlone: isAlone, process: "p")
    }

    @Test func `what was being worked on is told to who opens the file next, and what was done is not`() throws {
        let folder = try TemporaryFolder()
        let root = try Folder(creating: folder.path)
        let marks = try root.marks(named: ".work")
        #expect(try marks.left() == [])
        marks.set([mark("a\nb.xml"), mark("c.xml")], at: .judging)
        marks.set([mark("d.xml", isAlone: true)], at: .committing)
        let next = try root.marks(named: ".work")
        #expect(try next.left() == [mark("a\nb.xml"), mark("c.xml"), mark("d.xml", isAlone: true)])
        // Fewer marks than before leave nothing of those.
        marks.set([mark("e.xml")], at: .judging)
        #expect(try next.left() == [mark("e.xml"), mark("d.xml", isAlone: true)])
        marks.clear(.judging)
        marks.clear(.committing)
        #expect(try next.left() == [])
    }

    @Test func `words without an end are no mark`() throws {
        let folder = try TemporaryFolder()
        try folder.write("ap\0x.xml\01-2\0beside\0p\0ap\0half", to: ".work")
        let marks = try Folder(creating: folder.path).marks(named: ".work")
        #expect(try marks.left().map(\.name) == ["x.xml"])
    }
}
