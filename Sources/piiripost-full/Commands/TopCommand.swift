// SPDX-License-Identifier: EUPL-1.2

import ArgumentParser
import SEDCore
import SEDInspection
import SEDProcessor

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows what waits, moves and fails, again and again.",
        discussion: """
            It reads the store and disturbs nobody; no other process needs to run. On a terminal it draws in place \
            until q or Ctrl-C; elsewhere it prints once, or with --format json an object a line until it is ended.
            """
    )

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var languages: LanguageOptions

    @Option(help: "How many seconds lie between two looks.")
    var interval = 2

    @Flag(help: "Look once and end.")
    var once = false

    @Option(help: "How to write the result: text, or json: a JSON object a line.")
    var format: OutputFormat = .text

    func validate() throws {
        if !(1...3_600).contains(interval) { throw ValidationError("--interval must be from 1 to 3600") }
    }

    func run() throws {
        let screen = TopScreen(words: languages.words, interval: interval)
        guard !once, let terminal = Terminal(isWanted: format == .text) else {
            return try print(screen)
        }
        terminal.enter()
        defer { terminal.leave() }
        repeat {
            let size = terminal.size
            let lines: [String]
            do {
                lines = screen.lines(try look(), rows: size.rows)
            } catch {
                // What cannot be read now may be there again at the next look.
                lines = [screen.failure(error)]
            }
            terminal.draw(lines, size: size)
        } while terminal.wait(seconds: interval)
    }

    private func print(_ screen: TopScreen) throws {
        let stop = StopSignal()
        while true {
            let pulse = try look()
            switch format {
            case .text: screen.lines(pulse, rows: nil).forEach(Output.line)
            case .json: Output.line(try StableJSON.encode(pulse))
            }
            if once || format == .text || !stop.rest(seconds: interval) { return }
        }
    }

    /// Opened for each look: a store that was restored, or a new configuration, is seen.
    private func look() throws -> Pulse {
        try Workspace(reading: workspace.path()).pulse(at: SystemTime.now())
    }
}
