// SPDX-License-Identifier: EUPL-1.2

internal import SEDXML

/// Where documents of one schema hold codes, and of which lists.
struct CodeListPlaces: Sendable {
    /// The names of the lists; a mark of the outline is an index in here.
    let lists: [String]

    private let outline: ElementOutline
    private let branches: [SchemaModel.TypeName: Int]
    private let roots: [SchemaModel.TypeName: SchemaModel.TypeName]

    /// Nil when memory is short.
    init?(_ model: SchemaModel) {
        // Only what leads to a code list is kept, so that a walk passes over all else.
        let leading = Self.leadingToLists(model)
        let names = model.types.keys.filter(leading.contains)
        let branches = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        lists = Set(model.types.values.compactMap(\.codeList)).sorted()
        roots = model.roots
        let marks = Dictionary(uniqueKeysWithValues: lists.enumerated().map { ($1, $0) })
        var built: [ElementOutline.Branch] = []
        for name in names {
            var branch = ElementOutline.Branch()
            if let type = model.types[name] {
                branch.mark = type.codeList.flatMap { marks[$0] }
                for child in type.order {
                    guard let target = type.children[child].flatMap({ branches[$0] }) else { continue }
                    branch.children.append((child, target))
                }
            }
            built.append(branch)
        }
        guard let outline = ElementOutline(built) else { return nil }
        self.outline = outline
        self.branches = branches
    }

    /// The elements that hold codes, in document order; none when the schema does not know the root.
    func finds(in tree: borrowing XMLTree, from top: ElementID) throws -> [ElementOutline.Find] {
        let root = SchemaModel.TypeName(namespace: tree.namespace(of: top) ?? "", name: tree.localName(of: top))
        guard let branch = roots[root].flatMap({ branches[$0] }) else { return [] }
        guard let finds = outline.finds(in: tree, from: top, branch: branch) else { throw OutOfMemory() }
        return finds
    }

    /// The types that are code lists or hold one somewhere below; types may hold themselves.
    private static func leadingToLists(_ model: SchemaModel) -> Set<SchemaModel.TypeName> {
        var parents: [SchemaModel.TypeName: [SchemaModel.TypeName]] = [:]
        var waiting: [SchemaModel.TypeName] = []
        for (name, type) in model.types {
            for child in type.children.values { parents[child, default: []].append(name) }
            if type.codeList != nil { waiting.append(name) }
        }
        var leading: Set<SchemaModel.TypeName> = []
        while let next = waiting.popLast() {
            if leading.insert(next).inserted { waiting += parents[next] ?? [] }
        }
        return leading
    }
}

/// There was no memory for a step; nothing is known of the document.
struct OutOfMemory: Error, CustomStringConvertible {
    var description: String { "out of memory" }
}
