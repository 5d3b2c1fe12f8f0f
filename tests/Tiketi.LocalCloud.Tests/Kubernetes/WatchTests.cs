using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

public sealed class WatchTests : IDisposable
{
    private readonly InMemoryCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_watch_from_a_version_gets_exactly_what_came_after_it()
    {
        var kind = InMemoryCluster.Kind("configmaps");
        _cluster.Create("configmaps", """{"metadata":{"name":"a"}}""");
        var since = _cluster.Store.Version;
        _cluster.Create("configmaps", """{"metadata":{"name":"b"}}""");
        var channel = _cluster.Store.Watch(kind, since);
        _cluster.Patch("configmaps", "a", "application/merge-patch+json", """{"data":{"x":"1"}}""");
        _cluster.Deletion.Delete(kind, "test", "b", new DeleteOptions());

        var seen = new List<(ChangeKind, string)>();
        for (var i = 0; i < 3; i++)
        {
            var change = await channel.Reader.ReadAsync(TestContext.Current.CancellationToken);
            seen.Add((change.Kind, change.Object.Name));
        }

        seen.Should().Equal((ChangeKind.Added, "b"), (ChangeKind.Modified, "a"), (ChangeKind.Deleted, "b"));
    }

    [Fact]
    public void A_version_older_than_the_history_is_gone()
    {
        var kind = InMemoryCluster.Kind("configmaps");
        _cluster.Create("configmaps", """{"metadata":{"name":"a"}}""");
        var since = _cluster.Store.Version;
        for (var i = 0; i < 2100; i++)
        {
            _cluster.Patch("configmaps", "a", "application/merge-patch+json", $$$"""{"data":{"x":"{{{i}}}"}}""");
        }

        FluentActions.Invoking(() => _cluster.Store.Watch(kind, since)).Should().Throw<StatusException>().Which.Code.Should().Be(410);
    }

    [Fact]
    public void After_a_restart_a_watch_goes_on_from_the_present_version_but_not_from_an_older_one()
    {
        var kind = InMemoryCluster.Kind("configmaps");
        _cluster.Create("configmaps", """{"metadata":{"name":"a"}}""");
        var older = _cluster.Store.Version;
        _cluster.Patch("configmaps", "a", "application/merge-patch+json", """{"data":{"x":"1"}}""");

        _cluster.Reopen();

        _cluster.Store.Watch(kind, _cluster.Store.Version).Should().NotBeNull();
        FluentActions.Invoking(() => _cluster.Store.Watch(kind, older)).Should().Throw<StatusException>().Which.Reason.Should().Be("Expired");
    }
}
