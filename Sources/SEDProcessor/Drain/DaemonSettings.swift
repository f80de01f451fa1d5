// SPDX-License-Identifier: EUPL-1.2

internal import Yams

/// Where the daemon shows how it is: an address of this machine that nobody else can reach.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    /// 0 for any free port.
    package let port: Int

    /// Reads `127.0.0.1:9640`, `[::1]:9640` or `localhost:0`; nil for anything that is not loopback.
    package init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            text[text.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        switch text[..<colon] {
        // A name could lead elsewhere tomorrow, so the address is ours.
        case "localhost": host = "127.0.0.1"
        case "[::1]": host = "::1"
        case let address:
            let parts = address.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 4, parts[0] == "127", parts.allSatisfy({ UInt8($0) != nil && $0.count <= 3 }) else {
                return nil
            }
            host = String(address)
        }
        self.port = Int(port)
    }

    package var description: String { "\(Self.bracketed(host)):\(port)" }

    /// The host as it stands before a port.
    package static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    package static let standard = ListenAddress(parsing: "127.0.0.1:0")
    package static let expected = "a loopback address with a port, such as 127.0.0.1:9640, or off"
}

/// The part of the configuration that only the daemon uses.
package struct DaemonSettings: Hashable, Sendable {
    /// Nil where it shows nothing.
    package var listen = ListenAddress.standard

    package init() {}

    package static let keys = ["listen"]

    init(_ node: Node, with reader: YAMLReader) {
        let entries = reader.entries(node, known: Self.keys)
        if let node = entries["listen"] {
            let read: ListenAddress?? = reader.value(node, ListenAddress.expected) { text in
                text == "off" ? .some(nil) : ListenAddress(parsing: text).map { .some($0) }
            }
            listen = read ?? nil
        }
    }
}
