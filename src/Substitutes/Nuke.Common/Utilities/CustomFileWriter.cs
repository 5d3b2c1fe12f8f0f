#nullable disable

namespace Nuke.Common.Utilities;

/// <summary>Writes indented lines.</summary>
public class CustomFileWriter
{
    private readonly StreamWriter _streamWriter;
    private readonly int _indentationFactor;
    private readonly string _commentPrefix;
    private int _indentation;

    public CustomFileWriter(StreamWriter streamWriter, int indentationFactor, string commentPrefix)
    {
        _streamWriter = streamWriter;
        _indentationFactor = indentationFactor;
        _commentPrefix = commentPrefix;
    }

    public void WriteLine(string text = null)
    {
        _streamWriter.WriteLine(string.IsNullOrEmpty(text) ? string.Empty : new string(' ', _indentation * _indentationFactor) + text);
    }

    public void WriteComment(string text = null)
    {
        WriteLine($"{_commentPrefix} {text}".TrimEnd());
    }

    public void Write(Action<CustomFileWriter> writer)
    {
        writer(this);
    }

    /// <summary>Indents one level further until disposal.</summary>
    public IDisposable Indent()
    {
        return DelegateDisposable.CreateBracket(() => _indentation++, () => _indentation--);
    }
}
