using Nuke.Common.CI.GitHubActions;
using Nuke.Common.CI.GitHubActions.Configuration;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Tests.Running;

namespace Nuke.Common.Tests.Workflows;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class WorkflowTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public WorkflowTests() => (_harness.Root / "build.cmd").WriteAllText(string.Empty);

    public void Dispose() => _harness.Dispose();

    private AbsolutePath File => _harness.Root / ".github" / "workflows" / "ci.yml";

    [GitHubActions(
        "ci",
        GitHubActionsImage.Ubuntu2404,
        GitHubActionsImage.WindowsLatest,
        OnPushBranches = ["main", "release/*"],
        OnPushExcludePaths = ["docs/**"],
        OnPullRequestBranches = ["main"],
        ReadPermissions = [GitHubActionsPermissions.PullRequests],
        ImportSecrets = [nameof(ApiKey)],
        EnableGitHubToken = true,
        FetchDepth = 0,
        TimeoutMinutes = 20,
        InvokedTargets = [nameof(Test), nameof(Greet)])]
    private sealed class WorkflowBuild : TracingBuild
    {
        [Parameter] [Secret] public readonly string ApiKey;
        public Target Test => _ => _.Produces("output/*.zip").Executes(() => Trace("Test"));
        public Target Greet => _ => _.Executes(() => Trace("Greet"));
    }

    [Custom("deploy", GitHubActionsImage.UbuntuLatest, On = [GitHubActionsTrigger.WorkflowDispatch], InvokedTargets = [nameof(Test)],
        WritePermissions = [GitHubActionsPermissions.IdToken], EnvironmentName = "production")]
    private sealed class PublishingBuild : TracingBuild
    {
        public Target Test => _ => _.Executes(() => Trace("Test"));
    }

    private sealed class CustomAttribute(string name, GitHubActionsImage image) : GitHubActionsAttribute(name, image)
    {
        protected override GitHubActionsJob GetJobs(GitHubActionsImage image, IReadOnlyCollection<ExecutableTarget> relevantTargets)
        {
            var job = base.GetJobs(image, relevantTargets);
            job.Steps = [.. job.Steps, new GitHubActionsArtifactStep { Name = "report", Path = "report.html", Condition = "always()" }];
            return job;
        }
    }

    [GitHubActions("none", GitHubActionsImage.UbuntuLatest, InvokedTargets = ["Test"])]
    private sealed class TriggerlessBuild : TracingBuild
    {
        public Target Test => _ => _.Executes(() => Trace("Test"));
    }

    [GitHubActions("gone", GitHubActionsImage.UbuntuLatest, On = [GitHubActionsTrigger.Push], InvokedTargets = ["Gone"])]
    private sealed class MisnamedBuild : TracingBuild
    {
        public Target Test => _ => _.Executes(() => Trace("Test"));
    }

    [Fact]
    public void TheWorkflow_IsWrittenByALocalRun_AsExpected()
    {
        _harness.Run<WorkflowBuild>("Greet").Output.Should().Contain("[WRN] Configuration files for GitHubActions (ci) have changed.");
        var text = File.ReadAllText();
        text[text.IndexOf("name: ci", StringComparison.Ordinal)..].Should().Be(
            """
            name: ci

            on:
              push:
                branches:
                  - main
                  - 'release/*'
                paths:
                  - '!docs/**'
              pull_request:
                branches:
                  - main

            permissions: {}

            concurrency:
              group: ${{ github.workflow }} @ ${{ github.event.pull_request.head.label || github.head_ref || github.run_id }}
              cancel-in-progress: ${{ github.event_name == 'pull_request' }}

            jobs:
              ubuntu-24_04:
                name: ubuntu-24.04
                runs-on: ubuntu-24.04
                timeout-minutes: 20
                permissions:
                  contents: read
                  pull-requests: read
                steps:
                  - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
                    with:
                      persist-credentials: false
                      fetch-depth: 0
                  - name: 'Cache: .nuke/temp, ~/.nuget/packages'
                    uses: actions/cache@b7e8d49f17405cc70c1c120101943203c98d3a4b # v5.0.3
                    with:
                      path: |
                        .nuke/temp
                        ~/.nuget/packages
                      key: ${{ runner.os }}-${{ hashFiles('**/global.json', '**/*.csproj', '**/Directory.Packages.props') }}
                  - name: 'Run: Test, Greet'
                    run: ./build.cmd Test Greet
                    env:
                      ApiKey: ${{ secrets.API_KEY }}
                      GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
                  - name: 'Publish: output'
                    uses: actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0
                    with:
                      name: output
                      path: output

              windows-latest:
                name: windows-latest
                runs-on: windows-latest
                timeout-minutes: 20
                permissions:
                  contents: read
                  pull-requests: read
                steps:
                  - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
                    with:
                      persist-credentials: false
                      fetch-depth: 0
                  - name: 'Cache: .nuke/temp, ~/.nuget/packages'
                    uses: actions/cache@b7e8d49f17405cc70c1c120101943203c98d3a4b # v5.0.3
                    with:
                      path: |
                        .nuke/temp
                        ~/.nuget/packages
                      key: ${{ runner.os }}-${{ hashFiles('**/global.json', '**/*.csproj', '**/Directory.Packages.props') }}
                  - name: 'Run: Test, Greet'
                    run: ./build.cmd Test Greet
                    env:
                      ApiKey: ${{ secrets.API_KEY }}
                      GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
                  - name: 'Publish: output'
                    uses: actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0
                    with:
                      name: output
                      path: output

            """);
    }

    [Fact]
    public void AnUnchangedWorkflow_IsNotTouched_AnEditedOneIsRestored()
    {
        _harness.Run<WorkflowBuild>("Greet");
        var text = File.ReadAllText();
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UnixEpoch);
        _harness.Run<WorkflowBuild>("Greet").Output.Should().NotContain("have changed");
        System.IO.File.GetLastWriteTimeUtc(File).Should().Be(DateTime.UnixEpoch);
        File.WriteAllText(text + "# edited");
        _harness.Run<WorkflowBuild>("Greet").Output.Should().Contain("have changed");
        File.ReadAllText().Should().Be(text);
    }

    [Fact]
    public void OnAServer_NothingIsGenerated()
    {
        _harness.Run<WorkflowBuild>("Greet --host GitHubActions");
        File.FileExists().Should().BeFalse();
    }

    [Fact]
    public void ManualGeneration_WritesTheNamedConfiguration_OrListsThem()
    {
        _harness.Run<WorkflowBuild>("--generate-configuration GitHubActions_ci").ExitCode.Should().Be(0);
        File.FileExists().Should().BeTrue();
        _harness.Run<WorkflowBuild>("--generate-configuration ci").Output.Should().Contain("Available are: GitHubActions_ci, all");
    }

    [Fact]
    public void APublishingJob_RestoresNoCache_HasOnlyItsPermissions_AndStepsCanBeAdded()
    {
        _harness.Run<PublishingBuild>("Test");
        (_harness.Root / ".github" / "workflows" / "deploy.yml").ReadAllText().Should().NotContain("actions/cache")
            .And.Contain("contents: read\n      id-token: write\n    environment:\n      name: production")
            .And.Contain("timeout-minutes: 60")
            .And.Contain("if: always()");
    }

    [Fact]
    public void AWorkflowWithoutTrigger_IsAnError() =>
        _harness.Run<TriggerlessBuild>("Test").Output.Should().Contain("Workflow 'none' has no trigger");

    [Fact]
    public void AWorkflowOfAnUnknownTarget_IsAnError() =>
        _harness.Run<MisnamedBuild>("Test").Output.Should().Contain("Configuration 'GitHubActions_gone' names target 'Gone', which does not exist");
}
