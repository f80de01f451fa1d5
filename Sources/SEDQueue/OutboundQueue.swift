// SPDX-License-Identifier: EUPL-1.2

/// An outbound folder: its reader only ever sees complete files, and each file once.
///
/// A file is first written under a hidden folder beside its place and made durable; the store notes that; only then is
/// it renamed into place. After a crash the hidden file tells whether the rename happened: while it is there, it did
/// not. So a file that its reader has already taken is never put there again.
package struct OutboundQueue: Sendable {
    package let name: String
    private let folder: Folder
    private let staging: Folder

    package init(name: String, path: String) throws(FileError) {
        self.name = name
        folder = try Folder(creating: path)
        staging = try Folder(creating: path + "/.staging")
    }

    /// Writes a message and its attachments where no reader looks; may be repeated.
    package func stage(_ bytes: [UInt8], attachments: [(name: String, bytes: [UInt8])], named name: String)
        throws(FileError)
    {
        if !attachments.isEmpty {
            let beside = try staging.creatingFolder(InboundQueue.attachmentFolder(of: name))
            for attachment in attachments { try beside.write(attachment.bytes, named: attachment.name) }
            try beside.flush()
        }
        try staging.write(bytes, named: name)
    }

    /// Makes all staged files durable.
    package func flushStaging() throws(FileError) {
        try staging.flush()
    }

    /// Renames a staged message into place; does nothing when that has already happened.
    ///
    /// The attachments go first, so that whoever sees the message finds them complete.
    package func publish(_ name: String) throws(FileError) {
        let attachments = InboundQueue.attachmentFolder(of: name)
        try staging.move(attachments, to: folder, as: attachments)
        try staging.move(name, to: folder, as: name)
    }

    /// Makes all published files durable.
    package func flush() throws(FileError) {
        try folder.flush()
        try staging.flush()
    }
}
