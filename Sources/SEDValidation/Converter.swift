// SPDX-License-Identifier: EUPL-1.2

package import SEDCore
internal import SEDXML

/// The two ways to write a SED.
package enum DocumentForm: String, Hashable, Sendable, CaseIterable {
    case json
    case xml

    /// The form that a text is meant to have, by its content.
    package init(of bytes: [UInt8]) {
        self = JSONTree.isLikely(bytes) ? .json : .xml
    }

    package var other: DocumentForm { self == .json ? .xml : .json }
}

/// A SED in its other form.
package struct Conversion: Hashable, Sendable {
    package let bytes: [UInt8]
    /// What a person should know of the result, in sentences without a word of the document's texts.
    package let notes: [String]
}

/// Why a document was not turned into its other form.
package enum ConversionRefusal: Error, Hashable {
    /// The document is wrong, whatever is to become of it.
    case faulty([Diagnostic])
    /// The SED or its version is not known here, or a limit of ours was met.
    case undecided(reason: String)
    /// The other form has no place for something.
    case inexpressible(reason: String, path: String, position: TextPosition?)
}

/// Turns SEDs from XML into the JSON of RINA and back, without loss; see `docs/rina-json.md`.
package struct Converter: Sendable {
    private let library: SchemaLibrary
    private let limits: ParsingLimits

    package init(library: SchemaLibrary) {
        self.library = library
        limits = .standard
    }

    /// Turns JSON into XML.
    package func xml(of bytes: [UInt8]) throws(ConversionRefusal) -> Conversion {
        let json: JSONTree
        do {
            json = try JSONTree(parsing: bytes, limits: limits)
        } catch {
            throw Self.refusal(error)
        }
        let document: RINAJSON
        do {
            document = try RINAJSON(json)
        } catch {
            throw .faulty([error.finding])
        }
        guard let version = document.version else { throw .undecided(reason: RINAJSON.unknownVersion) }
        guard let entry = library.catalogue.sed(document.type, cdm: version) else {
            throw .undecided(reason: "no schema is known for \(document.type) of CDM \(version)")
        }
        let writer = SEDTextWriter(
            document, of: json, namespace: entry.namespace, model: try model(of: entry), isIndented: true,
            limits: limits
        )
        let findings: [Diagnostic]
        do {
            findings = writer.findings(in: try writer.tree(limits: limits))
        } catch {
            throw Self.refusal(error)
        }
        guard findings.isEmpty else { throw .faulty(findings) }
        return Conversion(bytes: writer.bytes, notes: [])
    }

    /// Turns XML into JSON; of an envelope with its SED, the SED alone.
    package func json(of bytes: [UInt8], droppingSignature dropsSignature: Bool) throws(ConversionRefusal) -> Conversion
    {
        do {
            return try json(of: try XMLTree(parsing: bytes, limits: limits), droppingSignature: dropsSignature)
        } catch let error as XMLRefusal {
            throw Self.refusal(error)
        } catch let error as ConversionRefusal {
            throw error
        } catch {
            throw .undecided(reason: "\(error)")
        }
    }

    private func json(
        of tree: borrowing XMLTree,
        droppingSignature dropsSignature: Bool
    ) throws(ConversionRefusal) -> Conversion {
        let document = Validator.recognise(tree, library.catalogue)
        guard let sed = document.sed, let namespace = tree.namespace(of: sed) else {
            throw .undecided(reason: "the document is no SED, and no known envelope with one")
        }
        guard let entry = library.catalogue.sed(namespace: namespace) else {
            throw .undecided(reason: "no schema is known for the SED of this namespace")
        }
        var writer = RINAJSONWriter(model: try model(of: entry), dropsSignature: dropsSignature)
        let bytes = try writer.write(tree, at: sed, entry: entry)
        guard bytes.count <= limits.bytes else {
            throw .undecided(reason: "the JSON would have more than \(limits.bytes) bytes")
        }
        let notes = document.isEnvelope ? ["the envelope was left out; the SED alone was turned into JSON"] : []
        return Conversion(bytes: bytes, notes: notes + writer.notes)
    }

    private func model(of entry: Catalogue.SEDEntry) throws(ConversionRefusal) -> SchemaModel {
        do {
            return try library.schema(of: entry).model
        } catch {
            throw .undecided(reason: "the schema could not be used: \(error)")
        }
    }

    private static func refusal(_ refusal: XMLRefusal) -> ConversionRefusal {
        let ownLimits: Set<RuleID> = [.documentTooLarge, .tooManyElements, .jsonTooManyValues]
        return refusal.isInternal || ownLimits.contains(refusal.finding.rule)
            ? .undecided(reason: refusal.finding.message) : .faulty([refusal.finding])
    }
}
