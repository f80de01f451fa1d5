// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing

/// The daemon as an operator and his monitoring meet it.
///
/// No folder is looked at by the clock here, unless a test says
/// so: what happens, happens because something told of it.
struct DaemonTests {
    private func folder(_ configuration: String = "inbound: {name: in, path: in, poll: 1h}") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("institutions: EE:MTA001\n" + configuration + "\n", to: "piiripost.yaml")
        return folder
    }

    private func posting() throws -> TestMessage {
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        return message
    }

    private func drop(_ message: TestMessage, into folder: TemporaryFolder, at path: String = "in") throws {
        let steps = EmulatedProduct.plain.steps(for: Travelling(message), named: UUID().uuidString)
        let root = "\(folder.path)/\(path)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try EmulatedWriter(steps, in: root).finish()
    }

    // MARK: Taking

    @Test(arguments: EmulatedProduct.allCases)
    func `what an access point hands over is taken without waiting for a clock`(product: EmulatedProduct) throws {
        let purge = product == .domibus ? ", purge: never" : ""
        let folder = try folder(
            "inbound: {name: ap, path: in, layout: \(product.layout), settled: 0s, poll: 1h\(purge)}")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        var message = try posting()
        if product.carriesAttachments {
            message = try TestMessage("R017", in: "R_BUC_07")
            message.action = "Start"
        }
        let writer = EmulatedWriter(product.steps(for: Travelling(message), named: "3c4d"), in: folder.path + "/in")
        while !writer.isFinished {
            try writer.finishStep()
            usleep(20_000)
        }
        try daemon.wait(for: "message")
        try daemon.wait("the delivery") { folder.files(in: "outbound").count == 1 + message.attachments.count }
        #expect(folder.files(in: "in") == [])
        try daemon.wait(untilReady: true)
        try daemon.wait(forMetric: "piiripost_deliveries_total{destination=\"outbound\"}") { $0 == 1 }
        #expect(try daemon.metric("piiripost_messages_total{disposition=\"accept\",sed=\"\(message.sed)\"}") == 1)
        #expect(try daemon.metric("piiripost_judged_seconds_count") == 1)
        #expect(try daemon.end() == 0)
    }

    @Test func `a folder that goes keeps nobody waiting, is told, and is drained when it comes back`() throws {
        let folder = try folder(
            "inbound: [{name: one, path: one, poll: 1h}, {name: two, path: two, poll: 1h}]")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        try FileManager.default.moveItem(atPath: folder.path + "/one", toPath: folder.path + "/gone")
        try daemon.wait(for: "inbound-failed")
        let ready = try daemon.wait(untilReady: false)
        #expect(ready.body.contains(#"{"code":"inbound-failed","queue":"one"}"#))
        #expect(try daemon.get("/health/live").status == 200)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/one"))
        try drop(posting(), into: folder, at: "two")
        try daemon.wait(for: "message")
        // Another folder takes its place, as a file system that is mounted does.
        try drop(posting(), into: folder, at: "one")
        try daemon.wait(for: "inbound-recovered")
        try daemon.wait(for: "message", count: 2)
        try daemon.wait(untilReady: true)
        try drop(posting(), into: folder, at: "one")
        try daemon.wait(for: "message", count: 3)
        try daemon.wait(forMetric: "piiripost_faults_total{kind=\"inbound\"}") { $0 == 1 }
    }

    @Test func `a folder in whose place stands something else keeps nobody waiting either`() throws {
        let folder = try folder("inbound: [{name: a, path: in-a, poll: 1h}, {name: b, path: in-b, poll: 1h}]")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        try FileManager.default.removeItem(atPath: folder.path + "/in-a")
        try folder.write("no folder", to: "in-a")
        try daemon.wait(for: "inbound-failed")
        try drop(posting(), into: folder, at: "in-b")
        try daemon.wait(for: "message")
        try daemon.wait(untilReady: false)
        #expect(try daemon.end() == 0)
    }

    @Test func `a folder in which nothing can be claimed is told, and drained once it can be`() throws {
        let folder = try folder()
        try folder.write("no folder", to: "in/.piiripost")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "inbound-failed")
        try daemon.wait(untilReady: false)
        try drop(posting(), into: folder)
        try FileManager.default.removeItem(atPath: folder.path + "/in/.piiripost")
        try daemon.wait(for: "message")
        try daemon.wait(untilReady: true)
        #expect(folder.files(in: "in") == [])
    }

    @Test func `process without once keeps to the same loop`() throws {
        let folder = try folder("inbound: [{name: one, path: one, poll: 1h}, {name: two, path: two, poll: 1h}]")
        try folder.write("", to: "log")
        let process = try ChildProcess(
            Program.path, ["process", "--workspace", folder.path],
            errors: FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/log")))
        defer { process.signal(SIGKILL) }
        func wait(_ condition: () -> Bool) {
            for _ in 0..<6_000 where !condition() { usleep(10_000) }
        }
        wait { FileManager.default.fileExists(atPath: folder.path + "/two/.piiripost") }
        try FileManager.default.removeItem(atPath: folder.path + "/one")
        let log = { (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? "" }
        wait { log().contains("the inbound folder one cannot be used") }
        #expect(log().contains("the inbound folder one cannot be used"))
        try drop(posting(), into: folder, at: "two")
        wait { folder.files(in: "outbound").count == 1 }
        #expect(folder.files(in: "outbound").count == 1)
        process.signal(SIGTERM)
        #expect(process.wait() == 0)
    }

    // MARK: Timers and others

    @Test func `rests, waiting and standing still end on time`() throws {
        let folder = try folder(
            """
            inbound: {name: in, path: in, poll: 1h}
            incompleteAfter: 2s
            grace: 2s
            businessExceptions: send
            """)
        try folder.write("no folder", to: "outbound")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        try drop(posting(), into: folder)
        try daemon.wait(for: "message")
        try daemon.wait(forMetric: "piiripost_delivery_failures_total{destination=\"outbound\"}") { $0 >= 2 }
        try FileManager.default.removeItem(atPath: folder.path + "/outbound")
        try daemon.wait("the delivery after a rest") { folder.files(in: "outbound").count == 1 }
        // What belongs to a request that nobody knows waits, and is answered with X050.
        try drop(TestMessage("R025", in: "R_BUC_07"), into: folder)
        try daemon.wait("the X050") { folder.files(in: "outbound").contains { $0.hasPrefix("X050") } }
        // A text that stops early is broken once it has stood still.
        try folder.write(String(try posting().text.prefix(2_000)), to: "in/half.xml")
        try daemon.wait("the quarantine") { folder.files(in: "quarantine").count == 1 }
        #expect(try daemon.end() == 0)
    }

    @Test func `what a person does in another process is done at once`() throws {
        let folder = try folder(
            """
            inbound: {name: in, path: in, poll: 1h}
            outbound: {name: outbound, path: outbound}
            routes: []
            """)
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        try drop(posting(), into: folder)
        try daemon.wait(for: "message")
        #expect(folder.files(in: "outbound") == [])
        try folder.write("institutions: EE:MTA001\ninbound: {name: in, path: in, poll: 1h}\n", to: "piiripost.yaml")
        let retry = try Program.run(["queue", "retry", "--queue", "outbox", "--workspace", folder.path])
        #expect(retry.status == 0, "\(retry.errors)")
        // The daemon has not read the configuration again; the outbox names the destination.
        try daemon.wait("the delivery") { folder.files(in: "outbound").count == 1 }
        for command in [["queue", "list"], ["store", "check"], ["top", "--once"]] {
            #expect(try Program.run(command + ["--workspace", folder.path]).status == 0)
        }
    }

    // MARK: Configuration

    @Test func `a new configuration takes effect on SIGHUP, and a faulty one does not`() throws {
        let folder = try folder()
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        try folder.write("institutions: EE:MTA001\ninbound: {name: in, path: in}\ngrace: 1 day\n", to: "piiripost.yaml")
        daemon.signal(SIGHUP)
        try daemon.wait(for: "reload-refused")
        let refusal = try #require(daemon.events(named: "reload-refused").first)
        #expect(refusal["line"] as? Int == 3 && refusal["column"] as? Int == 8)
        #expect((refusal["file"] as? String)?.hasSuffix("/piiripost.yaml") == true)
        try daemon.wait("the problem") { try daemon.problems() == ["configuration-faulty"] }
        try drop(posting(), into: folder)
        try daemon.wait(for: "message")
        try folder.write("institutions: EE:MTA001\ninbound: {name: in, path: other, poll: 1h}\n", to: "piiripost.yaml")
        daemon.signal(SIGHUP)
        try daemon.wait(for: "reloaded")
        try daemon.wait("the end of the problem") { try daemon.problems().isEmpty }
        try drop(posting(), into: folder, at: "other")
        try daemon.wait(for: "message", count: 2)
        try daemon.wait(forMetric: "piiripost_reloads_total{result=\"done\"}") { $0 == 1 }
        #expect(try daemon.metric("piiripost_reloads_total{result=\"refused\"}") == 1)
    }

    @Test func `a configuration that is gone does not become the defaults on SIGHUP`() throws {
        let folder = try folder()
        try folder.write("institutions: EE:MTA001\ninbound: {name: in, path: own, poll: 1h}\n", to: "piiripost.yaml")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        try FileManager.default.removeItem(atPath: folder.path + "/piiripost.yaml")
        daemon.signal(SIGHUP)
        try daemon.wait(for: "reload-refused")
        try daemon.wait("the problem") { try daemon.problems() == ["configuration-faulty"] }
        try drop(posting(), into: folder, at: "own")
        try daemon.wait(for: "message")
    }

    @Test(arguments: ["0.0.0.0:9640", "192.0.2.1:80", "example.org:80", "127.0.0.1", "127.0.0.1:70000", "::1:80"])
    func `only loopback is listened on`(address: String) throws {
        let folder = try folder()
        let option = try Program.run(
            ["--workspace", folder.path, "--listen", address], program: RunningDaemon.path)
        #expect(option.status == 64)
        try folder.write("daemon: {listen: \"\(address)\"}\n", to: "piiripost.yaml")
        let file = try Program.run(["--workspace", folder.path], program: RunningDaemon.path)
        #expect(file.status == 2)
        #expect(file.errors.contains("piiripost.yaml:1:18: expected a loopback address"), "\(file.errors)")
    }

    @Test func `an address that is taken ends the start, before any message is taken`() throws {
        let (first, second) = (try folder(), try folder())
        let daemon = try RunningDaemon(in: first)
        let address = "127.0.0.1:\(try daemon.port())"
        try drop(posting(), into: second)
        let result = try Program.run(["--workspace", second.path, "--listen", address], program: RunningDaemon.path)
        #expect(result.status == 2)
        #expect(result.errors.contains("error: \(address) cannot be listened on: "), "\(result.errors)")
        #expect(second.files(in: "in").count == 1)
    }

    // MARK: One at a time

    @Test func `a second process says that another one drains the workspace`() throws {
        let folder = try folder()
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        for (program, arguments) in [(RunningDaemon.path, []), (Program.path, ["process", "--once"])] {
            let result = try Program.run(arguments + ["--workspace", folder.path], program: program)
            #expect(result.status == 2)
            #expect(result.errors.contains("another process is draining this workspace"))
        }
        let top = try Program.run(["top", "--workspace", folder.path]).output
        #expect(top.contains("process \(daemon.process.id) drains it"), "\(top)")
    }

    // MARK: What it shows

    @Test func `the monitor answers three questions, asked of this machine, and no others`() throws {
        let folder = try folder()
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        for path in ["/health/live", "/health/ready", "/metrics"] {
            for host in ["127.0.0.1", "localhost", "localhost:80", "[::1]:9640", "127.1.2.3:1"] {
                #expect(try daemon.get(path, host: host).status == 200, "\(path) \(host)")
            }
            for host in ["example.org", "example.org:80", "127.0.0.1.example.org", "", "0.0.0.0"] {
                #expect(try [400, 421].contains(daemon.get(path, host: host).status), "\(path) \(host)")
            }
        }
        for path in ["/", "/health", "/metrics/", "/metrics?x", "/../piiripost.yaml", "/health/live/x"] {
            let response = try daemon.get(path)
            #expect([404, 200].contains(response.status) && !response.body.contains("institutions"), "\(path)")
        }
        #expect(
            try daemon.send(
                "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ).status == 404)
        let long = "X-Long: \(String(repeating: "x", count: 100_000))\r\n"
        #expect(try daemon.get("/health/live", more: long).status != 200)
        #expect(try daemon.get("/health/live").head.contains("application/json"))
        #expect(try daemon.get("/metrics").head.contains("text/plain; version=0.0.4"))
    }

    @Test func `metrics are in the format that Prometheus reads, and a message makes no label`() throws {
        let folder = try folder()
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        var hostile = try posting()
        hostile.sed = "Z999"
        hostile.sender = "ZZ:HOSTILE1"
        try drop(hostile, into: folder)
        try drop(posting(), into: folder)
        try folder.write("nothing", to: "in/evil\"} 1\u{1B}[2J.xml")
        try daemon.wait(for: "message", count: 3)
        try daemon.wait(forMetric: "piiripost_judged_seconds_count") { $0 == 3 }
        let page = try daemon.get("/metrics").body
        #expect(!page.contains("Z999") && !page.contains("HOSTILE") && !page.contains("evil"))
        #expect(!page.contains("SE:SEREC1") && !page.contains("EE:MTA001"))
        var types: [Substring: Substring] = [:]
        for line in page.split(separator: "\n") {
            if let type = line.wholeMatch(of: /# TYPE (\w+) (counter|gauge|histogram|summary)/) {
                types[type.1] = type.2
                continue
            }
            if line.hasPrefix("# HELP piiripost_") { continue }
            let sample = line.wholeMatch(
                of: /(\w+?)(_bucket|_sum|_count)?(\{(?:[a-z]+="[^"\\\n]*",?)+\})? ([-+0-9.e]+)/)
            let name = sample.map { types[$0.1] != nil ? $0.1 : "\($0.1)\($0.2 ?? "")" } ?? ""
            #expect(sample != nil && types[name] != nil, "\(line)")
        }
        try daemon.wait(forMetric: "piiripost_queue_items{queue=\"quarantine\"}") { $0 >= 1 }
    }

    @Test func `the log names no person, no amount and no file`() throws {
        let folder = try folder("inbound: {name: in, path: in, poll: 1h}\nincompleteAfter: 0s")
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        let examples = try FileManager.default.contentsOfDirectory(atPath: Repository.examples + "/inbound")
            .filter { $0.hasSuffix(".xml") }
        for name in examples {
            try folder.write(Repository.bytes("examples/inbound/\(name)"), to: "in/secret-\(name)")
        }
        try daemon.wait("the end of the work") {
            daemon.events(named: "message").count >= examples.count && folder.files(in: "in").isEmpty
        }
        try daemon.end()
        let log = daemon.text
        #expect(!log.contains("secret-"))
        var words: Set<String> = []
        for name in examples {
            let text = try Repository.text("examples/inbound/\(name)")
            for field in ["familyName", "forename", "pin", "personalIdentificationNumber", "amount", "street", "town"] {
                for match in text.matches(of: try Regex("<\(field)>([^<]{4,})</", as: (Substring, Substring).self)) {
                    words.insert(String(match.output.1))
                }
            }
        }
        #expect(words.count > 10)
        for word in words { #expect(!log.contains(word), "\(word)") }
        let known: Set = [
            "time", "level", "event", "id", "verdict", "disposition", "sed", "rule", "after", "address", "version",
            "pid", "seconds", "accepted", "acceptedWithFindings", "pending", "rejected", "quarantined", "duplicates",
            "resolved", "displaced", "notReady", "exceptions", "closings", "resends", "delivered", "deliveryFailures",
        ]
        #expect(daemon.events.count == log.split(separator: "\n").count)
        for event in daemon.events { #expect(known.isSuperset(of: event.keys), "\(event)") }
        let page = try Repository.text("docs/daemon.md")
        for field in known { #expect(page.contains("`\(field)`"), "docs/daemon.md tells nothing of \(field)") }
    }

    @Test func `the log can be read by people too`() throws {
        let folder = try folder()
        let daemon = try RunningDaemon(in: folder, ["--log-format", "text", "--listen", "off"])
        try drop(posting(), into: folder)
        try daemon.wait("the message") {
            daemon.text.contains(" info message disposition=accept id=m1 sed=A009 verdict=valid\n")
        }
        #expect(!daemon.text.contains("listening"))
        #expect(try daemon.end() == 0)
        #expect(daemon.text.hasSuffix(" notice stopped\n"))
    }

    // MARK: The service manager

    @Test func `the service manager is told of start, reload, life and end`() throws {
        let folder = try folder()
        let path = folder.path + "/notify"
        let listener = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(isBound == 0)
        var heard: [String] = []
        func listen() {
            var bytes = [UInt8](repeating: 0, count: 1_024)
            let count = recv(listener, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 { heard.append(String(decoding: bytes.prefix(count), as: UTF8.self)) }
        }
        let daemon = try RunningDaemon(
            in: folder, environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"])
        try daemon.wait("the first words") {
            listen()
            return heard.contains("READY=1") && heard.count { $0 == "WATCHDOG=1" } > 2
        }
        daemon.signal(SIGHUP)
        try daemon.wait("the reload") {
            listen()
            return heard.last == "READY=1" && heard.contains { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
        }
        daemon.signal(SIGTERM)
        try daemon.wait("the last word") {
            listen()
            return heard.contains("STOPPING=1")
        }
        try daemon.wait("the end") { !daemon.process.isRunning }
        #expect(daemon.process.wait() == 0)
    }
}
