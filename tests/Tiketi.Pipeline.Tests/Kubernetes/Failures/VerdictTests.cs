using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Tests.Kubernetes.Failures;

/// <summary>How soon a doomed pod is given up, by the clock of the wait: it looks twice a second.</summary>
public sealed class VerdictTests
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("image-not-found")]
    [InlineData("image-denied")]
    [InlineData("image-platform")]
    [InlineData("image-name-invalid")]
    [InlineData("image-never-pulled")]
    [InlineData("secret-missing")]
    [InlineData("configmap-missing")]
    [InlineData("config-key-missing")]
    [InlineData("runs-as-root")]
    [InlineData("wrong-platform")]
    [InlineData("command-not-found")]
    [InlineData("init-crash")]
    [InlineData("crash")]
    [InlineData("out-of-memory")]
    public void A_pod_in_this_state_is_given_up_within_ten_seconds(string shape)
    {
        var time = new FakeTimeProvider();
        var judge = new PodJudge(time);
        var pod = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/Tiketi.Pipeline.Tests/Kubernetes/Failures/shapes", shape + ".json")))!["pod"]!.AsObject();
        var elapsed = TimeSpan.Zero;

        while (judge.Judge([pod]) is null)
        {
            elapsed += Round;
            elapsed.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(10));
            time.Advance(Round);
        }
    }

    [Fact]
    public void A_program_for_another_processor_is_given_up_at_its_first_end()
    {
        var pod = JsonNode.Parse("""
            {"metadata":{"uid":"1"},"status":{"phase":"Running","containerStatuses":[{"name":"app","ready":false,"restartCount":0,
              "state":{"terminated":{"exitCode":1,"reason":"Error","message":"exec /usr/bin/node: exec format error\n"}}}]}}
            """)!.AsObject();

        new PodJudge(new FakeTimeProvider()).Judge([pod])!.Value.Failure.Class.Should().Be(FailureClass.WrongPlatform);
    }
}
