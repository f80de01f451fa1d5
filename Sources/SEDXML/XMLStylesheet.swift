// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// Why a page could not be made.
package enum TransformationError: Error, Hashable, CustomStringConvertible {
    /// libxslt is not installed.
    case noLibrary
    /// The stylesheet is faulty, or does not fit the document.
    case failed

    package var description: String {
        switch self {
        case .noLibrary: "pages need libxslt (Debian: libxslt1.1)"
        case .failed: "the stylesheet cannot be applied"
        }
    }
}

extension XMLTree {
    /// What a stylesheet makes of this document, as UTF-8; the stylesheet can read nothing else.
    package borrowing func transformed(by sheet: borrowing XMLTree) throws(TransformationError) -> [UInt8] {
        var text: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        // The stylesheet is borrowed for the whole call, so its document is there as long as the pointer is used.
        let rules = unsafe sheet.withDocument { unsafe $0 }
        let answer = unsafe withDocument { document in unsafe csx_transform(rules, document, &text, &length) }
        defer { unsafe csx_text_free(text) }
        guard answer != -1 else { throw .noLibrary }
        guard answer == 1, let text = unsafe text else { throw .failed }
        return unsafe UnsafeRawBufferPointer(start: text, count: Int(length)).map { $0 }
    }
}
