// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore
internal import SEDInspection
internal import SEDProcessor

/// The page of metrics in the text format that Prometheus reads, version 0.0.4.
struct MetricsPage {
    private var lines: [String] = []

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    var text: String { lines.joined(separator: "\n") + "\n" }

    init(
        _ tallies: Tallies.Counts, _ health: DrainHealth, _ pulse: Pulse?,
        rooms: [(place: String, free: Int, total: Int)], startedAt: Instant
    ) {
        let problems = Set(health.problems.map(\.code.rawValue))
        add("build_info", "gauge", "The version of the program; always 1.", [(["version": ProgramVersion.text], 1)])
        add(
            "start_time_seconds", "gauge", "When the daemon began, in seconds since 1970.",
            [([:], Double(startedAt.millisecondsSinceEpoch) / 1_000)])
        add(
            "ready", "gauge", "Whether messages are taken from every inbound folder.", [([:], problems.isEmpty ? 1 : 0)]
        )
        add(
            "problem", "gauge", "Why the daemon is not ready, by code.",
            DrainHealth.Problem.Code.allCases.map { (["code": $0.rawValue], problems.contains($0.rawValue) ? 1 : 0) }
        )
        add(
            "heartbeat_age_seconds", "gauge", "How long ago the work last got on.",
            [([:], health.silence / .seconds(1))])
        addCounts(of: tallies)
        if let pulse { addQueues(of: pulse) }
        add("disk_free_bytes", "gauge", "Free room, by folder.", rooms.map { (["folder": $0.place], Double($0.free)) })
        add(
            "disk_size_bytes", "gauge", "Size of the file system, by folder.",
            rooms.map { (["folder": $0.place], Double($0.total)) })
    }

    private mutating func addCounts(of tallies: Tallies.Counts) {
        add(
            "messages_total", "counter", "Messages decided, by disposition and SED.",
            tallies.messages.sorted { $0.key < $1.key }.map {
                (["disposition": $0.key.disposition, "sed": $0.key.sed], Double($0.value))
            }
        )
        add("effects_total", "counter", "What followed later, by kind.", labelled(tallies.effects, "kind"))
        add(
            "deliveries_total", "counter", "Entries handed over, by destination.",
            labelled(tallies.delivered, "destination"))
        add(
            "delivery_failures_total", "counter", "Hand-overs that failed, by destination.",
            labelled(tallies.deliveryFailures, "destination"))
        add("faults_total", "counter", "Faults that began, by kind.", labelled(tallies.faults, "kind"))
        add("reloads_total", "counter", "Configurations read again, by result.", labelled(tallies.reloads, "result"))
        add("not_ready_files", "gauge", "Files that the last look could not take.", [([:], Double(tallies.notReady))])
        add(
            "look_seconds", "summary", "How long looks at everything took.", [],
            sums: (tallies.lookSeconds, tallies.looks))
        let judged = tallies.judged
        let buckets = zip(Tallies.Histogram.bounds, judged.counts).map { (["le": Self.number($0)], Double($1)) }
        add(
            "judged_seconds", "histogram", "How long a file took to be read and judged.",
            buckets + [(["le": "+Inf"], Double(judged.count))], suffix: "_bucket", sums: (judged.sum, judged.count)
        )
    }

    private mutating func addQueues(of pulse: Pulse) {
        add(
            "queue_items", "gauge", "Items that wait, by queue.",
            pulse.queues.map { (["queue": $0.queue.rawValue], Double($0.count)) })
        add(
            "queue_oldest_seconds", "gauge", "Age of the oldest item, by queue; 0 for an empty one.",
            pulse.queues.map { (["queue": $0.queue.rawValue], Double($0.oldestSeconds ?? 0)) }
        )
        add(
            "inbound_files", "gauge", "Files that may be messages, by inbound folder; counted up to 10,000.",
            pulse.inbound.compactMap { line in line.files.map { (["folder": line.name], Double($0)) } }
        )
    }

    private func labelled(_ counts: [String: Int], _ label: String) -> [(labels: [String: String], value: Double)] {
        counts.sorted { $0.key < $1.key }.map { ([label: $0.key], Double($0.value)) }
    }

    // MARK: The format

    private mutating func add(
        _ name: String,
        _ type: String,
        _ help: String,
        _ samples: [(labels: [String: String], value: Double)],
        suffix: String = "",
        sums: (sum: Double, count: Int)? = nil
    ) {
        let name = "piiripost_\(name)"
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
        for (labels, value) in samples {
            let told = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            lines.append(
                "\(name)\(suffix)\(told.isEmpty ? "" : "{\(told.joined(separator: ","))}") \(Self.number(value))")
        }
        if let sums { lines += ["\(name)_sum \(Self.number(sums.sum))", "\(name)_count \(sums.count)"] }
    }

    private static func escaped(_ text: String) -> String {
        TerminalText.harmless(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
