using Tiketi.Pipeline.Verification;

/// <summary>The guide's chapter 19, which goes through itself.</summary>
interface IChecklist : IOpsReport
{
    [Parameter("Which checklist: pre, post or weekly (default: all)", Name = "stage")]
    ChecklistStage? Stage => TryGetValue<ChecklistStage?>(() => Stage);

    async Task ChecklistAsync()
    {
        var checks = SmokeTestChecks.For(await SmokeTestTargetAsync(), TimeProvider.System, Session.Http);
        var settings = Session.Settings.SmokeTest;
        var result = await new CheckRunner(TimeProvider.System, Session.Logger<CheckRunner>()).RunAsync(
            checks, new CheckSelection { Only = Checklist.ChecksOf(Stage, checks), Skip = settings.Skip, Warnings = settings.Warnings }, Session.Cancellation);
        if (Stage is null or ChecklistStage.Weekly)
        {
            var week = (await ReadReportAsync(result)).Sections.Where(section => section.Id is not null).Select(section => section.ToCheckResult());
            result = result with { Checks = [.. result.Checks, .. week] };
        }

        var lines = Checklist.ToLines(Stage, result);
        Printing.Show("Checklist", lines);
        (TemporaryDirectory / "checklist.md").WriteAllText(string.Join('\n', lines) + "\n");
        this.Report(
            ("Done", lines.Count(line => line.StartsWith("- [x]", StringComparison.Ordinal))),
            ("Not so", lines.Count(line => line.StartsWith("- [!]", StringComparison.Ordinal))),
            ("By hand", lines.Count(line => line.StartsWith("- [ ]", StringComparison.Ordinal))));
        Printing.Require(result);
    }
}
