// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
package import SEDValidation

/// The folder `sed-schemas` on disk: the one place that reads it.
package struct SchemaFolder: Sendable {
    package let path: String
    package let faults = ReadFaults()
    /// Nil where no digests are compared.
    private var seal: Seal?

    /// The digest that each file must have, by its path inside the folder, and what makes a digest of bytes.
    private final class Seal: Sendable {
        let digests: [String: String]
        let digest: @Sendable ([UInt8]) -> String

        init(_ digests: [String: String], _ digest: @escaping @Sendable ([UInt8]) -> String) {
            self.digests = digests
            self.digest = digest
        }
    }

    package init(path: String) {
        self.path = path
    }

    /// The same folder, whose files are compared with the digests of its catalogue when they are read.
    ///
    /// `digest` gives the SHA-256 of bytes in hexadecimal.
    package func sealed(by digest: @escaping @Sendable ([UInt8]) -> String) throws -> SchemaFolder {
        var folder = self
        folder.seal = Seal(try Catalogue.digests(in: read("catalogue.xml")), digest)
        return folder
    }

    /// Finds the folder that belongs to this program.
    ///
    /// Looked for in this order: the environment's `PIIRIPOST_SCHEMAS`; `share/piiripost/sed-schemas` beside the
    /// program's `bin`; `sed-schemas` in a folder above the program, which is where a checkout keeps it.
    package static func find(environment: [String: String], executable: String) throws(SchemaFolderError)
        -> SchemaFolder
    {
        if let path = environment["PIIRIPOST_SCHEMAS"], !path.isEmpty { return SchemaFolder(path: path) }
        return try find(executable: executable)
    }

    /// Finds the folder beside or above a program.
    package static func find(executable: String) throws(SchemaFolderError) -> SchemaFolder {
        var folder = FilePlace.resolved(executable)[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            for candidate in ["share/piiripost/sed-schemas", "sed-schemas"] {
                let path = "\(folder)/\(candidate)"
                if FilePlace.exists(path + "/catalogue.xml") { return SchemaFolder(path: path) }
            }
        }
        throw SchemaFolderError(
            file: "sed-schemas", reason: "the folder was not found; name it with --schemas or PIIRIPOST_SCHEMAS"
        )
    }

    /// The bytes of a file by its path inside the folder, which must not lead out of it.
    package func read(_ name: String) throws(SchemaFolderError) -> [UInt8] {
        guard Self.isInside(name) else {
            throw SchemaFolderError(file: name, reason: "the path leads out of the schema folder")
        }
        guard let bytes = FilePlace.contents("\(path)/\(name)") else {
            faults.note(name, number: errno)
            throw SchemaFolderError(file: name, reason: "the file is missing or cannot be read")
        }
        if let seal, name != "catalogue.xml", seal.digests[name] != seal.digest(bytes) {
            throw SchemaFolderError(
                file: name,
                reason: seal.digests[name] == nil
                    ? "the file has no digest in catalogue.xml; seal the folder as sed-schemas/README.md says"
                    : "the file is not the one whose digest is in catalogue.xml; put the file back, or seal the folder "
                        + "as sed-schemas/README.md says"
            )
        }
        return bytes
    }

    package func contains(_ name: String) -> Bool {
        guard Self.isInside(name) else { return false }
        if FilePlace.exists("\(path)/\(name)") { return true }
        faults.note(name, number: errno)
        return false
    }

    /// Whether the folder is of our own layout; another one may be a bundle of schemas.
    package var hasCatalogue: Bool { contains("catalogue.xml") }

    private static func isInside(_ name: String) -> Bool {
        !name.hasPrefix("/") && !name.split(separator: "/").contains("..") && !name.utf8.contains(0)
    }
}

/// What a path leads to, asked of the operating system.
enum FilePlace {
    static func exists(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0
    }

    /// The path without symbolic links; as it was given where it leads to nothing.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// All bytes of a file; nil when it cannot be read, as a folder cannot.
    static func contents(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { return nil }
        // One byte more than the file is said to have, so that the usual file ends within one step.
        var bytes = [UInt8](repeating: 0, count: max(Int(facts.st_size), 0) + 1)
        var count = 0
        while true {
            if count == bytes.count { bytes += [UInt8](repeating: 0, count: count) }
            let step = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { return nil }
            if step == 0 { break }
            count += step
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
