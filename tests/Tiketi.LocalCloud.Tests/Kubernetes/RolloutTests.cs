using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Controllers;
using Tiketi.LocalCloud.Kubernetes.Kubelet;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

public sealed class RolloutTests
{
    /// <summary>Random strategies, sizes and pod fates: the bounds hold at every step, and with pods that come up the rollout ends.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_rolling_update_keeps_its_bounds_and_ends(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var desired = random.Next(1, 12);
            var (surge, unavailable) = (random.Next(0, 4), random.Next(0, 4));
            var deployment = Deployment(desired, surge, unavailable);
            var (old, current) = (Set(desired, desired), Set(0, 0));
            var least = desired - Math.Max(unavailable, surge == 0 ? 1 : 0);
            for (var step = 0; ; step++)
            {
                step.Should().BeLessThan(200, "the rollout must end");
                foreach (var (set, replicas) in new Rollout(deployment, current, [old]).Steps(oldPodsRemain: false).ToList())
                {
                    set["spec"]!["replicas"] = replicas;
                    set["status"]!["availableReplicas"] = Math.Min(replicas, (int)set.Number("status", "availableReplicas")!.Value);
                }

                (Wanted(old) + Wanted(current)).Should().BeLessThanOrEqualTo(desired + surge);
                (Available(old) + Available(current)).Should().BeGreaterThanOrEqualTo(Math.Min(desired, Math.Max(0, least)));
                if (Wanted(old) == 0 && Available(current) == desired)
                {
                    break;
                }

                current["status"]!["availableReplicas"] = random.Next(Available(current), Wanted(current) + 1); // some of the new pods come up
            }
        }
    }

    [Fact]
    public void With_no_new_pod_ready_and_nothing_to_spare_no_old_one_goes()
    {
        var rollout = new Rollout(Deployment(4, 1, 0), Set(1, 0), [Set(4, 4)]);

        rollout.Steps(oldPodsRemain: false).Should().BeEmpty();
    }

    [Fact]
    public void Recreate_stops_all_before_it_starts_any()
    {
        var deployment = Deployment(3, 0, 0);
        deployment["spec"]!["strategy"] = new JsonObject { ["type"] = "Recreate" };
        var (old, current) = (Set(3, 3), Set(0, 0));

        new Rollout(deployment, current, [old]).Steps(oldPodsRemain: true).Should().ContainSingle().Which.Replicas.Should().Be(0);
        old["spec"]!["replicas"] = 0;
        new Rollout(deployment, current, [old]).Steps(oldPodsRemain: true).Should().BeEmpty();
        new Rollout(deployment, current, [old]).Steps(oldPodsRemain: false).Should().ContainSingle().Which.Replicas.Should().Be(3);
    }

    [Fact]
    public void A_rollout_that_stands_still_exceeds_its_deadline()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var deployment = Deployment(2, 1, 0);
        deployment["spec"]!["progressDeadlineSeconds"] = 60;
        var status = new JsonObject();
        var set = Set(2, 0);
        set["metadata"] = new JsonObject { ["name"] = "web-abc" };

        DeploymentStatus.Update(deployment, status, set, [set], created: true, time).Should().BeCloseTo(TimeSpan.FromSeconds(61), TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(59));
        DeploymentStatus.Update(deployment, status, set, [set], created: false, time);
        PodTemplates.Condition(status, "Progressing").Text("status").Should().Be("True");
        time.Advance(TimeSpan.FromSeconds(2));
        DeploymentStatus.Update(deployment, status, set, [set], created: false, time);

        PodTemplates.Condition(status, "Progressing").Text("reason").Should().Be("ProgressDeadlineExceeded");
        PodTemplates.Condition(status, "Available").Text("reason").Should().Be("MinimumReplicasUnavailable");
    }

    [Fact]
    public void A_crashing_container_restarts_at_once_then_after_10_20_40_seconds_and_at_most_5_minutes()
    {
        var memory = new ContainerMemory();
        var now = DateTimeOffset.UnixEpoch;
        var delays = Enumerable.Range(0, 8).Select(_ =>
        {
            var delay = memory.MayRestartAt(now, now) - now;
            memory.CountRestart();
            return delay.TotalSeconds;
        }).ToList();

        delays.Should().Equal(0, 10, 20, 40, 80, 160, 300, 300);
        memory.MayRestartAt(now, now.AddMinutes(11)).Should().Be(now.AddMinutes(11), "a container that ran well starts over");
    }

    [Theory]
    [InlineData("*/15 * * * *", "2026-01-01T00:01:00", "2026-01-01T00:15:00")]
    [InlineData("0 3 * * mon", "2026-01-01T00:00:00", "2026-01-05T03:00:00")]
    [InlineData("30 4 1,15 * 5", "2026-01-02T05:00:00", "2026-01-09T04:30:00")]
    [InlineData("@monthly", "2026-01-31T00:00:00", "2026-02-01T00:00:00")]
    public void A_cron_expression_names_its_next_minute(string expression, string after, string next) =>
        CronSchedule.Parse(expression).Next(DateTime.Parse(after, System.Globalization.CultureInfo.InvariantCulture)).Should().Be(DateTime.Parse(next, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Variables_in_commands_are_expanded_and_escaped_ones_are_not() =>
        EnvironmentResolver.Expand("$(A) $$(A) $(B) $A", new Dictionary<string, string>(StringComparer.Ordinal) { ["A"] = "1" }).Should().Be("1 $(A) $(B) $A");

    private static int Wanted(JsonObject set) => (int)set.Number("spec", "replicas")!.Value;

    private static int Available(JsonObject set) => (int)set.Number("status", "availableReplicas")!.Value;

    private static JsonObject Deployment(int replicas, int surge, int unavailable) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "web", ["generation"] = 1 },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["strategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxSurge"] = surge, ["maxUnavailable"] = unavailable } },
        },
    };

    private static JsonObject Set(int replicas, int available) => new()
    {
        ["spec"] = new JsonObject { ["replicas"] = replicas }, ["status"] = new JsonObject { ["replicas"] = replicas, ["availableReplicas"] = available },
    };
}
