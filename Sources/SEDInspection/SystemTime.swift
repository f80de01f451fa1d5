// SPDX-License-Identifier: EUPL-1.2

internal import Glibc
package import SEDCore

/// The machine's clock, for those who are not given another one.
package enum SystemTime {
    package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(millisecondsSinceEpoch: Int64(time.tv_sec) * 1_000 + (Int64(time.tv_nsec) + 500_000) / 1_000_000)
    }
}
