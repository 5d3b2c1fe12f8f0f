using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Tests.Kubernetes;

public sealed class ManifestSetTests
{
    private const string Backend = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: backend, namespace: tiketi}
        spec:
          replicas: 2
          template:
            spec:
              initContainers:
                - {name: wait, image: "registry.example:5000/tiketi/backend"}
              containers:
                - name: app
                  image: tiketi/backend:latest
                  env: [{name: PORT, value: "3001"}]
                  envFrom: [{configMapRef: {name: tiketi-config}}, {secretRef: {name: tiketi-db-secret}}]
                - {name: proxy, image: other/proxy:1}
        """;

    private static readonly Dictionary<string, string> Image = new(StringComparer.Ordinal) { ["tiketi/backend"] = "registry/tiketi/backend@sha256:1" };

    [Fact]
    public void Yaml_scalars_keep_the_types_that_the_API_server_expects()
    {
        var body = Single(ManifestSet.Parse("{apiVersion: v1, kind: X, metadata: {name: n}, a: \"3001\", b: 3001, c: true, d: 250m, e: ~, f: 0.5, g: '', h: 0644x}", "x"));

        body.ToJsonString().Should().EndWith("""
            "a":"3001","b":3001,"c":true,"d":"250m","e":null,"f":0.5,"g":"","h":"0644x"}
            """.Trim());
    }

    [Fact]
    public void Images_are_replaced_by_plain_name_and_others_left_alone()
    {
        var containers = Single(ManifestSet.Parse(Backend, "x").WithImages(Image)).At("spec", "template", "spec", "containers")!.AsArray();

        containers[0].Text("image").Should().Be("registry/tiketi/backend@sha256:1");
        containers[1].Text("image").Should().Be("other/proxy:1");
    }

    [Fact]
    public void An_image_that_no_manifest_uses_is_an_error() =>
        FluentActions.Invoking(() => ManifestSet.Parse(Backend, "x").WithImages(new Dictionary<string, string>(StringComparer.Ordinal) { ["tiketi/other"] = "r" }))
            .Should().Throw<PipelineException>().WithMessage("*tiketi/other*");

    [Fact]
    public void A_changed_secret_changes_the_checksum_of_exactly_the_pods_that_read_it()
    {
        var (first, again, other) = (Checksum("one"), Checksum("one"), Checksum("two"));

        first.Should().HaveLength(16).And.Be(again).And.NotBe(other);
        Checksum("one", unrelated: "changed").Should().Be(first);
    }

    [Fact]
    public void The_ConfigMap_is_named_after_its_content_wherever_it_is_named()
    {
        const string indented = "\n          ";
        var pod = Backend.Replace(
            "- {name: proxy, image: other/proxy:1}",
            $"- name: proxy{indented}image: other/proxy:1"
            + $"{indented}env: [{{name: A, valueFrom: {{configMapKeyRef: {{name: tiketi-config, key: A}} }} }}, {{name: B, valueFrom: {{configMapKeyRef: {{name: other, key: A}} }} }}]"
            + "\n      volumes: [{name: a, configMap: {name: tiketi-config}}, {name: b, projected: {sources: [{configMap: {name: tiketi-config}}]}}]",
            StringComparison.Ordinal);

        var (one, same, two) = (Versioned("a"), Versioned("a"), Versioned("b"));

        one.VersionedConfigMap.Should().MatchRegex("^tiketi-config-[0-9a-f]{10}$").And.Be(same.VersionedConfigMap).And.NotBe(two.VersionedConfigMap);
        var text = Find(one, "Deployment/backend").ToJsonString();
        text.Should().NotContain("\"tiketi-config\"").And.Contain("\"other\"");
        text.Split(one.VersionedConfigMap!).Should().HaveCount(5, "four references are rewritten");
        one.ConfigMapName("tiketi-config").Should().Be(one.VersionedConfigMap);
        one.ConfigMapName("other").Should().Be("other");

        ManifestSet Versioned(string value) => ManifestSet.Parse(pod, "x").WithConfiguration(
            "tiketi", "tiketi-config", new Dictionary<string, string>(StringComparer.Ordinal) { ["A"] = value }, new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal));
    }

    [Fact]
    public void Configuration_replaces_objects_of_the_same_name_and_encodes_secrets()
    {
        var set = Configure(ManifestSet.Parse("{apiVersion: v1, kind: ConfigMap, metadata: {name: tiketi-config, namespace: tiketi}, data: {OLD: x}}", "x"), "pässword");

        set.Manifests.Should().HaveCount(3);
        Find(set, $"ConfigMap/{set.ConfigMapName("tiketi-config")}").At("data")!.ToJsonString().Should().Be("""{"DB_HOST":"db"}""");
        Find(set, "Secret/tiketi-db-secret").Text("data", "DB_PASSWORD").Should().Be("cMOkc3N3b3Jk");
    }

    [Fact]
    public void Replicas_are_what_the_services_configuration_says()
    {
        var manifests = ManifestSet.Parse(Backend, "x");

        Single(manifests.WithReplicas(new Dictionary<string, int>(StringComparer.Ordinal) { ["backend"] = 5 })).At("spec")!["replicas"]!.GetValue<int>().Should().Be(5);
        var unknown = () => manifests.WithReplicas(new Dictionary<string, int>(StringComparer.Ordinal) { ["backnd"] = 5 });
        unknown.Should().Throw<PipelineException>().Which.Remedy.Should().Contain("backend");
    }

    [Fact]
    public void A_placeholder_is_named_with_object_field_file_and_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "ingress.yaml"), "a: 1\nhost: api.your-domain.com\n");
        var set = ManifestSet.Parse("""
            {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {rules: [{host: api.your-domain.com}], arn: "arn:aws:acm:xxxx"}}
            """, "x");

        FluentActions.Invoking(() => Placeholders.Refuse(set, folder.Path)).Should().Throw<PipelineException>()
            .Which.Message.Should().Contain("Ingress/i spec.rules[0].host = api.your-domain.com (ingress.yaml:2)").And.Contain("spec.arn");
    }

    [Theory]
    [InlineData("local")]
    [InlineData("staging")]
    [InlineData("production")]
    public async Task Every_overlay_renders_complete_safe_and_without_placeholders(string overlay)
    {
        var root = Path.Combine(Repository.Root, "k8s");
        var set = Configure(await new Kustomize(NullLogger<Kustomize>.Instance).RenderAsync(Path.Combine(root, "overlays", overlay)), "secret");
        Placeholders.Refuse(set, root);
        var deployments = set.Manifests.Where(manifest => manifest.Key.Kind == "Deployment").Select(manifest => manifest.Body).ToList();
        deployments.Select(body => body.Text("metadata", "name"))
            .Should().BeEquivalentTo("backend", "auth-service", "ticket-service", "payment-service", "stats-service");
        foreach (var body in deployments)
        {
            var pod = body.At("spec", "template", "spec")!;
            var container = pod.At("containers")!.AsArray().Should().ContainSingle().Which;
            body.Number("spec", "strategy", "rollingUpdate", "maxUnavailable").Should().Be(0);
            container.Text("livenessProbe", "httpGet", "path").Should().Be("/health");
            container.Text("readinessProbe", "httpGet", "path").Should().Be("/health/ready");
            pod.Number("terminationGracePeriodSeconds").Should().BeGreaterThan(int.Parse(container.At("lifecycle", "preStop", "exec", "command")![1]!.ToString()));
            body.At("spec", "template", "metadata", "annotations").Text(ManifestSet.ChecksumAnnotation).Should().NotBeNull();
        }

        var ingress = Find(set.WithIngress("api.example.com", new Dictionary<string, string>(StringComparer.Ordinal) { ["a/b"] = "c" }), "Ingress/tiketi-ingress");
        ingress.Text("spec", "ingressClassName").Should().Be(overlay == "local" ? "tiketi-local" : "alb");
        ingress.At("spec", "rules")![0].Text("host").Should().Be("api.example.com");
        var paths = ingress.At("spec", "rules")![0].Items("http", "paths").Select(path => path.Text("path")).ToList();
        paths[0].Should().Be("/socket.io");
        paths[^1].Should().Be("/");
    }

    [Fact]
    public async Task A_missing_overlay_and_a_broken_one_are_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "kustomization.yaml"), "resources: [absent.yaml]");
        var kustomize = new Kustomize(NullLogger<Kustomize>.Instance);

        await kustomize.Invoking(it => it.RenderAsync(Path.Combine(folder.Path, "nowhere"))).Should().ThrowAsync<PipelineException>().WithMessage("*nowhere*");
        await kustomize.Invoking(it => it.RenderAsync(folder.Path)).Should().ThrowAsync<PipelineException>().WithMessage("*absent.yaml*");
    }

    [Theory]
    [InlineData("{Version:kustomize/v4.5.7 GitCommit:x}", "*too old: sh has kustomize 4, and 5 is needed*")]
    [InlineData("v5.5.0", null)]
    [InlineData("{\"kustomizeVersion\": \"v4.5.4\"}", "*too old*")]
    [InlineData("unknown", null)]
    public async Task A_renderer_that_is_too_old_is_refused(string version, string? message)
    {
        using var folder = new TemporaryFolder();
        var script = Path.Combine(folder.Path, "render");
        File.WriteAllText(script, "echo '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}'");
        // "sh FILE FOLDER" stands for "kustomize build FOLDER"
        var kustomize = new Kustomize(NullLogger<Kustomize>.Instance, [new("no-such-program", [], ""), new("sh", ["-c", $"echo '{version}'"], script)]);

        if (message is null)
        {
            (await kustomize.RenderAsync(folder.Path)).Manifests.Should().ContainSingle();
        }
        else
        {
            await kustomize.Awaiting(it => it.RenderAsync(folder.Path)).Should().ThrowAsync<PipelineException>().WithMessage(message);
        }
    }

    [Fact]
    public async Task Without_a_renderer_the_error_says_what_to_install()
    {
        using var folder = new TemporaryFolder();
        var kustomize = new Kustomize(NullLogger<Kustomize>.Instance, [new("no-such-program", [], "")]);

        (await kustomize.Awaiting(it => it.RenderAsync(folder.Path)).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().StartWith("Install kubectl");
    }

    [Fact]
    public async Task A_cancelled_run_takes_its_renderer_along()
    {
        using var folder = new TemporaryFolder();
        var pid = Path.Combine(folder.Path, "pid");
        var script = Path.Combine(folder.Path, "render");
        File.WriteAllText(script, $"echo $$ >{pid}.new; mv {pid}.new {pid}; exec sleep 100");
        var kustomize = new Kustomize(NullLogger<Kustomize>.Instance, [new("sh", ["-c", "echo v5.0.0"], script)]);
        using var cancellation = new CancellationTokenSource();

        var rendering = kustomize.RenderAsync(folder.Path, cancellation.Token);
        while (!File.Exists(pid))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => rendering).Should().ThrowAsync<OperationCanceledException>();
        var process = File.ReadAllText(pid).Trim();
        for (var attempt = 0; attempt < 100 && Directory.Exists($"/proc/{process}"); attempt++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Directory.Exists($"/proc/{process}").Should().BeFalse();
    }

    private static string Checksum(string password, string unrelated = "same") =>
        Find(Configure(ManifestSet.Parse(Backend, "x"), password, unrelated), "Deployment/backend")
            .At("spec", "template", "metadata", "annotations").Text(ManifestSet.ChecksumAnnotation)!;

    private static ManifestSet Configure(ManifestSet set, string password, string unrelated = "same") => set.WithConfiguration(
        "tiketi", "tiketi-config", new Dictionary<string, string>(StringComparer.Ordinal) { ["DB_HOST"] = "db" },
        new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
        {
            ["tiketi-db-secret"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["DB_PASSWORD"] = password },
            ["unrelated"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["KEY"] = unrelated },
        });

    private static JsonObject Single(ManifestSet set) => set.Manifests.Should().ContainSingle().Which.Body;

    private static JsonObject Find(ManifestSet set, string key) => set.Manifests.Single(manifest => manifest.Key.ToString() == key).Body;
}
