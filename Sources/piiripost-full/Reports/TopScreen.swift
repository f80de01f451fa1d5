// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor

/// The lines of `piiripost top`.
struct TopScreen {
    let words: PipelineWords
    /// In seconds.
    let interval: Int

    func failure(_ error: any Error) -> String {
        TerminalText.harmless(words.choose("cannot be read: \(error)", "ei saa lugeda: \(error)"))
    }

    /// All lines, or as many as `rows` holds: what waits longest and what fails stays, the rest is counted.
    func lines(_ pulse: Pulse, rows: Int?) -> [String] {
        let head = header(pulse) + [""] + table(queues(pulse)) + [""] + table(rates(pulse))
        let folders = [""] + table(inbound(pulse))
        let troubles = pulse.troubles.isEmpty ? [] : [""] + table(self.troubles(pulse))
        let partners = pulse.partners.isEmpty ? [] : [""] + table(self.partners(pulse))
        let all = head + folders + troubles + partners
        guard let rows, all.count > rows, rows > 1 else { return all }
        return all.prefix(rows - 1) + [words.choose("… \(all.count - rows + 1) more", "… veel \(all.count - rows + 1)")]
    }

    // MARK: Parts

    private func header(_ pulse: Pulse) -> [String] {
        let drained =
            switch pulse.drainedBy {
            case nil: words.choose("NOBODY drains it", "seda EI tühjenda keegi")
            case 0: words.choose("a process drains it", "seda tühjendab protsess")
            case let process?: words.choose("process \(process) drains it", "seda tühjendab protsess \(process)")
            }
        let disk = pulse.disk.map { disk in
            words.choose(
                "disk: \(Self.size(disk.freeBytes)) free of \(Self.size(disk.totalBytes))",
                "ketas: vaba \(Self.size(disk.freeBytes)), kokku \(Self.size(disk.totalBytes))")
        }
        return ["piiripost top  \(pulse.at)  \(drained)"] + [disk].compactMap(\.self)
    }

    private func queues(_ pulse: Pulse) -> [[String]] {
        [[words.choose("QUEUE", "JÄRJEKORD"), words.choose("ITEMS", "KIRJEID"), words.choose("OLDEST", "VANIM")]]
            + pulse.queues.map { line in
                [words.word(line.queue.rawValue), String(line.count), line.oldestSeconds.map(Self.age) ?? "-"]
            }
    }

    private func rates(_ pulse: Pulse) -> [[String]] {
        let minutes = pulse.rates.map { "\($0.minutes) min" }
        return [
            [words.choose("IN THE LAST", "VIIMASE AJA JOOKSUL")] + minutes,
            [words.choose("received", "saadud")] + pulse.rates.map { String($0.received) },
            [words.choose("delivered", "üle antud")] + pulse.rates.map { String($0.delivered) },
        ]
    }

    private func inbound(_ pulse: Pulse) -> [[String]] {
        [[words.choose("INBOUND FOLDER", "SISSETULEV KAUST"), words.choose("FILES", "FAILE")]]
            + pulse.inbound.map { line in
                [
                    line.name,
                    line.files.map { $0.description + (line.isMore ? "+" : "") }
                        ?? words.choose("cannot be read", "ei saa lugeda"),
                ]
            }
    }

    private func troubles(_ pulse: Pulse) -> [[String]] {
        let header = [
            words.choose("FAILING", "EBAÕNNESTUB"), words.choose("CAUSE", "PÕHJUS"), words.choose("ITEMS", "KIRJEID"),
            words.choose("OLDEST", "VANIM"), words.choose("NEXT TRY", "JÄRGMINE KATSE"),
        ]
        return [header]
            + pulse.troubles.map { line in
                [
                    line.queue == "transport"
                        ? words.choose("access point", "pääsupunkt") : words.word(line.queue), line.cause ?? "-",
                    String(line.count), Self.age(line.oldestSeconds), line.nextTrySeconds.map(Self.age) ?? "-",
                ]
            }
    }

    private func partners(_ pulse: Pulse) -> [[String]] {
        let rows = pulse.partners.sorted { $0.oldestSeconds > $1.oldestSeconds }
        return [words.ageColumns(AgeTable.limits)]
            + rows.map { row in words.age(row).dropLast() + [Self.age(row.oldestSeconds)] }
    }

    // MARK: Text

    /// A table with aligned columns, every cell harmless to a terminal; names come from outside.
    private func table(_ rows: [[String]]) -> [String] {
        let rows = rows.map { $0.map(TerminalText.harmless) }
        func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + TerminalText.width(of: $1) } }
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? width($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - width(cell))
            }.joined(separator: "  ")
        }
    }

    /// `42s`, `7m`, `3h 20m` or `2d 5h`.
    static func age(_ seconds: Int) -> String {
        switch max(0, seconds) {
        case let time where time < 60: "\(time)s"
        case let time where time < 3_600: "\(time / 60)m"
        case let time where time < 86_400: "\(time / 3_600)h \(time / 60 % 60)m"
        case let time: "\(time / 86_400)d \(time / 3_600 % 24)h"
        }
    }

    static func size(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var size = bytes
        var tenths = 0
        var unit = 0
        while size >= 1_024, unit < units.count - 1 {
            tenths = size % 1_024 * 10 / 1_024
            size /= 1_024
            unit += 1
        }
        return unit == 0 || size >= 100 ? "\(size) \(units[unit])" : "\(size).\(tenths) \(units[unit])"
    }
}
