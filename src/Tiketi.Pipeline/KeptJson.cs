using System.Text.Json;

namespace Tiketi.Pipeline;

/// <summary>A small file that is kept from run to run, and that may get lost.</summary>
internal static class KeptJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <returns>Null when there is none, or none that can be read.</returns>
    public static T? Read<T>(string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), Json);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whole or not at all, also when the process is killed. The folder must exist.</summary>
    public static void Write<T>(string file, T value)
    {
        var temporary = $"{file}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(value, Json));
        File.Move(temporary, file, overwrite: true);
    }
}
