// SPDX-License-Identifier: EUPL-1.2

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import SEDCore
internal import SEDInspection
internal import SEDProcessor

/// Shows on loopback how the daemon is: `/health/live`, `/health/ready` and `/metrics`, and nothing else.
struct MonitorServer: Sendable {
    let address: ListenAddress
    let state: MonitorState
    let logger: Logger
    let onListening: @Sendable (ListenAddress?) -> Void

    /// What anybody may ask of it at once, and for how long they may keep it waiting.
    private static let mostConnections = 64
    private static let idle = TimeAmount.seconds(10)
    private static let headerBytes = 8 << 10

    func application() -> some ApplicationProtocol {
        var configuration = ApplicationConfiguration(
            address: .hostname(address.host, port: address.port), serverName: nil,
            availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections, logger: logger)
        )
        configuration.serverName = "piiripostd"
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: Self.idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Self.headerBytes, maxHeaderListSize: Self.headerBytes,
                        maxHeaderFieldCount: 64
                    )
                )
            ),
            configuration: configuration,
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                onListening(ListenAddress(parsing: "\(ListenAddress.bracketed(address.host)):\(port)"))
            },
            logger: logger
        )
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: LoopbackHost())
        router.get("health/live") { _, _ in try state.live() }
        router.get("health/ready") { _, _ in try state.ready() }
        router.get("metrics") { _, _ in state.metrics() }
        return router
    }
}

/// Answers only those who asked for this machine by a name that always means this machine.
///
/// A page in somebody's browser could otherwise ask under a name of its own that it leads here (DNS rebinding).
struct LoopbackHost: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, Self.isLoopback(authority) else {
            return Response(status: .misdirectedRequest)
        }
        return try await next(request, context)
    }

    static func isLoopback(_ authority: String) -> Bool {
        let hasPort = authority.contains(":") && !authority.hasSuffix("]")
        return ListenAddress(parsing: hasPort ? authority : authority + ":0") != nil
    }
}

extension Response {
    static func text(_ text: String, as type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
