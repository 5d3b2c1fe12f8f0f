using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

public sealed class ServerSideApplyTests : IDisposable
{
    private readonly InMemoryCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Applying_the_same_again_writes_nothing_though_the_server_filled_in_defaults()
    {
        var first = _cluster.Apply("deployments", "web", InMemoryCluster.Deployment);
        _cluster.Time.Advance(TimeSpan.FromMinutes(1));
        var second = _cluster.Apply("deployments", "web", InMemoryCluster.Deployment);

        second.Text("metadata", "resourceVersion").Should().Be(first.Text("metadata", "resourceVersion"));
        second.Text("spec", "strategy", "type").Should().Be("RollingUpdate");
        second.Items("spec", "template", "spec", "containers").Single().Text("resources", "limits", "memory").Should().Be("1Gi");
    }

    [Fact]
    public void A_field_of_another_manager_is_a_conflict_that_names_it_and_force_takes_it()
    {
        _cluster.Apply("deployments", "web", InMemoryCluster.Deployment);
        _cluster.Patch("deployments", "web", "application/merge-patch+json", """{"spec":{"replicas":5}}""", manager: "kubectl-scale");

        var refused = FluentActions.Invoking(() => _cluster.Apply("deployments", "web", InMemoryCluster.DeploymentWith("\"replicas\":2", "\"replicas\":3"))).Should().Throw<StatusException>().Which;
        refused.Code.Should().Be(409);
        refused.Message.Should().Be("Apply failed with 1 conflict: conflict with \"kubectl-scale\" using apps/v1: .spec.replicas");
        refused.ToStatus().Items("details", "causes").Single().Text("reason").Should().Be("FieldManagerConflict");

        var forced = _cluster.Apply("deployments", "web", InMemoryCluster.DeploymentWith("\"replicas\":2", "\"replicas\":3"), force: true);
        forced.Number("spec", "replicas").Should().Be(3);
        forced.Items("metadata", "managedFields").Select(entry => entry.Text("manager")).Should().Equal("us");
    }

    [Fact]
    public void Two_conflicts_are_listed_by_manager()
    {
        _cluster.Apply("deployments", "web", InMemoryCluster.Deployment, manager: "first");

        FluentActions.Invoking(() => _cluster.Apply("deployments", "web", InMemoryCluster.DeploymentWith("web:1", "web:2").Replace("\"replicas\":2", "\"replicas\":3", StringComparison.Ordinal)))
            .Should().Throw<StatusException>().Which.Message.Should().Be(
                "Apply failed with 2 conflicts: conflicts with \"first\":\n- .spec.replicas\n- .spec.template.spec.containers[name=\"app\"].image");
    }

    [Fact]
    public void The_same_value_from_two_managers_is_owned_by_both_and_goes_when_both_let_go()
    {
        const string withLabel = """{"metadata":{"name":"c","labels":{"x":"1"}},"data":{"a":"1"}}""";
        const string without = """{"metadata":{"name":"c"},"data":{"a":"1"}}""";
        _cluster.Apply("configmaps", "c", withLabel, manager: "one");
        _cluster.Apply("configmaps", "c", withLabel, manager: "two");

        _cluster.Apply("configmaps", "c", without, manager: "one").Text("metadata", "labels", "x").Should().Be("1");
        _cluster.Apply("configmaps", "c", without, manager: "two").At("metadata", "labels").Should().BeNull("nobody wants it any more, and an empty map is not kept");
    }

    [Fact]
    public void What_is_no_longer_applied_goes_item_by_item_and_other_managers_items_stay()
    {
        _cluster.Apply("deployments", "web", InMemoryCluster.Deployment);
        _cluster.Patch("deployments", "web", "application/strategic-merge-patch+json",
            """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"THEIRS","value":"x"}]}]}}}}""", manager: "other");

        var applied = _cluster.Apply("deployments", "web", InMemoryCluster.DeploymentWith("""{"name":"A","value":"1"},""", string.Empty));

        applied.Items("spec", "template", "spec", "containers").Single().Items("env").Select(item => item.Text("name")).Should().BeEquivalentTo("THEIRS", "IP");
    }

    [Fact]
    public void Ports_are_told_apart_by_number_and_protocol()
    {
        _cluster.Apply("services", "s", """{"metadata":{"name":"s"},"spec":{"selector":{"a":"b"},"ports":[{"name":"t","port":53},{"name":"u","port":53,"protocol":"UDP"}]}}""");

        var changed = _cluster.Apply("services", "s", """{"metadata":{"name":"s"},"spec":{"selector":{"a":"b"},"ports":[{"name":"u","port":53,"protocol":"UDP"}]}}""");

        changed.Items("spec", "ports").Select(port => port.Text("protocol")).Should().Equal("UDP");
    }

    [Fact]
    public void A_dry_run_gives_the_result_and_changes_nothing()
    {
        _cluster.Apply("deployments", "web", InMemoryCluster.Deployment);
        var before = _cluster.Get("deployments", "web").Compact();

        var result = _cluster.Apply("deployments", "web", InMemoryCluster.DeploymentWith("web:1", "web:2"), dryRun: true);

        result.Number("metadata", "generation").Should().Be(2);
        _cluster.Get("deployments", "web").Compact().Should().Be(before);
    }

    [Fact]
    public void Status_belongs_to_the_status_subresource_alone()
    {
        _cluster.Apply("deployments", "web", InMemoryCluster.Deployment);
        _cluster.Patch("deployments", "web", "application/merge-patch+json", """{"status":{"replicas":7},"spec":{"replicas":9}}""", subresource: "status");

        var stored = _cluster.Get("deployments", "web");
        stored.Number("status", "replicas").Should().Be(7);
        stored.Number("spec", "replicas").Should().Be(2);
        stored.Number("metadata", "generation").Should().Be(1);
        stored.Items("metadata", "managedFields").Any(entry => entry.Text("subresource") == "status" && entry.Text("manager") == "patcher").Should().BeTrue();
    }

    [Fact]
    public void An_unknown_field_is_refused_with_its_path() =>
        FluentActions.Invoking(() => _cluster.Apply("deployments", "web", InMemoryCluster.DeploymentWith("\"image\":", "\"imagee\":\"x\",\"image\":")))
            .Should().Throw<StatusException>().WithMessage("*.spec.template.spec.containers[0].imagee: field not declared in schema*");
}
