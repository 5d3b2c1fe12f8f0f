using Tiketi.LocalCloud.CloudFormation.Stacks;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

public sealed class ChangeSetTests
{
    private const string Base = """
        Parameters: { P: { Type: String, Default: one } }
        Resources:
          Vital: { Type: Test::Fake::Thing, Properties: { Fixed: 1, Value: !Ref P } }
          ByRef: { Type: Test::Fake::Thing, Properties: { Value: !Ref Vital } }
          ByAttribute: { Type: Test::Fake::Thing, Properties: { Value: !GetAtt Vital.Arn } }
          FixedByRef: { Type: Test::Fake::Thing, Properties: { Fixed: !Ref Vital } }
        """;

    [Fact]
    public async Task A_change_set_that_makes_a_stack_adds_all_and_runs()
    {
        await using var cloud = await TestCloud.StartAsync();
        var plan = cloud.Plan("new", Base);
        plan.Status.Should().Be("CREATE_COMPLETE");
        plan.Changes.Select(change => (change.Action, change.Replacement)).Should().AllBeEquivalentTo(("Add", (string?)null));
        cloud.Stacks.Get("new").Status.Should().Be("REVIEW_IN_PROGRESS");
        cloud.Fake.Living.Should().BeEmpty();

        cloud.ChangeSets.Execute(cloud.Stacks, plan.Name, "new", null, disableRollback: false);
        (await cloud.RestAsync("new")).Status.Should().Be("CREATE_COMPLETE");
        TestCloud.Refusal(() => cloud.ChangeSets.Execute(cloud.Stacks, plan.Name, "new", null, disableRollback: false)).Should().Contain("cannot be executed in its current status");
    }

    [Fact]
    public async Task Each_change_says_how_and_why()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("s", Base);

        var byParameter = cloud.Plan("s", Base, ("P", "two"));
        Lines(byParameter).Should().Equal(
            "Modify Vital False: Value Static ParameterReference P Never one->two",
            "Modify ByAttribute False: Value Dynamic ResourceAttribute Vital.Arn Never arn:fake:Vital-1->{{changeSet:KNOWN_AFTER_APPLY}}");

        var replaced = cloud.Plan("s", Base.Replace("Fixed: 1", "Fixed: 2", StringComparison.Ordinal));
        var lines = Lines(replaced).ToList();
        lines[0].Should().Be("Modify Vital True: Fixed Static DirectModification  Always 1->2");
        lines.Should().ContainMatch("Modify ByRef False: Value Dynamic ResourceReference Vital Never *->{{changeSet:KNOWN_AFTER_APPLY}}");
        lines.Should().ContainMatch("Modify FixedByRef Conditional: Fixed Dynamic ResourceReference Vital Always *");

        var removed = cloud.Plan("s", "Resources: { Vital: { Type: Test::Fake::Thing, Properties: { Fixed: 1, Value: one } } }");
        removed.Changes.Where(change => change.Action == "Remove").Select(change => change.LogicalId).Should().BeEquivalentTo("ByRef", "ByAttribute", "FixedByRef");

        var protection = cloud.Plan("s", Base.Replace("Type: Test::Fake::Thing, Properties: { Fixed: 1", "Type: Test::Fake::Thing, DeletionPolicy: Retain, Properties: { Fixed: 1", StringComparison.Ordinal));
        protection.Changes[0].Details.Should().ContainSingle(detail => detail.Attribute == "DeletionPolicy" && detail.After == "Retain");
    }

    [Fact]
    public async Task No_change_and_no_sense_are_said_by_a_failed_change_set()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("s", Base);
        var same = cloud.Plan("s", Base);
        (same.Status, same.ExecutionStatus, same.StatusReason).Should().Be(("FAILED", "UNAVAILABLE", ChangeSets.NoChanges));
        var dangling = cloud.Plan("s", "Resources: { A: { Type: Test::Fake::Thing, Properties: { V: !ImportValue nowhere } } }");
        (dangling.Status, dangling.StatusReason).Should().Be(("FAILED", "No export named nowhere found."));
        TestCloud.Refusal(() => cloud.ChangeSets.Execute(cloud.Stacks, same.Name, "s", null, disableRollback: false)).Should().Contain("[FAILED]");
        TestCloud.Refusal(() => cloud.ChangeSets.Get(cloud.Stacks, "none", "s")).Should().Be("ChangeSet [none] does not exist");
    }

    [Fact]
    public async Task An_update_makes_older_change_sets_obsolete()
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("s", Base);
        var stale = cloud.Plan("s", Base, ("P", "two"));
        await cloud.UpdateAsync("s", Base, ("P", "three"));
        stack.ChangeSets.Single(changeSet => changeSet.Id == stale.Id).ExecutionStatus.Should().Be("OBSOLETE");
        TestCloud.Refusal(() => cloud.ChangeSets.Execute(cloud.Stacks, stale.Id, null, null, disableRollback: false)).Should().Contain("cannot be executed");
    }

    [Fact]
    public async Task Outputs_and_tags_alone_are_a_change()
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("s", Base);
        var outputs = cloud.Plan("s", Base + "\nOutputs: { O: { Value: !Ref Vital } }");
        (outputs.Status, outputs.Changes.Count).Should().Be(("CREATE_COMPLETE", 0));
        cloud.ChangeSets.Execute(cloud.Stacks, outputs.Id, null, null, disableRollback: false);
        (await cloud.RestAsync("s")).Outputs.Should().ContainSingle();

        cloud.Engine.Update(TestCloud.Request("s", stack.Input!.TemplateBody) with { Tags = new Dictionary<string, string> { ["Project"] = "tiketi" } });
        (await cloud.RestAsync("s")).Input!.Tags.Should().Contain("Project", "tiketi");
    }

    [Fact]
    public async Task A_list_that_only_the_execution_tells_is_joined_and_picked_from_later()
    {
        await using var cloud = await TestCloud.StartAsync();
        var plan = cloud.Plan("lists", Base + """

            Outputs:
              Joined: { Value: !Join [",", !GetAtt Vital.Names] }
              First: { Value: !Select [0, !GetAtt Vital.Names] }
            """);
        (plan.Status, plan.StatusReason).Should().Be(("CREATE_COMPLETE", null));
    }

    [Fact]
    public async Task Contexts_show_the_whole_resource_but_no_hidden_value()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Template = """
            Parameters: { Secret: { Type: String, NoEcho: true }, Size: { Type: Number, Default: 1 } }
            Resources:
              A: { Type: Test::Fake::Thing, Properties: { Value: !Ref Size, Password: !Sub "x-${Secret}" } }
            """;
        cloud.Plan("s", Template, ("Secret", "swordfish")).Changes.Should().ContainSingle()
            .Which.Should().Match<ResourceChange>(change => change.BeforeContext == null && change.AfterContext == """{"Properties":{"Value":1,"Password":"****"}}""");
        await cloud.DeleteAsync("s");
        await cloud.CreateAsync("s", Template, ("Secret", "swordfish"));

        var changed = cloud.Plan("s", Template, ("Secret", "anchovy"), ("Size", "2")).Changes.Should().ContainSingle().Which;
        changed.BeforeContext.Should().Be("""{"Properties":{"Value":1,"Password":"****"}}""");
        changed.AfterContext.Should().Be("""{"Properties":{"Value":2,"Password":"****"}}""");
        changed.Details.Single(detail => detail.Name == "Password").Should().Match<PropertyChange>(detail => detail.Before == "****" && detail.After == "****");

        var gone = cloud.Plan("s", "Resources: { B: { Type: Test::Fake::Thing, Properties: { Value: !Ref AWS::StackName } } }").Changes;
        gone.Single(change => change.Action == "Remove").Should().Match<ResourceChange>(change => change.BeforeContext == """{"Properties":{"Value":1,"Password":"****"}}""" && change.AfterContext == null);
    }

    private static IEnumerable<string> Lines(ChangeSetRecord plan) => plan.Changes.Select(change =>
        $"{change.Action} {change.LogicalId} {change.Replacement}: " + string.Join("; ", change.Details.Select(detail =>
            $"{detail.Name} {detail.Evaluation} {detail.Source} {detail.CausingEntity} {detail.RequiresRecreation} {detail.Before}->{detail.After}")));
}
