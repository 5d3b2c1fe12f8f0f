using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Database;

/// <summary>The SQL of an application: <c>init.sql</c> and <c>migrations/*.sql</c>, by file name.</summary>
public sealed class MigrationFiles
{
    // A ConfigMap holds 1 MiB at most, the runner and the object's own fields included.
    private const int MaximumBytes = 1_000_000;

    private MigrationFiles(SortedDictionary<string, string> contents) => Contents = contents;

    /// <summary>Text by file name.</summary>
    public IReadOnlyDictionary<string, string> Contents { get; }

    /// <param name="databaseDirectory">The application's <c>database</c> folder.</param>
    /// <exception cref="PipelineException">The folder is missing or holds no SQL, two files have one name, or it is too much for a ConfigMap.</exception>
    public static MigrationFiles Load(string databaseDirectory)
    {
        if (!Directory.Exists(databaseDirectory))
        {
            throw new PipelineException($"There is no folder '{databaseDirectory}'.", "Put init.sql and migrations/*.sql there, or correct --app-root.");
        }

        var migrations = Path.Combine(databaseDirectory, "migrations");
        var files = new[] { Path.Combine(databaseDirectory, "init.sql") }.Where(File.Exists)
            .Concat(Directory.Exists(migrations) ? Directory.EnumerateFiles(migrations, "*.sql") : []);
        var contents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            // Line ends are made equal, so that a checkout on Windows has the same checksums.
            if (!contents.TryAdd(Path.GetFileName(file), File.ReadAllText(file).ReplaceLineEndings("\n")))
            {
                throw new PipelineException($"Two SQL files are called {Path.GetFileName(file)}.", $"Rename {file}; init.sql is the file beside migrations/.");
            }
        }

        if (contents.Count == 0)
        {
            throw new PipelineException($"'{databaseDirectory}' holds no SQL.", "Put init.sql and migrations/*.sql there.");
        }

        var size = contents.Values.Sum(Encoding.UTF8.GetByteCount);
        return size <= MaximumBytes
            ? new MigrationFiles(contents)
            : throw new PipelineException(
                $"The SQL files in '{databaseDirectory}' are {size:N0} bytes together; a ConfigMap holds {MaximumBytes:N0}.",
                "Fold old migrations into init.sql, and load large data by another way.");
    }

    /// <summary>Twelve hexadecimal digits that change with any file, with the runner, and with the database they are meant for.</summary>
    internal string Digest(string runner, string database)
    {
        var text = string.Join('\0', Contents.SelectMany(file => new[] { file.Key, file.Value }).Prepend(runner).Prepend(database));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
