using System.Security.Cryptography;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Containers;

/// <summary>Sets one local cloud apart from others on the same engine, as AWS puts an account's own part in every endpoint. Born with the state directory, and moves with it.</summary>
internal sealed class CloudIdentity(StateStore state)
{
    /// <summary>Label on every container, volume and network of ours, so that only our own are ever removed; its value is <see cref="Name"/>.</summary>
    public const string Label = "tiketi.local-cloud";

    private const string Document = "identity";

    private readonly Lazy<string> _name = new(() => LoadName(state));

    /// <summary>Eight lower-case characters.</summary>
    public string Name => _name.Value;

    /// <summary>The Docker network that pods, databases and caches share; Docker's own DNS resolves their aliases in it, and no other cloud's.</summary>
    public string Network => $"tiketi-local-cloud-{Name}";

    /// <summary>What marks a thing on the engine as this cloud's.</summary>
    public Dictionary<string, string> Labels() => new(StringComparer.Ordinal) { [Label] = Name };

    private static string LoadName(StateStore state)
    {
        var stored = state.Load<Stored>(Document);
        if (stored.Name is null)
        {
            stored = new Stored { Name = RandomNumberGenerator.GetHexString(8, lowercase: true) };
            state.Save(Document, stored);
        }

        return stored.Name;
    }

    private sealed record Stored
    {
        public string? Name { get; init; }
    }
}
