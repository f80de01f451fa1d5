// SPDX-License-Identifier: EUPL-1.2

import Glibc
import SEDInspection

/// What people start: judges one document itself where that is all that is asked, and becomes the full program for
/// everything else.
///
/// Loading the full program and reading its command line takes longer than a judgement. What cannot be done here in
/// just the same way is left to it, before anything was written; docs/adr/0011-quick-start.md tells why.
@main
enum Main {
    static func main() {
        // Messages hold personal data: what this program creates is for its user and group alone.
        umask(0o007)
        QuickRequest(arguments: CommandLine.arguments)?.perform()
        Output.complain("error: \(FullProgram.become())")
        exit(2)
    }
}
