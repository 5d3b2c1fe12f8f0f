namespace Nuke.Common;

/// <summary>The build was called or declared wrongly: nothing runs, and every problem is listed.</summary>
internal sealed class BuildInputException : Exception
{
    public BuildInputException(string message)
        : base(message)
    {
        Problems = [];
    }

    public BuildInputException(string heading, IReadOnlyCollection<string> problems)
        : base(problems.Count == 0 ? heading : heading + Environment.NewLine + string.Join(Environment.NewLine, problems.Select(x => " - " + x)))
    {
        Problems = problems;
    }

    public IReadOnlyCollection<string> Problems { get; }
}
