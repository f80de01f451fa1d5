// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Synchronization
import Testing

/// The daemon under load, ended and killed at any moment: nothing is lost and nothing is doubled.
struct DaemonLoadTests {
    /// Access points that hand messages over, and a register that takes what is delivered, all at their own pace.
    private final class Surroundings: Sendable {
        let folder: TemporaryFolder
        let count: Int
        private let isOver = Mutex(false)
        private let written = Mutex<[String]>([])
        private let doubled = Mutex<[String]>([])
        private let running = Mutex(0)

        static let products: [EmulatedProduct] = [.plain, .domibus, .holodeck, .phossFlat, .oxalis]

        init(count: Int) throws {
            folder = try TemporaryFolder()
            self.count = count
            let folders = Self.products.map { product in
                let purge = product == .domibus ? ", purge: never" : ""
                return
                    "  - {name: \(product.rawValue), path: in/\(product.rawValue), layout: \(product.layout)\(purge)}\n"
            }
            try folder.write("institutions: EE:MTA001\ninbound:\n\(folders.joined())", to: "piiripost.yaml")
            for name in ["outbound", "read"] + Self.products.map({ "in/\($0.rawValue)" }) {
                try FileManager.default.createDirectory(
                    atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
            }
        }

        var instances: [String] { written.withLock(\.self) }
        var doubles: [String] { doubled.withLock(\.self) }
        var isFinished: Bool { instances.count == count }

        /// Starts the writer and the reader, each in a thread of its own.
        func start(pause: UInt32) {
            running.withLock { $0 = 2 }
            Thread.detachNewThread { [self] in
                do { try write(pause: pause) } catch { Issue.record(error) }
                running.withLock { $0 -= 1 }
            }
            Thread.detachNewThread { [self] in
                while !isOver.withLock(\.self) {
                    read()
                    usleep(20_000)
                }
                running.withLock { $0 -= 1 }
            }
        }

        func stop() {
            isOver.withLock { $0 = true }
            while running.withLock({ $0 > 0 }) { usleep(10_000) }
        }

        private func write(pause: UInt32) throws {
            var message = try TestMessage("A009", in: "LA_BUC_04")
            message.action = "Start"
            for number in 0..<count where !isOver.withLock(\.self) {
                message.caseID = UUID().uuidString.lowercased()
                message.set = UUID().uuidString.lowercased()
                message.instance = UUID().uuidString.lowercased()
                let product = Self.products[number % Self.products.count]
                let steps = product.steps(
                    for: Travelling(message, as4ID: "\(number)@ap.example"), named: "m\(number)")
                try EmulatedWriter(steps, in: "\(folder.path)/in/\(product.rawValue)").finish()
                written.withLock { $0.append(message.instance) }
                usleep(pause)
            }
        }

        /// Takes every delivered message away; one that was there before is a second effect.
        func read() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/outbound")) ?? []
            for name in names where name.hasSuffix(".xml") {
                let target = "\(folder.path)/read/\(name)"
                if FileManager.default.fileExists(atPath: target) { doubled.withLock { $0.append(name) } }
                rename("\(folder.path)/outbound/\(name)", target)
            }
        }

        /// What is wrong once everything is done; empty when each message had its one effect.
        func faults() throws -> [String] {
            var faults = doubles.map { "delivered twice: \($0)" }
            let wanted = Set(instances)
            // SED-SENDER-INSTANCE.xml
            let read = folder.files(in: "read").map { String($0.dropLast(4).suffix(36)) }
            if Set(read) != wanted { faults.append("\(wanted.subtracting(read).count) were never delivered") }
            let queue = try Program.run(["queue", "list", "--format", "json", "--workspace", folder.path]).output
            let stored = queue.matches(of: /"messageId" : "([^"]+)"/).map { String($0.1) }
            let states = queue.matches(of: /"state" : "([^"]+)"/).map { String($0.1) }
            if stored.sorted() != wanted.sorted() { faults.append("\(stored.count) stored of \(wanted.count)") }
            if Set(states) != ["done"] { faults.append("states \(Set(states).sorted())") }
            let left = folder.files(in: "in")
            if !left.isEmpty { faults.append("\(left.count) files were left") }
            for command in [["store", "check"], ["case", "rebuild", "--check"]] {
                let check = try Program.run(command + ["--workspace", folder.path])
                if check.status != 0 { faults.append("\(command): \(check.output)") }
            }
            return faults
        }
    }

    @Test func `killed again and again under load, it loses nothing and doubles nothing`() throws {
        let wanted = ProcessInfo.processInfo.environment["PIIRIPOST_KILLS"].flatMap { Int($0) } ?? 8
        var dice = SeededNumbers(seed: UInt64(wanted))
        var kills = 0
        var messages = 0
        var rounds = 0
        // A round has as many messages as a store of some seconds' work holds; there are rounds until there were enough.
        while kills < wanted {
            rounds += 1
            let surroundings = try Surroundings(count: 300)
            surroundings.start(pause: 8_000)
            var killed = 0
            while !surroundings.isFinished {
                let daemon = try RunningDaemon(in: surroundings.folder, ["--listen", "off"], log: "log-\(killed)")
                // Some are killed before they are ready, most while they work.
                usleep(UInt32.random(in: 5_000..<400_000, using: &dice))
                daemon.signal(SIGKILL)
                #expect(daemon.process.wasKilled)
                killed += 1
            }
            let daemon = try RunningDaemon(in: surroundings.folder, ["--listen", "off"])
            try daemon.wait("the end of the work") {
                surroundings.folder.files(in: "in").isEmpty && surroundings.folder.files(in: "read").count >= 300
            }
            #expect(try daemon.end() == 0)
            surroundings.stop()
            surroundings.read()
            let faults = try surroundings.faults()
            #expect(faults == [])
            kills += killed
            messages += surroundings.count
        }
        print("daemon: \(kills) kills in \(rounds) rounds, \(messages) messages, 0 lost, 0 doubled")
    }

    @Test func `told to stop under load, it ends the batch, and the next one goes on`() throws {
        let surroundings = try Surroundings(count: 200)
        surroundings.start(pause: 0)
        var ends = 0
        while !surroundings.isFinished || ends < 2 {
            let daemon = try RunningDaemon(in: surroundings.folder, log: "log-\(ends)")
            try daemon.wait(for: "ready")
            try daemon.wait("some work") {
                surroundings.isFinished || daemon.events(named: "message").count >= 5
            }
            #expect(try daemon.end(ends.isMultiple(of: 2) ? SIGTERM : SIGINT) == 0)
            #expect(daemon.events.last?["event"] as? String == "stopped")
            ends += 1
        }
        let daemon = try RunningDaemon(in: surroundings.folder)
        try daemon.wait("the end of the work") { surroundings.folder.files(in: "read").count == 200 }
        try daemon.wait("the store") { surroundings.folder.files(in: "in").isEmpty }
        #expect(try daemon.end() == 0)
        surroundings.stop()
        let faults = try surroundings.faults()
        #expect(faults == [])
    }

    @Test func `a queue that does not get empty keeps no other waiting`() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "institutions: EE:MTA001\ninbound: [{name: one, path: one}, {name: two, path: two}]\n", to: "piiripost.yaml"
        )
        var message = try TestMessage("A009", in: "LA_BUC_04")
        message.action = "Start"
        for number in 0..<4_000 {
            message.caseID = UUID().uuidString.lowercased()
            message.instance = UUID().uuidString.lowercased()
            try folder.write(message.text, to: number == 0 ? "two/a.xml" : "one/\(number).xml")
            if number == 0 { try folder.write("\(message.instance)", to: "first") }
        }
        let daemon = try RunningDaemon(in: folder)
        let first = try String(contentsOfFile: folder.path + "/first", encoding: .utf8)
        try daemon.wait("the delivery of the other queue") {
            folder.files(in: "outbound").contains { $0.contains(first) }
        }
        #expect(!folder.files(in: "one").isEmpty)
        #expect(try daemon.get("/health/ready").status == 200)
        #expect(try daemon.end() == 0)
    }

    @Test func `whoever asks twice means at once`() throws {
        let folder = try TemporaryFolder()
        let daemon = try RunningDaemon(in: folder)
        try daemon.wait(for: "ready")
        // Stopped by the system it cannot end by itself between the two.
        daemon.signal(SIGSTOP)
        daemon.signal(SIGTERM)
        daemon.signal(SIGINT)
        daemon.signal(SIGCONT)
        try daemon.wait("the end") { !daemon.process.isRunning }
        #expect([0, 130, 143].contains(daemon.process.wait()))
    }
}
