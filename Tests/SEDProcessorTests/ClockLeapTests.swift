// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDCore
import SEDTestSupport
import Testing

@testable import SEDProcessor

/// A clock that somebody sets does not end what waits.
struct ClockLeapTests {
    private let start = Instant(millisecondsSinceEpoch: 1_772_000_000_000)
    private let counter = ContinuousClock.now
    private let patience = Duration.seconds(600)

    private func leap(_ leap: ClockLeap, after seconds: Int, ahead: Int) -> Int {
        leap.seconds(
            patience: patience, clock: start.adding(seconds: seconds + ahead), counter: counter + .seconds(seconds))
    }

    @Test func `a clock set ahead is believed after a whole waiting time`() {
        let clock = ClockLeap(clock: start, counter: counter)
        #expect(leap(clock, after: 10, ahead: 0) == 0)
        #expect(leap(clock, after: 20, ahead: 86_400) == 86_400)
        #expect(leap(clock, after: 619, ahead: 86_400) == 86_400)
        #expect(leap(clock, after: 620, ahead: 86_400) == 0)
        #expect(leap(clock, after: 630, ahead: 86_400) == 0)
        #expect(leap(clock, after: 640, ahead: 2 * 86_400) == 86_400)
    }

    @Test func `a clock that is set back, drifts or stands still shortens nothing`() {
        let clock = ClockLeap(clock: start, counter: counter)
        #expect(leap(clock, after: 10, ahead: 4) == 0)
        #expect(leap(clock, after: 20, ahead: 8) == 0)
        #expect(leap(clock, after: 30, ahead: -86_400) == 0)
        #expect(leap(clock, after: 40, ahead: -86_400) == 0)
        #expect(leap(clock, after: 50, ahead: 0) == 86_400)
    }

    @Test func `a clock set ahead and back again leaves nothing`() {
        let clock = ClockLeap(clock: start, counter: counter)
        #expect(leap(clock, after: 10, ahead: 3_600) == 3_600)
        #expect(leap(clock, after: 20, ahead: 0) == 0)
        #expect(leap(clock, after: 30, ahead: 3_600) == 3_600)
    }

    @Test func `what rests after a failure is tried again although the clock was set back`() async throws {
        let bench = try Bench(
            configuration: """
                institutions: EE:MTA001
                incompleteAfter: 0s
                outbound: {name: desk, path: blocked/desk}
                """)
        try bench.folder.write("in the way", to: "blocked")
        var request = try TestMessage("R017", in: "R_BUC_07")
        request.action = "Start"
        try bench.drop(request, as: "1")
        #expect(try await bench.drain().summary.delivered == 0)
        try FileManager.default.removeItem(atPath: bench.folder.path + "/blocked")
        #expect(try await bench.drain().summary.delivered == 0)
        bench.wait(hours: -48)
        #expect(try await bench.drain().summary.delivered == 1)
    }
}
