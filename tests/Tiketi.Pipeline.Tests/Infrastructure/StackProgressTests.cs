using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>Of many transitions, the few lines that help who waits.</summary>
public sealed class StackProgressTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StackProgress _progress;

    public StackProgressTests() => _progress = new StackProgress(_time);

    [Fact]
    public void WhatTakesLong_IsTold_WhenItBeginsAndEnds_AndWhileItLasts()
    {
        Take("Database", "AWS::RDS::DBInstance", "CREATE_IN_PROGRESS").Should().Be("data: database Database: creating, usually 15 min");
        Take("Database", "AWS::RDS::DBInstance", "CREATE_IN_PROGRESS", "Resource creation Initiated").Should().BeNull("it was told");
        _time.Advance(TimeSpan.FromSeconds(200));
        Take("Redis", "AWS::ElastiCache::ReplicationGroup", "UPDATE_IN_PROGRESS").Should().BeNull("how long an update takes is anybody's guess");
        _progress.InFlight(120).Should().Equal("data: database Database: creating for 3 min 20 s, usually 15 min", "data: Redis Redis: updating for 0 s");
        _progress.InFlight(40)[0].Should().Be("data: database Database: creating for...").And.HaveLength(40);
        _time.Advance(TimeSpan.FromSeconds(400));
        Take("Database", "AWS::RDS::DBInstance", "CREATE_COMPLETE").Should().Be("data: database Database: created after 10 min");
        _progress.InFlight(120).Should().Equal("data: Redis Redis: updating for 6 min 40 s");
    }

    [Fact]
    public void WhatIsQuick_IsNotTold_UnlessItFails()
    {
        Take("Role", "AWS::IAM::Role", "CREATE_IN_PROGRESS").Should().BeNull();
        _time.Advance(TimeSpan.FromSeconds(2));
        Take("Role", "AWS::IAM::Role", "CREATE_COMPLETE").Should().BeNull();
        Take("Key", "AWS::KMS::Key", "CREATE_IN_PROGRESS").Should().BeNull();
        _time.Advance(TimeSpan.FromSeconds(3));
        Take("Key", "AWS::KMS::Key", "CREATE_FAILED", "not allowed").Should().Be("data: encryption key Key: FAILED after 3 s: not allowed");
        Take("tiketi-test-data", "AWS::CloudFormation::Stack", "ROLLBACK_IN_PROGRESS").Should().Be("data: something failed; CloudFormation takes the changes back");
        Take("tiketi-test-data", "AWS::CloudFormation::Stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS").Should().BeNull();
        Take("tiketi-test-data", "AWS::CloudFormation::Stack", "ROLLBACK_COMPLETE").Should().BeNull();
        _progress.InFlight(120).Should().BeEmpty();
    }

    [Fact]
    public void ManyAtOnce_AreCounted()
    {
        foreach (var i in Enumerable.Range(0, 30))
        {
            Take($"Rule{i}", "AWS::EC2::SecurityGroupIngress", "CREATE_IN_PROGRESS");
        }

        _progress.InFlight(120).Should().HaveCount(9).And.EndWith("and 22 more");
    }

    [Fact]
    public void EveryTypeThatInfraDeclares_HasAPlainName()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "infra")))
        {
            folder = folder.Parent;
        }

        StackTemplate.LoadFolder(Path.Combine(folder.FullName, "infra")).SelectMany(template => template.Resources).Select(resource => resource.Type).Distinct()
            .Where(type => !ResourceTypes.IsKnown(type)).Should().BeEmpty("a type without a plain name belongs into ResourceTypes");
        ResourceTypes.NameOf("AWS::Made::Up").Should().Be("Made Up");
    }

    private string? Take(string logicalId, string type, string status, string? reason = null) => _progress.Take(new ResourceTransition("data", logicalId, type, status, reason, TimeSpan.Zero));
}
