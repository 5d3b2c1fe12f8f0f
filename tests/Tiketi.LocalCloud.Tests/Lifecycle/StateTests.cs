using System.Net;
using System.Net.Sockets;
using Tiketi.LocalCloud.Lifecycle;

namespace Tiketi.LocalCloud.Tests.Lifecycle;

public sealed class StateTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("tiketi-state-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void ServeRecord_IsNotRunning_WhenItsPidIsReused()
    {
        var pid = Environment.ProcessId;
        Record(pid, Posix.StartStamp(pid)).IsRunning.Should().BeTrue();
        Record(pid, "another start").IsRunning.Should().BeFalse();
    }

    [Fact]
    public void ServeRecord_ThatIsCutOff_CountsAsNone()
    {
        ServeRecord.Load(_state).Should().BeNull();
        Record(1, "x").Save(_state);
        ServeRecord.Load(_state)!.Pid.Should().Be(1);
        File.WriteAllText(ServeRecord.FileOf(_state), "{ \"pid\": 1,");
        ServeRecord.Load(_state).Should().BeNull();
    }

    [Fact]
    public async Task StateLock_WaitsForTheOther_AndSaysSo()
    {
        var said = new List<string>();
        var first = await StateLock.AcquireAsync(_state, said.Add, TestContext.Current.CancellationToken);
        var second = StateLock.AcquireAsync(_state, said.Add, TestContext.Current.CancellationToken);
        await Task.Delay(150, TestContext.Current.CancellationToken);
        second.IsCompleted.Should().BeFalse();

        first.Dispose();
        (await second).Dispose();
        said.Should().ContainSingle().Which.Should().Contain("waiting");
    }

    [Fact]
    public void StateFolder_SaysThatItCantBeWritten()
    {
        var file = Path.Combine(_state, "a-file");
        File.WriteAllText(file, "");

        FluentActions.Invoking(() => StateFolder.Prepare(Path.Combine(file, "below"))).Should().Throw<LocalCloudException>().Which.Remedy.Should().Contain("--state");
    }

    [Fact]
    public void Tail_ShowsWhatHappened_NotTheStack()
    {
        var log = Path.Combine(_state, "log");
        File.WriteAllLines(log, [.. Enumerable.Range(1, 40).Select(number => $"line {number}"), "Unhandled exception. Port taken", "   at Some.Method()", "   at Program.Main()"]);

        StateFolder.Tail(log, lines: 2).Should().Be("  line 40\n  Unhandled exception. Port taken");
    }

    [Fact]
    public void PortOwner_FindsThisProcess()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        PortOwner.IsFree(port).Should().BeFalse();
        PortOwner.Describe(port).Should().EndWith($"(pid {Environment.ProcessId})");
        listener.Stop();
        PortOwner.IsFree(port).Should().BeTrue();
    }

    [Fact]
    public void OwnContainers_AreThoseOfThisStateDirectory()
    {
        OwnContainers.Label(_state).Should().BeNull();
        File.WriteAllText(Path.Combine(_state, "identity.json"), """{"name":"abcd1234"}""");

        OwnContainers.Label(_state).Should().Be("tiketi.local-cloud=abcd1234");
    }

    [Theory]
    [InlineData("/usr/bin/dotnet /x/Tiketi.LocalCloud.dll serve --aws-port 1 --state /home/a b/state", "/home/a b/state")]
    [InlineData("/usr/bin/dotnet /x/Tiketi.LocalCloud.dll up --state /x", null)]
    public void ServeCommand_IsRecognised(string commandLine, string? state)
        => ServeCommand.StateDirectoryOf(commandLine).Should().Be(state);

    private static ServeRecord Record(int pid, string? stamp) => new(pid, stamp, "b", DateTimeOffset.UnixEpoch, 1, 2, 3, 4, "unix:///x", "n", "p", "r");
}
