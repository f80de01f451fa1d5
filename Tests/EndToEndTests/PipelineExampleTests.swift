// SPDX-License-Identifier: EUPL-1.2

import Foundation
import SEDTestSupport
import Testing
import Yams

/// The files of `examples/ci`, as far as they can be tried without GitHub, GitLab and the network; `.ci/pipelines` does
/// the rest.
struct PipelineExampleTests {
    private typealias Object = [String: Any]

    private static let folder = Repository.examples + "/ci"
    private static let valid = Repository.examples + "/inbound/03-x001-finland-closes.xml"
    private static let invalid = Repository.examples + "/inbound/41-a009-end-date-missing.xml"
    private static let undecided = Repository.examples + "/inbound/49-a009-of-cdm-5-0.xml"
    /// Names that a careless script would run, split or take for options.
    private static let hostileNames = [
        "$(touch pwned).xml", "`touch pwned`.xml", "a; touch pwned;.xml", "-o.xml", "--format.xml", "a b.xml",
        "'\"&|<>.xml", "::error::x.xml", "##[add-mask]x.xml", "${{ x }}.xml", "*.xml",
    ]

    private func load(_ path: String) throws -> Any {
        try #require(try Yams.load(yaml: String(contentsOfFile: "\(Self.folder)/\(path)", encoding: .utf8)))
    }

    private func object(_ path: String) throws -> Object { try #require(try load(path) as? Object) }

    /// A folder with documents under hostile names, all alike.
    private func hostileFolder(_ document: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: document, encoding: .utf8)
        for name in Self.hostileNames { try folder.write(text, to: name) }
        return folder
    }

    private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

    /// Runs a script as the runners do, with nothing but these variables.
    private func run(_ script: String, _ variables: [String: String], in folder: TemporaryFolder) throws
        -> Program.Result
    {
        let file = try TemporaryFolder()
        try file.write(script, to: "step.sh")
        let settings = variables.map { "\($0.key)=\(quoted($0.value))" }.joined(separator: " ")
        let bash = "/bin/bash --noprofile --norc -eo pipefail '\(file.path)/step.sh'"
        return try Program.shell("exec env -i PATH=\"$PATH\" \(settings) \(bash)", folder: folder.path)
    }

    // MARK: GitHub

    private func steps() throws -> [Object] {
        let runs = try #require(object("github/action.yml")["runs"] as? Object)
        #expect(runs["using"] as? String == "composite")
        return try #require(runs["steps"] as? [Object])
    }

    @Test func `no script has an expression in it, and every action is pinned to a commit`() throws {
        let jobs = try #require(object("github/workflow.yml")["jobs"] as? [String: Object])
        let jobSteps = jobs.values.flatMap { $0["steps"] as? [Object] ?? [] }
        #expect(jobSteps.count == 5)
        for step in try steps() + jobSteps {
            #expect((step["run"] != nil) != (step["uses"] != nil))
            #expect((step["run"] as? String)?.contains("${{") != true)
            if let action = step["uses"] as? String { #expect(action.contains(/^[\w.-]+\/[\w.\/-]+@[0-9a-f]{40}$/)) }
        }
        for step in try steps() { #expect(step["shell"] as? String == "bash") }
        #expect(try object("github/workflow.yml")["permissions"] as? [String: String] == ["contents": "read"])
    }

    /// What the runner would put for the expressions in `env`.
    private func environment(
        of step: Object, _ inputs: [String: String], temporary: String, status: String = ""
    ) throws -> [String: String] {
        let declared = try #require(object("github/action.yml")["inputs"] as? [String: Object])
        var values = declared.mapValues { $0["default"] as? String ?? "" }
        for (name, value) in inputs {
            #expect(declared[name] != nil)
            values[name] = value
        }
        var known = ["runner.temp": temporary, "steps.judge.outputs.status": status, "github.action_path": "/a/b/c/d"]
        for (name, value) in values { known["inputs.\(name)"] = value }
        known["inputs.program || format('{0}/piiripost/bin/piiripost', runner.temp)"] = Program.path
        var environment: [String: String] = [:]
        for (name, text) in step["env"] as? [String: String] ?? [:] {
            environment[name] = text.replacing(/\$\{\{ (.+?) \}\}/) { match in
                known[String(match.1)] ?? "unknown expression"
            }
            #expect(environment[name]?.contains("unknown expression") == false, "\(text)")
        }
        return environment
    }

    /// Runs the steps that judge; gives the output, the status that the action gives, and its own.
    private func act(_ inputs: [String: String], in folder: TemporaryFolder) throws -> (
        output: String, summary: String, status: String, exit: Int32
    ) {
        let temporary = try TemporaryFolder()
        for name in ["output", "summary"] { try temporary.write("", to: name) }
        let steps = try steps()
        var environment = try environment(of: steps[1], inputs, temporary: temporary.path)
        environment["RUNNER_TEMP"] = temporary.path
        environment["GITHUB_OUTPUT"] = temporary.path + "/output"
        environment["GITHUB_STEP_SUMMARY"] = temporary.path + "/summary"
        let judged = try run(try #require(steps[1]["run"] as? String), environment, in: folder)
        #expect(judged.status == 0, "\(judged.errors)")
        let written = try String(contentsOfFile: temporary.path + "/output", encoding: .utf8)
        let status = try #require(written.wholeMatch(of: /status=(\d+)\n/)?.1)
        let last = try run(
            try #require(steps[2]["run"] as? String),
            self.environment(of: steps[2], inputs, temporary: temporary.path, status: String(status)), in: folder)
        let summary = try String(contentsOfFile: temporary.path + "/summary", encoding: .utf8)
        return (judged.output, summary, String(status), last.status)
    }

    @Test(arguments: [(valid, "0"), (invalid, "1"), (undecided, "2"), ("/nowhere", "2")])
    func `the action ends as the documents are, after it has written its reports`(path: String, status: String) throws {
        let folder = try TemporaryFolder()
        let result = try act(["paths": path, "junit": "a.xml"], in: folder)
        #expect(result.status == status)
        #expect(result.exit == Int32(status))
        #expect(folder.files(in: "") == ["a.xml", "piiripost.sarif"])
        #expect(result.output.contains("::error file=") == (status != "0"))
        #expect(result.summary.hasPrefix("1 document(s): "))
    }

    @Test func `the action fails on warnings when asked to, and tells wrong usage`() throws {
        let folder = try TemporaryFolder()
        let warned = try String(contentsOfFile: Self.valid, encoding: .utf8)
        try folder.write(warned.replacing("sedVer=\"4\"", with: "sedVer=\"3\""), to: "a.xml")
        #expect(try act(["sarif": ""], in: folder).exit == 0)
        #expect(try act(["sarif": "", "fail-on": "warning"], in: folder).exit == 1)
        #expect(folder.files(in: "") == ["a.xml"])
        #expect(try act(["fail-on": "$(touch pwned)"], in: folder).exit == 64)
        #expect(folder.files(in: "") == ["a.xml"])
    }

    @Test func `names and inputs are never run, split or taken for options`() throws {
        for (document, exit) in [(Self.valid, Int32(0)), (Self.invalid, 1)] {
            let folder = try hostileFolder(document)
            let paths = Self.hostileNames.joined(separator: "\n")
            let result = try act(["paths": paths, "sarif": "$(touch pwned);.sarif"], in: folder)
            #expect(result.exit == exit)
            #expect(Set(folder.files(in: "")) == Set(Self.hostileNames + ["$(touch pwned);.sarif"]))
            let count = exit == 0 ? "11 valid, 0 invalid" : "0 valid, 11 invalid"
            #expect(result.summary == "11 document(s): \(count), 0 undecided\n")
            // No line of the log is a command of a document's or a name's making.
            let parts = result.output.split(separator: /::(?:stop-commands::)?[0-9a-f]{32}(?:::)?\n/)
            #expect(parts.count == (exit == 0 ? 1 : 2))
            let commands = exit == 0 ? [] : parts[0].split(separator: "\n")
            #expect(commands.count == (exit == 0 ? 0 : 11))
            #expect(
                commands.prefix(10).allSatisfy {
                    $0.hasPrefix("::error file=") && $0.contains(",title=A1-PERIOD-003 (XSD-003)::")
                        && $0.hasSuffix("State an end date or the duration.")
                })
            #expect(commands.dropFirst(10).allSatisfy { $0 == "::notice::1 more (1 error) are not shown here." })
        }
    }

    @Test func `the action builds the sources it came with`() throws {
        let folder = try TemporaryFolder()
        try folder.write("#!/bin/sh\necho \"$PREFIX\" \"$@\"\n", to: "make")
        _ = try Program.shell("chmod +x make", folder: folder.path)
        let step = try steps()[0]
        #expect(step["if"] as? String == "${{ inputs.program == '' }}")
        let environment = try environment(of: step, [:], temporary: "/t")
        let script = "PATH=\"$PWD:$PATH\"\n" + (try #require(step["run"] as? String))
        #expect(try run(script, environment, in: folder).output == "/t/piiripost -C /a/b/c/d/../../.. install\n")
        #expect(FileManager.default.fileExists(atPath: Self.folder + "/github/../../../Makefile"))
    }

    // MARK: GitLab

    @Test func `the job of GitLab builds once, judges, and collects the report that it wrote`() throws {
        let job = try #require(object("gitlab/gitlab-ci.yml")["seds"] as? Object)
        let before = try #require(job["before_script"] as? [String])
        let script = try #require(job["script"] as? [String])
        let artifacts = try #require(job["artifacts"] as? Object)
        #expect(artifacts["when"] as? String == "always")
        let report = try #require((artifacts["reports"] as? [String: String])?["junit"])

        let folder = try hostileFolder(Self.invalid)
        for tool in ["git", "make"] {
            try folder.write("#!/bin/sh\necho \(tool) \"$@\" >> calls\n", to: "tools/\(tool)")
        }
        _ = try Program.shell("chmod +x tools/*", folder: folder.path)
        var variables = try #require(job["variables"] as? [String: String])
        variables["CI_PROJECT_DIR"] = folder.path
        variables["CI_BUILDS_DIR"] = "/b"
        let setUp = "PATH=\"$PWD/tools:$PATH\"\n" + before[1]
        #expect(try run(setUp, variables, in: folder).status == 0)
        let calls = try String(contentsOfFile: folder.path + "/calls", encoding: .utf8)
        #expect(
            calls == """
                git clone --no-checkout -- https://git.example.org/OWNER/piiripost.git /b/piiripost-sources
                git -C /b/piiripost-sources checkout --detach 0000000000000000000000000000000000000000
                make -C /b/piiripost-sources install PREFIX=\(folder.path)/.piiripost

                """)
        let link = "mkdir -p .piiripost/bin && ln -s '\(Program.path)' .piiripost/bin/piiripost && rm -r calls tools"
        #expect(try Program.shell(link, folder: folder.path).status == 0)
        #expect(try run(setUp, variables, in: folder).status == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/calls"))
        for (path, count) in [(".", 11), ("$(touch pwned).xml", 1), ("--format.xml", 1)] {
            variables["SED_PATH"] = path
            #expect(try run(script.joined(separator: "\n"), variables, in: folder).status == 1)
            let written = try String(contentsOfFile: "\(folder.path)/\(report)", encoding: .utf8)
            #expect(written.contains("tests=\"\(count)\" failures=\"\(count)\""))
            _ = try Program.shell("rm '\(report)' piiripost.sarif", folder: folder.path)
        }
        #expect(Set(folder.files(in: "")) == Set(Self.hostileNames))
    }

    // MARK: pre-commit

    @Test func `the hooks judge the files that they are given`() throws {
        let config = try object("pre-commit/.pre-commit-config.yaml")
        let local = try #require((config["repos"] as? [Object])?.first)
        #expect(local["repo"] as? String == "local")
        let own = try #require((local["hooks"] as? [Object])?.first)
        let offered = try #require((load("pre-commit/.pre-commit-hooks.yaml") as? [Object])?.first)
        for key in ["id", "name", "entry", "language"] { #expect(own[key] as? String == offered[key] as? String) }
        let files = try Regex(#require(own["files"] as? String))
        #expect("seds/2026/a.xml".contains(files) && "seds/a.json".contains(files))
        #expect(!"other/a.xml".contains(files) && !"seds/a.pdf".contains(files))
        let entry = try #require(own["entry"] as? String)
        let path = "PATH='\(URL(fileURLWithPath: Program.path).deletingLastPathComponent().path)':\"$PATH\"\n"
        for (document, status) in [(Self.valid, Int32(0)), (Self.invalid, 1), (Self.undecided, 2)] {
            let folder = try hostileFolder(document)
            let names = Self.hostileNames.map(quoted).joined(separator: " ")
            #expect(try run("\(path)\(entry) \(names)", [:], in: folder).status == status)
            #expect(Set(folder.files(in: "")) == Set(Self.hostileNames))
        }
    }
}
