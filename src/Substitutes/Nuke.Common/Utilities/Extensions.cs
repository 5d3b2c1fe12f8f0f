#nullable disable
using Nuke.Common.Tooling;

namespace Nuke.Common.Utilities
{
    /// <summary>Disposal as a callback.</summary>
    public sealed class DelegateDisposable : IDisposable
    {
        private readonly Action _cleanup;

        private DelegateDisposable(Action cleanup)
        {
            _cleanup = cleanup;
        }

        public static IDisposable CreateBracket(Action setup = null, Action cleanup = null)
        {
            setup?.Invoke();
            return new DelegateDisposable(cleanup);
        }

        public void Dispose()
        {
            _cleanup?.Invoke();
        }
    }

    /// <summary>Fluent helpers.</summary>
    public static class ObjectExtensions
    {
        public static T Apply<T>(this T settings, Configure<T> configurator)
        {
            return configurator != null ? configurator(settings) : settings;
        }

        public static TSettings Apply<TSettings, TValue>(this TSettings settings, Configure<TSettings, TValue> configurator, TValue value)
            where TSettings : new()
        {
            return configurator != null ? configurator(settings, value) : settings;
        }

        public static T When<T>(this T settings, bool condition, Configure<T> configurator)
        {
            return condition ? configurator(settings) : settings;
        }

        public static T When<T>(this T settings, Func<T, bool> condition, Configure<T> configurator)
        {
            return condition(settings) ? configurator(settings) : settings;
        }

        public static TSettings WhenNotNull<TSettings, TObject>(this TSettings settings, TObject obj, Func<TSettings, TObject, TSettings> configurator)
        {
            return obj != null ? configurator(settings, obj) : settings;
        }
    }

    /// <summary>Text helpers.</summary>
    public static class StringExtensions
    {
        public static bool IsNullOrEmpty(this string str)
        {
            return string.IsNullOrEmpty(str);
        }

        public static bool IsNullOrWhiteSpace(this string str)
        {
            return string.IsNullOrWhiteSpace(str);
        }

        public static bool EqualsOrdinalIgnoreCase(this string str, string other)
        {
            return string.Equals(str, other, StringComparison.OrdinalIgnoreCase);
        }

        public static bool ContainsOrdinalIgnoreCase(this string str, string other)
        {
            return str.Contains(other, StringComparison.OrdinalIgnoreCase);
        }

        public static bool StartsWithOrdinalIgnoreCase(this string str, string other)
        {
            return str.StartsWith(other, StringComparison.OrdinalIgnoreCase);
        }

        public static bool EndsWithOrdinalIgnoreCase(this string str, string other)
        {
            return str.EndsWith(other, StringComparison.OrdinalIgnoreCase);
        }

        public static string TrimStart(this string str, string trim)
        {
            return str.StartsWith(trim, StringComparison.Ordinal) ? str[trim.Length..] : str;
        }

        public static string TrimEnd(this string str, string trim)
        {
            return str.EndsWith(trim, StringComparison.Ordinal) ? str[..^trim.Length] : str;
        }

        public static string SingleQuote(this string str)
        {
            return $"'{str}'";
        }

        public static string DoubleQuote(this string str)
        {
            return $"\"{str}\"";
        }

        public static string Join(this IEnumerable<string> enumerable, string separator)
        {
            return string.Join(separator, enumerable);
        }

        public static string Join(this IEnumerable<string> enumerable, char separator)
        {
            return string.Join(separator, enumerable);
        }

        public static string JoinComma(this IEnumerable<string> values)
        {
            return string.Join(", ", values);
        }

        public static string JoinSpace(this IEnumerable<string> values)
        {
            return string.Join(' ', values);
        }

        public static string JoinNewLine(this IEnumerable<string> values)
        {
            return string.Join(Environment.NewLine, values);
        }

        public static string[] SplitLineBreaks(this string str)
        {
            return str.Split(["\r\n", "\n"], StringSplitOptions.None);
        }
    }
}

namespace Nuke.Common.Utilities.Collections
{
    /// <summary>Sequence helpers.</summary>
    public static class EnumerableExtensions
    {
        public static void ForEach<T>(this IEnumerable<T> enumerable, Action<T> action)
        {
            foreach (var item in enumerable)
                action(item);
        }

        public static void ForEach<T>(this IEnumerable<T> enumerable, Action<T, int> action)
        {
            var index = 0;
            foreach (var item in enumerable)
                action(item, index++);
        }

        public static IEnumerable<T> WhereNotNull<T>(this IEnumerable<T> enumerable)
            where T : class
        {
            return enumerable.Where(x => x != null);
        }

        public static bool IsEmpty<T>(this IEnumerable<T> enumerable)
        {
            return !enumerable.Any();
        }
    }

    /// <summary>Dictionary helpers.</summary>
    public static class DictionaryExtensions
    {
        /// <summary>Adds an entry and returns the dictionary.</summary>
        public static Dictionary<TKey, TValue> AddPair<TKey, TValue>(this Dictionary<TKey, TValue> dictionary, TKey key, TValue value = default)
        {
            dictionary.Add(key, value);
            return dictionary;
        }

        /// <summary>Adds a value as text and returns the dictionary.</summary>
        public static Dictionary<TKey, string> AddPair<TKey, TValue>(this Dictionary<TKey, string> dictionary, TKey key, TValue value = default)
        {
            dictionary.Add(key, value?.ToString());
            return dictionary;
        }
    }
}
