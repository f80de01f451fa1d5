// SPDX-License-Identifier: EUPL-1.2

import SEDTestSupport
import SEDXML
import Testing

/// The table of elements that stands beside libxml2's tree, held against what libxml2 finds in that tree.
struct ElementTableTests {
    private static func evaluator(onlyLibrary: Bool) throws -> XPathEvaluator {
        let functions = XPathFunctions(namespace: "urn:f", functions: []) { _, _ in nil }
        let evaluator = try #require(XPathEvaluator(functions: functions, onlyLibrary: onlyLibrary))
        #expect(evaluator.declare("p", "urn:p"))
        return evaluator
    }

    /// Elements with white space, comments and texts of all lengths between and in them; short texts lie in the table.
    private static func document(_ numbers: inout SeededNumbers) -> String {
        func text(_ numbers: inout SeededNumbers) -> String {
            let length = [0, 1, 7, 30, 31, 32, 33, 63, 64, 200][numbers.number(10)]
            let letters = String((0..<length).map { _ in Character(["a", "1", " ", "é"][numbers.number(4)]) })
            let piece = ["&amp;", "<![CDATA[<x>]]>", "<!-- c -->", "<?p i?>", ""][numbers.number(5)]
            return letters + piece + (numbers.number(3) == 0 ? letters : "")
        }
        func element(_ depth: Int, _ numbers: inout SeededNumbers) -> String {
            let name = ["a", "b", "c", "p:b"][numbers.number(4)]
            let attribute = ["", "", " x=\"1\"", " p:x=\"2\" y=\"\""][numbers.number(4)]
            var content = numbers.number(3) == 0 ? "" : text(&numbers)
            if depth < 4, numbers.number(3) > 0 {
                content = "\n"
                for _ in 0..<numbers.number(5) {
                    content += element(depth + 1, &numbers) + ["", "\n  ", " z ", "<!-- c -->\n"][numbers.number(4)]
                }
            }
            return content.isEmpty ? "<\(name)\(attribute)/>" : "<\(name)\(attribute)>\(content)</\(name)>"
        }
        let inside = (0..<4).map { _ in element(0, &numbers) }.joined(separator: "\n")
        return "<r xmlns:p='urn:p'>\(inside)</r>"
    }

    @Test func `elements stand beside and in one another as libxml2 finds them`() throws {
        var numbers = SeededNumbers(seed: 20_261_121)
        var elements = 0
        var shortest = Int.max
        var longest = 0
        for _ in 0..<30 {
            let tree = try XMLTree(parsing: Array(Self.document(&numbers).utf8))
            let library = try Self.evaluator(onlyLibrary: true)
            try library.run(on: tree) { library in
                func nodes(_ path: String, _ element: ElementID) throws -> [XPathNode] {
                    library.stand(at: XPathNode(element))
                    return try library.nodes(try #require(library.compile(path)), at: XPathNode(element))
                }
                let all = (0..<tree.elementCount).compactMap { tree.element(numbered: $0) }
                for element in all {
                    let children = tree.children(of: element).map { XPathNode($0) }
                    #expect(try children == nodes("*", element))
                    let parent = tree.parent(of: element).map { [XPathNode($0)] } ?? []
                    #expect(try parent == nodes("parent::*", element))
                    let next = tree.nextNamesake(of: element).map { [XPathNode($0)] } ?? []
                    let namesake = "following-sibling::*[local-name() = local-name(current())][1]"
                    #expect(try next == nodes(namesake, element))
                    let found = tree.elements(at: "a/b", below: element).map { XPathNode($0) }
                    #expect(try found == nodes("*[local-name() = 'a']/*[local-name() = 'b']", element))
                    let around = all.filter { tree.isWithin(element, $0) }.map { XPathNode($0) }
                    #expect(try around == nodes("ancestor-or-self::*", element))
                    let itself = try #require(library.compile("."))
                    let text = tree.text(of: element)
                    #expect(try text == library.text(itself, at: XPathNode(element)))
                    elements += 1
                    shortest = min(shortest, text.utf8.count)
                    longest = max(longest, text.utf8.count)
                }
            }
        }
        // Else nothing was compared.
        #expect(elements > 300 && shortest == 0 && longest > 200, "\(elements) \(shortest) \(longest)")
    }

    @Test func `paths walk the table as libxml2 walks the tree`() throws {
        var numbers = SeededNumbers(seed: 20_261_122)
        let steps = [
            "a", "b", "c", "*", "p:b", "..", ".", "@x", "@p:x", "@*", "descendant::b", "ancestor::*", "self::a",
        ]
        let predicates = [
            "", "", "", "[.]", "[b]", "[normalize-space()]", "[2]", "[last()]", "[. = ../b]", "[string-length() = 31]",
            "[string-length() > 31]", "[@x]", "[not(*)]", "[. = 'a']", "[. != '']",
        ]
        var simple = 0
        var found = 0
        for _ in 0..<25 {
            let tree = try XMLTree(parsing: Array(Self.document(&numbers).utf8))
            let (ours, library) = (try Self.evaluator(onlyLibrary: false), try Self.evaluator(onlyLibrary: true))
            var paths: [String] = []
            for _ in 0..<30 {
                var path = ["", "/r/", "//", "/r/a/", "(a | b | c)/"][numbers.number(5)]
                path += (0...numbers.number(4)).map { _ in
                    let step = steps[numbers.number(steps.count)]
                    return step.hasPrefix(".") ? step : step + predicates[numbers.number(predicates.count)]
                }.joined(separator: "/")
                paths += [path, "count(\(path))", "string(\(path))", "\(path) = //c", "boolean(\(path)) or b = ''"]
            }
            let places =
                [XPathNode.document]
                + (0..<tree.elementCount).compactMap { number in
                    number % 11 == 0 ? tree.element(numbered: number).map { XPathNode($0) } : nil
                }
            // Each with its own allowance of work, which libxml2 counts in another way.
            func outcomes(_ evaluator: XPathEvaluator) -> [[String]] {
                paths.map { path in
                    guard let expression = evaluator.compile(path) else { return ["no expression"] }
                    return evaluator.run(on: tree) { evaluator in
                        places.flatMap { place in
                            [
                                (try? evaluator.nodes(expression, at: place)).map { "\($0)" } ?? "fault",
                                (try? evaluator.text(expression, at: place)) ?? "fault",
                                (try? evaluator.test(expression, at: place)).map { "\($0)" } ?? "fault",
                            ]
                        }
                    }
                }
            }
            let (mine, theirs) = (outcomes(ours), outcomes(library))
            for (index, path) in paths.enumerated() {
                #expect(mine[index] == theirs[index], "\(path)")
                if ours.compile(path).map({ ours.isSimple($0) }) == true { simple += 1 }
                found += theirs[index].contains { $0.contains("number:") } ? 1 : 0
            }
        }
        #expect(simple > 2_000 && found > 100, "\(simple) \(found)")
    }

    @Test func `names beyond the table of names are found`() throws {
        let inside = (0..<3_000).map { "<n\($0) a\($0)='1'><last/></n\($0)>" }.joined(separator: "\n")
        let tree = try XMLTree(parsing: Array("<r>\(inside)</r>".utf8))
        let evaluator = try Self.evaluator(onlyLibrary: false)
        try evaluator.run(on: tree) { evaluator in
            for (path, count) in [
                ("r/n3", 1), ("r/n2999", 1), ("r/n3000", 0), ("//last", 3_000), ("r/n2999/@a2999", 1), ("r/zz", 0),
                ("r/n2999/@a2998", 0), ("//n600 | //n2600", 2),
            ] {
                let expression = try #require(evaluator.compile(path))
                #expect(evaluator.isSimple(expression))
                #expect(try evaluator.nodes(expression, at: .document).count == count, "\(path)")
            }
        }
        let paths = ["n3", "n2999", "n3000", "last", "n2999/*"].map { [ElementFinder.Path(names: $0, isRooted: false)] }
        let finder = try #require(ElementFinder(paths))
        let found = finder.elements(in: tree, below: tree.root)
        #expect(paths.indices.map { found?[$0].count } == [1, 1, 0, 3_000, 1])
    }
}
