using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Kubernetes.Failures;

namespace Tiketi.Pipeline.Tests.Kubernetes.Failures;

/// <summary>
/// Each cause by the shape that it has in a cluster: shapes/CAUSE.json. "origin" says whether it was recorded from a real
/// Kubernetes, or which program's words were put into a recorded shape because it cannot be brought about here.
/// </summary>
public sealed partial class FailureCauseTests
{
    public static TheoryData<string> Shapes => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Root, "tests/Tiketi.Pipeline.Tests/Kubernetes/Failures/shapes");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_shape_is_recognised_with_its_reason_and_the_field_to_mend(string shape)
    {
        var recorded = Load(shape);

        var found = FailureCauses.Find(Evidence(recorded));

        found.Should().NotBeNull();
        found!.Value.Cause.Id.Should().Be(recorded.Text("cause"));
        found.Value.Sign.Why.Should().Contain(recorded.Text("why"));
        found.Value.Sign.Field.ToString().Should().Be(recorded.Text("field"));
    }

    [Fact]
    public void Every_cause_has_a_shape_and_an_id_of_its_own()
    {
        FailureCauses.All.Select(cause => cause.Id).Should().OnlyHaveUniqueItems();
        FailureCauses.All.Select(cause => cause.Id).Should().BeEquivalentTo(Shapes.Select(row => Load(row.Data).Text("cause")!).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Most_shapes_were_recorded_from_a_real_Kubernetes() =>
        Shapes.Count(row => Load(row.Data).Text("origin") == "Kubernetes 1.20, recorded").Should().BeGreaterThan(25);

    [Theory]
    [InlineData("""{"kind":"Pod","pod":{"metadata":{"name":"web"},"spec":{"containers":[{"name":"app"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"},{"type":"PodScheduled","status":"True"}],"containerStatuses":[{"name":"app","ready":true,"restartCount":1,"state":{"running":{}},"lastState":{"terminated":{"exitCode":1,"reason":"Error"}}}]}},"events":[{"type":"Warning","reason":"Unhealthy","message":"Readiness probe failed: connection refused"}]}""")]
    [InlineData("""{"kind":"Pod","pod":{"metadata":{"name":"web"},"spec":{"containers":[{"name":"app"}]},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"True"}],"containerStatuses":[{"name":"app","ready":false,"state":{"waiting":{"reason":"ContainerCreating"}}}]}},"events":[]}""")]
    [InlineData("""{"kind":"Deployment","workload":{"metadata":{"name":"web"},"status":{"conditions":[{"type":"Progressing","status":"True","reason":"ReplicaSetUpdated"}]}},"events":[]}""")]
    public void What_is_well_or_on_its_way_has_no_cause(string shape) =>
        FailureCauses.Find(Evidence(JsonNode.Parse(shape)!.AsObject())).Should().BeNull();

    [Fact]
    public void The_page_lists_every_cause_as_the_code_has_it()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/diagnosis.md")))
            .Select(match => (match.Groups["id"].Value, match.Groups["what"].Value, match.Groups["remedy"].Value));

        rows.Should().Equal(FailureCauses.All.Select(cause => (cause.Id, cause.What.TrimEnd('.'), cause.Remedy.TrimEnd('.'))));
    }

    private static JsonObject Load(string shape) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, shape + ".json")))!.AsObject();

    private static FailureEvidence Evidence(JsonObject recorded) => new()
    {
        Key = new ObjectKey("v1", recorded.Text("kind")!, "shapes", "web"),
        Workload = recorded["workload"]?.AsObject() ?? [],
        Pod = recorded["pod"]?.AsObject(),
        Events = [.. recorded.Items("events").OfType<JsonObject>()],
        Node = recorded["node"]?.AsObject(),
        Log = recorded.Text("log") ?? "",
    };

    [GeneratedRegex(@"^\| `(?<id>[a-z-]+)` \| (?<what>.+?) \| (?<remedy>.+?) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
