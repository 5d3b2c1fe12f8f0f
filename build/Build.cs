using Nuke.Common;
using Serilog;

class Build : NukeBuild
{
    public static int Main() => Execute<Build>(x => x.Hello);

    Target Hello => _ => _
        .Description("Says hello")
        .Executes(() => Log.Information("Hello from {Root}", RootDirectory));
}
