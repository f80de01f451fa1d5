// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
internal import Glibc
internal import SEDInspection

/// Makes a PDF of a page with WeasyPrint of Debian, in a child of its own.
///
/// The child gets the page by a file without a name and its limits before it has read a byte of it: a minute, 30 seconds
/// of processor, a gigabyte of memory, 64 MiB of output. Whatever a page might link to, it opens nothing of it.
enum PagePrinter {
    /// Writes the PDF for its user alone; a file that was there is replaced only by a complete one.
    static func print(_ page: [UInt8], to path: String) throws {
        guard let interpreter = interpreter() else { throw missing }
        // The page has no name from here on; it goes with this process and the child.
        guard let input = PrivateFile(path: path), let output = PrivateFile(path: path),
            input.descriptor.write(page) == page.count, lseek(input.descriptor, 0, SEEK_SET) == 0
        else { throw unwritable }
        input.hide()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = ["-I", "-c", script]
        process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle(fileDescriptor: input.descriptor, closeOnDealloc: false)
        process.standardOutput = FileHandle(fileDescriptor: output.descriptor, closeOnDealloc: false)
        // What it complains about may quote the page.
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw missing }
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw process.terminationReason == .exit && process.terminationStatus == Self.withoutModule
                ? missing
                : RecoveryError(
                    .tool, "WeasyPrint could not make a PDF of the page", "WeasyPrint ei saanud lehest PDF-i teha")
        }
        guard output.keep() else { throw unwritable }
    }

    private static let unwritable = RecoveryError(
        .unreadable, "the page cannot be written", "lehte ei saa kirjutada")

    private static let missing = RecoveryError(
        .tool, "WeasyPrint is missing, which makes the PDF; install the Debian package weasyprint",
        "puudub WeasyPrint, mis teeb PDF-i; paigaldage Debiani pakett weasyprint")

    /// What runs WeasyPrint: its own first line names it.
    private static func interpreter() -> String? {
        let folders = (Surroundings.variable("PATH") ?? "").split(separator: ":")
        for folder in folders {
            let tool = "\(folder)/weasyprint"
            guard FileManager.default.isExecutableFile(atPath: tool),
                let text = FileManager.default.contents(atPath: tool)
            else { continue }
            let line = String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)
            guard line.hasPrefix("#!/") else { continue }
            return String(line.dropFirst(2).prefix { $0 != " " })
        }
        return nil
    }

    private static let withoutModule: Int32 = 3

    private static let script = """
        import resource, signal, sys
        signal.alarm(60)
        for what, limit in ((resource.RLIMIT_CPU, 30), (resource.RLIMIT_AS, 1 << 30),
                            (resource.RLIMIT_FSIZE, 64 << 20), (resource.RLIMIT_CORE, 0)):
            resource.setrlimit(what, (limit, limit))
        try:
            import weasyprint
        except ImportError:
            sys.exit(\(withoutModule))
        def refuse(address, *rest, **more):
            raise ValueError("a page of piiripost links to nothing")
        page = sys.stdin.buffer.read().decode("utf-8")
        weasyprint.HTML(string=page, url_fetcher=refuse).write_pdf(sys.stdout.buffer)
        """
}
