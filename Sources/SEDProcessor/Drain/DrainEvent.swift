// SPDX-License-Identifier: EUPL-1.2

package import SEDQueue

/// What whoever drains a workspace is told, in its order.
package enum DrainEvent: Sendable {
    /// The configuration is sound, and the first look begins.
    case started
    /// A file was read and judged; it took so long. Several may be told at once.
    case judged(Duration)
    /// A message whose effects are durable.
    case message(ProcessedMessage)
    /// One look at everything has ended; it took so long.
    case passed(ProcessingSummary, RunNotes.Content, Duration)
    /// What an operator has to know of the access points.
    case warning(String)
    /// Only when it begins, not on each look.
    case folderFailed(queue: String, FileError)
    case folderRecovered(queue: String)
    /// The disk is full: nothing more is taken until there is room.
    case intakeStopped
    case intakeResumed
    /// A look ended with an error; the next one comes after this time.
    case failed(any Error, again: Duration)
    case recovered
    case reloading
    case reloaded
    /// What was asked for is faulty; what was in force stays so.
    case reloadFailed(any Error)
    /// No further message is taken.
    case stopping
}
