// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

struct ChildProcessTests {
    @Test func `a program starts beside thousands of open descriptors and gets none of them`() throws {
        let folder = try TemporaryFolder()
        // Without the mark that closes them when another program starts.
        let open = (0..<2_000).map { _ in Glibc.open("/dev/null", O_RDONLY) }
        defer { for descriptor in open { close(descriptor) } }
        try #require(open.allSatisfy { $0 >= 0 }, "the limit of open descriptors is too low for this test")
        let result = try Program.shell("cd /proc/self/fd; echo *; pwd", folder: folder.path)
        // What is found beside the three is of the listing itself.
        #expect(result.output.split(separator: "\n").first.map { $0.split(separator: " ").count <= 5 } == true)
        let place = try Program.shell("pwd", folder: folder.path)
        #expect(place.output == folder.path + "\n")
    }
}
