using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tiketi.Acceptance.Smoke;

/// <summary>Changes the running system past the pipeline, with the programs that a person has at hand.</summary>
internal sealed class Somebody(Checkout checkout, Dictionary<string, string?> environment, DeployedChecks deployed)
{
    /// <summary>The stack that a cause may have besides the environment's.</summary>
    public string ExtraStack => $"tiketi-{checkout.Environment}-extra";

    public Task<string> OutputAsync(string stack, string name) => deployed.OutputAsync(stack, name);

    public IAmazonS3 S3 => deployed.S3;

    /// <inheritdoc cref="AwsCalls.CallAsync"/>
    public Task<string> AwsAsync(string service, string body, string? target = null) => deployed.Calls.CallAsync(service, body, target);

    public Task<string> KubectlAsync(params string[] arguments) => RunAsync("kubectl", ["-n", deployed.Settings.Namespace, .. arguments]);

    public Task<string> DockerAsync(params string[] arguments) => RunAsync("docker", arguments);

    /// <summary>Changes an object, or deletes it; its fields stay the pipeline's, so that the next deployment finds no stranger's.</summary>
    /// <param name="kind">"service".</param>
    /// <param name="name">The object's name.</param>
    /// <param name="change">Null: delete it.</param>
    /// <returns>Puts the object back as it was.</returns>
    public async Task<Func<Task>> EditAsync(string kind, string name, Action<JsonNode>? change)
    {
        var original = Stated(JsonNode.Parse(await KubectlAsync("get", kind, name, "-o", "json"))!);
        if (change is null)
        {
            await KubectlAsync("delete", kind, name);
        }
        else
        {
            var changed = original.DeepClone();
            change(changed);
            await ApplyAsync(changed);
        }

        return () => ApplyAsync(original);
    }

    /// <summary>Changes the distribution's configuration.</summary>
    /// <returns>Puts it back as it was.</returns>
    public async Task<Func<Task>> EditDistributionAsync(Action<XElement> change)
    {
        var id = await OutputAsync("frontend", "DistributionId");
        var before = await deployed.Calls.EditDistributionAsync(id, change);
        return () => deployed.Calls.EditDistributionAsync(id, config => config.ReplaceNodes(before.Nodes()));
    }

    /// <summary>Moves an object of the site out of visitors' sight, and lets the CDN forget it.</summary>
    /// <returns>Moves it back.</returns>
    public async Task<Func<Task>> HideFromSiteAsync(Func<string, bool> which)
    {
        var bucket = await OutputAsync("frontend", "FrontendBucketName");
        var key = (await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).S3Objects.Select(item => item.Key).First(which);
        await MoveAsync(key, "hidden/" + key);
        return () => MoveAsync("hidden/" + key, key);

        async Task MoveAsync(string from, string to)
        {
            await S3.CopyObjectAsync(bucket, from, bucket, to);
            await S3.DeleteObjectAsync(bucket, from);
            await deployed.Calls.InvalidateAsync(await OutputAsync("frontend", "DistributionId"));
        }
    }

    /// <summary>Makes the extra stack anew of this template, whatever becomes of it.</summary>
    public async Task MakeExtraStackAsync(string template)
    {
        await DeleteExtraStackAsync();
        await AwsAsync("cloudformation", $"Action=CreateStack&StackName={ExtraStack}&TemplateBody={Uri.EscapeDataString(template)}");
        await UntilAsync(status => status?.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) == false);
    }

    public async Task DeleteExtraStackAsync()
    {
        await AwsAsync("cloudformation", $"Action=DeleteStack&StackName={ExtraStack}");
        await UntilAsync(status => status is null);
    }

    private async Task UntilAsync(Func<string?, bool> isSo)
    {
        for (var end = DateTime.UtcNow.AddMinutes(2); ; await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            var status = Values(await AwsAsync("cloudformation", "Action=DescribeStacks"), "member")
                .FirstOrDefault(stack => Value(stack, "StackName") == ExtraStack && Value(stack, "StackStatus") != "DELETE_COMPLETE") is { } stack ? Value(stack, "StackStatus") : null;
            if (isSo(status))
            {
                return;
            }

            DateTime.UtcNow.Should().BeBefore(end, "the stack is {0}", status);
        }
    }

    /// <summary>The elements of a name in an answer of a Query service.</summary>
    public static IEnumerable<XElement> Values(string answer, string name) => XElement.Parse(answer).Descendants().Where(element => element.Name.LocalName == name);

    public static string? Value(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    private async Task ApplyAsync(JsonNode item) =>
        (await Command.RunAsync("kubectl", ["apply", "--server-side", "--force-conflicts", "--field-manager", "tiketi-pipeline", "-f", "-"], checkout.Root, environment, input: item.ToJsonString())).ShouldSucceed();

    /// <summary>What somebody said about an object, without what the cluster added.</summary>
    private static JsonNode Stated(JsonNode item)
    {
        item.AsObject().Remove("status");
        var metadata = item["metadata"]!.AsObject();
        foreach (var name in new[] { "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields" })
        {
            metadata.Remove(name);
        }

        (metadata["annotations"] as JsonObject)?.Remove("deployment.kubernetes.io/revision");
        foreach (var name in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
        {
            item["spec"]!.AsObject().Remove(name);
        }

        return item;
    }

    private async Task<string> RunAsync(string program, string[] arguments) => (await Command.RunAsync(program, arguments, checkout.Root, environment)).ShouldSucceed().Output;
}
