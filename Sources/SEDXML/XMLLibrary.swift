// SPDX-License-Identifier: EUPL-1.2

internal import CSEDXML

/// Facts about the XML library that is loaded.
package enum XMLLibrary {
    /// Such as `20914`; results can be traced to it.
    package static var version: String { unsafe String(cString: csx_library_version()) }
}
