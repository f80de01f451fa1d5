// SPDX-License-Identifier: EUPL-1.2

internal import Foundation

/// The real daemon on a workspace, started by a test and ended with it.
package final class RunningDaemon {
    package let process: ChildProcess
    private let folder: TemporaryFolder
    private let log: String

    /// The daemon beside the program that is tested.
    package static let path = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
        .appendingPathComponent("piiripostd").path

    /// Something did not come about in a time that is long for any machine.
    package struct NeverHappened: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts it; the log goes to a file in the folder, behind what an earlier one wrote there.
    package init(
        in folder: TemporaryFolder,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        log: String = "daemon.log"
    ) throws {
        self.folder = folder
        self.log = log
        if !FileManager.default.fileExists(atPath: "\(folder.path)/\(log)") { try folder.write("", to: log) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder.path)/\(log)"))
        try output.seekToEnd()
        begin = try output.offset()
        process = try ChildProcess(
            Self.path, ["--workspace", folder.path] + arguments, environment: environment, output: output,
            errors: output)
    }

    private let begin: UInt64

    deinit {
        process.signal(SIGKILL)
        process.wait()
    }

    // MARK: Its log

    /// What this process has written so far.
    package var text: String {
        guard let data = FileManager.default.contents(atPath: "\(folder.path)/\(log)") else { return "" }
        return String(decoding: data.dropFirst(Int(begin)), as: UTF8.self)
    }

    /// The events of the log with their fields; a line that is still written is none.
    package var events: [[String: Any]] {
        text.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    package func events(named name: String) -> [[String: Any]] { events.filter { $0["event"] as? String == name } }

    package func wait(for event: String, count: Int = 1) throws {
        try wait("\(event) \(count) times") { events(named: event).count >= count }
    }

    /// Waits until a condition holds; how long that takes is not judged.
    package func wait(_ what: String, until condition: () throws -> Bool) throws {
        for _ in 0..<6_000 {
            if try condition() { return }
            usleep(10_000)
        }
        throw NeverHappened(description: "\(what) never happened:\n\(text)")
    }

    // MARK: Its end

    package func signal(_ number: Int32) { process.signal(number) }

    /// Sends a signal and waits for the end.
    @discardableResult
    package func end(_ number: Int32 = SIGTERM) throws -> Int32 {
        signal(number)
        try wait("the end") { !process.isRunning }
        return process.wait()
    }

    // MARK: Its monitor

    package struct Response: Sendable {
        package let status: Int
        package let body: String
        package let head: String
    }

    /// The address that the log tells.
    package func port() throws -> UInt16 {
        try wait(for: "listening")
        let address = events(named: "listening").first?["address"] as? String ?? ""
        return UInt16(address.split(separator: ":").last ?? "") ?? 0
    }

    package func get(_ path: String, host: String = "127.0.0.1", more: String = "") throws -> Response {
        try send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(more)\r\n")
    }

    /// Sends bytes as they are and reads until the other side closes.
    package func send(_ text: String) throws -> Response {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = try port().bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard isConnected == 0 else { throw NeverHappened(description: "nobody listens") }
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            if count <= 0 { break }
            answer += part.prefix(count)
        }
        let whole = String(decoding: answer, as: UTF8.self)
        let parts = whole.components(separatedBy: "\r\n\r\n")
        let status = whole.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Response(status: status, body: parts.dropFirst().joined(separator: "\r\n\r\n"), head: parts.first ?? "")
    }

    /// The value of a metric, by its name with labels; nil where the page does not have it.
    package func metric(_ name: String) throws -> Double? {
        try get("/metrics").body.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    /// Waits until a metric has a value: files and log lines are seen before what counts them.
    package func wait(forMetric name: String, toBe isReached: (Double) -> Bool) throws {
        try wait(name) { try metric(name).map(isReached) ?? false }
    }

    /// Waits until the daemon says whether it is ready; a log line is seen before that.
    ///
    /// - Returns: What it answers then.
    @discardableResult
    package func wait(untilReady isReady: Bool) throws -> Response {
        var response: Response?
        try wait(isReady ? "being ready" : "not being ready") {
            response = try get("/health/ready")
            return response?.status == (isReady ? 200 : 503)
        }
        return try response ?? get("/health/ready")
    }

    /// The codes of the problems that keep it from being ready.
    package func problems() throws -> [String] {
        let response = try get("/health/ready")
        return response.body.matches(of: /"code":"([a-z-]+)"/).map { String($0.1) }
    }
}
