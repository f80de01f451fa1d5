// SPDX-License-Identifier: EUPL-1.2

import Foundation

/// Judges values by the part of JSON Schema that the schemas of the tests use; an unknown keyword is a fault, and so is a
/// member that the schema does not name.
struct SchemaCheck {
    let root: [String: Any]

    func faults(of value: Any, _ schema: [String: Any], at place: String) -> [String] {
        var faults: [String] = []
        for (keyword, rule) in schema {
            switch (keyword, rule) {
            case ("$schema", _), ("$comment", _), ("$defs", _), ("title", _), ("additionalProperties", _ as Bool):
                continue
            case ("$ref", let name as String):
                let target = (root["$defs"] as? [String: Any])?[String(name.dropFirst("#/$defs/".count))]
                faults += self.faults(of: value, target as? [String: Any] ?? ["missing": name], at: place)
            case ("type", let type as String):
                let fits =
                    switch type {
                    case "object": value is [String: Any]
                    case "array": value is [Any]
                    case "string": value is String
                    case "integer": value is Int
                    case "boolean": value is Bool
                    default: false
                    }
                if !fits { faults.append("\(place): no \(type)") }
            case ("required", let names as [String]):
                let names = names.filter { (value as? [String: Any])?[$0] == nil }
                faults += names.map { "\(place): no \($0)" }
            case ("properties", let properties as [String: Any]):
                for (name, entry) in value as? [String: Any] ?? [:] {
                    if let schema = properties[name] as? [String: Any] {
                        faults += self.faults(of: entry, schema, at: "\(place).\(name)")
                    } else {
                        faults.append("\(place): \(name) is unknown")
                    }
                }
            case ("additionalProperties", let schema as [String: Any]):
                let named = schema["properties"] as? [String: Any] ?? [:]
                for (name, entry) in value as? [String: Any] ?? [:] where named[name] == nil {
                    faults += self.faults(of: entry, schema, at: "\(place).\(name)")
                }
            case ("items", let schema as [String: Any]):
                for (index, item) in (value as? [Any] ?? []).enumerated() {
                    faults += self.faults(of: item, schema, at: "\(place)[\(index)]")
                }
            case ("enum", let values as [String]):
                if !values.contains(value as? String ?? "") { faults.append("\(place): none of \(values)") }
            case ("const", let constant as Int):
                if value as? Int != constant { faults.append("\(place): not \(constant)") }
            case ("minimum", let least as Int):
                if value as? Int ?? least < least { faults.append("\(place): below \(least)") }
            case ("minItems", let count as Int):
                if (value as? [Any])?.count ?? count < count { faults.append("\(place): too few") }
            case ("maxItems", let count as Int):
                if (value as? [Any])?.count ?? count > count { faults.append("\(place): too many") }
            case ("pattern", let pattern as String):
                let text = value as? String ?? ""
                if text.range(of: pattern, options: .regularExpression) == nil { faults.append("\(place): form") }
            default: faults.append("\(place): unknown keyword \(keyword)")
            }
        }
        return faults
    }
}
