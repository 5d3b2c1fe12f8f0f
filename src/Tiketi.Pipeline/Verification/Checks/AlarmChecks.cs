using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>Whether somebody would be told, and whether there is something to tell.</summary>
internal static class AlarmChecks
{
    public static IEnumerable<ICheck> For(SmokeTestTarget target, StackInventory inventory)
    {
        yield return Of("alarms", "every alarm is on and tells somebody", CheckSeverity.Failure, (alarms, names) =>
        {
            var missing = names.Except(alarms.Select(alarm => alarm.AlarmName), StringComparer.Ordinal).ToList();
            var off = alarms.Where(alarm => alarm.ActionsEnabled != true).Select(alarm => alarm.AlarmName).ToList();
            var mute = alarms.Where(alarm => alarm.AlarmActions is not { Count: > 0 }).Select(alarm => alarm.AlarmName).ToList();
            return missing.Count > 0 ? CheckOutcome.Failed($"deleted: {string.Join(", ", missing)}", "Somebody deleted them past their stack: ./build.sh DriftInfra shows it. Change the alarm in infra/observability.yaml (its description will do) and run ./build.sh ApplyInfra, which makes it anew.")
                : off.Count > 0 ? CheckOutcome.Failed($"switched off: {string.Join(", ", off)}", $"Switch them on: aws cloudwatch enable-alarm-actions --alarm-names {string.Join(' ', off)}.")
                : mute.Count > 0 ? CheckOutcome.Failed($"without an action: {string.Join(", ", mute)}", "Give them AlarmActions in infra/observability.yaml, and run ./build.sh ApplyInfra.")
                : CheckOutcome.Passed($"{alarms.Count} alarms are on");
        });
        yield return Of("alarms-quiet", "no alarm is ringing", CheckSeverity.Warning, (alarms, _) =>
        {
            var ringing = alarms.Where(alarm => alarm.StateValue == StateValue.ALARM).ToList();
            return ringing.Count == 0 ? CheckOutcome.Passed($"none of {alarms.Count}")
                : CheckOutcome.Failed(string.Join("; ", ringing.Select(alarm => $"{alarm.AlarmName}: {alarm.StateReason}")), string.Join(" ", ringing.Select(alarm => alarm.AlarmDescription).Where(text => !string.IsNullOrEmpty(text))) is { Length: > 0 } text ? text : "Look at the dashboard.");
        });

        Check Of(string id, string meaning, CheckSeverity severity, Func<IReadOnlyList<MetricAlarm>, IReadOnlyList<string>, CheckOutcome> judge) => new(id, meaning, async token =>
        {
            if (target.CloudWatch is not { } cloudWatch)
            {
                return CheckOutcome.Skipped("no CloudWatch was given");
            }

            var names = await inventory.IdsAsync("AWS::CloudWatch::Alarm", token);
            return names.Count == 0 ? CheckOutcome.Skipped("the stacks have no alarm") : judge(await ReadAsync(cloudWatch, names, token), names);
        }) { Severity = severity };
    }

    private static async Task<IReadOnlyList<MetricAlarm>> ReadAsync(IAmazonCloudWatch cloudWatch, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        (await cloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = [.. names], MaxRecords = 100 }, cancellationToken)).MetricAlarms ?? [];
}
