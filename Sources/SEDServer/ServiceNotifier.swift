// SPDX-License-Identifier: EUPL-1.2

internal import Dispatch
internal import Glibc

/// Tells systemd how the service is: one datagram for each word, see sd_notify(3).
///
/// Without a service manager, or where it does not listen, nothing happens.
struct ServiceNotifier: Sendable {
    private let socket: String?
    /// How often the service manager wants to hear that the work gets on; nil where it does not ask.
    let watchdog: Duration?

    init(environment: [String: String]) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int($0) }.flatMap { count in
            count > 0 && isMeant ? .microseconds(count) : nil
        }
    }

    func ready() { send("READY=1") }

    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(DispatchTime.now().uptimeNanoseconds / 1_000)")
    }

    func stopping() { send("STOPPING=1") }

    func alive() { send("WATCHDOG=1") }

    private func send(_ words: String) {
        guard let socket else { return }
        var path = Array(socket.utf8)
        // A name that begins with @ is none of the file system.
        if path.first == 0x40 { path[0] = 0 }
        var address = sockaddr_un()
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in unsafe place.copyBytes(from: path) }
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // An abstract name ends where its length says, so no zeros may follow.
        let ending = path[0] == 0 ? 0 : 1
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + ending)
        let bytes = Array(words.utf8)
        _ = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}
