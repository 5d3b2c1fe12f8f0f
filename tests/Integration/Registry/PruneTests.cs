using System.Net.Http.Headers;
using System.Text;
using Amazon.CloudFormation.Model;
using Amazon.ECR.Model;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Registry;
using Tiketi.Pipeline.Registry.Pruning;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Registry;

/// <summary>Pruning against a registry and a cluster: what runs stays, what was rolled out stays, the rest goes.</summary>
[Collection(PushCollection.Name)]
public sealed class PruneTests(PushFixture push)
{
    private const string Repository = "prune/backend";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatNothingNeeds_Goes_AndNothingElse()
    {
        var settings = Settings("prune");
        await push.Cloud.CreateRepositoryAsync(Repository);
        await CreateClusterAsync(settings.Name);
        var images = new Dictionary<string, PublishedImage>(StringComparer.Ordinal);
        foreach (var name in new[] { "unused", "deployed", "pending", "scheduled", "released", "forgotten" })
        {
            images[name] = await PublishAsync(name);
        }

        var indexed = await PutIndexAsync(images["unused"].Digest);
        await UseAsync(settings, images);

        var use = await EnvironmentImages.ReadAsync(push.Cloud.Aws, settings, keptReleases: 1, TimeProvider.System, Token);
        use.Unknown.Should().BeNull();
        var pruner = new ImagePruner(push.Cloud.Aws.Ecr, TimeProvider.System, NullLogger.Instance);
        var request = new PruneRequest { Registry = push.Cloud.Host, Repositories = [Repository], Environments = [use], MinimumAge = TimeSpan.Zero };
        var plan = await pruner.PlanAsync(request, Token);

        Reason("deployed").Should().Be("prune: Deployment tiketi/backend");
        Reason("pending").Should().Be("prune: Pod tiketi/by-tag");
        Reason("scheduled").Should().Be("prune: CronJob tiketi/nightly");
        Reason("released").Should().Be("prune: release 2 (v2)");
        plan.Going.Select(decision => decision.Digest).Should().Equal(indexed, images["unused"].Digest, images["forgotten"].Digest);
        (await ListAsync()).Should().HaveCount(7, "a plan deletes nothing");

        (await pruner.DeleteAsync(plan, Token)).Should().Be(3);

        (await ListAsync()).Select(image => image.ImageDigest).Should().BeEquivalentTo(images.Where(image => image.Key is not ("unused" or "forgotten")).Select(image => image.Value.Digest));
        (await pruner.PlanAsync(request, Token)).Going.Should().BeEmpty();
        await push.Target(Target.LocalCloud).ShouldHoldAsync(Repository, images["deployed"].Digest, "deployed"); // with all layers, some of which the deleted ones had, too

        string Reason(string name) => plan.Decisions.Single(decision => decision.Digest == images[name].Digest).Reason;
    }

    [Fact]
    public async Task AnEnvironmentWithoutACluster_NeedsNothing_AndOneThatDoesNotAnswer_IsUnknown()
    {
        (await EnvironmentImages.ReadAsync(push.Cloud.Aws, Settings("nowhere"), 1, TimeProvider.System, Token)).Should().BeEquivalentTo(new EnvironmentUse("nowhere", []));

        using var nobody = new AwsClients(push.Cloud.Aws.Settings with { EndpointUrl = new Uri($"http://127.0.0.1:{FreePorts.Take(1)[0]}"), Retries = 0 });
        (await EnvironmentImages.ReadAsync(nobody, Settings("away"), 1, TimeProvider.System, Token)).Unknown.Should().NotBeNullOrEmpty();
    }

    private EnvironmentSettings Settings(string name) => new()
    {
        Name = name, Region = push.Cloud.Settings.Region, SiteUrl = new Uri("http://site.invalid"), ApiUrl = new Uri("http://api.invalid"), Platform = push.Engine.Platform, Overlay = name,
        Parameters = new Dictionary<string, string>(StringComparer.Ordinal),
    };

    private async Task<PublishedImage> PublishAsync(string name)
    {
        var image = await push.BuildAsync("prune", name);
        var report = await push.Publisher(push.Target(Target.LocalCloud)).PublishAsync([new PublishRequest(image, $"{push.Cloud.Host}/{Repository}")], [name, "latest"], Token);
        return report.Images[0];
    }

    private async Task<string> PutIndexAsync(string digest)
    {
        using var http = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, $"http://{push.Cloud.Host}/v2/{Repository}/manifests/index");
        var size = (await ListAsync()).Single(image => image.ImageDigest == digest).ImageSizeInBytes;
        put.Content = new StringContent(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","digest":"{{digest}}","size":{{size}}}]}""",
            Encoding.UTF8, new MediaTypeHeaderValue("application/vnd.oci.image.index.v1+json"));
        put.Headers.Authorization = new AuthenticationHeaderValue("Basic", await push.Cloud.BasicAsync());
        using var answer = await http.SendAsync(put, Token);
        return answer.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }

    private async Task<IReadOnlyList<ImageDetail>> ListAsync() =>
        (await push.Cloud.Aws.Ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = Repository }, Token)).ImageDetails;

    private async Task CreateClusterAsync(string environment)
    {
        await push.Cloud.Aws.CloudFormation.CreateChangeSetAsync(
            new CreateChangeSetRequest
            {
                StackName = $"tiketi-{environment}-cluster", ChangeSetName = "first", ChangeSetType = "CREATE",
                TemplateBody = """
                    Resources:
                      Cluster:
                        Type: AWS::EKS::Cluster
                        Properties: {Name: tiketi-prune, RoleArn: "arn:aws:iam::000000000000:role/cluster", ResourcesVpcConfig: {SubnetIds: [subnet-1]}}
                    Outputs:
                      ClusterName: {Value: !Ref Cluster}
                    """,
            },
            Token);
        await WaitAsync(async () => (await push.Cloud.Aws.CloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { StackName = $"tiketi-{environment}-cluster", ChangeSetName = "first" }, Token)).Status == "CREATE_COMPLETE");
        await push.Cloud.Aws.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { StackName = $"tiketi-{environment}-cluster", ChangeSetName = "first" }, Token);
        await WaitAsync(async () => (await push.Cloud.Aws.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = $"tiketi-{environment}-cluster" }, Token)).Stacks[0].StackStatus == "CREATE_COMPLETE");
    }

    /// <summary>A cluster without nodes: its pods wait, and need their images all the same.</summary>
    private async Task UseAsync(EnvironmentSettings settings, IReadOnlyDictionary<string, PublishedImage> images)
    {
        using var cluster = await EksCluster.ConnectAsync(push.Cloud.Aws.Eks, "tiketi-prune", push.Cloud.Aws.Settings, TimeProvider.System, Token);
        await cluster.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = settings.Namespace } }, cancellationToken: Token);
        V1PodSpec Pod(string image) => new() { Containers = [new V1Container { Name = "main", Image = image }], RestartPolicy = "Never" };
        V1PodTemplateSpec Template(string image) => new() { Metadata = new V1ObjectMeta { Labels = Labels() }, Spec = Pod(image) };
        var deployment = Template(images["deployed"].Reference);
        deployment.Spec.RestartPolicy = "Always";
        await cluster.AppsV1.CreateNamespacedDeploymentAsync(
            new V1Deployment
            {
                Metadata = new V1ObjectMeta { Name = "backend" },
                Spec = new V1DeploymentSpec { Replicas = 0, Selector = new V1LabelSelector { MatchLabels = Labels() }, Template = deployment },
            },
            settings.Namespace, cancellationToken: Token);
        await cluster.CoreV1.CreateNamespacedPodAsync(new V1Pod { Metadata = new V1ObjectMeta { Name = "by-tag" }, Spec = Pod($"{push.Cloud.Host}/{Repository}:pending") }, settings.Namespace, cancellationToken: Token);
        await cluster.BatchV1.CreateNamespacedCronJobAsync(
            new V1CronJob
            {
                Metadata = new V1ObjectMeta { Name = "nightly" },
                Spec = new V1CronJobSpec { Schedule = "0 3 1 1 *", Suspend = true, JobTemplate = new V1JobTemplateSpec { Spec = new V1JobSpec { Template = Template(images["scheduled"].Reference) } } },
            },
            settings.Namespace, cancellationToken: Token);
        var releases = new ReleaseStore(cluster, settings.Namespace);
        foreach (var (name, outcome) in new[] { ("forgotten", ReleaseOutcome.Succeeded), ("released", ReleaseOutcome.Succeeded), ("unused", ReleaseOutcome.Failed) })
        {
            await releases.CreateAsync(
                new Release
                {
                    At = TimeProvider.System.GetUtcNow(), Version = name == "released" ? "v2" : "v0", By = "test", Outcome = outcome,
                    Images = new Dictionary<string, string>(StringComparer.Ordinal) { ["backend"] = images[name].Reference },
                },
                Token);
        }

        static Dictionary<string, string> Labels() => new(StringComparer.Ordinal) { ["app"] = "backend" };
    }

    private static async Task WaitAsync(Func<Task<bool>> isDone)
    {
        for (var end = DateTime.UtcNow.AddSeconds(60); !await isDone();)
        {
            DateTime.UtcNow.Should().BeBefore(end);
            await Task.Delay(100, Token);
        }
    }
}
