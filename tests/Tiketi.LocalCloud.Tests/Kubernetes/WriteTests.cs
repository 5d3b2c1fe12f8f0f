using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Patching;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

public sealed class WriteTests : IDisposable
{
    private readonly InMemoryCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_write_from_a_stale_read_is_a_conflict()
    {
        var created = _cluster.Create("configmaps", """{"metadata":{"name":"c"},"data":{"a":"1"}}""");
        _cluster.Patch("configmaps", "c", "application/merge-patch+json", """{"data":{"a":"2"}}""");

        var stale = FluentActions.Invoking(() => _cluster.Objects.Modify(InMemoryCluster.Kind("configmaps"), "test", "c", _ => created.Copy(), new WriteOptions("x"))).Should().Throw<StatusException>().Which;
        stale.Reason.Should().Be("Conflict");
        stale.Message.Should().Be("Operation cannot be fulfilled on configmaps \"c\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Fact]
    public void Creating_twice_and_reading_what_is_not_there_say_so_as_the_API_does()
    {
        _cluster.Create("deployments", InMemoryCluster.Deployment);

        FluentActions.Invoking(() => _cluster.Create("deployments", InMemoryCluster.Deployment)).Should().Throw<StatusException>().WithMessage("deployments.apps \"web\" already exists");
        FluentActions.Invoking(() => _cluster.Get("pods", "nope")).Should().Throw<StatusException>().WithMessage("pods \"nope\" not found");
    }

    [Fact]
    public void Services_made_at_the_same_moment_get_addresses_of_their_own()
    {
        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
            _cluster.Create("services", $$$"""{"metadata":{"name":"s{{{number}}}"},"spec":{"type":"NodePort","selector":{"a":"b"},"ports":[{"port":80}]}}"""));

        var services = _cluster.Objects.Store.List(InMemoryCluster.Kind("services")).Select(service => service.Body).ToList();
        services.Select(service => service.Text("spec", "clusterIP")).Should().HaveCount(60).And.OnlyHaveUniqueItems();
        services.Select(service => service.Items("spec", "ports").Single().Number("nodePort")).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_generation_counts_changes_of_the_spec_only()
    {
        _cluster.Create("deployments", InMemoryCluster.Deployment);

        _cluster.Patch("deployments", "web", "application/merge-patch+json", """{"metadata":{"annotations":{"a":"b"}}}""").Number("metadata", "generation").Should().Be(1);
        _cluster.Patch("deployments", "web", "application/merge-patch+json", """{"spec":{"replicas":3}}""").Number("metadata", "generation").Should().Be(2);
    }

    [Theory]
    [InlineData("\"app\":\"web\"}},\n", "\"app\":\"other\"}},\n", "spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` does not match template `labels`")]
    [InlineData("\"image\":\"web:1\",", "", "spec.template.spec.containers[0].image: Required value")]
    [InlineData("\"containerPort\":80", "\"containerPort\":70000", "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    public void An_invalid_deployment_names_the_field(string find, string replacement, string expected)
    {
        var json = find.StartsWith("\"app\"", StringComparison.Ordinal)
            ? InMemoryCluster.DeploymentWith("\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}}", "\"template\":{\"metadata\":{\"labels\":{\"app\":\"other\"}}")
            : InMemoryCluster.DeploymentWith(find, replacement);

        var refused = FluentActions.Invoking(() => _cluster.Create("deployments", json)).Should().Throw<StatusException>().Which;

        refused.Code.Should().Be(422);
        refused.Message.Should().Be($"Deployment.apps \"web\" is invalid: {expected}");
    }

    [Fact]
    public void The_selector_is_immutable()
    {
        _cluster.Create("deployments", InMemoryCluster.Deployment);

        FluentActions.Invoking(() => _cluster.Patch("deployments", "web", "application/merge-patch+json",
                """{"spec":{"selector":{"matchLabels":{"x":"y"}},"template":{"metadata":{"labels":{"x":"y"}}}}}"""))
            .Should().Throw<StatusException>().WithMessage("*spec.selector*field is immutable*");
    }

    [Fact]
    public void A_wrong_type_is_refused_as_Go_would() =>
        FluentActions.Invoking(() => _cluster.Create("deployments", InMemoryCluster.DeploymentWith("\"replicas\":2", "\"replicas\":\"two\"")))
            .Should().Throw<StatusException>().WithMessage("*json: cannot unmarshal string into Go struct field Deployment.spec.replicas of type int32");

    [Fact]
    public void Strict_validation_refuses_unknown_fields_and_warn_reports_them()
    {
        var body = InMemoryCluster.Parse("""{"metadata":{"name":"c"},"dta":{"a":"1"}}""");
        var warnings = new List<string>();

        FluentActions.Invoking(() => _cluster.Objects.Create(InMemoryCluster.Kind("configmaps"), "test", body, new WriteOptions("x") { FieldValidation = "Strict" }))
            .Should().Throw<StatusException>().WithMessage("*strict decoding error: unknown field \"dta\"");
        _cluster.Objects.Create(InMemoryCluster.Kind("configmaps"), "test", body, new WriteOptions("x") { FieldValidation = "Warn", Warn = warnings.Add });
        warnings.Should().Equal("unknown field \"dta\"");
    }

    [Fact]
    public void Objects_survive_a_restart_and_secrets_lie_encrypted()
    {
        _cluster.Create("secrets", """{"metadata":{"name":"s","annotations":{"copy":"hunter2hunter2"}},"stringData":{"password":"hunter2hunter2"}}""");
        var version = _cluster.Create("configmaps", """{"metadata":{"name":"c"},"data":{"a":"1"}}""").Text("metadata", "resourceVersion");
        _cluster.Deletion.Delete(InMemoryCluster.Kind("configmaps"), "test", _cluster.Create("configmaps", """{"metadata":{"name":"gone"}}""").Name(), new DeleteOptions());

        _cluster.Reopen();

        _cluster.Get("secrets", "s").Text("data", "password").Should().Be(Convert.ToBase64String("hunter2hunter2"u8));
        _cluster.Get("configmaps", "c").Text("metadata", "resourceVersion").Should().Be(version);
        FluentActions.Invoking(() => _cluster.Get("configmaps", "gone")).Should().Throw<StatusException>();
        foreach (var file in Directory.EnumerateFiles(_cluster.Folder, "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            text.Should().NotContain("hunter2").And.NotContain(Convert.ToBase64String("hunter2hunter2"u8));
        }

        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no modes there");
        new FileInfo(Path.Combine(_cluster.Folder, "kubernetes", "secrets.key")).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_line_cut_off_by_a_kill_is_forgotten_and_versions_go_on()
    {
        var last = _cluster.Create("configmaps", """{"metadata":{"name":"c"}}""").Text("metadata", "resourceVersion")!;
        _cluster.Store.Dispose();
        File.AppendAllText(Path.Combine(_cluster.Folder, "kubernetes", "objects.jsonl"), "{\"v\":99,\"r\":\"config");

        _cluster.Reopen();

        int.Parse(_cluster.Create("configmaps", """{"metadata":{"name":"d"}}""").Text("metadata", "resourceVersion")!, System.Globalization.CultureInfo.InvariantCulture)
            .Should().Be(int.Parse(last, System.Globalization.CultureInfo.InvariantCulture) + 1);
    }

    [Fact]
    public void Quantities_are_stored_in_canonical_form()
    {
        foreach (var (given, stored) in new[] { ("1000m", "1"), ("0.5", "500m"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("1000", "1k"), ("1024", "1024"), ("0", "0"), ("1e3", "1k"), ("0.1", "100m") })
        {
            Quantity.TryParse(given, out var quantity).Should().BeTrue();
            quantity.ToString().Should().Be(stored, given);
        }

        Quantity.TryParse("much", out _).Should().BeFalse();
    }

    [Fact]
    public void A_strategic_patch_merges_lists_by_key_in_the_order_asked_for()
    {
        var target = InMemoryCluster.Parse("""{"containers":[{"name":"a","image":"1","env":[{"name":"X","value":"1"}]},{"name":"b"},{"name":"c"}]}""");
        var patch = InMemoryCluster.Parse("""
            {"$setElementOrder/containers":[{"name":"d"},{"name":"a"}],
             "containers":[{"name":"d","image":"9"},{"name":"a","image":"2"},{"name":"b","$patch":"delete"}]}
            """);

        var result = StrategicMergePatch.Apply(target, patch, SchemaCatalog.Of("PodSpec"));

        result.Items("containers").Select(item => item.Text("name")).Should().BeEquivalentTo("d", "a", "c");
        result.Items("containers").Select(item => item.Text("name")).Should().ContainInOrder("d", "a");
        result.Items("containers").First(item => item.Text("name") == "a").Items("env").Should().ContainSingle();
    }

    [Fact]
    public void A_strategic_patch_honours_retainKeys()
    {
        var target = InMemoryCluster.Parse("""{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}""");

        var result = StrategicMergePatch.Apply(target, InMemoryCluster.Parse("""{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}"""), SchemaCatalog.Of("DeploymentSpec"));

        result.Object("strategy")!.Select(pair => pair.Key).Should().Equal("type");
    }

    [Fact]
    public void A_json_patch_tests_before_it_changes()
    {
        var target = InMemoryCluster.Parse("""{"a":[1,2],"b":{"c/d":1}}""");

        JsonPatch.Apply(target.Copy(), (JsonArray)JsonNode.Parse("""[{"op":"test","path":"/a/0","value":1},{"op":"remove","path":"/a/0"},{"op":"replace","path":"/b/c~1d","value":2},{"op":"add","path":"/a/-","value":3}]""")!)
            .Compact().Should().Be("""{"a":[2,3],"b":{"c/d":2}}""");
        FluentActions.Invoking(() => JsonPatch.Apply(target.Copy(), (JsonArray)JsonNode.Parse("""[{"op":"test","path":"/a/0","value":9}]""")!)).Should().Throw<StatusException>();
    }

    [Fact]
    public void A_pod_that_runs_is_deleted_gracefully_and_one_that_is_not_scheduled_at_once()
    {
        var pods = InMemoryCluster.Kind("pods");
        _cluster.Create("pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"a","image":"x"}]}}""");
        _cluster.Create("pods", """{"metadata":{"name":"q"},"spec":{"containers":[{"name":"a","image":"x"}]}}""");

        _cluster.Deletion.Delete(pods, "test", "q", new DeleteOptions()).Gone.Should().BeTrue();
        var (marked, gone) = _cluster.Deletion.Delete(pods, "test", "p", new DeleteOptions());
        gone.Should().BeFalse();
        marked.Number("metadata", "deletionGracePeriodSeconds").Should().Be(30);
        _cluster.Deletion.Delete(pods, "test", "p", new DeleteOptions { GracePeriodSeconds = 0 }).Gone.Should().BeTrue();
    }
}
