using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>A parameter that a template declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">"String", "Number", "AWS::SSM::Parameter::Value&lt;String&gt;" ...</param>
/// <param name="Default">The default as text; null: a value must be given.</param>
/// <param name="NoEcho">CloudFormation never shows the value again.</param>
public sealed record TemplateParameter(string Name, string Type, string? Default, bool NoEcho)
{
    /// <summary>Whether a deployed value can be compared with a wanted one.</summary>
    public bool IsComparable => !NoEcho && !Type.StartsWith("AWS::SSM::", StringComparison.Ordinal);
}

/// <summary>An output that other stacks may import.</summary>
/// <param name="OutputKey">The output.</param>
/// <param name="Name">The export's name as written, for example "tiketi-${Environment}-VpcId".</param>
/// <param name="Line">Where, counted from 1.</param>
public sealed record TemplateExport(string OutputKey, string Name, long Line);

/// <summary>A use of another stack's export.</summary>
/// <param name="Path">Where, for example "Resources.Database.Properties.VPCSecurityGroups[0]".</param>
/// <param name="Name">The export's name as written.</param>
/// <param name="Line">Where, counted from 1.</param>
public sealed record TemplateImport(string Path, string Name, long Line);

/// <summary>A resource that a template declares.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="DeletionPolicy">"Retain", "Snapshot" ..., or null where the template says nothing.</param>
/// <param name="UpdateReplacePolicy">Likewise, of what a replacement leaves behind.</param>
public sealed record TemplateResource(string LogicalId, string Type, string? DeletionPolicy = null, string? UpdateReplacePolicy = null);

/// <summary>One CloudFormation template, read as far as a deployment needs it.</summary>
public sealed record StackTemplate
{
    /// <summary>The stack's short name: the file's name without extension.</summary>
    public required string Name { get; init; }

    /// <summary>The file as shown in messages.</summary>
    public required string File { get; init; }

    /// <summary>The text as it is sent to CloudFormation.</summary>
    public required string Body { get; init; }

    /// <summary>Where the stack lives, whether it exists, and where its values come from.</summary>
    public required StackMetadata Metadata { get; init; }

    public required IReadOnlyDictionary<string, TemplateParameter> Parameters { get; init; }

    public required IReadOnlyList<TemplateResource> Resources { get; init; }

    /// <summary>The keys of all outputs, exported or not.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    public required IReadOnlyList<TemplateExport> Exports { get; init; }

    public required IReadOnlyList<TemplateImport> Imports { get; init; }

    /// <summary>The stack policy, JSON: what an update may never do to which resources. Null: it may do all.</summary>
    public string? Policy { get; init; }

    /// <summary>SHA-256 of the text, hexadecimal: the same for texts that <see cref="Normalize"/> finds the same.</summary>
    public string Digest => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Normalize(Body))));

    /// <summary>Reads every <c>*.yaml</c> directly in <paramref name="folder"/>, ordered by name, each with its <c>policies/NAME.json</c>.</summary>
    /// <exception cref="PipelineException">There is no template, one is not readable, or a policy belongs to none.</exception>
    public static IReadOnlyList<StackTemplate> LoadFolder(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml") : [];
        if (files.Length == 0)
        {
            throw new PipelineException($"There is no CloudFormation template in {folder}.", "Restore infra/ from version control.");
        }

        var parent = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var policies = StackPolicies.Load(Path.Combine(folder, "policies"), [.. files.Select(Path.GetFileNameWithoutExtension).OfType<string>()]);
        return [.. files.Order(StringComparer.Ordinal)
            .Select(file => Parse(Path.GetFileNameWithoutExtension(file), $"{parent}/{Path.GetFileName(file)}", System.IO.File.ReadAllText(file)))
            .Select(template => template with { Policy = policies.GetValueOrDefault(template.Name) })];
    }

    /// <summary>A template's text without the differences that mean nothing: line ends, space around it.</summary>
    public static string Normalize(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return body.ReplaceLineEndings("\n").Trim();
    }

    /// <summary>Reads a template's text.</summary>
    /// <exception cref="PipelineException">The text is not YAML, not a template, or larger than CloudFormation takes inline.</exception>
    public static StackTemplate Parse(string name, string file, string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        const int Limit = 51_200;
        if (System.Text.Encoding.UTF8.GetByteCount(body) > Limit)
        {
            throw new PipelineException($"{file} is larger than {Limit} bytes, the most CloudFormation takes in one call.", "Split the stack in two.");
        }

        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(body));
            return new TemplateReader(name, file, body, yaml.Documents.Count == 0 ? new YamlScalarNode("") : yaml.Documents[0].RootNode).Read();
        }
        catch (YamlException error)
        {
            throw new PipelineException($"{file}({error.Start.Line},{error.Start.Column}): {error.Message}", $"Correct the YAML of {file}.", error);
        }
    }
}
