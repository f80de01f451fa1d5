// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
package import SEDCurrency
internal import SEDXML

/// Reads the ECB's files of reference rates, whatever their form and name.
package enum RateFileReader {
    /// A file, and what an archive unpacks to; the whole history has some 9 MB as XML.
    package static let limit = 32 << 20

    /// Recognises an archive, XML or CSV by its first bytes; `today` is the day in Frankfurt.
    package static func read(_ bytes: [UInt8], today: CivilDate) throws(RateFileFinding) -> RateFile {
        guard bytes.count <= limit else {
            throw RateFileFinding(
                .noRateFile, at: nil,
                BilingualText("The file has more than \(limit) bytes.", "Fail on suurem kui \(limit) baiti.")
            )
        }
        let content = ZipArchive.looksLike(bytes) ? try ZipArchive(bytes, limit: limit).content : bytes
        let first = content.prefix(1_000).first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        return first == 0x3C ? try xml(content, today: today) : try RateFile(csv: content, today: today)
    }

    // MARK: XML

    private static let envelope = "http://www.gesmes.org/xml/2002-08-01"
    private static let rates = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref"

    /// More elements than a document may have, because the history has one for each rate.
    private static var limits: ParsingLimits {
        var limits = ParsingLimits.standard
        limits.bytes = limit
        limits.elements = 600_000
        limits.memory = 512 << 20
        return limits
    }

    private static func tree(of bytes: [UInt8]) throws(RateFileFinding) -> XMLTree {
        do {
            return try XMLTree(parsing: bytes, limits: limits)
        } catch {
            throw RateFileFinding(
                error.finding.rule, at: error.finding.position,
                BilingualText(error.finding.message, "Faili XML ei ole loetav või ületab lubatud piire.")
            )
        }
    }

    private static func xml(_ bytes: [UInt8], today: CivilDate) throws(RateFileFinding) -> RateFile {
        let tree = try tree(of: bytes)
        let root = tree.root
        try check(root, in: tree, name: "Envelope", namespace: envelope, attributes: [])
        var cubes: [ElementID] = []
        for child in tree.children(of: root) {
            switch tree.localName(of: child) {
            case "subject":
                try check(child, in: tree, name: "subject", namespace: envelope, attributes: [])
                try check(child, in: tree, says: "Reference rates")
            case "Sender":
                try check(child, in: tree, name: "Sender", namespace: envelope, attributes: [])
                for name in tree.children(of: child) {
                    try check(name, in: tree, name: "name", namespace: envelope, attributes: [])
                    try check(name, in: tree, says: "European Central Bank")
                }
            default:
                try check(child, in: tree, name: "Cube", namespace: rates, attributes: [])
                cubes.append(child)
            }
        }
        guard let cube = cubes.first, cubes.count == 1 else {
            throw fault(
                cubes.last ?? root, in: tree, "The file holds not exactly one Cube of days.",
                "Failis ei ole täpselt ühte päevade elementi Cube.")
        }
        var builder = RateFileBuilder()
        for day in tree.children(of: cube) {
            let time = try check(day, in: tree, name: "Cube", namespace: rates, attributes: ["time"])[0]
            let date = time.utf8.count == 10 ? CivilDate(parsing: time) : nil
            try builder.begin(date, at: tree.position(of: day))
            for rate in tree.children(of: day) {
                let facts = try check(rate, in: tree, name: "Cube", namespace: rates, attributes: ["currency", "rate"])
                if let child = tree.children(of: rate).first {
                    throw fault(child, in: tree, "A rate holds no elements.", "Kursil ei ole alamelemente.")
                }
                try builder.add(facts[0], facts[1], at: tree.position(of: rate))
            }
        }
        return try builder.finish(today: today)
    }

    /// The values of the attributes of an element that has this name and exactly these attributes.
    @discardableResult
    private static func check(
        _ element: ElementID,
        in tree: borrowing XMLTree,
        name: String,
        namespace: String,
        attributes: [String]
    ) throws(RateFileFinding) -> [String] {
        guard tree.localName(of: element) == name, tree.namespace(of: element) == namespace else {
            throw fault(
                element, in: tree, "Here stands not \(name) of \(namespace).",
                "Siin ei ole element \(name) nimeruumist \(namespace)."
            )
        }
        let found = tree.attributes(of: element)
        var values: [String] = []
        for wanted in attributes {
            if let value = found.first(where: { $0.name == wanted && $0.namespace == nil })?.value {
                values.append(value)
            }
        }
        guard values.count == attributes.count, found.count == attributes.count else {
            let list = attributes.isEmpty ? "-" : attributes.joined(separator: ", ")
            throw fault(
                element, in: tree, "\(name) has other attributes here than: \(list).",
                "Elemendil \(name) on siin muud atribuudid kui: \(list)."
            )
        }
        return values
    }

    private static func check(_ element: ElementID, in tree: borrowing XMLTree, says words: String)
        throws(RateFileFinding)
    {
        let text = tree.text(of: element).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard text == words else {
            throw fault(element, in: tree, "Here stands not: \(words).", "Siin ei ole: \(words).")
        }
    }

    private static func fault(_ element: ElementID, in tree: borrowing XMLTree, _ english: String, _ estonian: String)
        -> RateFileFinding
    {
        RateFileFinding(
            .noRateFile, at: tree.position(of: element),
            BilingualText(
                "This is no file of reference rates of the ECB. " + english,
                "See ei ole EKP viitekursside fail. " + estonian)
        )
    }
}
