using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Nuke.Common.Reporting;

/// <summary>Serilog's way to the hub.</summary>
internal sealed class LogSink(OutputHub hub, Func<string, bool> filter) : ILogEventSink
{
    // :l leaves the quotes around texts out
    private readonly MessageTemplateTextFormatter _formatter = new("{Message:l}", CultureInfo.InvariantCulture);

    public void Emit(LogEvent logEvent)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        _formatter.Format(logEvent, writer);
        var message = writer.ToString();
        if (filter(message))
            return;
        hub.Write(logEvent.Level, logEvent.Exception == null ? message : $"{message}{Environment.NewLine}{logEvent.Exception}");
    }
}
