// swift-tools-version: 6.2
// SPDX-License-Identifier: EUPL-1.2
import PackageDescription

/// What shortens the start of the program.
///
/// The metadata of Swift and Foundation hold 88,000 addresses that the loader adjusts and 10,000 names that nobody
/// looks up: the former are packed, the latter left out, see docs/benchmarks.md. The program stays position
/// independent, and what the loader adjusts becomes read-only, as before.
let quickStart: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic"],
        .when(platforms: [.linux], configuration: .release)
    )
]

let package = Package(
    name: "piiripost",
    products: [
        .executable(name: "piiripost", targets: ["piiripost"]),
        .executable(name: "piiripost-full", targets: ["piiripost-full"]),
        .executable(name: "piiripostd", targets: ["piiripostd"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without its traits: our configuration is a file of our own.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The system-library targets exist only to pass pkg-config flags to the C shims.
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CSEDXML", dependencies: ["CLibXML2"]),
        .target(name: "CSEDCrypto", dependencies: ["CLibCrypto"]),
        .systemLibrary(name: "CLibZ", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CSEDArchive", dependencies: ["CLibZ"]),

        .target(name: "SEDCore"),
        .target(name: "SEDXML", dependencies: ["CSEDXML", "SEDCore"]),
        .target(name: "SEDCases", dependencies: ["SEDCore"]),
        .target(name: "SEDCurrency", dependencies: ["SEDCore"]),
        .target(name: "SEDRecovery", dependencies: ["SEDCore", "SEDCurrency"]),
        .target(name: "SEDValidation", dependencies: ["SEDCurrency", "SEDXML", "SEDCore"]),
        .target(name: "SEDQueue", dependencies: ["SEDCore"]),
        .target(name: "SEDCrypto", dependencies: ["CSEDCrypto", "SEDCore"]),
        .target(
            name: "SEDStorage",
            dependencies: [
                "SEDCases", "SEDCore", "SEDCurrency", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(name: "SEDInspection", dependencies: ["SEDCore", "SEDValidation", "SEDXML"]),
        .target(
            name: "SEDProcessor",
            dependencies: [
                "CSEDArchive", "SEDCases", "SEDCore", "SEDCrypto", "SEDCurrency", "SEDInspection", "SEDQueue",
                "SEDRecovery", "SEDStorage", "SEDValidation", "SEDXML",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        // What people start. It does one thing itself and becomes the full program for everything else. A dependency on
        // that would have one built with the other, and would link all of it.
        .executableTarget(
            name: "piiripost",
            dependencies: ["SEDCore", "SEDInspection", "SEDValidation"],
            linkerSettings: quickStart
        ),
        .executableTarget(
            name: "piiripost-full",
            dependencies: [
                "SEDCases", "SEDCore", "SEDCrypto", "SEDCurrency", "SEDInspection", "SEDProcessor", "SEDRecovery",
                "SEDStorage", "SEDValidation", "SEDXML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: quickStart
        ),
        .target(
            name: "SEDServer",
            dependencies: [
                "SEDCore", "SEDInspection", "SEDProcessor",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "piiripostd",
            dependencies: [
                "SEDCore", "SEDInspection", "SEDProcessor", "SEDServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: quickStart
        ),

        // Part of no product: what `make bench` runs. A package of its own could not see what is `package`.
        .executableTarget(
            name: "judge-bench",
            dependencies: [
                "SEDCore", "SEDInspection", "SEDProcessor", "SEDQueue", "SEDStorage", "SEDValidation",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Benchmarks/JudgeBench"
        ),

        .target(
            name: "SEDTestSupport", dependencies: ["SEDCore", "SEDCurrency"], path: "Tests/SEDTestSupport"),
        .testTarget(name: "SEDCoreTests", dependencies: ["SEDCore"]),
        .testTarget(name: "SEDXMLTests", dependencies: ["SEDCore", "SEDTestSupport", "SEDXML"]),
        .testTarget(name: "SEDCasesTests", dependencies: ["SEDCases", "SEDCore", "SEDTestSupport"]),
        .testTarget(name: "SEDCurrencyTests", dependencies: ["SEDCore", "SEDCurrency", "SEDTestSupport"]),
        .testTarget(name: "SEDRecoveryTests", dependencies: ["SEDCore", "SEDCurrency", "SEDRecovery"]),
        .testTarget(name: "SEDCryptoTests", dependencies: ["SEDCrypto"]),
        .testTarget(name: "SEDQueueTests", dependencies: ["SEDQueue", "SEDTestSupport"]),
        .testTarget(
            name: "SEDStorageTests",
            dependencies: [
                "SEDCases", "SEDCore", "SEDStorage", "SEDTestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "SEDValidationTests",
            dependencies: [
                "SEDCore", "SEDCrypto", "SEDCurrency", "SEDInspection", "SEDProcessor", "SEDTestSupport",
                "SEDValidation", "SEDXML",
            ]
        ),
        .testTarget(
            name: "SEDProcessorTests",
            dependencies: [
                "SEDCases", "SEDCore", "SEDCurrency", "SEDInspection", "SEDProcessor", "SEDQueue",
                "SEDRecovery", "SEDStorage", "SEDTestSupport", "SEDValidation",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .executableTarget(name: "bounded-run", path: "Tests/BoundedRun"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "SEDCore", "SEDInspection", "SEDProcessor", "SEDStorage", "SEDTestSupport", "SEDValidation", "SEDXML",
                "bounded-run", "piiripost", "piiripost-full", "piiripostd",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Built by .ci/soak alone, which also has every module and the C shim instrumented.
if Context.environment["PIIRIPOST_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz-document", dependencies: ["SEDCore", "SEDInspection", "SEDProcessor", "SEDValidation"],
            path: "Tests/Fuzz",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        )
    )
}

/// Targets that touch C pointers and therefore spell every unsafe expression.
let pointerTargets: Set<String> = ["SEDXML", "SEDCrypto", "SEDQueue", "SEDServer"]

for target in package.targets where ![.system].contains(target.type) && !target.name.hasPrefix("C") {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .enableUpcomingFeature("ImmutableWeakCaptures"),
            .treatAllWarnings(as: .error),
        ]
    if pointerTargets.contains(target.name) {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
