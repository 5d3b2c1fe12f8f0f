using System.Runtime.InteropServices;
using System.Text.Json;
using Tiketi.LocalCloud.Lifecycle;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
var json = args.Contains("--json", StringComparer.Ordinal);
var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
try
{
    var line = CommandLine.Parse(args);
    switch (line.Verb)
    {
        case "up":
            var up = await new UpCommand(line.StateDirectory, Say).RunAsync(line, stop.Token);
            Print(up, [$"The local cloud {(up.Started ? "runs now" : "runs already")} (pid {up.Pid}): AWS {up.Endpoints.Aws}, Kubernetes {up.Endpoints.Kubernetes}, Ingress {up.Endpoints.Ingress}, CloudFront {up.Endpoints.Cdn}"]);
            return 0;
        case "down":
            var down = await new DownCommand(line.StateDirectory, Say).RunAsync(stop.Token);
            Print(down, [$"Stopped: server {(down.ServerStopped ? "yes" : "was not running")}, containers {down.ContainersStopped}, private engine {(down.EngineStopped ? "yes" : "none")}. All data is kept."]);
            return 0;
        case "status":
            var status = await StatusCommand.RunAsync(line.StateDirectory, stop.Token);
            Print(status, status.Lines());
            return 0;
        case "engine":
            var engine = await EngineCommand.RunAsync(line.StateDirectory, Say, stop.Token);
            Print(engine, [$"The Docker engine at {engine.DockerHost} answers."]);
            return 0;
        default:
            interrupt.Dispose(); // the host has its own orderly way to end
            terminate.Dispose();
            return await ServeCommand.RunAsync(line);
    }
}
catch (LocalCloudException exception)
{
    return Fail(exception.Message, exception.Remedy, 1);
}
catch (IOException exception) when (!args.Contains("serve", StringComparer.Ordinal))
{
    return Fail(exception.Message, "Free some space or mend the permissions, then run it again.", 1);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return Fail("Interrupted.", "Run it again: it goes on where it stopped.", 130);
}

void Cancel(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

// Progress is for people and goes to stderr: stdout holds the result alone.
void Say(string text) => Console.Error.WriteLine(text);

void Print<T>(T report, IEnumerable<string> lines)
    => Console.Out.WriteLine(json ? JsonSerializer.Serialize(report, options) : string.Join(Environment.NewLine, lines));

int Fail(string message, string remedy, int code)
{
    if (json)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(new { error = message, remedy }, options));
    }

    Console.Error.WriteLine($"error: {message}\nremedy: {remedy}");
    return code;
}
