// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// The tables of an acceptor while they grow; see CSEDXML.h for what each holds.
struct AcceptorTables {
    /// Type 0 is the one about which nothing is known.
    var types = [csx_element_type()]
    var states: [csx_content_state] = []
    var steps: [csx_content_step] = []
    var attributes: [csx_attribute_use] = []
    var values: [csx_simple_type] = []
    var patterns: [csx_text_pattern] = []
    var moves: [UInt16] = []
    var roots: [csx_content_step] = []
    private var texts: [CChar] = []
    private var places: [String: Int32] = [:]

    static let unknownType: Int32 = 0

    /// The place of a name.
    mutating func place(of text: String) -> Int32 {
        if let known = places[text] { return known }
        let place = append(text)
        places[text] = place
        return place
    }

    /// The place of the first of some texts that stand one behind the other.
    mutating func place(ofAll texts: [String]) -> Int32 {
        let place = Int32(self.texts.count)
        for text in texts { _ = append(text) }
        return place
    }

    private mutating func append(_ text: String) -> Int32 {
        let place = Int32(texts.count)
        texts += text.utf8CString
        return place
    }

    mutating func append(_ pattern: PatternAutomaton) {
        var entry = csx_text_pattern()
        entry.moves = Int32(moves.count)
        entry.columns = Int32(pattern.columnCount)
        unsafe withUnsafeMutableBytes(of: &entry.column) { unsafe $0.copyBytes(from: pattern.columns) }
        moves += pattern.moves
        patterns.append(entry)
    }

    /// An acceptor with copies of the tables, which the caller owns; nil when memory is short.
    func acceptor() -> OpaquePointer? {
        unsafe types.withUnsafeBufferPointer { types in
            unsafe states.withUnsafeBufferPointer { states in
                unsafe steps.withUnsafeBufferPointer { steps in
                    unsafe attributes.withUnsafeBufferPointer { attributes in
                        unsafe values.withUnsafeBufferPointer { values in
                            unsafe patterns.withUnsafeBufferPointer { patterns in
                                unsafe moves.withUnsafeBufferPointer { moves in
                                    unsafe texts.withUnsafeBufferPointer { texts in
                                        unsafe roots.withUnsafeBufferPointer { roots in
                                            var tables = unsafe csx_tables(
                                                types: types.baseAddress, typesCount: Int32(types.count),
                                                states: states.baseAddress, statesCount: Int32(states.count),
                                                steps: steps.baseAddress, stepsCount: Int32(steps.count),
                                                attributes: attributes.baseAddress,
                                                attributesCount: Int32(attributes.count),
                                                values: values.baseAddress, valuesCount: Int32(values.count),
                                                patterns: patterns.baseAddress, patternsCount: Int32(patterns.count),
                                                moves: moves.baseAddress, movesCount: Int32(moves.count),
                                                texts: texts.baseAddress, textsCount: Int32(texts.count),
                                                roots: roots.baseAddress, rootsCount: Int32(roots.count)
                                            )
                                            return unsafe csx_acceptor_create(&tables)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
