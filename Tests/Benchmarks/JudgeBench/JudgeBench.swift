// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDInspection
import SEDProcessor
import SEDValidation

/// Measures the judgement side by side with its peers and prints one table; `docs/benchmarks.md` explains it.
///
///     judge-bench REPOSITORY PIIRIPOST PEERS FOLDER
///
/// PEERS is the folder in which `.ci/bench` has put what it could build of the peers; what is not there is skipped and
/// said so. Everything is written below FOLDER.
@main
struct JudgeBench {
    private let repository: String
    private let piiripost: String
    private let peers: Peers
    private let folder: String
    private let effort: Effort

    /// How long to measure; the environment can shorten it, so that the bench can be tried in seconds.
    private struct Effort {
        let rounds: Int
        let seconds: Double
        let coldStarts: Int
        let files: [Int]
        /// How many cases the smaller and the larger store hold.
        let cases: [Int]
        /// How many messages each drain takes.
        let messages: Int
        /// How many files wait in the smaller and in the larger folder.
        let waiting: [Int]
        private let parts: Set<String>

        init(environment: [String: String]) {
            rounds = environment["BENCH_ROUNDS"].flatMap { Int($0) } ?? 7
            seconds = environment["BENCH_SECONDS"].flatMap { Double($0) } ?? 0.4
            coldStarts = environment["BENCH_STARTS"].flatMap { Int($0) } ?? 21
            let most = environment["BENCH_FILES"].flatMap { Int($0) } ?? 100_000
            files = [most / 100, most / 10, most]
            cases = [1_000, environment["BENCH_CASES"].flatMap { Int($0) } ?? 1_000_000]
            messages = environment["BENCH_MESSAGES"].flatMap { Int($0) } ?? 4_000
            waiting = [1_000, environment["BENCH_WAITING"].flatMap { Int($0) } ?? 1_000_000]
            let all = "judging,start,memory,cases,pipeline,waiting"
            parts = Set((environment["BENCH_PARTS"] ?? all).split(separator: ",").map(String.init))
        }

        func includes(_ part: String) -> Bool { parts.contains(part) }
    }

    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            print("usage: judge-bench REPOSITORY PIIRIPOST PEERS FOLDER")
            exit(64)
        }
        do {
            let bench = JudgeBench(
                repository: arguments[1], piiripost: arguments[2], peers: Peers(in: arguments[3]),
                folder: arguments[4], effort: Effort(environment: ProcessInfo.processInfo.environment)
            )
            print(try bench.run())
        } catch {
            print("judge-bench: \(error)")
            exit(2)
        }
    }

    private func run() throws -> BenchTable {
        let documents = try BenchDocument.prepare(repository: repository, in: folder)
        var table = BenchTable(peers: peers)
        if effort.includes("judging") {
            for document in documents { try measureThroughput(of: document, into: &table) }
        }
        if effort.includes("start") { try measureColdStart(of: documents[0], into: &table) }
        if effort.includes("memory") { try measureMemory(over: documents[1], into: &table) }
        if effort.includes("cases") { try measureGrowth(into: &table) }
        if effort.includes("pipeline") { try measurePipeline(into: &table) }
        if effort.includes("waiting") { try measureWaiting(into: &table) }
        return table
    }

    // MARK: Throughput

    private func measureThroughput(of document: BenchDocument, into table: inout BenchTable) throws {
        let reference = try ReferenceData(folder: SchemaFolder(path: "\(repository)/sed-schemas"))
        var contenders: [(column: Column, contender: any Contender)] = [
            (.piiripost, try Judging(document, with: reference.validator))
        ]
        for (column, command) in peers.serving {
            contenders.append(
                (column, try ServingPeer(command, schema: document.schema, document: document.path)))
        }
        if peers.hasXmllint {
            contenders.append((.xmllint, Xmllint(schema: document.schema, document: document.path)))
        }
        let formats = try Judging(document, with: reference.validator.withoutRules())
        var formatFigures: [Double] = []
        // The first call warms caches and, longer than the others, the JDK's compiler.
        for (column, contender) in contenders {
            _ = try contender.throughput(threads: 2, seconds: effort.seconds * (column == .jdk ? 8 : 1))
        }
        var figures: [Column: [[Double]]] = [:]
        for (column, _) in contenders { figures[column] = [[], []] }
        for _ in 0..<effort.rounds {
            for threads in [1, 2] {
                for (column, contender) in contenders {
                    let figure = try contender.throughput(threads: threads, seconds: effort.seconds)
                    figures[column]?[threads - 1].append(figure)
                }
                if threads == 1 {
                    formatFigures.append(try formats.throughput(threads: 1, seconds: effort.seconds))
                }
            }
        }
        let one = figures.mapValues { $0[0].median }
        let two = figures.mapValues { $0[1].median }
        table.add("\(document.name) (\(document.size)), 1 thread, documents/s", one, digits: 0)
        table.add("\(document.name), 2 threads, documents/s", two, digits: 0)
        if let ours = figures[.piiripost]?[0] {
            let share = zip(formatFigures, ours).map { 100 * (1 - $1 / $0) }.median
            table.add("\(document.name), 1 thread: share of the rules in our time, %", [.piiripost: share], digits: 0)
            if let library = figures[.libxml2]?[0] {
                table.aim(
                    "\(document.name), 1 thread, without rules: time, ours / libxml2",
                    zip(library, formatFigures).map { $0 / $1 }.median, atMost: 1.6
                )
            }
        }
        // Ratios are taken within each round and then their median, so that a busy moment weighs on both sides.
        if let ours = figures[.piiripost], let library = figures[.libxml2] {
            table.aim(
                "\(document.name), 1 thread: time, ours / libxml2",
                zip(library[0], ours[0]).map { $0 / $1 }.median, atMost: 1.6
            )
            table.aim(
                "\(document.name): throughput, 2 threads / 1, beside libxml2's "
                    + zip(library[1], library[0]).map { $0 / $1 }.median.text(2),
                zip(ours[1], ours[0]).map { $0 / $1 }.median, atLeast: 1.8
            )
        }
    }

    // MARK: The pipeline

    /// Every round has fresh workspaces; healthy messages beside poison are measured in turn with healthy ones alone.
    private func measurePipeline(into table: inout BenchTable) throws {
        let pipeline = Pipeline(reference: try ReferenceData(folder: SchemaFolder(path: "\(repository)/sed-schemas")))
        var (judging, committing, whole, poisoned) = ([Double](), [Double](), [Double](), [Double]())
        var (bare, judged) = ([Double](), [Double]())
        let schema = "\(folder)/schemas/with-envelope-A009.xsd"
        var scripts: (bare: DurablePeer, judging: DurablePeer)?
        if let command = peers.durable {
            try BenchDocument.writeDriver(for: "A009", to: schema)
            // The rule files that have something to say of an A009.
            let rules = try DurablePeer.judging(
                command[0], rules: ["applicable-legislation", "horizontal", "sections"], repository: repository,
                in: folder)
            scripts = (DurablePeer(command), DurablePeer(command, job: .rulesToo(rules)))
        }
        for round in 0..<effort.rounds {
            func fill(_ name: String, poison: Bool = false) throws -> WaitingMessages {
                try WaitingMessages(
                    "\(name)-\(round)", count: effort.messages, repository: repository, in: folder, poison: poison)
            }
            // Nothing is removed between two measurements: a file system looks for other places than those that were
            // freed in the last seconds, the longer the more there are.
            let halves = try pipeline.halves(fill("halves"))
            judging.append(halves.judging)
            committing.append(halves.committing)
            whole.append(try pipeline.whole(fill("whole")))
            poisoned.append(try pipeline.whole(fill("poisoned", poison: true)))
            if let scripts {
                bare.append(try scripts.bare.rate(schema: schema, fill("bare")))
                judged.append(try scripts.judging.rate(schema: schema, fill("judged")))
            }
        }
        let figures: [Column: Double] = [.piiripost: whole.median]
        func beside(_ rates: [Double]) -> [Column: Double] {
            rates.isEmpty ? figures : figures.merging([.lxml: rates.median]) { ours, _ in ours }
        }
        table.add("pipeline: judging alone, messages/s", [.piiripost: judging.median], digits: 0)
        table.add("pipeline: committing and delivering alone, messages/s", [.piiripost: committing.median], digits: 0)
        table.add("pipeline: end to end, messages/s; the script with rules and code lists", beside(judged), digits: 0)
        table.add("pipeline: the same; the script by the schema alone", beside(bare), digits: 0)
        table.add("pipeline: end to end, 1 % poison, healthy messages/s", [.piiripost: poisoned.median], digits: 0)
        let limits = zip(judging, committing).map { min($0, $1) }
        table.aim(
            "pipeline: end to end / min(judging, committing)", zip(whole, limits).map { $0 / $1 }.median, atLeast: 0.8)
        table.aim("pipeline: 1 % poison / none", zip(poisoned, whole).map { $0 / $1 }.median, atLeast: 0.95)
        if !bare.isEmpty {
            table.aim(
                "pipeline: end to end, ours / Python with rules", zip(whole, judged).map { $0 / $1 }.median, atLeast: 5)
            table.aim(
                "pipeline: end to end, ours / Python by the schema alone", zip(whole, bare).map { $0 / $1 }.median,
                atLeast: 5)
        }
    }

    /// Claiming where few and where very many files wait, and how soon the first message is through.
    private func measureWaiting(into table: inout BenchTable) throws {
        var slowest: [Double] = []
        for count in effort.waiting {
            let messages = try WaitingMessages("waiting-\(count)", count: count, repository: repository, in: folder)
            let claiming = try Claiming(messages)
            guard claiming.found == count else {
                throw WrongVerdict(description: "\(claiming.found) of \(count) files were found")
            }
            slowest.append(claiming.slowest)
            let first = try ChildProcess.firstLine(of: [
                piiripost, "process", "--workspace", messages.path, "--now", "2026-02-03T12:00:00Z", "--schemas",
                "\(repository)/sed-schemas",
            ])
            table.add(
                "\(count) files wait: a window claimed, 99th percentile, ms", [.piiripost: claiming.slowest], digits: 2)
            table.add("\(count) files wait: first message through, s", [.piiripost: first.seconds], digits: 2)
            table.add("\(count) files wait: memory then, MB", [.piiripost: Double(first.peak) / 1_000], digits: 1)
            if count == effort.waiting.last {
                table.aim("\(count) files wait: first message, s", first.seconds, atMost: 1)
            }
            try FileManager.default.removeItem(atPath: messages.path)
        }
        table.aim("claiming, \(effort.waiting[1]) files / \(effort.waiting[0])", slowest[1] / slowest[0], atMost: 2)
    }

    // MARK: Cold start

    private func measureColdStart(of document: BenchDocument, into table: inout BenchTable) throws {
        // A folder that somebody names is compared with its digests, which is no part of the question.
        let isBesideSchemas = piiripost.hasPrefix(repository + "/")
        let schemas = isBesideSchemas ? [] : ["--schemas", "\(repository)/sed-schemas"]
        var commands: [(Column, [String])] = [
            (.piiripost, [piiripost, "validate"] + schemas + [document.path])
        ]
        if peers.hasXmllint {
            commands.append((.xmllint, ["xmllint", "--noout", "--nonet", "--schema", document.schema, document.path]))
        }
        for (column, command) in peers.cold { commands.append((column, command + [document.schema, document.path])) }
        var figures: [Column: [Double]] = [:]
        for round in 0...effort.coldStarts {
            for (column, command) in commands {
                let run = try ChildProcess.run(command)
                guard run.status == 0 else {
                    throw WrongVerdict(description: "\(command.joined(separator: " ")): exit status \(run.status)")
                }
                // The first round reads the programs from disk.
                if round > 0 { figures[column, default: []].append(run.seconds * 1_000) }
            }
        }
        table.add("cold start, \(document.name), ms", figures.mapValues(\.median), digits: 1)
        guard let ours = figures[.piiripost] else { return }
        table.aim("cold start: ms", ours.median, atMost: 30)
        if let xmllint = figures[.xmllint] {
            table.aim("cold start: time, ours / xmllint", zip(ours, xmllint).map { $0 / $1 }.median, atMost: 2)
        }
    }

    // MARK: Memory

    private func measureMemory(over document: BenchDocument, into table: inout BenchTable) throws {
        var peaks: [Double] = []
        for count in effort.files {
            let tree = "\(folder)/tree-\(count)"
            try plant(count, copiesOf: document, in: tree)
            let child = try ChildProcess([piiripost, "validate", "--schemas", "\(repository)/sed-schemas", tree])
            let (run, peak) = try child.waitWatchingMemory()
            guard run.status == 0 else {
                throw WrongVerdict(description: "validate over \(count) files: exit status \(run.status)")
            }
            try FileManager.default.removeItem(atPath: tree)
            peaks.append(Double(peak) / 1_000)
            table.add("largest memory over \(count) files, MB", [.piiripost: peaks[peaks.count - 1]], digits: 1)
            table.add(
                "files judged from disk, 1 call over \(count), documents/s", [.piiripost: Double(count) / run.seconds],
                digits: 0)
        }
        table.aim("memory: most files / fewest", peaks[peaks.count - 1] / peaks[0], atMost: 1.1)
    }

    /// Hard links, a hundred to a folder, begun anew where a file system allows no more links to one file.
    private func plant(_ count: Int, copiesOf document: BenchDocument, in tree: String) throws {
        var source = document.path
        for index in 0..<count {
            let subfolder = "\(tree)/\(index / 100)"
            if index % 100 == 0 {
                try FileManager.default.createDirectory(atPath: subfolder, withIntermediateDirectories: true)
            }
            let path = "\(subfolder)/\(index).xml"
            if index % 10_000 == 0 {
                try FileManager.default.copyItem(atPath: document.path, toPath: path)
                source = path
            } else {
                try FileManager.default.linkItem(atPath: source, toPath: path)
            }
        }
    }

    // MARK: Growth of the store

    /// How many cases are shown and advanced in each store; each round takes some of either.
    private static let growthRounds = 40
    private static let perRound = 5

    private func measureGrowth(into table: inout BenchTable) throws {
        let reference = try ReferenceData(folder: SchemaFolder(path: "\(repository)/sed-schemas"))
        let stores = try effort.cases.map { cases in
            try GrownWorkspace(cases: cases, repository: repository, reference: reference, in: folder)
        }
        var generator = SystemRandomNumberGenerator()
        // No case is advanced twice: it is closed then.
        var open = stores.map { store in
            var numbers: Set<Int> = []
            while numbers.count < min(store.cases, (Self.growthRounds + 1) * Self.perRound) {
                numbers.insert(Int.random(in: 0..<store.cases, using: &generator))
            }
            return Array(numbers)
        }
        var shown: [[Double]] = [[], []]
        var advanced: [[Double]] = [[], []]
        // Most of advancing is waiting for the disk, which would hide much: processor time is told apart.
        var worked: [[Double]] = [[], []]
        // The first round warms caches; the stores take turns in being first.
        for round in 0...Self.growthRounds {
            for index in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                let store = stores[index]
                let showTimes = try (0..<Self.perRound).map { _ in
                    let number = Int.random(in: 0..<store.cases, using: &generator)
                    return try measure { try store.show(number) }.elapsed
                }
                let advanceTimes = try (0..<Self.perRound).map { _ in
                    try store.prepareAdvance(open[index].removeLast())
                    return try measure { try store.advance() }
                }
                if round == 0 { continue }
                shown[index].append(showTimes.median)
                advanced[index].append(advanceTimes.map(\.elapsed).median)
                worked[index].append(advanceTimes.map(\.worked).median)
            }
        }
        for (index, store) in stores.enumerated() {
            let name = "store of \(Double(store.cases).text(0)) cases"
            table.add("\(name): filled, s", [.piiripost: store.fillTime], digits: 1)
            table.add("\(name): showing a case, ms", [.piiripost: shown[index].median], digits: 2)
            table.add("\(name): advancing a case, ms", [.piiripost: advanced[index].median], digits: 2)
            table.add(
                "\(name): advancing a case, processor time, ms", [.piiripost: worked[index].median], digits: 2)
        }
        let sizes = "\(Double(stores[1].cases).text(0)) cases / \(Double(stores[0].cases).text(0))"
        for (name, times) in [
            ("showing a case: time", shown), ("advancing a case: time", advanced),
            ("advancing a case: processor time", worked),
        ] {
            table.aim(
                "\(name), \(sizes)", zip(times[1], times[0]).map { $0 / $1 }.median, atMost: 1.5)
        }
        for store in stores { try FileManager.default.removeItem(atPath: store.path) }
    }

    /// How long it took and how much of that the processor worked for this process, in milliseconds.
    private func measure(_ work: () throws -> Void) rethrows -> (elapsed: Double, worked: Double) {
        let processor = clock()
        let start = ContinuousClock.now
        try work()
        let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
        return (elapsed, Double(clock() - processor) * 1_000 / Double(CLOCKS_PER_SEC))
    }
}

extension [Double] {
    /// The middle value; of two middle ones the lower, which is a figure that was measured.
    var median: Double { isEmpty ? .nan : sorted()[(count - 1) / 2] }
}

extension Double {
    /// With a fixed number of decimals and thousands set apart.
    func text(_ digits: Int) -> String {
        formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US")))
    }
}
