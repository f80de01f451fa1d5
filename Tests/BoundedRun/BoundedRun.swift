// SPDX-License-Identifier: EUPL-1.2

import Glibc

/// Runs one program under limits and writes what it used: `bounded-run FACTS CPU-SECONDS PROGRAM ARGUMENT...`.
///
/// A program of its own because Linux hands the memory mark of the starting process on to what it starts: only a
/// small starter gives the true peak. FACTS receives `status signal cpu-microseconds peak-kilobytes`.
@main
enum BoundedRun {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count > 3, let seconds = UInt(arguments[2]) else { exit(64) }
        var limit = rlimit(rlim_cur: rlim_t(seconds), rlim_max: rlim_t(seconds))
        setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
        var process = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = arguments[3...].map { strdup($0) }
        words.append(nil)
        guard posix_spawn(&process, arguments[3], nil, nil, words, environ) == 0 else { exit(71) }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        let signal = status & 0x7F
        let cpu = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + $1.tv_sec * 1_000_000 + Int($1.tv_usec) }
        let line = "\(signal == 0 ? (status >> 8) & 0xFF : -1) \(signal) \(cpu) \(usage.ru_maxrss)\n"
        let file = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0, write(file, line, line.utf8.count) == line.utf8.count else { exit(74) }
    }
}
