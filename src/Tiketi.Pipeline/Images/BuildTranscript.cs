using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>Follows the build of one image: the step it is at, and, when that fails, what it printed last.</summary>
internal sealed partial class BuildTranscript(ImageRequest request, IProgress<ImageProgress>? progress, TimeProvider time)
{
    private const int KeptLines = 20;

    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<string, Step> _steps = new(StringComparer.Ordinal);
    private Step? _failed;
    private string? _error;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>A step begins.</summary>
    public void Begin(string id, int number, int count, string instruction)
    {
        if (_steps.TryAdd(id, new Step($"{number}/{count}: {instruction}")))
        {
            progress?.Report(new ImageProgress(request.Service, number, count, instruction, Elapsed));
        }
    }

    /// <summary>A step printed something.</summary>
    public void Print(string id, string text)
    {
        var line = Colour().Replace(text, "").TrimEnd();
        if (line.Length == 0)
        {
            return;
        }

        if (!_steps.TryGetValue(id, out var step))
        {
            _steps[id] = step = new Step(Place: null);
        }

        step.Lines.Enqueue(line);
        if (step.Lines.Count > KeptLines)
        {
            step.Lines.Dequeue();
        }
    }

    /// <summary>The build failed, in a step or as a whole. The first word counts.</summary>
    public void Fail(string? id, string error)
    {
        _error ??= error;
        _failed ??= id is null ? null : _steps.GetValueOrDefault(id);
    }

    /// <param name="remedy">What to do about an error, where the builder knows better than that something must be mended.</param>
    /// <exception cref="PipelineException">The build failed: with the instruction and what it printed last, nothing else.</exception>
    public void ThrowIfFailed(Func<string, string?>? remedy = null)
    {
        if (_error is null)
        {
            return;
        }

        var where = _failed?.Place is { } place ? $" at step {place}" : "";
        var text = string.Join('\n', (_failed?.Lines ?? []).Append(_error).Select(line => "  " + line));
        throw new PipelineException($"The image of {request.Service} failed{where}\n{text}", EngineRemedy(text) ?? remedy?.Invoke(text) ?? $"Mend {request.Dockerfile} or what the instruction runs, then run './build.sh BuildImages'.");
    }

    /// <summary>What to do when it is the engine that is in trouble; null when the error says nothing of that.</summary>
    public static string? EngineRemedy(string error)
        => error.Contains("no space left on device", StringComparison.OrdinalIgnoreCase)
                ? "The engine's disk is full: 'docker system df' shows by what, 'docker image prune' and 'docker builder prune' free some of it."
            : Unreachable().IsMatch(error) ? "The Docker engine went away: start it again, and run './build.sh BuildImages'."
            : null;

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();

    [GeneratedRegex("cannot connect to the docker daemon|error reading from server|transport is closing|closing transport", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unreachable();

    private sealed record Step(string? Place)
    {
        public Queue<string> Lines { get; } = new();
    }
}

/// <summary>A build reached its next step.</summary>
/// <param name="Service">The service whose image it is.</param>
/// <param name="Step">From 1; of a stage's own steps where BuildKit builds, which runs stages side by side.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Instruction">The Dockerfile's instruction.</param>
/// <param name="Elapsed">Since this image's build began.</param>
public sealed record ImageProgress(string Service, int Step, int Steps, string Instruction, TimeSpan Elapsed);
