/// <summary>
/// A GitHub workflow file in which the secure choice is the only one that can be written: no permission but a job's own, every
/// job with a limit, every action by commit, every value into a command by way of the environment.
/// </summary>
sealed class Workflow : ConfigurationEntity
{
    public required string Name { get; init; }

    /// <summary>The lines below "on:".</summary>
    public required string Triggers { get; init; }

    /// <summary>Runs of the same group follow each other.</summary>
    public required string ConcurrencyGroup { get; init; }

    /// <summary>Whether a pull request's new run ends the one before it. Nothing else is ever cancelled halfway.</summary>
    public bool CancelsSupersededPullRequests { get; init; }

    public required IReadOnlyList<WorkflowJob> Jobs { get; init; }

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"name: {Name}");
        writer.WriteLine();
        writer.WriteLine("on:");
        using (writer.Indent())
        {
            foreach (var line in Triggers.Split('\n'))
            {
                writer.WriteLine(line);
            }
        }

        writer.WriteLine();
        writer.WriteLine("permissions: {}");
        writer.WriteLine();
        writer.WriteLine("concurrency:");
        using (writer.Indent())
        {
            writer.WriteLine($"group: {ConcurrencyGroup}");
            writer.WriteLine($"cancel-in-progress: {(CancelsSupersededPullRequests ? "${{ github.event_name == 'pull_request' }}" : "false")}");
        }

        writer.WriteLine();
        writer.WriteLine("jobs:");
        using (writer.Indent())
        {
            for (var i = 0; i < Jobs.Count; i++)
            {
                if (i > 0)
                {
                    writer.WriteLine();
                }

                Jobs[i].Write(writer);
            }
        }
    }
}
