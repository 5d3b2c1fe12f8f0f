using System.Globalization;
using System.Text.RegularExpressions;
using Docker.DotNet.Models;

namespace Tiketi.Pipeline.Images;

/// <summary>Follows what the engine says while it builds one image: the step it is at, and, when that fails, what it printed last.</summary>
internal sealed partial class BuildTranscript(ImageRequest request, IProgress<ImageProgress>? progress, TimeProvider time) : IProgress<JSONMessage>
{
    private const int KeptLines = 20;

    private readonly long _start = time.GetTimestamp();
    private readonly Queue<string> _output = new();
    private (int Number, int Count, string Instruction) _step;
    private string? _error;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Report(JSONMessage value)
    {
        _error ??= value.Error?.Message;
        foreach (var line in (value.Stream ?? "").Split('\n').Select(line => line.TrimEnd('\r', ' ')))
        {
            if (Step().Match(line) is { Success: true } step)
            {
                _step = (int.Parse(step.Groups["n"].Value, CultureInfo.InvariantCulture), int.Parse(step.Groups["of"].Value, CultureInfo.InvariantCulture), step.Groups["what"].Value);
                _output.Clear();
                progress?.Report(new ImageProgress(request.Service, _step.Number, _step.Count, _step.Instruction, Elapsed));
            }
            else if (line.Length > 0 && !line.StartsWith(" --->", StringComparison.Ordinal))
            {
                _output.Enqueue(Colour().Replace(line, ""));
                if (_output.Count > KeptLines)
                {
                    _output.Dequeue();
                }
            }
        }
    }

    /// <exception cref="PipelineException">The build failed: with the instruction and what it printed last, nothing else.</exception>
    public void ThrowIfFailed()
    {
        if (_error is null)
        {
            return;
        }

        var where = _step.Count == 0 ? "" : $" at step {_step.Number}/{_step.Count}: {_step.Instruction}";
        var lines = _output.Append(_error).Select(line => "  " + line);
        throw new PipelineException(
            $"The image of {request.Service} failed{where}\n{string.Join('\n', lines)}",
            $"Mend {request.Dockerfile} or what the instruction runs, then run './build.sh BuildImages'.");
    }

    [GeneratedRegex(@"^Step (?<n>\d+)/(?<of>\d+) : (?<what>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();
}

/// <summary>A build reached its next step.</summary>
/// <param name="Service">The service whose image it is.</param>
/// <param name="Step">From 1.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Instruction">The Dockerfile's instruction.</param>
/// <param name="Elapsed">Since this image's build began.</param>
public sealed record ImageProgress(string Service, int Step, int Steps, string Instruction, TimeSpan Elapsed);
