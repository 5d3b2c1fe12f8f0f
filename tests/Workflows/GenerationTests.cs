using Nuke.Common;
using Nuke.Common.IO;
using Nuke.Common.Tests.Running;
using Tiketi.Pipeline.Configuration;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Workflows.Tests;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class GenerationTests
{
    [Fact]
    public void What_is_committed_is_what_the_graph_makes()
    {
        var generated = Generated.From<Build>();
        generated.Keys.Should().BeEquivalentTo(Generated.Names);
        (Generated.Root / ".github" / "workflows").GetFiles("*").Select(file => file.NameWithoutExtension).Should().BeEquivalentTo(Generated.Names, "no workflow is written by hand");
        foreach (var (name, text) in generated)
        {
            Generated.Committed(name).Should().Be(text, "./build.sh --help, like any local run, writes {0}.yml anew; commit it", name);
        }
    }

    [Fact]
    public void One_can_deploy_to_every_environment_that_is_not_on_this_machine()
    {
        var environments = (Generated.Root / "environments").GetFiles("*.yaml")
            .Where(file => EnvironmentFile.Load(file.Parent, file.NameWithoutExtension).LocalCloud is null)
            .Select(file => file.NameWithoutExtension);
        var offered = ((DeployWorkflowAttribute)Attribute.GetCustomAttribute(typeof(Build), typeof(DeployWorkflowAttribute)))!.Environments;
        offered.Should().BeEquivalentTo(environments);
        offered[0].Should().NotBe("production", "main goes there by itself");
    }

    [Fact]
    public void A_dependency_makes_a_job_wait_and_applying_always_waits_for_the_preview()
    {
        Needs<Chained>().Should().Equal(("build", ""), ("plan", "build"), ("deploy", "build, plan"));
        Needs<Loose>().Should().Equal(("build", ""), ("plan", ""), ("deploy", "plan"));
    }

    [Fact]
    public void A_targets_new_name_is_in_its_command()
    {
        Generated.From<Chained>()["deploy"].Should().Contain("run: ./build.sh Ship --environment \"$DEPLOY_TO\" --plan-file plan.json\n");
        Generated.From<Loose>()["deploy"].Should().Contain("run: ./build.sh Sail --environment \"$DEPLOY_TO\" --plan-file plan.json\n");
    }

    [Fact]
    public void A_secret_that_a_target_requires_reaches_that_targets_job_alone()
    {
        var jobs = Generated.From<Chained>()["deploy"].Split("\n\n  ");
        jobs.Should().ContainSingle(job => job.Contains("ApiKey: ${{ secrets.API_KEY }}")).Which.Should().StartWith("deploy:");
        Generated.From<Loose>()["deploy"].Should().NotContain("secrets.");
    }

    [Fact]
    public void What_a_target_produces_is_kept_with_the_run_also_when_the_target_fails()
    {
        var jobs = WorkflowFile.Parse("deploy", Generated.From<Chained>()["deploy"]).Jobs;

        var step = jobs.Single(job => job.Id == "build").Steps[^1];
        step.Text("uses").Should().StartWith("actions/upload-artifact@");
        step.Text("if").Should().Be("${{ !cancelled() }}");
        step.Get("with")!.Scalars().Where(scalar => !scalar.Path.EndsWith('#')).Should().Equal((".name", "report"), (".path", ".nuke/temp/output/report"), (".include-hidden-files", "true"), (".if-no-files-found", "ignore"));
        jobs.Single(job => job.Id == "deploy").Steps.Should().NotContain(other => other.Text("uses") == step.Text("uses"), "one run can't keep two artifacts of one name");
    }

    [Fact]
    public void The_SBOMs_are_kept_with_the_run_that_pushes_the_images()
    {
        var build = WorkflowFile.Parse("deploy", Generated.Committed("deploy")).Jobs.Single(job => job.Id == "build");

        build.Node.Text("name").Should().Be("PushEcr");
        build.Steps.Select(step => (step.Get("with") as YamlMappingNode)?.Text("path")).Should().ContainSingle(path => path == ".nuke/temp/output/sbom");
    }

    [Fact]
    public void A_pull_requests_target_may_not_require_a_secret()
    {
        using var harness = new BuildHarness();
        var result = harness.Run<Leaking>("--generate-configuration all --host GitHubActions");
        result.ExitCode.Should().NotBe(0);
        result.Output.Should().Contain("Check requires the secret ApiKey");
        (harness.Root / ".github" / "workflows" / "ci.yml").FileExists().Should().BeFalse();
    }

    [Fact]
    public void A_local_run_renews_them_and_one_on_a_server_does_not()
    {
        using var harness = new BuildHarness();
        var file = harness.Root / ".github" / "workflows" / "deploy.yml";
        harness.Run<Loose>("Look --host GitHubActions").ExitCode.Should().Be(0);
        file.FileExists().Should().BeFalse();
        harness.Run<Loose>("Look").ExitCode.Should().Be(0);
        file.FileExists().Should().BeTrue();
    }

    private static List<(string Job, string Needs)> Needs<T>()
        where T : NukeBuild, new() =>
        [
            .. WorkflowFile.Parse("deploy", Generated.From<T>()["deploy"]).Jobs.Select(job => (job.Id, string.Join(", ", job.Needs))),
        ];

    [DeployWorkflow(Publish = nameof(Publish), Preview = nameof(Look), Apply = nameof(Ship), Environments = ["staging"])]
    private sealed class Chained : NukeBuild
    {
        [Parameter] [Secret] public readonly string ApiKey;

        public Target Publish => _ => _.Produces(TemporaryDirectory / "output" / "report").Executes(() => { });

        public Target Look => _ => _.After(Publish).Executes(() => { });

        public Target Ship => _ => _.DependsOn(Publish).Requires(() => ApiKey).Executes(() => { });
    }

    [DeployWorkflow(Publish = nameof(Publish), Preview = nameof(Look), Apply = nameof(Sail), Environments = ["staging"])]
    private sealed class Loose : NukeBuild
    {
        public Target Publish => _ => _.Executes(() => { });

        public Target Look => _ => _.Executes(() => { });

        public Target Sail => _ => _.Executes(() => { });
    }

    [CiWorkflow(nameof(Check))]
    private sealed class Leaking : NukeBuild
    {
        [Parameter] [Secret] public readonly string ApiKey;

        public Target Check => _ => _.Requires(() => ApiKey).Executes(() => { });
    }
}
