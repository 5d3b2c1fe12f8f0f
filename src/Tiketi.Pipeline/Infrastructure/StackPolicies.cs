using System.Text.Json;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>The stack policies of <c>infra/policies/STACK.json</c>: what an update of a stack may never do.</summary>
internal static class StackPolicies
{
    /// <summary>Lifts a stack's policy for one update that somebody has allowed by name; change sets know no policy of their own.</summary>
    public const string AllowAll = """{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}""";

    /// <summary>The policies by stack, each as compact JSON; none where there is no such folder.</summary>
    /// <exception cref="PipelineException">A file is no JSON or larger than CloudFormation takes, or there is no stack of its name.</exception>
    public static IReadOnlyDictionary<string, string> Load(string folder, IReadOnlyCollection<string> stacks)
    {
        var policies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [])
        {
            var stack = Path.GetFileNameWithoutExtension(file);
            var shown = $"infra/policies/{stack}.json";
            if (!stacks.Contains(stack))
            {
                throw new PipelineException($"{shown} is the policy of a stack that infra/ does not have.", $"Name it after one of: {string.Join(", ", stacks.Order(StringComparer.Ordinal))}.");
            }

            const int Limit = 16_384;
            policies[stack] = Compact(File.ReadAllText(file)) ?? throw new PipelineException($"{shown} is not JSON.", $"Correct {shown}.");
            if (policies[stack].Length > Limit)
            {
                throw new PipelineException($"{shown} is larger than {Limit} bytes, the most CloudFormation takes.", "Name fewer resources one by one.");
            }
        }

        return policies;
    }

    /// <summary>Whether both say the same, however they are laid out.</summary>
    public static bool AreEqual(string? one, string? other) => Compact(one) == Compact(other);

    private static string? Compact(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            return JsonSerializer.Serialize(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
