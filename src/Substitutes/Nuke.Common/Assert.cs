#nullable disable
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nuke.Common;

/// <summary>Assertions of a build; a failed one fails the target.</summary>
public static class Assert
{
    [DoesNotReturn]
    public static void Fail(string message, Exception exception = null)
    {
        throw new ArgumentException(message, exception);
    }

    public static void True(bool condition, string message = null, [CallerArgumentExpression("condition")] string argumentExpression = null)
    {
        if (!condition)
            Fail(message ?? $"Expected condition to be true: {argumentExpression}");
    }

    public static void False(bool condition, string message = null, [CallerArgumentExpression("condition")] string argumentExpression = null)
    {
        if (condition)
            Fail(message ?? $"Expected condition to be false: {argumentExpression}");
    }

    public static T NotNull<T>(this T obj, string message = null, [CallerArgumentExpression("obj")] string argumentExpression = null)
        where T : class
    {
        if (obj == null)
            Fail(message ?? $"Expected object to be not null: {argumentExpression}");
        return obj;
    }

    public static T? NotNull<T>(this T? obj, string message = null, [CallerArgumentExpression("obj")] string argumentExpression = null)
        where T : struct
    {
        if (obj == null)
            Fail(message ?? $"Expected object to be not null: {argumentExpression}");
        return obj;
    }

    public static string NotNullOrEmpty(this string str, string message = null, [CallerArgumentExpression("str")] string argumentExpression = null)
    {
        if (string.IsNullOrEmpty(str))
            Fail(message ?? $"Expected string to be not null or empty: {argumentExpression}");
        return str;
    }

    public static string NotNullOrWhiteSpace(this string str, string message = null, [CallerArgumentExpression("str")] string argumentExpression = null)
    {
        if (string.IsNullOrWhiteSpace(str))
            Fail(message ?? $"Expected string to be not null or whitespace: {argumentExpression}");
        return str;
    }

    public static void NotEmpty<T>(IReadOnlyCollection<T> collection, string message = null, [CallerArgumentExpression("collection")] string argumentExpression = null)
    {
        if (collection == null || collection.Count == 0)
            Fail(message ?? $"Expected collection to be not empty: {argumentExpression}");
    }

    public static void Empty<T>(IReadOnlyCollection<T> collection, string message = null, [CallerArgumentExpression("collection")] string argumentExpression = null)
    {
        if (collection is { Count: > 0 })
            Fail(message ?? $"Expected collection to be empty: {argumentExpression}");
    }

    public static void Count<T>(IReadOnlyCollection<T> collection, int length, string message = null, [CallerArgumentExpression("collection")] string argumentExpression = null)
    {
        if (collection?.Count != length)
            Fail(message ?? $"Expected collection to have length of {length} but has {collection?.Count ?? 0}: {argumentExpression}");
    }

    public static void HasSingleItem<T>(IReadOnlyCollection<T> collection, string message = null, [CallerArgumentExpression("collection")] string argumentExpression = null)
    {
        Count(collection, length: 1, message, argumentExpression);
    }

    public static void FileExists(string path, string message = null, [CallerArgumentExpression("path")] string argumentExpression = null)
    {
        if (!File.Exists(path))
            Fail(message ?? $"Expected file to exist: {path} ({argumentExpression})");
    }

    public static void DirectoryExists(string path, string message = null, [CallerArgumentExpression("path")] string argumentExpression = null)
    {
        if (!Directory.Exists(path))
            Fail(message ?? $"Expected directory to exist: {path} ({argumentExpression})");
    }
}

/// <summary>Retries and error suppression.</summary>
public static class ControlFlow
{
    /// <summary>Runs the action up to <paramref name="retryAttempts"/> times, with <paramref name="delay"/> between the tries.</summary>
    public static void ExecuteWithRetry(
        Action action,
        Action cleanup = null,
        int retryAttempts = 3,
        TimeSpan? delay = null,
        Action<string> logAction = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                action();
                return;
            }
            catch (Exception exception) when (attempt < retryAttempts)
            {
                (logAction ?? (message => Serilog.Log.Warning("{Message}", message)))(
                    $"Attempt #{attempt} of {retryAttempts} failed: {exception.Message}");
                if (delay is { } pause)
                    Thread.Sleep(pause);
            }
            finally
            {
                cleanup?.Invoke();
            }
        }
    }
}
