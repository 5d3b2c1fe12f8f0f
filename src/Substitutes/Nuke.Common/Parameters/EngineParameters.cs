using Nuke.Common.CI;
using Nuke.Common.IO;

namespace Nuke.Common.Parameters;

/// <summary>The engine's own parameters. They never come from environment variables without the NUKE_ prefix.</summary>
internal sealed class EngineParameters
{
    [Parameter("Targets to run; names may also stand without --target.", Separator = "+")]
    public string[]? Target { get; set; }

    [Parameter("Targets to leave out; without a name everything that was not asked for by name.", Separator = "+")]
    public string[]? Skip { get; set; }

    [Parameter("Shows this help.")]
    public bool Help { get; set; }

    [Parameter("Shows what would run in which order, and writes it as HTML.")]
    public bool Plan { get; set; }

    [Parameter("Runs one target at a time.")]
    public bool Sequential { get; set; }

    [Parameter("How many targets run at the same time; by default as many as are ready.")]
    public int? Parallelism { get; set; }

    [Parameter("Cancels running targets when one fails.")]
    public bool FailFast { get; set; }

    [Parameter("Leaves out targets that succeeded in the last run with the same arguments.")]
    public bool Continue { get; set; }

    [Parameter("What is written to the console: Verbose, Normal, Minimal or Quiet.")]
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    [Parameter("Profiles: .nuke/parameters.PROFILE.json; a later one wins.")]
    public string[]? Profile { get; set; }

    [Parameter("The root directory; by default the nearest one above with a .nuke directory.")]
    public AbsolutePath? Root { get; set; }

    [Parameter("The host to behave for; detected by default.")]
    public string? Host { get; set; }

    [Parameter("Leaves out the logo.")]
    public bool NoLogo { get; set; }

    [Parameter("Which part of a partitioned target to run: 1/3.", List = false)]
    public Partition Partition { get; set; } = Partition.Single;

    [Parameter("Writes the configuration with this id, or all.", List = false)]
    public string? GenerateConfiguration { get; set; }

    [Parameter("Prints a completion script for the shell: bash, zsh or pwsh.", List = false)]
    public string? Completion { get; set; }
}
