// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

extension RateFile {
    /// Reads the ECB's CSV: the history (`Date,USD,` and `2026-10-30,1.1172,`) or the daily file (`Date, USD, ` and
    /// `30 October 2026, 1.1172, `).
    ///
    /// A comma may end each line. `N/A` and an empty cell mean that the currency was not quoted.
    package init(csv bytes: [UInt8], today: CivilDate) throws(RateFileFinding) {
        var lines = CSVLines(bytes)
        guard let header = try lines.next(), header.first?.text == "Date", header.count > 1 else {
            throw RateFileFinding(
                .noRateFile, at: TextPosition(line: 1, column: 1),
                BilingualText(
                    "This is no file of reference rates: neither XML nor CSV that begins with Date and currencies.",
                    "See ei ole viitekursside fail: ei XML ega CSV, mis algab sõnaga Date ja vääringutega."
                )
            )
        }
        var builder = RateFileBuilder()
        // The codes are verified with the first day.
        while let line = try lines.next() {
            guard line.count == header.count else {
                throw RateFileFinding(
                    .noRateFile, at: line.first?.position,
                    BilingualText(
                        "The line has \(line.count) cells and the first one \(header.count).",
                        "Real on \(line.count) lahtrit, esimesel real \(header.count)."
                    )
                )
            }
            try builder.begin(CSVLines.day(line[0].text), at: line[0].position)
            for (cell, name) in zip(line, header).dropFirst() {
                try builder.add(
                    name.text, cell.text, at: ReferenceRate.isCode(name.text) ? cell.position : name.position)
            }
        }
        self = try builder.finish(today: today)
    }
}

/// The lines of a CSV file, cell by cell.
private struct CSVLines {
    struct Cell {
        let text: String
        let position: TextPosition
    }

    private static let mostCells = 220
    private static let longestCell = 40

    private let bytes: [UInt8]
    private var offset: Int
    private var line = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The cells of the next line that is not empty, without blanks around them and without an empty one at the end.
    mutating func next() throws(RateFileFinding) -> [Cell]? {
        while offset < bytes.count {
            let cells = try cellsOfLine()
            if !cells.isEmpty { return cells }
        }
        return nil
    }

    private mutating func cellsOfLine() throws(RateFileFinding) -> [Cell] {
        line += 1
        let start = offset
        var cells: [Cell] = []
        var begin = offset
        var isAtEnd = false
        while !isAtEnd {
            let byte = offset < bytes.count ? bytes[offset] : 0x0A
            isAtEnd = byte == 0x0A
            if byte == 0x2C || isAtEnd {
                cells.append(cell(begin..<offset, lineStart: start))
                begin = offset + 1
                guard cells.count <= Self.mostCells else {
                    throw fault("The line has too many cells.", "Real on liiga palju lahtreid.", at: begin - start)
                }
            } else if byte >= 0x7F || byte < 0x20 && byte != 0x0D && byte != 0x09 || offset - begin > Self.longestCell {
                throw fault(
                    "This is no file of reference rates: a cell is too long or has characters that do not belong there.",
                    "See ei ole viitekursside fail: lahter on liiga pikk või sisaldab sobimatuid märke.",
                    at: offset - start
                )
            }
            offset += 1
        }
        if cells.last?.text.isEmpty == true { cells.removeLast() }
        return cells
    }

    private func cell(_ range: Range<Int>, lineStart: Int) -> Cell {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, isBlank(bytes[low]) { low += 1 }
        while high > low, isBlank(bytes[high - 1]) { high -= 1 }
        return Cell(
            text: String(decoding: bytes[low..<high], as: UTF8.self),
            position: TextPosition(line: line, column: low - lineStart + 1)
        )
    }

    private func fault(_ english: String, _ estonian: String, at column: Int) -> RateFileFinding {
        RateFileFinding(.noRateFile, at: TextPosition(line: line, column: column + 1), BilingualText(english, estonian))
    }

    /// Reads `2026-10-30` and `30 October 2026`.
    static func day(_ text: String) -> CivilDate? {
        if text.utf8.count == 10, let day = CivilDate(parsing: text) { return day }
        let parts = text.split(separator: " ")
        guard parts.count == 3, let month = months.firstIndex(of: String(parts[1])), parts[2].utf8.count == 4,
            (1...2).contains(parts[0].utf8.count),
            (parts[0] + parts[2]).utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let day = Int(parts[0]), let year = Int(parts[2])
        else { return nil }
        return CivilDate(year: year, month: month + 1, day: day)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
