using System.Diagnostics;

namespace Tiketi.Integration.Contract;

/// <summary>What contract tests' pods run: busybox, whose "node" only says what the migration runner would; and a program for another processor.</summary>
internal static class ContractImage
{
    public const string Name = "tiketi-contract-test:1";
    public const string Alien = "tiketi-contract-alien:1";

    public static async Task EnsureAsync()
    {
        await BuildAsync(Name, """
            FROM scratch
            COPY busybox /bin/busybox
            COPY node /bin/node
            RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install /bin && chmod +x /bin/node"]
            """);
        await BuildAsync(Alien, "FROM " + Name + "\nCOPY alien /alien\nRUN [\"/bin/chmod\", \"+x\", \"/alien\"]\n");
    }

    private static async Task BuildAsync(string name, string dockerfile)
    {
        using var context = new TemporaryFolder();
        File.Copy("/bin/busybox", Path.Combine(context.Path, "busybox"));
        await File.WriteAllTextAsync(Path.Combine(context.Path, "node"), """
            #!/bin/sh
            [ "$1" = /sql/migrate.js ] || exit 9
            for file in /sql/*.sql; do
              if grep -q BROKEN "$file"; then echo "{\"failed\":\"${file#/sql/}:1: syntax error\"}" >>/dev/termination-log; exit 1; fi
              echo "{\"applied\":\"${file#/sql/}\",\"milliseconds\":1}" | tee -a /dev/termination-log
            done
            """);
        await File.WriteAllBytesAsync(Path.Combine(context.Path, "alien"), Alienate(await File.ReadAllBytesAsync("/bin/busybox")));
        await File.WriteAllTextAsync(Path.Combine(context.Path, "Dockerfile"), dockerfile);
        var start = new ProcessStartInfo("docker", ["build", "-q", "-t", name, context.Path]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOCKER_BUILDKIT"] = "0";
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, string.Concat(await output));
    }

    /// <summary>Says in its ELF header (bytes 18 and 19) that it is for RISC-V.</summary>
    private static byte[] Alienate(byte[] program)
    {
        (program[18], program[19]) = (0xF3, 0);
        return program;
    }
}
