using System.Globalization;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>The command line of tiketi-local-cloud. Options may be given as <c>--name value</c> or <c>--name=value</c>.</summary>
internal sealed record CommandLine(string Verb, IReadOnlyDictionary<string, string> Options)
{
    public const string Usage = """
        tiketi-local-cloud up      --state DIR [--aws-port N] [--kubernetes-port N] [--ingress-port N] [--cdn-port N] [--json]
        tiketi-local-cloud down    --state DIR [--json]
        tiketi-local-cloud status  --state DIR [--json]
        tiketi-local-cloud engine  --state DIR [--json]
        """;

    private const string Flag = "true";

    private static readonly Dictionary<string, string[]> Verbs = new(StringComparer.Ordinal)
    {
        ["up"] = ["state", "aws-port", "kubernetes-port", "ingress-port", "cdn-port", "json"],
        ["down"] = ["state", "json"],
        ["status"] = ["state", "json"],
        ["engine"] = ["state", "json"],
        ["serve"] = ["state", "aws-port", "kubernetes-port", "ingress-port", "cdn-port", "docker-host", "node-image", "postgres-image", "redis-image"],
    };

    public string StateDirectory => Path.GetFullPath(Required("state"));

    public bool Json => Options.ContainsKey("json");

    /// <exception cref="LocalCloudException">Unknown verb or option, or a missing value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || !Verbs.TryGetValue(arguments[0], out var known))
        {
            throw new LocalCloudException(arguments.Count == 0 ? "No command given." : $"Unknown command '{arguments[0]}'.", "Usage:\n" + Usage);
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 1; index < arguments.Count; index++)
        {
            var (name, value) = arguments[index].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[index], (string?)null);
            if (!name.StartsWith("--", StringComparison.Ordinal) || !known.Contains(name[2..], StringComparer.Ordinal))
            {
                throw new LocalCloudException($"Unknown option '{arguments[index]}' of '{arguments[0]}'.", $"It knows: {string.Join(", ", known.Select(option => "--" + option))}.");
            }

            if (name != "--json" && value is null)
            {
                value = ++index < arguments.Count ? arguments[index] : throw new LocalCloudException($"Option {name} has no value.", $"Write {name} VALUE.");
            }

            options[name[2..]] = value ?? Flag;
        }

        return new CommandLine(arguments[0], options);
    }

    public string Required(string name)
        => Options.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw new LocalCloudException($"'{Verb}' needs --{name}.", "Usage:\n" + Usage);

    /// <summary>The port that was asked for, null when none was.</summary>
    public int? Port(string name)
    {
        if (!Options.TryGetValue(name, out var text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new LocalCloudException($"--{name} is '{text}', which is no port.", "Give a number from 1 to 65535.");
    }
}
