// SPDX-License-Identifier: EUPL-1.2

package import SEDCore

/// The main course of one side as a picture: states, and arrows with the documents that lead from one to the next.
///
/// What would make the picture unreadable is gathered: documents between the same two states stand on one arrow, and a
/// document that leads to one state from four or more others gets a node that lists them. What leaves the state as it
/// is has no arrow, see ``loops``.
package struct UseCasePicture: Hashable, Sendable {
    /// A document on an arrow, seen from this side.
    package struct Label: Hashable, Sendable {
        package let way: Way
        package let sed: SEDType
        package let contexts: [String]

        /// In words, such as `receives R018 (R018-01)`.
        package var text: String {
            let act = "\(way == .sent ? "sends" : "receives") \(sed)"
            return contexts.isEmpty ? act : "\(act) (\(contexts.joined(separator: ", ")))"
        }

        fileprivate init(_ row: Transition) {
            way = row.way
            sed = row.sed
            contexts = row.contexts
        }
    }

    package struct Arrow: Hashable, Sendable {
        /// One state, or four and more that share the arrow, in order.
        package let from: [StateID]
        package let to: StateID
        package let labels: [Label]
        /// Whether the published table demands one of the documents in one of the states.
        package let isMandatory: Bool
    }

    /// A document that may travel in some states without leaving them.
    package struct Loop: Hashable, Sendable {
        package let label: Label
        package let states: [StateID]
    }

    package let role: CaseRole
    package let states: [StateID]
    package let endStates: Set<StateID>
    package let arrows: [Arrow]
    package let loops: [Loop]

    /// From how many states on an arrow is shared.
    private static let crowd = 4

    package init(of table: RoleTable) {
        role = table.role
        endStates = table.endStates
        let rows = table.transitions.filter(\.isMainCourse)
        let leading = rows.filter { $0.next != $0.state }
        let targets = Self.grouped(leading) { Target(label: Label($0), to: $0.next) }
        let crowds = targets.map { (key: $0.key, rows: $0.rows.filter { $0.state != .start }) }
            .filter { Set($0.rows.map(\.state)).count >= Self.crowd }
        let crowded = Set(crowds.map(\.key))
        let single = leading.filter { row in
            // The start stands by itself, so that everybody sees where a case begins.
            row.state == .start || !crowded.contains(Target(label: Label(row), to: row.next))
        }
        let simple = Self.grouped(single) { Ends(from: [$0.state], to: $0.next) }
        let shared = Self.grouped(crowds) { group in
            Ends(from: Set(group.rows.map(\.state)).sorted(), to: group.key.to)
        }
        let rowsOfShared = shared.map { (key: $0.key, rows: $0.rows.flatMap(\.rows)) }
        arrows = (simple + rowsOfShared).map { ends, rows in
            Arrow(
                from: ends.from, to: ends.to, labels: Self.unique(rows.map(Label.init)),
                isMandatory: rows.contains { $0.mark == .must }
            )
        }
        loops = Self.grouped(rows.filter { $0.next == $0.state }) { Label($0) }
            .map { Loop(label: $0.key, states: Set($0.rows.map(\.state)).sorted()) }
        states = Set(leading.flatMap { [$0.state, $0.next] }).sorted()
    }

    private struct Ends: Hashable {
        let from: [StateID]
        let to: StateID
    }

    private struct Target: Hashable {
        let label: Label
        let to: StateID
    }

    /// Groups in the order in which the keys first come.
    private static func grouped<Row, Key: Hashable>(_ rows: [Row], by key: (Row) -> Key) -> [(key: Key, rows: [Row])] {
        let groups = Dictionary(grouping: rows, by: key)
        return unique(rows.map(key)).map { ($0, groups[$0] ?? []) }
    }

    private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }

    /// The lists of states that share arrows, each once.
    private var crowds: [[StateID]] { Self.unique(arrows.map(\.from).filter { $0.count > 1 }) }

    private static func list(_ states: [StateID]) -> String { states.map(\.name).joined(separator: ", ") }

    /// A name that both languages take: letters, digits and underscores, beginning with a letter.
    private static func identifier(_ prefix: String, _ name: String) -> String {
        prefix + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    // MARK: Mermaid

    /// A Mermaid flowchart of the sides, each in a frame of its own when there are several.
    ///
    /// Round nodes are states, those with half-round ends states in which the process may be regarded as finished;
    /// hexagons list several states. Thick arrows bear a document that the table demands.
    package static func mermaid(_ pictures: [UseCasePicture]) -> String {
        var lines = ["flowchart LR"]
        for picture in pictures {
            let indent = pictures.count > 1 ? "        " : "    "
            if pictures.count > 1 { lines.append("    subgraph \(picture.role.rawValue)") }
            lines += picture.mermaid(prefix: pictures.count > 1 ? picture.prefix : "").map { indent + $0 }
            if pictures.count > 1 { lines.append("    end") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var prefix: String { role == .caseOwner ? "o" : "c" }

    private func mermaid(prefix: String) -> [String] {
        func node(_ states: [StateID]) -> String {
            states.count == 1
                ? Self.identifier(prefix + "s", states[0].name)
                : Self.identifier(prefix + "in", states.map(\.name).joined(separator: "_"))
        }
        let nodes = states.map { state in
            let shape = state == .start ? ("((", "))") : endStates.contains(state) ? ("([", "])") : ("(", ")")
            return "\(node([state]))\(shape.0)\"\(state)\"\(shape.1)"
        }
        let lists = crowds.map { "\(node($0)){{\"in \(Self.list($0))\"}}" }
        let edges = arrows.map { arrow in
            let line = arrow.isMandatory ? "==>" : "-->"
            let text = arrow.labels.map(\.text).joined(separator: "<br/>")
            return "\(node(arrow.from)) \(line)|\"\(text)\"| \(node([arrow.to]))"
        }
        return nodes + lists + edges
    }

    // MARK: Graphviz

    /// A Graphviz graph of the sides, with the same meaning as the Mermaid picture.
    package static func dot(_ name: String, _ pictures: [UseCasePicture]) -> String {
        var lines = ["digraph \"\(name)\" {", "    rankdir=LR;", "    node [shape=box, style=rounded];"]
        for picture in pictures {
            lines.append("    subgraph \"cluster_\(picture.role.rawValue)\" {")
            lines.append("        label=\"\(picture.role.rawValue)\";")
            lines += picture.dot(prefix: picture.prefix).map { "        \($0);" }
            lines.append("    }")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private func dot(prefix: String) -> [String] {
        func node(_ states: [StateID]) -> String {
            "\"\(prefix) \(Self.list(states))\""
        }
        let nodes = states.map { state in
            let shape = state == .start ? ", shape=circle" : endStates.contains(state) ? ", peripheries=2" : ""
            return "\(node([state])) [label=\"\(state)\"\(shape)]"
        }
        let lists = crowds.map { "\(node($0)) [label=\"in \(Self.list($0))\", shape=hexagon, style=solid]" }
        let edges = arrows.map { arrow in
            let text = arrow.labels.map(\.text).joined(separator: "\\n")
            let weight = arrow.isMandatory ? ", style=bold" : ""
            return "\(node(arrow.from)) -> \(node([arrow.to])) [label=\"\(text)\"\(weight)]"
        }
        return nodes + lists + edges
    }
}

extension StateID: Comparable {
    /// The start, then numbers by their parts (`13b-2` before `13b-10`), then the states that end a case.
    package static func < (left: StateID, right: StateID) -> Bool {
        left.order.lexicographicallyPrecedes(right.order) { first, second in
            first.number == second.number ? first.text < second.text : first.number < second.number
        }
    }

    private var order: [(number: Int, text: String)] {
        if self == .start { return [(-1, "")] }
        guard name.first?.isNumber == true else { return [(Int.max, name)] }
        var parts: [(number: Int, text: String)] = []
        var rest = name[...]
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isNumber)
            let text = rest.dropFirst(digits.count).prefix { !$0.isNumber }
            parts.append((Int(digits) ?? 0, String(text)))
            rest = rest.dropFirst(digits.count + text.count)
        }
        return parts
    }
}
