// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

/// What one run over the queues came to.
package struct ProcessingSummary: Hashable, Sendable, Codable {
    package var accepted = 0
    package var acceptedWithFindings = 0
    package var pending = 0
    package var rejected = 0
    package var quarantined = 0
    package var duplicates = 0
    /// Messages that had waited and found their place in this run.
    package var resolved = 0
    /// Messages that had a place and lost it in this run to others that came late.
    package var displaced = 0
    /// Files that could not be taken and are still where they were.
    package var notReady = 0
    package var exceptions = 0
    /// Cases that were closed, or proposed to be closed, because a clock had run out.
    package var closings = 0
    /// Documents of ours that must go again, as a draft or to be sent.
    package var resends = 0
    package var delivered = 0

    package init() {}

    /// Whether anything happened besides files that are still not ready.
    package var hasNews: Bool {
        var rest = self
        rest.notReady = 0
        return rest != ProcessingSummary()
    }

    mutating func count(_ message: ProcessedMessage) {
        if message.wasDisplaced {
            displaced += 1
            return
        }
        if message.hadWaited {
            resolved += 1
            return
        }
        switch message.disposition {
        case .accept: accepted += 1
        case .acceptWithFindings: acceptedWithFindings += 1
        case .pending: pending += 1
        case .reject: rejected += 1
        case .quarantine: quarantined += 1
        case .duplicate: duplicates += 1
        }
    }
}
