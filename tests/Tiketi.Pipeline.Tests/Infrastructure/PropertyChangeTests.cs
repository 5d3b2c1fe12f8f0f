using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>What a change set says of a property, as people read it.</summary>
public sealed class PropertyChangeTests
{
    [Theory]
    [InlineData("/Properties/DBInstanceClass", "db.t3.medium", "db.r6g.large", "DBInstanceClass: db.t3.medium -> db.r6g.large")]
    [InlineData("/Properties/Tags/0/Value", "a", "b", "Tags[0].Value: a -> b")]
    [InlineData("/Properties/Vpc", "vpc-1", "{{changeSet:KNOWN_AFTER_APPLY}}", "Vpc: vpc-1 -> (known after apply)")]
    [InlineData("/DeletionPolicy", "Delete", "Retain", "Policy: Delete -> Retain")]
    [InlineData("/Properties/MasterUserPassword", "swordfish", "anchovy", "MasterUserPassword: **** -> ****")]
    [InlineData("/Properties/MasterUserPassword", "{{resolve:secretsmanager:a}}", "{{resolve:secretsmanager:b}}", "MasterUserPassword: {{resolve:secretsmanager:a}} -> {{resolve:secretsmanager:b}}")]
    [InlineData("/Properties/A", "[1,{\"B\":2,\"C\":3}]", "[1,{\"B\":4,\"C\":3},5]", "A[1].B: 2 -> 4; A[2]: - -> 5")]
    [InlineData("/Properties/A", "{\"AuthToken\":\"x\"}", "{\"AuthToken\":\"y\"}", "A.AuthToken: **** -> ****")]
    [InlineData("/Properties/A", null, "{\"B\":1}", "A: - -> {\"B\":1}")]
    [InlineData(null, "a", "b", "Named: a -> b")]
    public void AProperty_HasItsPathAndBothValues(string? path, string? before, string? after, string expected)
    {
        var change = PlannedChange.Of(new ResourceChange
        {
            Action = "Modify", LogicalResourceId = "A", ResourceType = "T",
            Details = [new ResourceChangeDetail { Target = new ResourceTargetDefinition { Name = path == "/DeletionPolicy" ? "Policy" : "Named", Path = path, BeforeValue = before, AfterValue = after } }],
        });

        string.Join("; ", change.Properties.Select(property => $"{property.Path}: {property.Before ?? "-"} -> {property.After ?? "-"}")).Should().Be(expected);
    }

    [Fact]
    public void AReplacementThatOneOfTwoReasonsBrings_IsOne()
    {
        var change = PlannedChange.Of(new ResourceChange
        {
            Action = "Modify", LogicalResourceId = "A", ResourceType = "T", Replacement = "True", PhysicalResourceId = "a-1", PolicyAction = "ReplaceAndSnapshot",
            Details =
            [
                new ResourceChangeDetail { Target = new ResourceTargetDefinition { Name = "Engine", RequiresRecreation = "Always" } },
                new ResourceChangeDetail { Target = new ResourceTargetDefinition { Name = "Engine", RequiresRecreation = "Never" } },
            ],
        });

        change.Properties.Should().ContainSingle().Which.Replaces.Should().BeTrue();
        (change.PhysicalId, change.PolicyAction).Should().Be(("a-1", "ReplaceAndSnapshot"));
    }
}
