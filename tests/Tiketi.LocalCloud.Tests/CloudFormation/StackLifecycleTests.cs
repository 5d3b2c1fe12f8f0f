using Tiketi.LocalCloud.CloudFormation.Stacks;

namespace Tiketi.LocalCloud.Tests.CloudFormation;

public sealed class StackLifecycleTests
{
    [Fact]
    public async Task Resources_are_created_in_dependency_order_and_told_as_AWS_tells_it()
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("order", """
            Resources:
              Last: { Type: Test::Fake::Thing, Properties: { Value: !Sub "${Middle.Arn}" } }
              Middle: { Type: Test::Fake::Thing, DependsOn: First }
              First: { Type: Test::Fake::Thing }
            Outputs:
              Address: { Value: !GetAtt Last.Endpoint.Address, Description: where }
            """);
        stack.Status.Should().Be("CREATE_COMPLETE");
        cloud.Fake.Calls.Should().Equal("create First", "create Middle", "create Last");
        stack.Outputs.Should().Equal(new OutputRecord("Address", "Last-3.fake", "where", null));
        Told(stack).Should().Equal(
            "order CREATE_IN_PROGRESS User Initiated",
            "First CREATE_IN_PROGRESS", "First CREATE_IN_PROGRESS Resource creation Initiated", "First CREATE_COMPLETE",
            "Middle CREATE_IN_PROGRESS", "Middle CREATE_IN_PROGRESS Resource creation Initiated", "Middle CREATE_COMPLETE",
            "Last CREATE_IN_PROGRESS", "Last CREATE_IN_PROGRESS Resource creation Initiated", "Last CREATE_COMPLETE",
            "order CREATE_COMPLETE");

        var deleted = await cloud.DeleteAsync("order");
        deleted.Status.Should().Be("DELETE_COMPLETE");
        cloud.Fake.Calls.Skip(3).Should().Equal("delete Last-3", "delete Middle-2", "delete First-1");
        cloud.Stacks.Find("order").Should().BeNull();
        cloud.Stacks.Find(stack.StackId).Should().NotBeNull();
    }

    [Fact]
    public async Task Independent_resources_are_created_at_the_same_time()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Fake.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cloud.Engine.Create(TestCloud.Request("wide", "Resources: { A: { Type: Test::Fake::Thing }, B: { Type: Test::Fake::Thing }, C: { Type: Test::Fake::Thing } }"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Volatile.Read(ref cloud.Fake.Waiting) < 3)
        {
            await Task.Delay(5, patience.Token);
        }

        cloud.Fake.Gate.SetResult();
        (await cloud.RestAsync("wide")).Status.Should().Be("CREATE_COMPLETE");
    }

    [Fact]
    public async Task A_failed_creation_is_rolled_back()
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("failing", """
            Resources:
              Good: { Type: Test::Fake::Thing }
              Bad: { Type: Test::Fake::Thing, DependsOn: Good, Properties: { Fail: create } }
              Never: { Type: Test::Fake::Thing, DependsOn: Bad }
            """);
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
        Told(stack).Should().Equal(
            "failing CREATE_IN_PROGRESS User Initiated",
            "Good CREATE_IN_PROGRESS", "Good CREATE_IN_PROGRESS Resource creation Initiated", "Good CREATE_COMPLETE",
            "Bad CREATE_IN_PROGRESS", "Bad CREATE_FAILED The thing can't create",
            "failing ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bad]. Rollback requested by user.",
            "Bad DELETE_COMPLETE", "Good DELETE_IN_PROGRESS", "Good DELETE_COMPLETE",
            "failing ROLLBACK_COMPLETE");
        cloud.Fake.Living.Should().BeEmpty();
        TestCloud.Refusal(() => cloud.Engine.Update(TestCloud.Request("failing", "Resources: { A: { Type: Test::Fake::Thing } }")))
            .Should().Be($"Stack:{stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.");
        (await cloud.DeleteAsync("failing")).Status.Should().Be("DELETE_COMPLETE");
    }

    [Fact]
    public async Task An_update_changes_replaces_adds_and_removes_and_cleans_up_last()
    {
        await using var cloud = await TestCloud.StartAsync();
        var created = await cloud.CreateAsync("changing", """
            Resources:
              Same: { Type: Test::Fake::Thing, Properties: { Value: 1 } }
              Changed: { Type: Test::Fake::Thing, DependsOn: Same, Properties: { Value: 1 } }
              Replaced: { Type: Test::Fake::Thing, DependsOn: Changed, Properties: { Fixed: 1 } }
              Follower: { Type: Test::Fake::Thing, Properties: { Value: !Ref Replaced } }
              Dropped: { Type: Test::Fake::Thing }
            """);
        var (before, former) = (cloud.Fake.Calls.Count, created.Resources);
        var stack = await cloud.UpdateAsync("changing", """
            Resources:
              Same: { Type: Test::Fake::Thing, Properties: { Value: 1 } }
              Changed: { Type: Test::Fake::Thing, DependsOn: Same, Properties: { Value: 2 } }
              Replaced: { Type: Test::Fake::Thing, DependsOn: Changed, Properties: { Fixed: 2 } }
              Follower: { Type: Test::Fake::Thing, Properties: { Value: !Ref Replaced } }
              Added: { Type: Test::Fake::Thing, DependsOn: Follower }
            """);
        stack.Status.Should().Be("UPDATE_COMPLETE");
        cloud.Fake.Calls.Skip(before).Take(4).Should().Equal("update Changed", "create Replaced", "update Follower", "create Added");
        cloud.Fake.Calls.Skip(before + 4).Should().BeEquivalentTo("delete " + former["Dropped"].PhysicalId, "delete " + former["Replaced"].PhysicalId);
        cloud.Fake.Living[stack.Resources["Follower"].PhysicalId!]["Value"]!.ToString().Should().Be(stack.Resources["Replaced"].PhysicalId);
        stack.Resources.Should().NotContainKey("Dropped");
        Told(stack).Should().ContainInOrder(
            "Replaced UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.",
            "Replaced UPDATE_COMPLETE",
            "changing UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "changing UPDATE_COMPLETE");
    }

    [Fact]
    public async Task A_failed_update_returns_to_what_was()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Before = """
            Resources:
              Changed: { Type: Test::Fake::Thing, Properties: { Value: 1 } }
              Replaced: { Type: Test::Fake::Thing, DependsOn: Changed, Properties: { Fixed: 1 } }
              Failing: { Type: Test::Fake::Thing, DependsOn: Replaced }
            Outputs:
              O: { Value: !Ref Replaced }
            """;
        var created = await cloud.CreateAsync("returning", Before);
        var (output, replaced) = (created.Outputs[0], created.Resources["Replaced"].PhysicalId!);
        var stack = await cloud.UpdateAsync("returning", """
            Resources:
              Changed: { Type: Test::Fake::Thing, Properties: { Value: 2 } }
              Added: { Type: Test::Fake::Thing }
              Replaced: { Type: Test::Fake::Thing, DependsOn: [Changed, Added], Properties: { Fixed: 2 } }
              Failing: { Type: Test::Fake::Thing, DependsOn: Replaced, Properties: { Fail: update } }
            """);
        stack.Status.Should().Be("UPDATE_ROLLBACK_COMPLETE");
        stack.Outputs.Should().Equal(output);
        stack.Resources["Replaced"].PhysicalId.Should().Be(replaced);
        cloud.Fake.Living.Keys.Should().BeEquivalentTo(stack.Resources.Values.Select(resource => resource.PhysicalId));
        cloud.Fake.Living[stack.Resources["Changed"].PhysicalId!]["Value"]!.ToString().Should().Be("1");
        Told(stack).Should().ContainInOrder(
            "Failing UPDATE_FAILED The thing can't update",
            "returning UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Failing]. ",
            "returning UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            "Added DELETE_COMPLETE",
            "returning UPDATE_ROLLBACK_COMPLETE");
        TestCloud.Refusal(() => cloud.Engine.Update(TestCloud.Request("returning", Before))).Should().Be("No updates are to be performed.");
    }

    [Fact]
    public async Task Deletion_policies_are_kept()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("keeping", """
            Resources:
              Kept: { Type: Test::Fake::Thing, DeletionPolicy: Retain }
              Saved: { Type: Test::Fake::Thing, DeletionPolicy: Snapshot, DependsOn: Kept }
            """);
        var stack = await cloud.DeleteAsync("keeping");
        stack.Status.Should().Be("DELETE_COMPLETE");
        cloud.Fake.Calls.Skip(2).Should().Equal("snapshot Saved-2", "delete Saved-2");
        cloud.Fake.Living.Keys.Should().Equal("Kept-1");
        Told(stack).Should().Contain("Kept DELETE_SKIPPED");
    }

    [Fact]
    public async Task What_can_not_be_deleted_can_be_left_behind()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("stuck", "Resources: { A: { Type: Test::Fake::Thing }, Stuck: { Type: Test::Fake::Thing, DependsOn: A, Properties: { Fail: delete } } }");
        var stack = await cloud.DeleteAsync("stuck");
        (stack.Status, stack.StatusReason).Should().Be(("DELETE_FAILED", "The following resource(s) failed to delete: [Stuck]. "));
        stack.Resources["A"].Status.Should().Be("CREATE_COMPLETE", "what it depends on is not touched");
        (await cloud.DeleteAsync("stuck", "Stuck")).Status.Should().Be("DELETE_COMPLETE");
    }

    [Fact]
    public async Task An_export_in_use_holds_its_stack()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Exporting = "Resources: { A: { Type: Test::Fake::Thing, Properties: { Fixed: 1 } } }\nOutputs: { O: { Value: !Ref A, Export: { Name: shared } } }";
        const string Importing = "Resources: { B: { Type: Test::Fake::Thing, Properties: { Value: !ImportValue shared } } }";
        await cloud.CreateAsync("exporter", Exporting);
        await cloud.CreateAsync("importer", Importing);
        await cloud.CreateAsync("importer2", Importing);

        var second = await cloud.CreateAsync("second", Exporting);
        second.Status.Should().Be("ROLLBACK_COMPLETE");
        Told(second).Should().ContainMatch("second ROLLBACK_IN_PROGRESS Export with name shared is already exported by stack exporter.*");

        var exporter = await cloud.DeleteAsync("exporter");
        (exporter.Status, exporter.StatusReason).Should().Be(("CREATE_COMPLETE", "Delete canceled. Cannot delete export shared as it is in use by importer and importer2."));

        await cloud.UpdateAsync("exporter", Exporting.Replace("Fixed: 1", "Fixed: 2", StringComparison.Ordinal));
        exporter.Status.Should().Be("UPDATE_ROLLBACK_COMPLETE");
        Told(exporter).Should().ContainMatch("*Cannot update export shared as it is in use by importer and importer2.*");

        await cloud.UpdateAsync("exporter", "Resources: { A: { Type: Test::Fake::Thing, Properties: { Fixed: 1 } } }");
        Told(exporter).Should().ContainMatch("*Cannot delete export shared as it is in use by importer and importer2.*");

        await cloud.DeleteAsync("importer");
        await cloud.DeleteAsync("importer2");
        (await cloud.DeleteAsync("exporter")).Status.Should().Be("DELETE_COMPLETE");
    }

    [Fact]
    public async Task A_missing_export_fails_the_stack_by_name()
    {
        await using var cloud = await TestCloud.StartAsync();
        var stack = await cloud.CreateAsync("lonely", "Resources: { B: { Type: Test::Fake::Thing, Properties: { Value: !ImportValue nowhere } } }");
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
        Told(stack).Should().Contain("lonely ROLLBACK_IN_PROGRESS No export named nowhere found. Rollback requested by user.");
    }

    [Fact]
    public async Task A_stop_in_the_middle_loses_nothing()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Fake.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cloud.Engine.Create(TestCloud.Request("interrupted", "Resources: { A: { Type: Test::Fake::Thing } }"));
        await cloud.RestartAsync();
        var stack = await cloud.RestAsync("interrupted");
        stack.Status.Should().Be("ROLLBACK_COMPLETE");
        Told(stack).Should().Contain("interrupted ROLLBACK_IN_PROGRESS The local cloud was stopped during the operation.");

        cloud.Fake.Gate = null;
        await cloud.DeleteAsync("interrupted");
        await cloud.CreateAsync("interrupted", "Resources: { A: { Type: Test::Fake::Thing, Properties: { Value: 1 } } }");
        cloud.Fake.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cloud.Engine.Update(TestCloud.Request("interrupted", "Resources: { A: { Type: Test::Fake::Thing, Properties: { Value: 2 } }, B: { Type: Test::Fake::Thing, DependsOn: A } }"));
        await cloud.RestartAsync();
        stack = await cloud.RestAsync("interrupted");
        stack.Status.Should().Be("UPDATE_ROLLBACK_COMPLETE");
        cloud.Fake.Living.Should().ContainSingle().Which.Value["Value"]!.ToString().Should().Be("1");
    }

    [Fact]
    public async Task A_rollback_that_fails_can_be_continued()
    {
        await using var cloud = await TestCloud.StartAsync();
        await cloud.CreateAsync("twice", "Resources: { A: { Type: Test::Fake::Thing, Properties: { Value: 1, Fail: update } }, B: { Type: Test::Fake::Thing, DependsOn: A } }");
        var stack = await cloud.UpdateAsync("twice", "Resources: { A: { Type: Test::Fake::Thing, Properties: { Value: 2 } }, B: { Type: Test::Fake::Thing, DependsOn: A, Properties: { Fail: update } } }");
        (stack.Status, stack.StatusReason).Should().Be(("UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [A]. "));
        TestCloud.Refusal(() => cloud.Engine.Update(TestCloud.Request("twice", stack.Input!.TemplateBody))).Should().Contain("is in UPDATE_ROLLBACK_FAILED state and can not be updated.");

        cloud.Fake.Forgiving = true;
        cloud.Engine.ContinueUpdateRollback(stack);
        (await cloud.RestAsync("twice")).Status.Should().Be("UPDATE_ROLLBACK_COMPLETE");
        cloud.Fake.Living[stack.Resources["A"].PhysicalId!]["Value"]!.ToString().Should().Be("1");
    }

    [Theory]
    [InlineData(true, false, "CREATE_FAILED", 1)]
    [InlineData(false, true, "DELETE_COMPLETE", 0)]
    public async Task The_caller_may_choose_what_becomes_of_a_failure(bool keep, bool delete, string status, int living)
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Engine.Create(TestCloud.Request("choice", "Resources: { A: { Type: Test::Fake::Thing }, B: { Type: Test::Fake::Thing, DependsOn: A, Properties: { Fail: create } } }") with { DisableRollback = keep, DeleteOnFailure = delete });
        var stack = cloud.Stacks.All.Single();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (stack.Status != status)
        {
            await Task.Delay(10, patience.Token);
        }

        cloud.Fake.Living.Should().HaveCount(living);
    }

    [Fact]
    public async Task Conditions_decide_what_exists()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Template = """
            Parameters: { Two: { Type: String, Default: "no" } }
            Conditions: { Two: !Equals [!Ref Two, "yes"] }
            Resources:
              A: { Type: Test::Fake::Thing }
              B: { Type: Test::Fake::Thing, Condition: Two }
              C: { Type: Test::Fake::Thing, Properties: { Value: !If [Two, !Ref B, !Ref A] } }
            Outputs:
              B: { Condition: Two, Value: !Ref B }
            """;
        var stack = await cloud.CreateAsync("conditional", Template);
        stack.Resources.Keys.Should().BeEquivalentTo("A", "C");
        stack.Outputs.Should().BeEmpty();
        await cloud.UpdateAsync("conditional", Template, ("Two", "yes"));
        stack.Outputs.Should().ContainSingle(output => output.Value == stack.Resources["B"].PhysicalId);
        await cloud.UpdateAsync("conditional", Template, ("Two", "no"));
        stack.Resources.Keys.Should().BeEquivalentTo("A", "C");
    }

    [Fact]
    public async Task Wrong_calls_are_refused_as_AWS_refuses_them()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Template = "Parameters: { P: { Type: String } }\nResources: { A: { Type: Test::Fake::Thing, Properties: { Value: !Ref P } } }";
        TestCloud.Refusal(() => cloud.Engine.Create(TestCloud.Request("x", Template))).Should().Be("Parameters: [P] must have values");
        TestCloud.Refusal(() => cloud.Engine.Create(TestCloud.Request("x", Template, ("P", "1"), ("Q", "2")))).Should().Be("Parameters: [Q] do not exist in the template");
        TestCloud.Refusal(() => cloud.Engine.Create(TestCloud.Request("1x", Template, ("P", "1")))).Should().Contain("Member must satisfy regular expression pattern");
        TestCloud.Refusal(() => cloud.Engine.Update(TestCloud.Request("x", Template))).Should().Be("Stack with id x does not exist");
        await cloud.CreateAsync("x", Template, ("P", "1"));
        TestCloud.Refusal(() => cloud.Engine.Create(TestCloud.Request("x", Template, ("P", "1")))).Should().Be("Stack [x] already exists");
        TestCloud.Refusal(() => cloud.Engine.Create(TestCloud.Request("y", "Resources: { R: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: { Statement: [] } } } }") with { Capabilities = ["CAPABILITY_IAM"] }))
            .Should().Be("Requires capabilities : [CAPABILITY_NAMED_IAM]");
        cloud.Engine.SetTerminationProtection(cloud.Stacks.Get("x"), enabled: true);
        TestCloud.Refusal(() => cloud.Engine.Delete(cloud.Stacks.Get("x"), [], null)).Should().Be("Stack [x] cannot be deleted while TerminationProtection is enabled");
    }

    [Fact]
    public async Task A_hidden_parameter_is_nowhere_on_disk_in_the_clear()
    {
        await using var cloud = await TestCloud.StartAsync();
        const string Template = "Parameters: { Password: { Type: String, NoEcho: true } }\nResources: { A: { Type: Test::Fake::Thing, Properties: { Value: !Sub \"x-${Password}\" } } }";
        await cloud.CreateAsync("hidden", Template, ("Password", "correct-horse-battery"));
        cloud.Fake.Living["A-1"]["Value"]!.ToString().Should().Be("x-correct-horse-battery");
        var plan = cloud.Plan("hidden", Template, ("Password", "another-horse"));
        plan.Changes.Single().Details.Single().Should().Match<PropertyChange>(change => change.Before == "****" && change.After == "****" && change.CausingEntity == "Password");
        foreach (var file in Directory.EnumerateFiles(cloud.Settings.StateDirectory, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(file)).Should().NotContain("horse", file);
        }
    }

    private static IEnumerable<string> Told(StackRecord stack) =>
        stack.Events.Select(happened => $"{happened.LogicalId} {happened.Status}{(happened.Reason is null ? "" : " " + happened.Reason)}");
}
