using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Where a plan is for.</summary>
/// <param name="Environment">"staging".</param>
/// <param name="Account">The AWS account's twelve digits.</param>
/// <param name="Region">The environment's region.</param>
public sealed record PlanTarget(string Environment, string Account, string Region);

/// <summary>
/// A plan as it is written down, reviewed and later applied. It holds no secret: values of NoEcho parameters and of properties
/// that are secrets by their name are masked.
/// </summary>
/// <param name="Schema">The form of the file; see <see cref="CurrentSchema"/>.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="Target">Where it is for.</param>
/// <param name="Plan">What it says.</param>
public sealed record PlanFile(string Schema, DateTimeOffset CreatedAt, PlanTarget Target, InfrastructurePlan Plan)
{
    /// <summary>The form that this version writes and reads.</summary>
    public const string CurrentSchema = "tiketi-plan/1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the file, whole or not at all.</summary>
    public async Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var unfinished = full + ".unfinished";
        await File.WriteAllTextAsync(unfinished, JsonSerializer.Serialize(this, Json) + "\n", cancellationToken).ConfigureAwait(false);
        File.Move(unfinished, full, overwrite: true);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="PipelineException">There is none, or it is no plan of this form.</exception>
    public static async Task<PlanFile> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path))
        {
            throw new PipelineException($"There is no plan file {path}.", $"Make one: ./build.sh PlanInfra --plan-out {path}");
        }

        try
        {
            var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
            using (var document = JsonDocument.Parse(text))
            {
                var schema = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("schema", out var member) ? member.ToString() : "none";
                if (schema != CurrentSchema)
                {
                    throw new PipelineException($"{path} is a plan of form {schema}; this version reads {CurrentSchema}.", "Make the plan with the same version that applies it.");
                }
            }

            return JsonSerializer.Deserialize<PlanFile>(text, Json) is { Target: not null, Plan.Stacks: not null } plan ? plan : throw new JsonException("a part is missing");
        }
        catch (JsonException broken)
        {
            throw new PipelineException($"{path} is not a plan file: {broken.Message}", $"Make it anew: ./build.sh PlanInfra --plan-out {path}", broken);
        }
    }

    /// <summary>Refuses a plan that was made for somewhere else.</summary>
    /// <exception cref="PipelineException">Names what differs.</exception>
    public void RequireFor(PlanTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        (string What, string Planned, string Here)[] parts =
        [
            ("environment", Target.Environment, target.Environment), ("account", Target.Account, target.Account), ("region", Target.Region, target.Region),
        ];
        foreach (var (what, planned, here) in parts.Where(part => part.Planned != part.Here))
        {
            throw new PipelineException($"The plan is for {what} {planned}, and this run is for {what} {here}. Nothing was changed.", "Apply it where it was made for, or make a plan for this one.");
        }
    }
}
