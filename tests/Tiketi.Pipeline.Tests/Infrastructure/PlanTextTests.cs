using Tiketi.Pipeline.Infrastructure;
using Tiketi.Testing;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>The plan and the progress as people see them; the pictures in docs/images show the very lines of these tests.</summary>
public sealed class PlanTextTests
{
    private static readonly TimeSpan Nine = new(9, 41, 7);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void ThePlanInTheDocumentation_IsWhatIsPrinted(int width)
    {
        var lines = PlanText.Render(Example, width - TerminalPicture.Prefix);

        Documented($"plan-{width}", TerminalPicture.Of("./build.sh PlanInfra --environment production", width, [.. lines.Select(line => (Nine, line))]));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void TheProgressInTheDocumentation_IsWhatIsPrinted(int width)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var progress = new StackProgress(time);
        var begin = time.GetTimestamp();
        var lines = new List<(TimeSpan, string)>();
        void Add(IEnumerable<string> texts) => lines.AddRange(texts.Select(text => (Nine + time.GetElapsedTime(begin), text)));
        void Take(string stack, string id, string type, string status, string? reason = null)
        {
            if (progress.Take(new ResourceTransition(stack, id, type, status, reason, TimeSpan.Zero)) is { } line)
            {
                Add([line]);
            }
        }

        Take("network", "NatGatewayA", "AWS::EC2::NatGateway", "CREATE_IN_PROGRESS");
        Take("registry", "BackendRepository", "AWS::ECR::Repository", "CREATE_IN_PROGRESS");
        Take("registry", "BackendRepository", "AWS::ECR::Repository", "CREATE_COMPLETE");
        time.Advance(TimeSpan.FromSeconds(30));
        Add(progress.InFlight(width - TerminalPicture.Prefix));
        time.Advance(TimeSpan.FromSeconds(64));
        Take("network", "NatGatewayA", "AWS::EC2::NatGateway", "CREATE_COMPLETE");
        Take("data", "Database", "AWS::RDS::DBInstance", "CREATE_IN_PROGRESS");
        Take("data", "Redis", "AWS::ElastiCache::ReplicationGroup", "CREATE_IN_PROGRESS");
        Take("cluster", "Cluster", "AWS::EKS::Cluster", "CREATE_IN_PROGRESS");
        time.Advance(TimeSpan.FromSeconds(450));
        Add(progress.InFlight(width - TerminalPicture.Prefix));
        Take("data", "Redis", "AWS::ElastiCache::ReplicationGroup", "CREATE_FAILED", "Quota exceeded");
        Take("data", "tiketi-production-data", "AWS::CloudFormation::Stack", "ROLLBACK_IN_PROGRESS");

        Documented($"progress-{width}", TerminalPicture.Of("./build.sh ApplyInfra --environment production", width, lines));
    }

    [Fact]
    public void NothingToChange_IsOneSentence() =>
        PlanText.Render(new InfrastructurePlan([new StackPlan("data", "tiketi-test-data", StackAction.None, [], FromTemplate: false)]), 100)
            .Should().Equal("no change: data", "Nothing to change: 1 stack as infra/ says.");

    [Fact]
    public void WhatCannotBeForeseen_IsSaid()
    {
        var plan = new InfrastructurePlan([
            new StackPlan("a", "a", StackAction.Update, [], FromTemplate: true),
            new StackPlan("b", "b", StackAction.Update, [], FromTemplate: false),
            new StackPlan("c", "c", StackAction.Recreate, [new PlannedChange("Add", "X", "AWS::S3::Bucket", null, [])], FromTemplate: true)]);

        PlanText.Render(plan, 120).Should().Equal(
            "a: update; its changes show once the stacks that it takes values from are applied",
            "b: update its outputs or tags; no resource changes",
            "c: delete what a failed creation left, then create 1 resource",
            "  + bucket",
            "Plan: 3 stacks of 3; resources: 1 to add.");
    }

    [Fact]
    public void ManyProperties_AndLongValues_AreShortened()
    {
        var properties = Enumerable.Range(0, 15).Select(i => new PropertyChange($"Property{i}", new string('a', 200), "b" + new string('c', 200), false)).ToList();
        var lines = PlanText.Render(new InfrastructurePlan([new StackPlan("a", "a", StackAction.Update, [new PlannedChange("Modify", "X", "AWS::IAM::Role", "False", properties)], FromTemplate: false)]), 80);

        lines.Should().OnlyContain(line => line.Length <= 80).And.Contain("      and 3 properties more");
        lines[2].Should().StartWith("      Property0: aaa").And.Contain(" -> bcc");
    }

    [Fact]
    public void OfLongValues_WhatDiffersIsShown()
    {
        var property = new PropertyChange("Policy", "The same words at the beginning, one thing, and the same words at the end", "The same words at the beginning, another, and the same words at the end", false);
        var lines = PlanText.Render(new InfrastructurePlan([new StackPlan("a", "a", StackAction.Update, [new PlannedChange("Modify", "X", "AWS::IAM::Role", "False", [property])], FromTemplate: false)]), 80);

        lines.Should().Contain("      Policy: ...ng, one thing, an... -> ...ng, another, an...");
    }

    private static InfrastructurePlan Example
    {
        get
        {
            PlannedChange database = new("Modify", "Database", "AWS::RDS::DBInstance", "True",
                [new PropertyChange("DBInstanceClass", "db.t3.medium", "db.r6g.large", false), new PropertyChange("DBInstanceIdentifier", "tiketi-db", "tiketi-db-2", true)])
            {
                PhysicalId = "tiketi-db", PolicyAction = "ReplaceAndSnapshot",
            };
            PlannedChange attachment = new("Modify", "DatabaseSecretAttachment", "AWS::SecretsManager::SecretTargetAttachment", "Conditional", [new PropertyChange("TargetId", "tiketi-db", PropertyChange.Unknown, true)]);
            PlannedChange secret = new("Modify", "JwtSecret", "AWS::SecretsManager::Secret", "False", [new PropertyChange("Description", "Signing key of the login tokens", "Signing key of the Tiketi login tokens", false)]);
            PlannedChange log = new("Remove", "RedisSlowLog", "AWS::Logs::LogGroup", null, []) { PolicyAction = "Delete" };
            PlannedChange alarm = new("Add", "DatabaseCpuAlarm", "AWS::CloudWatch::Alarm", null, []);
            var data = new StackPlan("data", "tiketi-production-data", StackAction.Update, [alarm, secret, database, attachment, log], FromTemplate: false);
            var observability = new StackPlan("observability", "tiketi-production-observability", StackAction.Create,
                [.. Enumerable.Range(0, 9).Select(i => new PlannedChange("Add", $"Alarm{i}", "AWS::CloudWatch::Alarm", null, [])), new PlannedChange("Add", "Dashboard", "AWS::CloudWatch::Dashboard", null, []), new PlannedChange("Add", "Topic", "AWS::SNS::Topic", null, [])],
                FromTemplate: true);
            return new InfrastructurePlan([
                new StackPlan("network", "tiketi-production-network", StackAction.None, [], FromTemplate: false), data, observability,
                new StackPlan("cluster", "tiketi-production-cluster", StackAction.None, [], FromTemplate: false)])
            {
                LeftOut = new Dictionary<string, string> { ["access"] = "GitHubRepository" },
                Risks = [new DataLoss.Risk("data", database)],
            };
        }
    }

    /// <summary>Holds a picture against docs/images; with TIKETI_WRITE_DOCS=1 writes it there.</summary>
    private static void Documented(string name, string picture)
    {
        var file = Path.Combine(Repository.Root, "docs", "images", name + ".svg");
        if (Environment.GetEnvironmentVariable("TIKETI_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, picture);
        }

        File.ReadAllText(file).Should().Be(picture, "run this test with TIKETI_WRITE_DOCS=1 to renew docs/images/{0}.svg", name);
    }
}
