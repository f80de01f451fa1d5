// SPDX-License-Identifier: EUPL-1.2

/// The published courses of a business use case, as `eessi/scenarios` has them.
struct Scenario: Decodable {
    struct Course: Decodable {
        let id: String
        let steps: [Step]
    }

    struct Step: Decodable {
        let sed: String
        let from: String
        let to: String
        let ref: String?
    }

    let cases: [Course]
}
