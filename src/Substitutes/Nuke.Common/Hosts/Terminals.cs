#nullable disable

namespace Nuke.Common.Execution;

/// <summary>A shell.</summary>
public class Terminal : Host
{
    public static bool IsRunningTerminal => true;
}

/// <summary>JetBrains Rider.</summary>
public class Rider : Terminal
{
    public static bool IsRunningRider => EnvironmentInfo.HasVariable("IDEA_INITIAL_DIRECTORY");
}

/// <summary>Visual Studio Code.</summary>
public class VSCode : Terminal
{
    public static bool IsRunningVSCode => EnvironmentInfo.GetVariable("TERM_PROGRAM") == "vscode";
}

/// <summary>Visual Studio.</summary>
public class VisualStudio : Terminal
{
    public static bool IsRunningVisualStudio => EnvironmentInfo.HasVariable("VSAPPIDDIR");
}
