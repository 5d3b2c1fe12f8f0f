using System.Collections.Concurrent;
using System.Globalization;
using k8s;
using k8s.Models;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Kubernetes;

[Collection(LocalKubernetesCollection.Name)]
public sealed class ReleaseStoreTests(LocalKubernetes kubernetes)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_comes_back_as_it_was_stored_but_for_its_Secrets()
    {
        var (store, space) = await NewStoreAsync();
        var release = Sample("1.4.0") with
        {
            Revision = "0123abc",
            Reason = "because",
            RollbackTo = 3,
            ConfigMap = "tiketi-config-abcdef",
            Site = "20260101-abc",
            Images = new Dictionary<string, string> { ["backend"] = "tiketi/backend@sha256:0" },
            Inventory = [new ObjectKey("v1", "Secret", space, "tiketi-db-secret")],
            Manifests = ManifestSet.Parse("""
                {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {KEY: ü, EMPTY: ""}}
                ---
                {apiVersion: v1, kind: Secret, metadata: {name: b}, data: {PASSWORD: aHVudGVyMg==}}
                """, "x"),
        };

        var stored = await store.CreateAsync(release, Token);
        var read = (await store.ListAsync(Token)).Should().ContainSingle().Subject;

        read.Should().BeEquivalentTo(stored, options => options.Excluding(it => it.Manifests));
        read.Manifests.Manifests.Select(manifest => manifest.Key.ToString()).Should().Equal("ConfigMap/a");
        (await RecordsAsync(space)).Should().OnlyContain(record => !KubernetesJson.Serialize(record).Contains("aHVudGVyMg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Numbers_are_unique_and_without_gaps_when_many_pipelines_take_them_at_once()
    {
        var (_, space) = await NewStoreAsync();

        var releases = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => new ReleaseStore(kubernetes.Client, space).CreateAsync(Sample($"v{i}"), Token)));

        releases.Select(release => release.Number).Should().BeEquivalentTo(Enumerable.Range(1, 12));
        (await new ReleaseStore(kubernetes.Client, space).ListAsync(Token)).Select(release => (release.Number, release.Version))
            .Should().Equal(releases.OrderByDescending(release => release.Number).Select(release => (release.Number, release.Version)));
    }

    [Fact]
    public async Task A_create_whose_answer_is_lost_makes_one_release()
    {
        var (store, space) = await NewStoreAsync();
        var lost = new ConcurrentBag<string>();
        kubernetes.Fault = async (context, handle) =>
        {
            if (context.Request.Method == "POST" && lost.IsEmpty)
            {
                lost.Add(context.Request.Path);
                context.Response.Body = Stream.Null; // it is stored, and nobody hears of it
                await handle();
                context.Abort();
                return;
            }

            await handle();
        };
        try
        {
            (await store.CreateAsync(Sample("1"), Token)).Number.Should().Be(1);
        }
        finally
        {
            kubernetes.Fault = null;
        }

        lost.Should().ContainSingle();
        (await RecordsAsync(space)).Should().ContainSingle();
    }

    [Fact]
    public async Task The_outcome_is_updated_and_the_manifests_stay()
    {
        var (store, _) = await NewStoreAsync();
        var stored = await store.CreateAsync(Sample("1") with { Manifests = ManifestSet.Parse("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "x") }, Token);

        await store.UpdateAsync(stored with { Outcome = ReleaseOutcome.Failed, Reason = "why" }, Token);

        var read = (await store.ListAsync(Token)).Single();
        (read.Outcome, read.Reason, read.Manifests.Manifests.Count).Should().Be((ReleaseOutcome.Failed, "why", 1));
    }

    [Fact]
    public async Task The_oldest_are_forgotten_but_never_the_running_one_nor_one_under_way()
    {
        var (store, _) = await NewStoreAsync();
        foreach (var outcome in new[] { ReleaseOutcome.Succeeded, ReleaseOutcome.Deploying, ReleaseOutcome.Succeeded, ReleaseOutcome.Failed, ReleaseOutcome.RolledBack, ReleaseOutcome.Failed })
        {
            await store.CreateAsync(Sample("1") with { Outcome = outcome }, Token);
        }

        var kept = await store.ForgetAsync(2, Token);

        kept.Select(release => release.Number).Should().Equal(6, 5, 3, 2);
        (await store.ListAsync(Token)).Should().HaveCount(4);
        (await store.CreateAsync(Sample("1"), Token)).Number.Should().Be(7);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_its_size()
    {
        var (store, space) = await NewStoreAsync();
        var noise = new byte[2_000_000];
        new Random(1).NextBytes(noise);

        await store.Awaiting(it => it.CreateAsync(Sample("1") with { Manifests = ManifestSet.Parse($"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{A: {Convert.ToHexString(noise)}}}}}", "x") }, Token))
            .Should().ThrowAsync<PipelineException>().WithMessage("The release record takes * bytes, and a ConfigMap holds 1,048,576*");

        (await RecordsAsync(space)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_record_that_somebody_broke_is_named()
    {
        var (store, space) = await NewStoreAsync();
        await store.CreateAsync(Sample("1"), Token);
        await kubernetes.Client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"release.json":"{"}}""", V1Patch.PatchType.MergePatch), "tiketi-release-000001", space, cancellationToken: Token);

        await store.Awaiting(it => it.ListAsync(Token)).Should().ThrowAsync<PipelineException>().WithMessage("The release record tiketi-release-000001 is broken*");
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_has_no_releases() =>
        (await new ReleaseStore(kubernetes.Client, "nowhere").ListAsync(Token)).Should().BeEmpty();

    private static Release Sample(string version) => new() { At = DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture), Version = version, By = "test" };

    private async Task<(ReleaseStore Store, string Namespace)> NewStoreAsync()
    {
        var space = kubernetes.NewNamespace();
        await kubernetes.Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = space } }, cancellationToken: Token);
        return (new ReleaseStore(kubernetes.Client, space), space);
    }

    private async Task<IList<V1ConfigMap>> RecordsAsync(string space) => (await kubernetes.Client.CoreV1.ListNamespacedConfigMapAsync(space, labelSelector: "app.kubernetes.io/component=release", cancellationToken: Token)).Items;
}
