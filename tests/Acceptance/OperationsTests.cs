using System.Text.Json.Nodes;

namespace Tiketi.Acceptance;

/// <summary>
/// The life of an environment from its first bucket, made by hand, to its end, as an operator types it: import, plan, approval,
/// refusals, destruction. The databases are real, so it holds what the guards of the data say.
/// </summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task AnEnvironment_IsImported_AppliedAsPlanned_AndDestroyedOnlyWithItsDataKept()
    {
        var checkout = await Checkout.CreateAsync();
        checkout.Edit("environments/local.yaml", text => text.Replace("DatabaseDeletionProtection: \"false\"", "DatabaseDeletionProtection: \"true\"", StringComparison.Ordinal));
        try
        {
            (await checkout.RunAsync("LocalUp")).ShouldSucceed();
            await ImportAsync(checkout);
            await ApplyAsPlannedAsync(checkout);
            await DestroyAsync(checkout);
        }
        finally
        {
            (await checkout.RunAsync("LocalDown")).ShouldSucceed();
            await checkout.DeleteAsync();
        }
    }

    private static async Task ImportAsync(Checkout checkout)
    {
        await checkout.AwsAsync("s3api", "create-bucket", "--bucket", "tiketi-uploads-local", "--create-bucket-configuration", "LocationConstraint=ap-northeast-2");
        await checkout.AwsAsync("s3api", "put-object", "--bucket", "tiketi-uploads-local", "--key", "ticket.txt", "--body", Path.Combine(checkout.Root, "LICENSE"));

        (await checkout.RunAsync("ImportInfra")).ShouldFail().Output.Should().Contain("storage: UploadsBucket <- tiketi-uploads-local").And.Contain("nobody has confirmed it").And.Contain("--confirm local");
        var run = (await checkout.RunAsync("ImportInfra", "--confirm", "local")).ShouldSucceed();

        Deployment.Summary(run, "ImportInfra").Should().Contain("Imported", "1");
    }

    private static async Task ApplyAsPlannedAsync(Checkout checkout)
    {
        var plan = Path.Combine(checkout.Root, "plan.json");
        (await checkout.RunAsync("PlanInfra", "--plan-out", plan)).ShouldSucceed().Output.Should().Contain("Plan: ").And.Contain("Cost: ");
        JsonNode.Parse(await File.ReadAllTextAsync(plan))!["schema"]!.ToString().Should().Be("tiketi-plan/1");

        checkout.Edit("environments/local.yaml", text => text + "  RedisNodes: \"1\"\n");
        (await checkout.RunAsync("ApplyInfra", "--plan-file", plan)).ShouldFail().Output.Should().Contain("RedisNodes");
        checkout.Edit("environments/local.yaml", text => text.Replace("  RedisNodes: \"1\"\n", "", StringComparison.Ordinal));
        Deployment.Summary((await checkout.RunAsync("ApplyInfra", "--plan-file", plan)).ShouldSucceed(), "ApplyInfra").Should().Contain("Unchanged", "0");
        Deployment.Summary((await checkout.RunAsync("ApplyInfra", "--plan-file", plan)).ShouldSucceed(), "ApplyInfra").Should().Contain("Changed", "0", "what the plan wanted is there");
    }

    private static async Task DestroyAsync(Checkout checkout)
    {
        (await checkout.RunAsync("DestroyInfra")).ShouldFail().Output.Should().Contain("--confirm local");
        (await checkout.RunAsync("DestroyInfra", "--confirm", "local")).ShouldFail().Output.Should().Contain("protected against deletion are").And.Contain("Database (tiketi-db)").And.Contain("--disable-protection");
        (await checkout.AwsAsync("rds", "describe-db-instances")).Should().Contain("\"tiketi-db\"", "nothing was destroyed");

        var run = (await checkout.RunAsync("DestroyInfra", "--confirm", "local", "--disable-protection")).ShouldSucceed();

        run.Output.Should().Contain("Still there, and billed: tiketi-uploads-local (AWS::S3::Bucket)").And.Contain("the final snapshot of tiketi-db");
        (await checkout.AwsAsync("cloudformation", "describe-stacks")).Should().NotContain("tiketi-local-");
        (await checkout.AwsAsync("s3api", "list-objects-v2", "--bucket", "tiketi-uploads-local")).Should().Contain("ticket.txt", "it was there before the stacks, and stays after them");
        (await checkout.AwsAsync("rds", "describe-db-snapshots")).Should().Contain("tiketi-local-data-snapshot-database-");
    }
}
