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
        .executable(name: "piiripost", targets: ["piiripost"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The system-library targets exist only to pass pkg-config flags to the C shims.
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CSEDXML", dependencies: ["CLibXML2"]),
        .target(name: "CSEDCrypto", dependencies: ["CLibCrypto"]),

        .target(name: "SEDCore"),
        .target(name: "SEDXML", dependencies: ["CSEDXML", "SEDCore"]),
        .target(name: "SEDCases", dependencies: ["SEDCore"]),
        .target(name: "SEDValidation", dependencies: ["SEDXML", "SEDCore"]),
        .target(name: "SEDQueue", dependencies: ["SEDCore"]),
        .target(name: "SEDCrypto", dependencies: ["CSEDCrypto", "SEDCore"]),
        .target(
            name: "SEDStorage",
            dependencies: ["SEDCases", "SEDCore", .product(name: "GRDB", package: "GRDB.swift")]
        ),
        .target(
            name: "SEDProcessor",
            dependencies: [
                "SEDCases", "SEDCore", "SEDCrypto", "SEDQueue", "SEDStorage", "SEDValidation", "SEDXML",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .executableTarget(
            name: "piiripost",
            dependencies: [
                "SEDCases", "SEDCore", "SEDCrypto", "SEDProcessor", "SEDValidation", "SEDXML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: quickStart
        ),

        // Part of no product: what `make bench` runs. A package of its own could not see what is `package`.
        .executableTarget(
            name: "judge-bench",
            dependencies: ["SEDCore", "SEDProcessor", "SEDValidation"],
            path: "Tests/Benchmarks/JudgeBench"
        ),

        .target(name: "SEDTestSupport", path: "Tests/SEDTestSupport"),
        .testTarget(name: "SEDCoreTests", dependencies: ["SEDCore"]),
        .testTarget(name: "SEDXMLTests", dependencies: ["SEDCore", "SEDTestSupport", "SEDXML"]),
        .testTarget(name: "SEDCasesTests", dependencies: ["SEDCases", "SEDCore"]),
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
            dependencies: ["SEDCore", "SEDCrypto", "SEDProcessor", "SEDTestSupport", "SEDValidation", "SEDXML"]
        ),
        .testTarget(
            name: "SEDProcessorTests",
            dependencies: ["SEDCases", "SEDCore", "SEDProcessor", "SEDStorage", "SEDTestSupport", "SEDValidation"]
        ),
        .executableTarget(name: "bounded-run", path: "Tests/BoundedRun"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "SEDCore", "SEDProcessor", "SEDTestSupport", "SEDValidation", "SEDXML", "bounded-run", "piiripost",
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
            name: "fuzz-document", dependencies: ["SEDCore", "SEDProcessor", "SEDValidation"], path: "Tests/Fuzz",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        )
    )
}

/// Targets that touch C pointers and therefore spell every unsafe expression.
let pointerTargets: Set<String> = ["SEDXML", "SEDCrypto", "SEDQueue"]

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
