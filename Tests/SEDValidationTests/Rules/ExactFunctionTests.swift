// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDTestSupport
import SEDXML
import Testing

@testable import SEDValidation

/// The functions on amounts and days: those of the C shim beside those in Swift, which libxml2's evaluation calls.
struct ExactFunctionTests {
    private static let functions = RuleFunctions(
        message: RuleEngine.message, parameters: { .none }, codeList: { _ in throw RuleEngine.Missing() })

    private static func evaluator(onlyLibrary: Bool) throws -> XPathEvaluator {
        let made = try #require(XPathEvaluator(functions: functions.forXPath, onlyLibrary: onlyLibrary))
        #expect(made.declare("pp", RuleFunctions.namespace))
        return made
    }

    /// Texts that are, or nearly are, an amount, a day or a count.
    private static func text(_ numbers: inout SeededNumbers) -> String {
        func one(_ choices: [String]) -> String { choices[numbers.number(choices.count)] }
        func digits(_ most: Int) -> String { (0...numbers.number(most)).map { _ in "\(numbers.number(10))" }.joined() }
        let usual =
            switch numbers.number(6) {
            case 0: one(["", "-", "--", "+"]) + digits(9) + one(["", "", ".", "."]) + digits(3)
            case 1: one(["", "-"]) + digits(20) + one(["", "."]) + one(["", digits(20)])
            case 2: "\(1_000 + numbers.number(1_300))-0\(1 + numbers.number(9))-\(10 + numbers.number(22))"
            case 3:
                "\(1_990 + numbers.number(50))-\(10 + numbers.number(4))-0\(numbers.number(10))"
                    + one(["Z", "+02:00", "-12:59", "+0:00", "T00", "+02:0", "Zz", "z", ""])
            case 4: one(["-", "+", ""]) + digits(1 + numbers.number(4))
            default:
                one([
                    "", " ", "0", "-0", "00", "0.", ".0", "-.5", "0.0", "1e3", "0000-01-01", "9999-12-31", "-001-01-01",
                    "2023-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2026-1-01", "9223372036854775807",
                    "-9223372036854775808", "9223372036854775808", "999999999999999999", "-999999999999999999",
                    "1000000000000000000", "0.00000000000000001", "12000", "-12000", "12001", "372000", "-372001",
                    "NaN",
                    "2024-02-29\u{A0}", "１", "1 0", "2024 02-29", "٣",
                ])
            }
        return one(["", "", "", "", " ", "\n\t"]) + usual + one(["", "", "", "", " ", "\r\n"])
    }

    private static func call(_ numbers: inout SeededNumbers, depth: Int = 0) -> String {
        let names = RuleFunction.allCases.filter {
            switch $0 {
            case .isDate, .before, .after, .addDays, .addMonths, .addYears, .daysBetween, .longerThanMonths,
                .longerThanYears, .amountSum, .amountCompare, .amountDiffers, .decimals:
                true
            default: false
            }
        }
        let function = names[numbers.number(names.count)]
        // Now and then with a count of arguments that it does not take, which fails.
        let count = numbers.number(40) == 0 ? numbers.number(4) : function.arity.lowerBound
        let arguments = (0..<count).map { _ in
            switch numbers.number(depth < 2 ? 9 : 8) {
            case 0...3: ["a", "b", "c", "d"][numbers.number(4)]
            case 4: ["*", "a | c", "zz", ".", "*[3]", "(a | b | d)[2]", "//c"][numbers.number(7)]
            case 5: ["1", "24", "-3", "0 div 0", "1.5", "1 div 0", "true()", "20000"][numbers.number(8)]
            case 6: "'" + ["2024-02-29", "0", "12.50", "", "-1", "100000000000000000"][numbers.number(6)] + "'"
            case 7: "$v"
            default: call(&numbers, depth: depth + 1)
            }
        }
        return "pp:\(function.rawValue)(\(arguments.joined(separator: ", ")))"
    }

    @Test func `a function of the C shim answers as the one in Swift does`() throws {
        var numbers = SeededNumbers(seed: 20_261_121)
        var told: Set<String> = []
        for _ in 0..<120 {
            let values = (0..<5).map { _ in Self.text(&numbers) }
            let content = zip(["a", "b", "c", "d", "a"], values).map { "<\($0)>\($1)</\($0)>" }.joined()
            let tree = try XMLTree(parsing: Array("<r>\(content)</r>".utf8))
            let calls = (0..<40).map { _ in Self.call(&numbers) }
            let variable = calls[0].contains("$v") ? "b" : calls[0]
            func outcomes(onlyLibrary: Bool) throws -> [[String]] {
                try Self.evaluator(onlyLibrary: onlyLibrary).run(on: tree) { evaluator in
                    let node = XPathNode(tree.root)
                    let value = try #require(evaluator.compile(variable))
                    // A variable that cannot have its value fails what asks for it.
                    try? evaluator.set(try #require(evaluator.variable("v", of: value)), at: node)
                    return try calls.map { text in
                        let whole = try #require(evaluator.compile("string(\(text))"))
                        let call = try #require(evaluator.compile(text))
                        let place = try #require(evaluator.compile("*[\(text)]"))
                        return [
                            (try? evaluator.text(whole, at: node)) ?? "fault",
                            (try? evaluator.test(call, at: node)).map { "\($0)" } ?? "fault",
                            (try? evaluator.nodes(place, at: node)).map { "\($0)" } ?? "fault",
                        ]
                    }
                }
            }
            let (ours, theirs) = (try outcomes(onlyLibrary: false), try outcomes(onlyLibrary: true))
            for (index, text) in calls.enumerated() where ours[index] != theirs[index] {
                Issue.record("\(text) with \(variable) on \(values): \(ours[index]), not \(theirs[index])")
            }
            told.formUnion(theirs.map { $0[0] })
        }
        // Else most calls would have had nothing to answer.
        #expect(told.count > 60, "\(told.count)")
    }
}
