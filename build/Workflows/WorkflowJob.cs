/// <summary>A job that checks the repository out and runs one target by the command that a person would type.</summary>
sealed class WorkflowJob : ConfigurationEntity
{
    /// <summary>
    /// Pinned to a commit, since a tag can be moved to other code. Commits and versions are those that independent public
    /// repositories pin; Dependabot cannot update a generated file, so a new version is an edit of such a line.
    /// </summary>
    const string Checkout = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2";

    const string Upload = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1";

    const string Download = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1";

    public required string Id { get; init; }

    public required string Target { get; init; }

    /// <summary>The target's options, in shell words; a value that the event decides comes from <see cref="Variables"/>.</summary>
    public string Options { get; init; } = "";

    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>A workflow expression, without which the job always runs.</summary>
    public string Condition { get; init; }

    public required int TimeoutMinutes { get; init; }

    /// <summary>
    /// The GitHub environment, or null. Only a job in one may ask GitHub for its identity, which AWS exchanges for the role of
    /// exactly this environment; reviewers and branches are the environment's own settings.
    /// </summary>
    public string GitHubEnvironment { get; init; }

    /// <summary>A file at the root that an earlier job left, or null.</summary>
    public string Takes { get; init; }

    /// <summary>A file at the root for later jobs, or null.</summary>
    public string Leaves { get; init; }

    /// <summary>Folders, relative to the root, whose files the run keeps for people; also when the target fails.</summary>
    public IReadOnlyList<string> Products { get; init; } = [];

    /// <summary>A script that runs first, as root.</summary>
    public string Preparation { get; init; }

    /// <summary>Environment variables of the command, value by name.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];

    public override void Write(CustomFileWriter writer)
    {
        writer.WriteLine($"{Id}:");
        using (writer.Indent())
        {
            writer.WriteLine($"name: {Target}");
            if (Needs.Count > 0)
            {
                writer.WriteLine($"needs: [{Needs.JoinComma()}]");
            }

            if (Condition != null)
            {
                writer.WriteLine($"if: {Condition}");
            }

            writer.WriteLine("runs-on: ubuntu-24.04");
            writer.WriteLine($"timeout-minutes: {TimeoutMinutes}");
            if (GitHubEnvironment != null)
            {
                writer.WriteLine($"environment: {GitHubEnvironment}");
            }

            writer.WriteLine("permissions:");
            using (writer.Indent())
            {
                writer.WriteLine("contents: read # checkout");
                if (GitHubEnvironment != null)
                {
                    writer.WriteLine("id-token: write # the role of the environment");
                }
            }

            writer.WriteLine("steps:");
            using (writer.Indent())
            {
                WriteSteps(writer);
            }
        }
    }

    void WriteSteps(CustomFileWriter writer)
    {
        WriteStep(writer, Checkout, ("persist-credentials", "false"), ("fetch-depth", "0 # versions come from tags"));
        if (Takes != null)
        {
            WriteStep(writer, Download, ("name", Takes));
        }

        if (Preparation != null)
        {
            writer.WriteLine($"- run: sudo ./{Preparation}");
        }

        WriteCommand(writer);
        if (Leaves != null)
        {
            WriteStep(writer, Upload, ("name", Leaves), ("path", Leaves), ("if-no-files-found", "error"), ("retention-days", "7"));
        }

        foreach (var folder in Products)
        {
            // a run that finds everything done produces nothing; and a folder below .nuke counts as hidden
            WriteStep(writer, Upload, "${{ !cancelled() }}", ("name", folder.Split('/')[^1]), ("path", folder), ("include-hidden-files", "true"), ("if-no-files-found", "ignore"));
        }
    }

    static void WriteStep(CustomFileWriter writer, string action, params (string Name, string Value)[] inputs) => WriteStep(writer, action, condition: null, inputs);

    static void WriteStep(CustomFileWriter writer, string action, string condition, params (string Name, string Value)[] inputs)
    {
        writer.WriteLine($"- uses: {action}");
        using (writer.Indent())
        {
            if (condition != null)
            {
                writer.WriteLine($"if: {condition}");
            }

            writer.WriteLine("with:");
            using (writer.Indent())
            {
                foreach (var (name, value) in inputs)
                {
                    writer.WriteLine($"{name}: {value}");
                }
            }
        }
    }

    void WriteCommand(CustomFileWriter writer)
    {
        writer.WriteLine($"- run: ./build.sh {Target}{(Options.Length > 0 ? " " + Options : "")}");
        if (Variables.Count == 0)
        {
            return;
        }

        using (writer.Indent())
        {
            writer.WriteLine("env:");
            using (writer.Indent())
            {
                foreach (var (name, value) in Variables)
                {
                    writer.WriteLine($"{name}: {value}");
                }
            }
        }
    }
}
