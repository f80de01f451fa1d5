// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor

extension RecoveryCommand {
    struct Preview: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "preview",
            abstract: "A request as a page of HTML or PDF to read and to print, in either language."
        )

        @Argument(help: "The number of the request.")
        var request: Int64

        @Option(help: "Where to write the page, for its user alone; else standard output.", completion: .file())
        var output: String?

        @Option(help: "Where to write the page as a PDF, for its user alone; WeasyPrint makes it.", completion: .file())
        var pdf: String?

        @OptionGroup var options: RecoveryOptions

        func run() throws {
            if let pdf {
                try options.atDesk {
                    try $0.print(request, to: pdf, by: options.actor, at: options.instant, language: options.language)
                }
                if output == nil { return }
            }
            let page = try options.atDesk {
                try $0.preview(request, by: options.actor, at: options.instant, language: options.language)
            }
            guard let output else { return Output.text(String(decoding: page, as: UTF8.self)) }
            // A page holds everything about the debtor.
            guard PrivateFile.write(page, to: output) else {
                Output.complain("error: the page cannot be written")
                throw ExitStatus.undone
            }
        }
    }
}
