// SPDX-License-Identifier: EUPL-1.2

internal import Foundation
package import SEDCore

/// The machine's clock, for those who are not given another one.
package enum SystemTime {
    package static func now() -> Instant {
        Instant(millisecondsSinceEpoch: Int64((Date().timeIntervalSince1970 * 1_000).rounded()))
    }
}
