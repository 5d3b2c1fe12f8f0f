using System.Collections.Concurrent;

namespace Tiketi.Pipeline.Images;

/// <summary>The contexts of one run: services that share a folder and its ignore file share what was read of it.</summary>
public sealed class ContextCache(FileHashes hashes)
{
    private readonly ConcurrentDictionary<(string Root, string RulesFile), Lazy<ContextFiles>> _contexts = new();

    internal ContextFiles Read(string root, string rulesFile, CancellationToken cancellationToken)
        => _contexts.GetOrAdd((root, rulesFile), _ => new Lazy<ContextFiles>(() =>
        {
            var rules = File.Exists(rulesFile) ? IgnoreRules.Parse(File.ReadAllText(rulesFile), rulesFile) : IgnoreRules.None;
            return ContextFiles.Read(root, rules, hashes, cancellationToken);
        })).Value;
}
