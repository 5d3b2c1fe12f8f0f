using System.Text.Json.Nodes;

namespace Tiketi.Acceptance.Smoke;

/// <summary>A token for kubectl that all tests of a class use: else each call starts the AWS CLI for one of its own. It lasts a quarter of an hour.</summary>
public sealed class KubectlLogin(Deployment deployment) : IAsyncLifetime
{
    private readonly string _kubeconfig = Path.Combine(deployment.Checkout.Root, ".nuke/temp/somebody.kubeconfig");

    /// <summary>What clients of the deployment need, with that token.</summary>
    internal Dictionary<string, string?> Environment { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Environment = await deployment.Checkout.ClientEnvironmentAsync();
        var config = JsonNode.Parse(await RunAsync("kubectl", "config", "view", "--raw", "-o", "json"))!;
        var arguments = config["users"]![0]!["user"]!["exec"]!["args"]!.AsArray().Select(argument => argument!.ToString());
        var credential = JsonNode.Parse(await RunAsync("aws", [.. arguments]))!;
        config["users"]![0]!["user"] = new JsonObject { ["token"] = credential["status"]!["token"]!.ToString() };
        await File.WriteAllTextAsync(_kubeconfig, config.ToJsonString()); // no secret: the local cloud's key is test/test
        Environment["KUBECONFIG"] = _kubeconfig;
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(_kubeconfig);
        return ValueTask.CompletedTask;
    }

    private async Task<string> RunAsync(string program, params string[] arguments) => (await Command.RunAsync(program, arguments, deployment.Checkout.Root, Environment)).ShouldSucceed().Output;
}
