using System.Threading;
using System.Threading.Tasks;
using Nuke.Common;
using Nuke.Common.Tooling;
using Serilog;

/// <summary>The build that process-level tests start.</summary>
class Build : NukeBuild
{
    public static int Main() => Execute<Build>(x => x.Hello);

    readonly CancellationTokenSource cancellation = new();

    [Parameter("A token")] [Secret] readonly string Token;

    public Build() => System.Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        cancellation.Cancel();
    };

    Target Hello => _ => _
        .Description("Says hello")
        .Executes(() => Log.Information("Hello"));

    Target Leak => _ => _
        .Executes(() =>
        {
            Log.Information("Logged {Token}", Token);
            System.Console.WriteLine($"Written {Token}");
            ProcessTasks.StartProcess("sh", $"-c \"echo child {Token}; echo error {Token} >&2\"").AssertZeroExitCode();
            throw new System.InvalidOperationException($"Thrown {Token}");
        });

    Target NeedsToken => _ => _
        .Requires(() => Token)
        .Executes(() => Log.Information("Has {Length} characters: {Token}", Token.Length, Token));

    Target Patient => _ => _
        .Executes(async () =>
        {
            Log.Information("Waiting");
            System.Console.WriteLine("patient waits");
            await Task.Delay(Timeout.Infinite, cancellation.Token);
        });

    Target AfterPatient => _ => _
        .DependsOn(Patient)
        .Executes(() => Log.Information("Never"));

    Target TidyUp => _ => _
        .After(Patient)
        .AssuredAfterFailure()
        .Executes(() => Log.Information("Tidied up"));

    Target SlowChild => _ => _
        .Executes(() => ProcessTasks.StartProcess("sleep", "300").AssertZeroExitCode());

    Target Breaks => _ => _
        .Executes(() =>
        {
            Thread.Sleep(500);
            throw new System.InvalidOperationException("Broken");
        });

    Target ChatterOne => _ => _.Executes(() => Chatter());

    Target ChatterTwo => _ => _.Executes(() => Chatter());

    Target ChatterThree => _ => _.Executes(() => Chatter());

    static void Chatter()
    {
        for (var i = 0; i < 3000; i++)
        {
            System.Console.WriteLine($"direct {i}");
            Log.Information("Logged {I}", i);
            if (i % 500 == 0)
                ProcessTasks.StartProcess("true", logInvocation: false).AssertZeroExitCode();
        }
    }
}
